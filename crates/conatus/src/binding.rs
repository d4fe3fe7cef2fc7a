//! Papers bound in one PDF by a process of their own, held in memory and time: a paper made to harm
//! ends that process and nothing else. What passes between the two is never written to a disk. What
//! never lives here: how papers are bound.

use crate::error::Kind;
use forms::{Bind, BindError, BindHere, LARGEST_BOOK, Paper, PaperContent, Unbound};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::{
    io::{self, Read, Write},
    process::{Child, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

/// The most memory that binding may take, in bytes.
const MEMORY: u64 = 256 * 1024 * 1024;
/// How much of a processor it may take: a thousand pages take a tenth of it, a bomb takes what it is let.
const WORK: Duration = Duration::from_secs(5);
/// How long it may take, on a machine that has much else to do.
const TIME: Duration = Duration::from_secs(15);
/// The longest title of a paper, in bytes.
const LONGEST_TITLE: usize = 4_096;
/// The most papers: those of a set, and their list.
const MOST_PAPERS: usize = 100;

/// Binds in a process of its own.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BindApart;

const TOO_MUCH: Unbound = Unbound {
    paper: None,
    why: BindError::TooMuch,
};

impl Bind for BindApart {
    fn bind(&self, title: &str, papers: &[Paper]) -> Result<Vec<u8>, Unbound> {
        let run = || -> io::Result<Option<Vec<u8>>> {
            let mut child = Command::new(std::env::current_exe()?)
                .args(["forms", "bind"])
                .env_clear()
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()?;
            let answered = ask(&mut child, title, papers);
            // However it went, no process is left behind.
            let _ = child.kill();
            let _ = child.wait();
            answered
        };
        let answer = run().map_err(|error| {
            tracing::error!(%error, "papers could not be bound");
            TOO_MUCH
        })?;
        // Ended by its limits, it said nothing.
        answer.as_deref().map_or(Err(TOO_MUCH), understood)
    }
}

/// Gives the papers and takes the answer, while time is left; `None` where none came whole.
fn ask(child: &mut Child, title: &str, papers: &[Paper]) -> io::Result<Option<Vec<u8>>> {
    let (Some(mut to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
        return Ok(None);
    };
    let begun = Instant::now();
    std::thread::scope(|threads| {
        let read = threads.spawn(move || {
            let mut answer = Vec::new();
            let most = LARGEST_BOOK as u64 + 1024 * 1024;
            from.take(most).read_to_end(&mut answer).map(|_| answer)
        });
        let write = threads.spawn(move || {
            // One that stops reading is judged by what it answers.
            let _ = give(&mut to, title, papers);
        });
        while !(read.is_finished() && write.is_finished()) {
            if begun.elapsed() > TIME {
                // Its ends of both pipes close with it, and what waits on them goes on.
                child.kill()?;
                child.wait()?;
                let _ = (read.join(), write.join());
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let answer = read.join().map_err(|_| io::Error::other("no answer"))??;
        Ok(child.wait()?.success().then_some(answer))
    })
}

/// What the process answered: a byte that says whether it bound them, then the PDF, or which paper is
/// to blame.
fn understood(answer: &[u8]) -> Result<Vec<u8>, Unbound> {
    match answer {
        [0, pdf @ ..] => Ok(pdf.to_vec()),
        [code, paper] => Err(Unbound {
            paper: (*paper != u8::MAX).then_some(usize::from(*paper)),
            why: match code {
                1 => BindError::Locked,
                2 => BindError::Unread,
                _ => BindError::TooMuch,
            },
        }),
        _ => Err(TOO_MUCH),
    }
}

fn put(to: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(bytes)
}

fn give(to: &mut dyn Write, title: &str, papers: &[Paper]) -> io::Result<()> {
    put(to, title.as_bytes())?;
    for paper in papers {
        put(to, paper.title.as_bytes())?;
        let (size, bytes) = match &paper.content {
            PaperContent::Pdf(bytes) => ([0; 4], bytes),
            PaperContent::Picture(bytes, width, height) => {
                let ([a, b], [c, d]) = (width.to_le_bytes(), height.to_le_bytes());
                ([a, b, c, d], bytes)
            }
        };
        to.write_all(&size)?;
        put(to, bytes)?;
    }
    to.flush()
}

/// So many bytes and no more; `None` at the end.
fn taken(from: &mut dyn Read, most: usize) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let length = u32::from_le_bytes(length);
    if u64::from(length) > most as u64 {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = Vec::new();
    from.take(u64::from(length)).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn received(from: &mut dyn Read) -> io::Result<(String, Vec<Paper>)> {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).map_err(io::Error::other);
    let title = taken(from, LONGEST_TITLE)?.unwrap_or_default();
    let mut papers = Vec::new();
    while let Some(title) = taken(from, LONGEST_TITLE)? {
        let mut size = [0; 4];
        from.read_exact(&mut size)?;
        let bytes = taken(from, LARGEST_BOOK)?.unwrap_or_default();
        let [a, b, c, d] = size;
        let content = match (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d])) {
            (0, 0) => PaperContent::Pdf(bytes),
            (width, height) => PaperContent::Picture(bytes, width, height),
        };
        papers.push(Paper {
            title: text(title)?,
            content,
        });
        if papers.len() > MOST_PAPERS {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
    Ok((text(title)?, papers))
}

/// Binds the papers of the input under limits, and answers on the output.
pub(crate) fn held() -> ExitCode {
    let limit = |most| Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    let limited = setrlimit(Resource::Data, limit(MEMORY)).is_ok()
        && setrlimit(Resource::Cpu, limit(WORK.as_secs())).is_ok();
    let papers = received(&mut io::stdin().lock());
    let (true, Ok((title, papers))) = (limited, papers) else {
        return ExitCode::from(Kind::Io.code());
    };
    let answer = match BindHere.bind(&title, &papers) {
        Ok(mut pdf) => {
            pdf.insert(0, 0);
            pdf
        }
        Err(Unbound { paper, why }) => {
            let code = match why {
                BindError::Locked => 1,
                BindError::Unread => 2,
                BindError::TooMuch => 3,
            };
            let paper = paper.and_then(|at| u8::try_from(at).ok());
            vec![code, paper.unwrap_or(u8::MAX)]
        }
    };
    let mut out = io::stdout().lock();
    match out.write_all(&answer).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(Kind::Io.code()),
    }
}
