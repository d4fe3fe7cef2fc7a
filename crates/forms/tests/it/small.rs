//! The small form: what is filled is there, what was there stays.

use crate::fixture::{Read, small};
use forms::{Blank, FieldKind, FillError, Mapping, Shelf, Unfit, Values};
use lopdf::Object;

fn values(pairs: &[(&str, &str)]) -> Values {
    let own = |(k, v): &(&str, &str)| ((*k).to_owned(), (*v).to_owned());
    pairs.iter().map(own).collect()
}

fn hexadecimal(text: &str) -> String {
    text.bytes()
        .fold(String::new(), |all, b| format!("{all}{b:02x}"))
}

#[test]
fn fields_are_found_with_their_kinds() {
    let blank = Blank::read(&small()).expect("a form");
    // `oublie` is drawn on the page, and the form's list forgets it.
    let names: Vec<&str> = blank.fields().keys().map(String::as_str).collect();
    let expected = [
        "choix",
        "code",
        "groupe.ville",
        "lignes",
        "nom",
        "oublie",
        "signature",
        "tourne",
    ];
    assert_eq!(names, expected);
    let kind = |name: &str| blank.fields()[name].kind.clone();
    let text = |longest, lines, cells| FieldKind::Text {
        longest,
        lines,
        cells,
    };
    assert_eq!(kind("nom"), text(Some(20), false, false));
    assert_eq!(kind("lignes"), text(None, true, false));
    assert_eq!(kind("code"), text(Some(5), false, true));
    assert_eq!(kind("signature"), FieldKind::Other);
    assert!(matches!(kind("choix"), FieldKind::Boxes { states } if states.contains("oui")));
}

#[test]
fn what_is_filled_is_held_and_drawn() {
    let source = small();
    let blank = Blank::read(&source).expect("a form");
    let given = values(&[
        ("nom", "Ada Élan"),
        ("lignes", "une\r\ndeux"),
        ("choix", "oui"),
        ("code", "75011"),
        ("groupe.ville", "Lyon"),
        ("oublie", "là"),
    ]);
    let filled = blank.fill(&given).expect("filled");
    assert!(filled.approximated.is_empty());
    assert!(
        filled.pdf.starts_with(&source),
        "the source is kept whole, before the update"
    );
    let read = Read::new(&filled.pdf);
    assert_eq!(read.text(5), "Ada Élan");
    assert_eq!(read.text(8), "une\rdeux");
    assert_eq!(read.text(11), "75011");
    assert_eq!(read.text(17), "Lyon");
    assert_eq!(read.text(18), "là");
    assert_eq!(
        (read.name(9, b"V"), read.name(10, b"AS")),
        ("oui".into(), "oui".into())
    );
    for widget in [6, 7] {
        let drawn = read.drawn(widget);
        assert!(drawn.contains("<41646120c96c616e>"), "{drawn}");
        assert!(
            drawn.contains("0 0 1 rg") && drawn.contains("12.00 Tf"),
            "{drawn}"
        );
    }
    assert_eq!(read.drawn(11).matches("Tj").count(), 5);
    let catalog = read.0.catalog().expect("a catalog");
    assert!(
        !catalog.has(b"Perms"),
        "rights of the blank form no longer hold"
    );
    let form = read.0.get_dictionary((4, 0)).expect("the form");
    let listed = form
        .get(b"Fields")
        .and_then(Object::as_array)
        .expect("a list");
    assert!(
        listed.contains(&Object::Reference((18, 0))),
        "what was forgotten is listed"
    );
    assert!(!form.has(b"XFA") && !form.has(b"NeedAppearances"));
}

#[test]
fn a_name_in_other_letters_is_held_exact_and_said_to_be_approximated() {
    let blank = Blank::read(&small()).expect("a form");
    let filled = blank
        .fill(&values(&[("nom", "Nguyễn Łukasz")]))
        .expect("filled");
    assert_eq!(filled.approximated, ["nom"]);
    let read = Read::new(&filled.pdf);
    assert_eq!(read.text(5), "Nguyễn Łukasz");
    assert!(read.drawn(6).contains(&hexadecimal("Nguyen Lukasz")));
    let asked = |pdf: &[u8]| {
        let read = Read::new(pdf);
        let form = read.0.get_dictionary((4, 0)).expect("the form");
        form.get(b"NeedAppearances").and_then(Object::as_bool).ok()
    };
    assert_eq!(asked(&filled.pdf), None);
    let filled = blank.fill(&values(&[("nom", "علي")])).expect("filled");
    assert_eq!(
        asked(&filled.pdf),
        Some(true),
        "readers that have the letters draw them"
    );
}

#[test]
fn what_does_not_fit_is_refused_by_its_field() {
    let blank = Blank::read(&small()).expect("a form");
    let check = |name: &str, value: &str, expected: FillError| {
        let refused = blank.fill(&values(&[(name, value)]));
        assert_eq!(refused.expect_err(name), expected);
    };
    let field = || "nom".to_owned();
    check(
        "nom",
        &"x".repeat(21),
        FillError::TooLong {
            field: field(),
            longest: 20,
        },
    );
    check(
        "groupe.ville",
        &"W".repeat(30),
        FillError::NoRoom("groupe.ville".into()),
    );
    check(
        "lignes",
        &"mot ".repeat(2_000),
        FillError::NoRoom("lignes".into()),
    );
    check("choix", "non", FillError::NoSuchState("choix".into()));
    check("absent", "x", FillError::NoSuchField("absent".into()));
    check("signature", "x", FillError::NotFilled("signature".into()));
    assert!(
        blank.fill(&values(&[("absent", " ")])).is_ok(),
        "what is empty goes nowhere"
    );
}

#[test]
fn nothing_written_can_become_an_operator() {
    let blank = Blank::read(&small()).expect("a form");
    let text = ") Tj ET Q (x>";
    let filled = blank.fill(&values(&[("nom", text)])).expect("filled");
    let read = Read::new(&filled.pdf);
    assert_eq!(read.text(5), text);
    let drawn = read.drawn(6);
    assert_eq!(drawn.matches(" Tj ET").count(), 1);
    assert!(drawn.contains(&hexadecimal(text)));
}

#[test]
fn filled_twice_it_holds_the_second() {
    let blank = Blank::read(&small()).expect("a form");
    let once = blank
        .fill(&values(&[("nom", "Un"), ("choix", "oui")]))
        .expect("filled");
    let again = Blank::read(&once.pdf).expect("still a form");
    let twice = again.fill(&values(&[("nom", "Deux")])).expect("filled");
    let read = Read::new(&twice.pdf);
    assert_eq!(
        (read.text(5), read.name(10, b"AS")),
        ("Deux".into(), "oui".into())
    );
}

#[test]
fn the_small_form_lies_where_other_crates_find_it() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/small.pdf");
    if std::env::var_os("WRITE_FIXTURES").is_some() {
        std::fs::write(path, small()).expect("written");
    }
    assert_eq!(std::fs::read(path).expect("the form"), small());
    let mapping = Mapping::parse(include_str!("../small.toml")).expect("a mapping");
    let mut shelf = Shelf::default();
    let unknown = shelf.put(&small()).expect_err("no mapping knows it");
    assert!(matches!(unknown, Unfit::Unknown { .. }), "{unknown}");
    shelf.learn(mapping);
    assert_eq!(shelf.put(&small()).expect("known").mapping.id, "petit");
}
