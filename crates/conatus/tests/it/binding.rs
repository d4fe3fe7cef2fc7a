//! Papers bound by a process of their own: one made to harm ends that process, in time and in little
//! memory, and nothing is said for it.

use crate::installation::program;
use std::{
    io::{Read, Write},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// A PDF of these objects, from 1, the first its catalog.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (n, object) in (1..).zip(objects) {
        places.push(out.len());
        writeln!(out, "{n} 0 obj").unwrap();
        out.extend_from_slice(object);
        out.extend_from_slice(b"\nendobj\n");
    }
    let start = out.len();
    let size = objects.len() + 1;
    writeln!(out, "xref\n0 {size}\n0000000000 65535 f ").unwrap();
    for place in places {
        writeln!(out, "{place:010} 00000 n ").unwrap();
    }
    write!(
        out,
        "trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    )
    .unwrap();
    out
}

fn one_page() -> Vec<Vec<u8>> {
    [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 9 9]>>",
        "<</Type/Page/Parent 2 0 R>>",
    ]
    .map(|o| o.as_bytes().to_vec())
    .to_vec()
}

/// What the process answers for one paper, and how long it took.
fn answer(paper: &[u8]) -> (Vec<u8>, Duration) {
    let put = |bytes: &[u8]| {
        let length = u32::try_from(bytes.len()).unwrap();
        [&length.to_le_bytes(), bytes].concat()
    };
    let asked = [put(b"Pieces"), put(b"1. Avis"), vec![0; 4], put(paper)].concat();
    let mut command: Command = program();
    let begun = Instant::now();
    let mut child = command
        .args(["forms", "bind"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut to = child.stdin.take().unwrap();
    let writing = std::thread::spawn(move || {
        // A process that ended reads no more.
        let _ = to.write_all(&asked);
    });
    let mut said = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut said).unwrap();
    writing.join().unwrap();
    child.wait().unwrap();
    (said, begun.elapsed())
}

#[test]
fn a_paper_is_bound_and_one_made_to_harm_ends_its_process_in_time() {
    let (said, _) = answer(&pdf(&one_page()));
    assert!(said.starts_with(b"\0%PDF-"), "{:?}", said.get(..8));
    // Fifteen hundred streams of objects, each of which inflates a thousand times: 22 GB in all.
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&vec![b' '; 15 << 20]).unwrap();
    let packed = packed.finish().unwrap();
    let mut stream = format!(
        "<</Length {}/Type/ObjStm/N 1/First 10/Filter/FlateDecode>>\nstream\n",
        packed.len()
    )
    .into_bytes();
    stream.extend_from_slice(&packed);
    stream.extend_from_slice(b"\nendstream");
    let mut objects = one_page();
    objects.extend(std::iter::repeat_n(stream, 1_500));
    let (said, took) = answer(&pdf(&objects));
    assert!(said.is_empty(), "{:?}", said.get(..8));
    // Five seconds of a processor, which other tests share.
    assert!(took < Duration::from_secs(15), "{took:?}");
}
