//! Files written to harm: each is given up in time, and none fills the memory.

use crate::archives::{page, take_in, tgz, zip};
use catalogue::{ImportError, page_of_json, page_of_xml};
use std::{
    fmt::Write as _,
    io::Write,
    time::{Duration, Instant},
};
use zip::{ZipWriter, write::SimpleFileOptions};

/// What a hostile file may take.
const TIME: Duration = Duration::from_secs(5);

fn refused(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let error = take_in(bytes, folder.path()).unwrap_err();
    assert!(begun.elapsed() < TIME, "{:?}", begun.elapsed());
    match error {
        ImportError::NoPage(report) => report.broken[0].1.clone(),
        other => other.to_string(),
    }
}

#[test]
fn a_page_too_long_is_named() {
    let long = " ".repeat(9 << 20);
    let said = refused(&zip(&[(
        "F1.xml",
        &page("F1", "Long", "2020-01-01", &long),
    )]));
    assert!(said.contains("8 MB"), "{said}");
}

#[test]
fn a_bomb_is_given_up() {
    let zeros = vec![0; 1 << 20];
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for i in 0..200 {
        writer
            .start_file(format!("F{i}.xml"), SimpleFileOptions::default())
            .unwrap();
        for _ in 0..8 {
            writer.write_all(&zeros).unwrap();
        }
    }
    let bytes = writer.finish().unwrap().into_inner();
    assert!(bytes.len() < 4 << 20);
    let said = refused(&bytes);
    assert!(said.contains("inflates"), "{said}");
}

#[test]
fn a_bomb_in_a_tgz_is_given_up() {
    let zeros = "0".repeat(64 << 20);
    let said = refused(&tgz(&[
        ("package/a.bin", &zeros),
        ("package/data/particuliers/F1.json", "{}"),
    ]));
    assert!(
        said.contains("inflates") || said.contains("archive"),
        "{said}"
    );
}

#[test]
fn what_is_deep_is_given_up_before_the_stack_is() {
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let text = page("F1", "Profond", "2020-01-01", &deep);
    assert!(
        page_of_xml(text.as_bytes())
            .unwrap_err()
            .to_string()
            .contains("deep")
    );
    let deep = format!(
        "{}{}",
        "{\"type\":\"element\",\"children\":[".repeat(50_000),
        "]}".repeat(50_000)
    );
    assert!(page_of_json(deep.as_bytes()).is_err());
    let other = format!("{{\"x\":{}{}}}", "[".repeat(50_000), "]".repeat(50_000));
    assert!(page_of_json(other.as_bytes()).is_err());
}

#[test]
fn what_is_wide_is_given_up() {
    let wide = page("F1", "Large", "2020-01-01", &"<a/>".repeat(300_000));
    assert!(
        page_of_xml(wide.as_bytes())
            .unwrap_err()
            .to_string()
            .contains("200,000")
    );
    let attributes = (0..250_000).fold(String::new(), |mut all, i| {
        write!(all, " a{i}='x'").unwrap();
        all
    });
    let begun = Instant::now();
    assert!(page_of_xml(format!("<Publication{attributes}/>").as_bytes()).is_err());
    assert!(begun.elapsed() < TIME, "{:?}", begun.elapsed());
}

#[test]
fn entities_are_never_expanded() {
    let laughs = "<!DOCTYPE p [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
    let text = format!("{laughs}<Publication ID=\"F1\"><dc:title>&b;&x;</dc:title></Publication>");
    let page = page_of_xml(text.as_bytes()).unwrap();
    assert_eq!(page.title, "&b;&x;");
}

#[test]
fn a_zip_that_says_it_holds_millions_is_refused() {
    let mut bytes = zip(&[("F1.xml", &page("F1", "Un", "2020-01-01", ""))]);
    let end = bytes.len() - 22;
    let mut large = bytes[..end].to_vec();
    large.extend_from_slice(b"PK\x06\x07");
    large.extend_from_slice(&[0; 16]);
    large.extend_from_slice(&bytes[end..]);
    assert!(refused(&large).contains("zip64"));
    bytes[end + 8..end + 12].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    assert!(refused(&bytes).contains("too many"));
}
