//! Archives, from good ones to broken ones: what stands stays, what is wrong is named.

use catalogue::{Edition, EditionError, ImportError, Limits, PageId, Report, Shelf, import};
use std::{
    fs,
    io::{Cursor, Write},
    path::Path,
};
use zip::{ZipWriter, write::SimpleFileOptions};

/// A page that says a little.
pub(crate) fn page(id: &str, title: &str, day: &str, inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><Publication xmlns:dc=\"x\" ID=\"{id}\" type=\"Fiche d'information\">\
         <dc:title>{title}</dc:title><dc:date>modified {day}</dc:date>{inside}</Publication>"
    )
}

pub(crate) fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(crate) fn tgz(files: &[(&str, &str)]) -> Vec<u8> {
    let packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let mut builder = tar::Builder::new(packed);
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        builder
            .append_data(&mut header, name, text.as_bytes())
            .unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

pub(crate) fn take_in(bytes: &[u8], folder: &Path) -> Result<(Edition, Report), ImportError> {
    import(
        Cursor::new(bytes),
        folder,
        None,
        &Limits::default(),
        &mut |_| {},
    )
}

fn id(text: &str) -> PageId {
    text.parse().unwrap()
}

#[test]
fn a_zip_gives_an_edition_of_the_day_of_its_newest_page() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = zip(&[
        (
            "F1.xml",
            &page(
                "F1",
                "Carte perdue",
                "2020-01-02",
                "<Texte><Paragraphe>Un  mot &amp; un\nautre &#233;</Paragraphe></Texte>",
            ),
        ),
        (
            "dossier/F2.xml",
            &page(
                "F2",
                "Logement",
                "2020-10-30",
                "<Texte><Nouveau>dit <Autre>ceci</Autre></Nouveau></Texte>",
            ),
        ),
        ("menu.xml", "<Menu/>"),
        (
            "redirections.xml",
            "<R><P ancien=\"F9\" nouveau=\"F2\"/><P ancien=\"F8\" nouveau=\"F7\"/></R>",
        ),
    ]);
    let (edition, report) = take_in(&bytes, folder.path()).unwrap();
    assert_eq!(edition.date().to_string(), "2020-10-30");
    assert_eq!((report.pages, report.passed_over, report.moved), (2, 1, 1));
    assert_eq!(report.unknown["Nouveau"], 1);
    let first = edition.page(&id("F1")).unwrap().unwrap();
    assert!(
        first.text().contains("Un mot & un autre é"),
        "{}",
        first.text()
    );
    assert!(
        edition
            .page(&id("F2"))
            .unwrap()
            .unwrap()
            .text()
            .contains("ceci")
    );
    // A page that moved is read where it is now; one that led nowhere is not.
    assert_eq!(edition.page(&id("F9")).unwrap().unwrap().title, "Logement");
    assert!(edition.page(&id("F8")).unwrap().is_none());
}

#[test]
fn json_gives_the_same_page_as_xml() {
    let folder = tempfile::tempdir().unwrap();
    let json = r#"{"id":"F1","children":[{"type":"element","name":"Publication","attributes":{"ID":"F1","type":"Dossier"},"children":[
        {"type":"element","name":"dc:title","children":[{"type":"text","text":"Un titre"}]},
        {"type":"element","name":"dc:date","children":[{"type":"text","text":"modified 2020-03-04"}]},
        {"type":"element","name":"Texte","children":[{"type":"element","name":"Paragraphe","children":[{"type":"text","text":"Des mots."}]}]}]}]}"#;
    let bytes = tgz(&[
        ("package/data/particuliers/F1.json", json),
        ("package/data/professionnels/F2.json", json),
        ("package/data/particuliers/index.json", "[]"),
    ]);
    let (edition, report) = take_in(&bytes, folder.path()).unwrap();
    assert_eq!((report.pages, report.passed_over), (1, 2));
    let read = edition.page(&id("F1")).unwrap().unwrap();
    let xml = "<Publication ID=\"F1\" type=\"Dossier\"><dc:title>Un titre</dc:title>\
               <dc:date>modified 2020-03-04</dc:date><Texte><Paragraphe>Des mots.</Paragraphe></Texte></Publication>";
    assert_eq!(read, catalogue::page_of_xml(xml.as_bytes()).unwrap());
}

#[test]
fn a_broken_file_is_named_and_the_rest_is_taken_in() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = zip(&[
        ("F1.xml", "<Publication ID=\"F1\"><dc:title>Cassé"),
        ("F2.xml", &page("F2", "Entier", "2020-10-30", "")),
        ("F3.xml", "<Autre/>"),
        ("F4.xml", &page("F2", "Double", "2020-10-30", "")),
    ]);
    let (edition, report) = take_in(&bytes, folder.path()).unwrap();
    let broken: Vec<&str> = report
        .broken
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(broken, ["F1.xml", "F3.xml", "F4.xml"]);
    assert_eq!(edition.pages().len(), 1);
    assert_eq!(edition.pages()[0].title, "Entier");
}

#[test]
fn an_import_that_fails_leaves_what_is_in_use_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let good = zip(&[("F1.xml", &page("F1", "Carte", "2020-10-30", ""))]);
    take_in(&good, folder.path()).unwrap();
    let (shelf, _) = Shelf::open(folder.path());
    for bad in [
        &b""[..],
        b"PK",
        b"PK\x03\x04 rien",
        b"\x1f\x8b rien",
        b"<xml/>",
        &good[..good.len() / 2],
    ] {
        assert!(take_in(bad, folder.path()).is_err());
    }
    let none = zip(&[("F1.xml", "<Publication"), ("autre.txt", "x")]);
    assert!(
        matches!(take_in(&none, folder.path()), Err(ImportError::NoPage(report)) if report.broken.len() == 1)
    );
    assert!(!shelf.look().changed);
    assert_eq!(shelf.current().pages()[0].title, "Carte");
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn editions_stand_beside_one_another_and_old_pages_stay_readable() {
    let folder = tempfile::tempdir().unwrap();
    let (shelf, _) = Shelf::open(folder.path());
    assert!(shelf.current().is_sample());
    let old = zip(&[
        ("F1.xml", &page("F1", "Avant", "2020-10-30", "")),
        ("F2.xml", &page("F2", "Retirée", "2020-10-30", "")),
    ]);
    let new = zip(&[("F1.xml", &page("F1", "Après", "2021-01-15", ""))]);
    take_in(&old, folder.path()).unwrap();
    assert!(shelf.look().changed);
    take_in(&new, folder.path()).unwrap();
    assert!(shelf.look().changed);
    assert!(!shelf.look().changed);
    assert_eq!(shelf.editions().len(), 2);
    assert_eq!(shelf.current().pages()[0].title, "Après");
    let before = "2020-10-30".parse().unwrap();
    let then = shelf.holding(before, &id("F1")).unwrap();
    assert_eq!(then.page(&id("F1")).unwrap().unwrap().title, "Avant");
    let gone = shelf
        .holding("2022-01-01".parse().unwrap(), &id("F2"))
        .unwrap();
    assert_eq!(gone.page(&id("F2")).unwrap().unwrap().title, "Retirée");
    // The same day twice: the last taken in is in use.
    let again = zip(&[("F1.xml", &page("F1", "Corrigé", "2021-01-15", ""))]);
    take_in(&again, folder.path()).unwrap();
    shelf.look();
    assert_eq!(shelf.current().pages()[0].title, "Corrigé");
}

#[test]
fn a_damaged_edition_is_refused_and_the_one_before_serves() {
    let folder = tempfile::tempdir().unwrap();
    take_in(
        &zip(&[("F1.xml", &page("F1", "Avant", "2020-10-30", ""))]),
        folder.path(),
    )
    .unwrap();
    let (new, _) = take_in(
        &zip(&[("F1.xml", &page("F1", "Après", "2021-01-15", ""))]),
        folder.path(),
    )
    .unwrap();
    let path = new.path().unwrap().to_owned();
    let whole = fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        fs::write(&path, &bytes).unwrap();
        assert!(Edition::open(&path).is_err(), "byte {at}");
    }
    for length in [0, 5, 40, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(Edition::open(&path).is_err(), "{length} bytes");
    }
    let (shelf, look) = Shelf::open(folder.path());
    assert!(matches!(
        look.refused.as_slice(),
        [(_, EditionError::NotOne | EditionError::Damaged)]
    ));
    assert_eq!(shelf.current().pages()[0].title, "Avant");
}

#[test]
fn an_edition_of_an_earlier_format_is_read_and_one_of_a_later_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = zip(&[("F1.xml", &page("F1", "Carte", "2020-10-30", ""))]);
    let (written, _) = take_in(&bytes, folder.path()).unwrap();
    let path = written.path().unwrap().to_owned();
    let of_format = |format: u32| {
        let mut bytes = fs::read(&path).unwrap();
        bytes[8..12].copy_from_slice(&format.to_le_bytes());
        let end = bytes.len() - 32;
        let hash = blake3::hash(&bytes[..end]);
        bytes[end..].copy_from_slice(hash.as_bytes());
        let other = folder.path().join("other.cat");
        fs::write(&other, bytes).unwrap();
        Edition::open(&other)
    };
    let before = of_format(1).unwrap();
    assert_eq!(before.page(&id("F1")).unwrap().unwrap().title, "Carte");
    assert_eq!(before.search("carte", 3).len(), 1);
    assert!(matches!(of_format(0), Err(EditionError::Format(0))));
    assert!(matches!(of_format(3), Err(EditionError::Format(3))));
}
