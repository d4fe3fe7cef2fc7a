//! The forms of the state, where they lie beside the project.

use crate::fixture::Read;
use forms::{Answers, Blank, Sheet, Shelf};
use std::{path::PathBuf, process::Command, sync::Arc};

fn form(name: &str) -> Option<Vec<u8>> {
    let beside =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/domiciliation");
    let found = std::fs::read(beside.join(name)).ok();
    if found.is_none() {
        eprintln!("skipped: {name} does not lie beside the project");
    }
    found
}

fn sheet(bytes: &[u8]) -> Arc<Sheet> {
    Shelf::default()
        .put(bytes)
        .expect("a form that a mapping knows")
}

fn answers(pairs: &[(&str, &str)]) -> Answers {
    let own = |(k, v): &(&str, &str)| ((*k).to_owned(), (*v).to_owned());
    pairs.iter().map(own).collect()
}

/// What a tool of the system says of that PDF; `None` where the tool is not there.
fn ask(program: &str, arguments: &[&str], pdf: &[u8]) -> Option<(i32, String)> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("filled.pdf");
    std::fs::write(&path, pdf).expect("written");
    let mut command = Command::new(program);
    let path = path.to_str().expect("a path");
    let asked = command.args(
        arguments
            .iter()
            .map(|a| if *a == "FILE" { path } else { a }),
    );
    match asked.output() {
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            Some((output.status.code().unwrap_or(-1), text))
        }
        Err(_) => {
            eprintln!("skipped: {program} is not installed");
            None
        }
    }
}

/// Every field of the mapping filled comes back from the file, and other readers see it.
fn check(name: &str, given: &Answers, seen: &[&str]) {
    let Some(bytes) = form(name) else { return };
    let sheet = sheet(&bytes);
    let hash = sheet.blank.hash();
    assert!(
        sheet.known,
        "the mapping was not written on this file, {hash}"
    );
    let values = sheet.mapping.values(given).expect("answers that fit");
    let filled = sheet.fill(&values).expect("filled");
    assert!(filled.pdf.starts_with(&bytes));
    let again = Blank::read(&filled.pdf).expect("still a form");
    assert_eq!(again.fields().len(), sheet.blank.fields().len());
    drop(Read::new(&filled.pdf));
    // Kept where someone wants to look at it in other readers.
    if let Some(folder) = std::env::var_os("FILLED_FORMS") {
        std::fs::write(PathBuf::from(folder).join(name), &filled.pdf).expect("written");
    }
    // 3: warnings, which the blank form itself has.
    if let Some((code, _)) = ask("qpdf", &["--check", "FILE"], &filled.pdf) {
        assert!(matches!(code, 0 | 3), "qpdf says {code}");
    }
    if let Some((code, text)) = ask("pdftotext", &["-layout", "FILE", "-"], &filled.pdf) {
        assert_eq!(code, 0);
        // The dotted lines of the form are characters of its page.
        let text = text.replace(['_', '\n'], " ");
        let text = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        for words in seen {
            assert!(text.contains(words), "`{words}` is not drawn:\n{text}");
        }
    }
}

#[test]
fn the_request_for_an_address_is_filled() {
    let given = answers(&[
        ("title", "madam"),
        ("name", "DIARRA"),
        ("given_names", "Awa Éloïse"),
        ("born", "1987-03-09"),
        ("birth_place", "Saint-Étienne"),
        (
            "dependants",
            "DIARRA Samba, né le 01/02/2015\nDIARRA Fanta, née le 12/11/2018",
        ),
        ("phone", "06 12 34 56 78"),
        ("request", "renewal"),
        ("organisation", "Accueil de jour du Port"),
        ("answerable", "Martin Rey, chef de service"),
        ("meeting_day", "2026-12-01"),
        ("meeting_time", "14h30"),
    ]);
    let seen = [
        "DIARRA",
        "Awa Éloïse",
        "Saint-Étienne",
        "née le 12/11/2018",
        "Accueil de jour du Port",
        "1987",
    ];
    check(
        "cerfa-16029-01-demande-election-domicile.pdf",
        &given,
        &seen,
    );
}

#[test]
fn the_certificate_of_an_address_is_filled() {
    let given = answers(&[
        ("title", "sir"),
        ("name", "NGUYỄN"),
        ("given_names", "Minh"),
        ("born", "1990-12-31"),
        ("organisation", "CCAS de Lyon"),
        ("address", "M. Minh NGUYEN\nCCAS de Lyon\n69003 LYON"),
        ("from", "2026-01-15"),
        ("until", "2027-01-14"),
    ]);
    let seen = ["NGUYEN", "CCAS de Lyon", "69003 LYON", "2027"];
    check(
        "cerfa-16030-01-attestation-election-domicile.pdf",
        &given,
        &seen,
    );
}

#[test]
fn each_form_is_known_as_itself() {
    for (name, id) in [
        (
            "cerfa-16029-01-demande-election-domicile.pdf",
            "cerfa-16029-01",
        ),
        (
            "cerfa-16030-01-attestation-election-domicile.pdf",
            "cerfa-16030-01",
        ),
    ] {
        let Some(bytes) = form(name) else { continue };
        assert_eq!(sheet(&bytes).mapping.id, id);
        // An edition that only looks like it (one byte more) is known by its fields.
        let other = [bytes.as_slice(), b"\n"].concat();
        let sheet = sheet(&other);
        assert_eq!((sheet.mapping.id.as_str(), sheet.known), (id, false));
    }
}
