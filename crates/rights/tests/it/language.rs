//! Each thing the loader refuses, said where it stands.

use rights::{Fault, Source, compile_layers};

fn faults(text: &str) -> Vec<Fault> {
    let source = Source {
        name: "essai.droit".to_owned(),
        text: text.to_owned(),
    };
    compile_layers(&[vec![source]]).err().unwrap_or_default()
}

/// The first fault, as shown.
fn check(text: &str, line: u32, words: &str) {
    let found = faults(text);
    let first = found
        .first()
        .unwrap_or_else(|| panic!("nothing was refused in:\n{text}"));
    assert!(first.what.contains(words), "{first}");
    assert_eq!(first.line, line, "{first}");
}

const FIGURE: &str = "paramètre p : montant\n  libellé \"P\"\n  source \"Loi, art. 1\"\n  relevé 2026-01-01 \"ici\"\n";

fn rule(kind: &str, expression: &str) -> String {
    format!(
        "règle r : {kind}, individu, mois\n  libellé \"R\"\n  loi \"Loi, art. 1\"\n  = {expression}\n"
    )
}

#[test]
fn a_parameter_has_a_source_and_was_checked() {
    check(
        "paramètre p : montant\n  libellé \"P\"\n  relevé 2026-01-01 \"ici\"\n  depuis 2017-01-01 = 1 €\n",
        1,
        "no source",
    );
    check(
        "paramètre p : montant\n  libellé \"P\"\n  source \"Loi\"\n  depuis 2017-01-01 = 1 €\n",
        1,
        "where was this checked",
    );
}

#[test]
fn a_parameter_leaves_no_day_without_an_answer() {
    check(&format!("{FIGURE}  depuis 2020-01-01 = 1 €\n"), 1, "a gap");
    check(
        &format!("{FIGURE}  depuis 2017-01-01..2017-12-31 = 1 €\n  depuis 2018-02-01 = 2 €\n"),
        6,
        "a gap",
    );
    check(
        &format!("{FIGURE}  depuis 2017-01-01..2018-12-31 = 1 €\n  depuis 2018-02-01 = 2 €\n"),
        6,
        "overlaps",
    );
    check(
        &format!("{FIGURE}  depuis 2017-01-01 = 1 €\n  depuis 2017-01-01 = 2 €\n"),
        6,
        "overlaps",
    );
    check(
        &format!("{FIGURE}  depuis 2017-01-01..2017-12-31 = 1 €\n"),
        1,
        "a gap",
    );
    assert_eq!(
        faults(&format!(
            "{FIGURE}  créé 2020-01-01\n  depuis 2020-01-01 = 1 €\n"
        )),
        Vec::new()
    );
}

#[test]
fn units_and_entities_agree() {
    check(
        &format!("{FIGURE}  depuis 2017-01-01 = 1\n"),
        5,
        "an amount",
    );
    check(&rule("montant", "1 € + 2"), 4, "a number without unit");
    check(&rule("montant", "1 € * 2 €"), 4, "units do not agree");
    check(
        &rule("montant", "si 1 € alors 1 € sinon 2 €"),
        4,
        "vrai or faux",
    );
    let owned = "fait f : montant, famille, mois\n  libellé \"F\"\n";
    check(
        &format!("{owned}{}", rule("montant", "f")),
        6,
        "belongs to famille",
    );
    let yearly = "fait f : montant, individu, an\n  libellé \"F\"\n";
    check(
        &format!("{yearly}{}", rule("montant", "f")),
        6,
        "another rhythm",
    );
    assert_eq!(
        faults(&format!("{yearly}{}", rule("montant", "f[N-1] / 12"))),
        Vec::new()
    );
}

#[test]
fn names_are_known_and_said_once() {
    check(&rule("montant", "inconnu"), 4, "« inconnu » is not known");
    check(
        &format!("{0}{0}", rule("montant", "1 €")),
        5,
        "already said",
    );
    check(&rule("montant", "somme(enfants ; 1 €)"), 4, "no members");
}

#[test]
fn what_needs_itself_is_refused_within_a_period() {
    let two = "règle a : montant, individu, mois\n  libellé \"A\"\n  loi \"L\"\n  = b\nrègle b : montant, individu, mois\n  libellé \"B\"\n  loi \"L\"\n  = a + 1 €\n";
    check(two, 1, "a → b → a");
    let earlier = "règle a : montant, individu, mois\n  libellé \"A\"\n  loi \"L\"\n  = b\nrègle b : montant, individu, mois\n  libellé \"B\"\n  loi \"L\"\n  = a[M-1] + 1 €\n";
    assert_eq!(faults(earlier), Vec::new());
}

#[test]
fn a_fault_shows_its_line_and_a_caret() {
    let found = faults(&rule("montant", "1 € + zut"));
    let shown = found.first().map(ToString::to_string).unwrap_or_default();
    assert_eq!(
        shown,
        "essai.droit:4:11: « zut » is not known\n  |   = 1 € + zut\n  |           ^^^"
    );
}

#[test]
fn everything_wrong_is_said_at_once() {
    let text = format!(
        "{}{}",
        rule("montant", "un"),
        rule("nombre", "deux").replace('r', "q")
    );
    assert!(faults(&text.replace("qègle", "règle")).len() >= 2);
}

#[test]
fn a_later_folder_replaces_and_adds() {
    let layer = |text: String| {
        vec![Source {
            name: "essai.droit".to_owned(),
            text,
        }]
    };
    let local = rule("montant", "2 €");
    let law = compile_layers(&[layer(rule("montant", "1 €")), layer(local)]).unwrap();
    assert_eq!(law.variables().len(), 1);
    let mut situation = rights::Situation::new(rights::Absent::Unknown);
    situation.add_person("a").unwrap();
    let mut evaluation = rights::Evaluation::new(&law, &situation);
    let value = evaluation.value(0, 0, rights::period::Period::month(2025, 1));
    assert_eq!(value.as_number(), Some(rights::Ratio::whole(200)));
}

#[test]
fn what_never_ends_is_refused_and_does_not_crash() {
    let deep = format!("{}1 €{}", "(".repeat(5000), ")".repeat(5000));
    check(&rule("montant", &deep), 4, "nested too deeply");
    let long = vec!["1 €"; 5000].join(" + ");
    check(&rule("montant", &long), 4, "too long");
    let endless = rule("montant", "r[M-1] + 1 €");
    let layer = vec![Source {
        name: "essai.droit".to_owned(),
        text: endless,
    }];
    let law = compile_layers(&[layer]).unwrap();
    let mut situation = rights::Situation::new(rights::Absent::Unknown);
    situation.add_person("a").unwrap();
    let mut evaluation = rights::Evaluation::new(&law, &situation);
    let value = evaluation.value(0, 0, rights::period::Period::month(2025, 1));
    assert_eq!(value, rights::Value::Refused(rights::Why::Endless));
}
