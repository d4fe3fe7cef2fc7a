//! Moving an installation from one place to another: records, erasure shares and documents, from one
//! engine to another or from a folder to a bucket. What is carried is sealed, and stays so: no key is
//! held here. What is moved from is never changed.

mod documents;
mod place;
mod rows;

use crate::{
    error::{Failure, Kind, Outcome},
    installation::{self, Folder, SystemClock, write_private},
    out::{say, tell},
    progress,
};
use clap::Args;
use documents::{Facts, Found};
use place::{Placed, Which};
use rows::Differences;
use service::Clock;
use std::{fs, path::Path, path::PathBuf, process::ExitCode};
use storage::{CarriedTable, Carrier, LEASES, SHARES, Storage, TABLES, Value};

/// Moves an installation.
#[derive(Debug, Args)]
pub(crate) struct MoveArguments {
    /// What to move: a data folder, or a configuration that names where everything is
    #[arg(long, value_name = "PLACE")]
    from: PathBuf,
    /// Where to: an empty data folder, or a configuration that names where everything goes
    #[arg(long, value_name = "PLACE")]
    to: PathBuf,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// What marks, among the leases, a place that a move began to fill, and one that it filled.
const BEGUN: &str = "move";
const DONE: &str = "moved";

/// The tables of a store of shares.
const ONLY_SHARES: [CarriedTable; 1] = [SHARES];

/// How far a move into a place has come.
enum Mark {
    Never,
    Begun(Vec<u8>),
    Done,
}

async fn mark(carrier: &dyn Carrier) -> Outcome<Mark> {
    let mut found = Mark::Never;
    for row in carrier.page(&LEASES, None, 1000).await? {
        match (row.first(), row.get(1)) {
            (Some(Value::Text(job)), _) if job == DONE => return Ok(Mark::Done),
            (Some(Value::Text(job)), Some(Value::Bytes(of))) if job == BEGUN => {
                found = Mark::Begun(of.clone());
            }
            _ => {}
        }
    }
    Ok(found)
}

async fn write_mark(carrier: &dyn Carrier, word: &str, installation: &[u8]) -> Outcome<()> {
    let now = Value::Number(SystemClock.now().as_microsecond());
    let row = vec![
        Value::Text(word.into()),
        Value::Bytes(installation.to_vec()),
        now.clone(),
        now,
    ];
    Ok(carrier.append(&LEASES, vec![row]).await?)
}

/// Refuses a store that a move began to fill and did not fill.
pub(crate) async fn is_whole(storage: &dyn Storage) -> Outcome<()> {
    let leases = storage.read().await?.leases().await?;
    let marked = |word| leases.iter().any(|lease| lease.job == word);
    if marked(BEGUN) && !marked(DONE) {
        return Err(half_moved());
    }
    Ok(())
}

fn half_moved() -> Failure {
    Failure::new(Kind::Store, "a move into this place was not finished")
        .hint("run the same `conatus move` again: it goes on where it stopped")
}

/// What tells installations apart: the identifier of their first statement.
async fn identity(from: &dyn Carrier) -> Outcome<Vec<u8>> {
    let statements = TABLES.iter().find(|t| t.name == "statements");
    let first = match statements {
        Some(table) => from.page(table, None, 1).await?.pop(),
        None => None,
    };
    match first.as_ref().and_then(|row| row.get(1)) {
        Some(Value::Bytes(id)) => Ok(id.clone()),
        _ => Err(Failure::new(
            Kind::NotFound,
            "there is no installation to move",
        )),
    }
}

async fn holds_something(carrier: &dyn Carrier, tables: &[CarriedTable]) -> Outcome<bool> {
    for table in tables {
        if carrier.last(table).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn occupied(what: &str) -> Failure {
    Failure::new(Kind::Usage, format!("{what} to move to is not empty"))
        .hint("give an empty place: nothing is ever written over what is there")
}

/// Both ends of a move, open.
struct Move {
    from: Placed,
    to: Placed,
    main: [Box<dyn Carrier>; 2],
    /// None where both name the same store of shares.
    shares: Option<[Box<dyn Carrier>; 2]>,
    installation: Vec<u8>,
}

impl Move {
    async fn open(from: Placed, to: Placed) -> Outcome<Self> {
        if from.shares_with(&to, Which::Main) {
            return Err(Failure::new(
                Kind::Usage,
                "both places name the same store of records",
            ));
        }
        agree(&from, &to)?;
        let source = from.source(Which::Main).await?;
        match mark(&*source).await? {
            Mark::Begun(_) => return Err(half_moved()),
            Mark::Never | Mark::Done => {}
        }
        let installation = identity(&*source).await?;
        let shares = if from.shares_with(&to, Which::Shares) {
            None
        } else {
            Some(from.source(Which::Shares).await?)
        };
        Folder(to.config.data.clone()).make()?;
        to.config.place()?.make()?;
        let target = to.target(Which::Main).await?;
        let shares = match shares {
            Some(source) => Some([source, to.target(Which::Shares).await?]),
            None => None,
        };
        Ok(Self {
            from,
            to,
            main: [source, target],
            shares,
            installation,
        })
    }

    fn same_documents(&self) -> Outcome<bool> {
        let [from, to] = [&self.from.config, &self.to.config];
        Ok(from.place()? == to.place()? && from.bucket_endpoint == to.bucket_endpoint)
    }

    /// Has the target be this installation's alone; gives whether a move was begun there.
    async fn claim(&self) -> Outcome<bool> {
        let target = &*self.main[1];
        match mark(target).await? {
            Mark::Begun(of) if of == self.installation => return Ok(true),
            Mark::Begun(_) => {
                return Err(occupied(
                    "a move of another installation began there: the place",
                ));
            }
            Mark::Done => return Err(occupied("the store of records")),
            Mark::Never => {}
        }
        if holds_something(target, &TABLES).await? {
            return Err(occupied("the store of records"));
        }
        if let Some([_, shares]) = &self.shares
            && holds_something(&**shares, &[SHARES]).await?
        {
            return Err(occupied("the store of erasure shares"));
        }
        if !self.same_documents()? {
            let documents = installation::documents(&self.to.config)?;
            let empty = files::holds_nothing(&*documents).await;
            if !empty.map_err(service::ServiceError::from)? {
                return Err(occupied("the place of documents"));
            }
        }
        write_mark(target, BEGUN, &self.installation).await?;
        Ok(false)
    }

    /// Carries every row, then walks both ends; gives how many rows there are, what documents there
    /// must be, and what differs.
    async fn rows(&self) -> Outcome<(u64, Facts, Differences)> {
        let [from, to] = &self.main;
        let mut pairs = vec![(&**from, &**to, &TABLES[..])];
        if let Some([from, to]) = &self.shares {
            // Shares first: without them nothing that was moved is read.
            pairs.insert(0, (&**from, &**to, &ONLY_SHARES[..]));
        }
        let mut all = 0;
        for (from, _, tables) in &pairs {
            for table in *tables {
                all += from.count(table).await?;
            }
        }
        let bar = progress::bar("Rows", all);
        for (from, to, tables) in &pairs {
            rows::carry(*from, *to, tables, &bar).await?;
        }
        bar.finish_and_clear();
        let bar = progress::bar("Comparing", all);
        let (mut facts, mut differences) = (Facts::default(), Differences::default());
        let mut count = 0;
        for (from, to, tables) in &pairs {
            for table in *tables {
                count += rows::compare(*from, *to, table, &bar, &mut differences, |row| {
                    facts.learn(table, row);
                })
                .await?;
            }
        }
        bar.finish_and_clear();
        Ok((count, facts, differences))
    }

    async fn close(self) {
        let shares = self.shares.into_iter().flatten();
        for carrier in self.main.into_iter().chain(shares) {
            carrier.close().await;
        }
    }
}

/// Refuses to move under a configuration that believes another root.
fn agree(from: &Placed, to: &Placed) -> Outcome<()> {
    match (&from.config.root_fingerprint, &to.config.root_fingerprint) {
        (Some(from), Some(to)) if from != to => Err(Failure::new(
            Kind::Usage,
            "the configuration to move to pins the root of another installation",
        )),
        _ => Ok(()),
    }
}

/// Has the pepper and the server's key, and where there is none the configuration, be where the
/// moved installation is served from.
fn beside(from: &Placed, to: &Placed) -> Outcome<()> {
    let (source, target) = (&from.config.data, &to.config.data);
    for name in ["pepper", "server.key"] {
        let content = fs::read(source.join(name))
            .map_err(|e| Failure::io(format!("{name} cannot be read"), &e))?;
        put_beside(&target.join(name), &content)?;
    }
    if !to.file.exists() {
        put_beside(&to.file, from.what_is_not_a_place().as_bytes())?;
    }
    Ok(())
}

fn put_beside(path: &Path, content: &[u8]) -> Outcome<()> {
    let failed = |e: std::io::Error| Failure::io(format!("{} cannot be made", path.display()), &e);
    match fs::read(path) {
        Ok(there) if there == content => return Ok(()),
        Ok(_) => {
            return Err(occupied(&format!(
                "{} is another's: the place",
                path.display()
            )));
        }
        Err(_) => {}
    }
    // Whole or not there, whenever this stops.
    let part = path.with_extension("part");
    if part.exists() {
        fs::remove_file(&part).map_err(failed)?;
    }
    write_private(&part, content)?;
    fs::rename(&part, path).map_err(failed)
}

pub(crate) async fn relocate(arguments: MoveArguments) -> Outcome<ExitCode> {
    let (from, to) = (Placed::read(&arguments.from)?, Placed::read(&arguments.to)?);
    let moving = Move::open(from, to).await?;
    let done = Box::pin(filled(&moving, arguments.json)).await;
    let fingerprint = moving.from.config.root_fingerprint.clone();
    let unpinned = moving.to.config.root_fingerprint.is_none() && moving.to.told;
    moving.close().await;
    let code = done?;
    if unpinned && let Some(fingerprint) = fingerprint {
        tell!("Write root_fingerprint = \"{fingerprint}\" in the configuration moved to.");
    }
    Ok(code)
}

async fn filled(moving: &Move, json: bool) -> Outcome<ExitCode> {
    if moving.claim().await? {
        tell!("A move into this place was begun: it goes on.");
    }
    beside(&moving.from, &moving.to)?;
    let (rows, facts, mut differences) = moving.rows().await?;
    let same = moving.same_documents()?;
    let to = installation::documents(&moving.to.config)?;
    let from = if same {
        None
    } else {
        Some(installation::documents(&moving.from.config)?)
    };
    let documents = documents::carry(from.as_ref(), &to, &facts, &mut differences).await?;
    if differences.count == 0 {
        write_mark(&*moving.main[1], DONE, &moving.installation).await?;
    }
    report(rows, &documents, &differences, json)?;
    if differences.count > 0 {
        let what = "things are not there as they are where they come from";
        return Err(
            Failure::new(Kind::Differs, format!("{} {what}", differences.count)).hint(
                "was it served meanwhile? Stop it, empty the place to move to, and move again; \
                 nothing serves from there as it is",
            ),
        );
    }
    if documents.faults.count > 0 {
        let what = "documents are not what their entries say, and were not before";
        return Err(
            Failure::new(Kind::Found, format!("{} {what}", documents.faults.count))
                .hint("everything else was moved: take those from a backup"),
        );
    }
    if !json {
        tell!("Everything is there as it was. Run `conatus verify` there, serve from there alone,");
        tell!("and never again from where it was: two that go on apart cannot be put together.");
    }
    Ok(ExitCode::SUCCESS)
}

fn report(rows: u64, documents: &Found, differences: &Differences, json: bool) -> Outcome<()> {
    let faults = &documents.faults;
    if json {
        let answer = serde_json::json!({
            "rows": rows, "documents": documents.count,
            "differences": differences.count, "differ": differences.lines,
            "faults": faults.count, "faulty": faults.lines,
        });
        return say!("{answer}");
    }
    say!("{rows} rows, {} documents", documents.count)?;
    for line in &differences.lines {
        say!("differs: {line}")?;
    }
    for line in &faults.lines {
        say!("was so before: {line}")?;
    }
    Ok(())
}
