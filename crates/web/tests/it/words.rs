//! Every word shown comes from Fluent: keys named in templates and sources exist, and every word of
//! every closed list has its French.

use domain::{Compartment, words as w};
use std::path::Path;
use web::Language;

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            found.push((path.display().to_string(), text));
        }
    }
}

/// Keys written out in calls such as `t("key")`.
fn keys(text: &str) -> impl Iterator<Item = &str> {
    const CALLS: [&str; 12] = [
        ".t(\"",
        ".t1(\"",
        ".t2(\"",
        "fail(\"",
        "summary(\"",
        "text(\"",
        "required(\"",
        "code(\"",
        "pin(\"",
        "area(\"",
        "date(\"",
        "passphrase(\"",
    ];
    CALLS[..3]
        .iter()
        .flat_map(move |call| text.split(call).skip(1))
        .filter_map(|rest| rest.split('"').next())
}

#[test]
fn every_key_that_is_named_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    sources(&root.join("src"), &mut all);
    sources(&root.join("templates"), &mut all);
    let l = Language::french();
    let mut missing = Vec::new();
    for (file, text) in &all {
        for key in keys(text).filter(|k| !k.is_empty() && *k != "no-such-key") {
            // A message with values says so; only a key that does not exist begins with the mark
            // and ends with the key alone.
            if l.t(key) == format!("{}{key}⟧", '⟦') {
                missing.push(format!("{key} ({file})"));
            }
        }
    }
    missing.sort();
    missing.dedup();
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Keys told to a worker and to the person each in their own words.
#[test]
fn what_is_told_on_both_sides_has_words_for_both() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    sources(&root.join("src"), &mut all);
    sources(&root.join("templates"), &mut all);
    let l = Language::french();
    let calls = [".w(\"", ".w1(\"", ".w1(\n                    \""];
    let named = all.iter().flat_map(|(_, text)| {
        let rest = calls.iter().flat_map(|call| text.split(call).skip(1));
        rest.filter_map(|rest| rest.split('"').next())
    });
    let mut missing = Vec::new();
    let mut seen = 0;
    for key in named {
        seen += 1;
        for key in [key.to_owned(), format!("person-{key}")] {
            if l.t(&key) == format!("⟦{key}⟧") {
                missing.push(key);
            }
        }
    }
    assert!(seen > 40, "{seen}");
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_error_of_use_cases_has_its_sentence() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../service/src");
    let mut all = Vec::new();
    sources(&root, &mut all);
    let l = Language::french();
    let mut missing: Vec<&str> = all
        .iter()
        .flat_map(|(_, text)| text.split("\"error-").skip(1))
        .filter_map(|rest| rest.split('"').next())
        .filter(|key| l.t(&format!("error-{key}")).starts_with('⟦'))
        .collect();
    missing.sort_unstable();
    missing.dedup();
    assert!(missing.is_empty(), "error-: {missing:#?}");
}

#[test]
fn every_word_of_closed_lists_has_its_french() {
    let l = Language::french();
    let check = |kind: &str, word: &str| {
        let said = l.word(kind, word);
        assert!(!said.starts_with('⟦'), "{said}");
    };
    for c in Compartment::ALL {
        check("compartment", c.word());
    }
    macro_rules! lists {
        ($($list:ident = $kind:literal),* $(,)?) => {
            $(for value in w::$list::ALL { check($kind, value.word()); })*
        };
    }
    lists!(
        Nature = "nature",
        Conduct = "conduct",
        InPlaceReason = "reason",
        Theme = "theme",
        ContactMode = "contact",
        ClosingReason = "closing",
        ConsentForm = "consent",
        DocumentKind = "document_kind",
        AppointmentState = "appointment",
        TieKind = "tie",
    );
    macro_rules! of_procedures {
        ($($list:ident = $kind:literal),* $(,)?) => {
            $(for value in domain::procedure::$list::ALL { check($kind, value.word()); })*
        };
    }
    of_procedures!(
        ProcedureState = "state",
        ProcedureState = "procedure-step",
        ProcedureState = "person-state",
        ProcedureState = "person-coming",
        DeadlineKind = "deadline",
        DeadlineRule = "rule",
        WayKind = "way",
        BrakeKind = "brake",
        ServiceConcerned = "service",
        AmountPer = "per",
    );
    for decision in domain::looked::Decision::ALL {
        check("looked-decision", decision.word());
        check("person-looked-decision", decision.word());
    }
    for source in domain::looked::FactSource::ALL {
        check("looked-source", source.word());
    }
    for rule in domain::procedure::DeadlineRule::ALL {
        check("rule", &format!("{}-source", rule.word()));
    }
    for show in w::AppointmentShow::ALL {
        check("show", show.word());
    }
}

#[test]
fn the_persons_sentences_are_short() {
    let text = concat!(
        include_str!("../../locales/fr/person.ftl"),
        include_str!("../../locales/fr/person_procedures.ftl"),
        include_str!("../../locales/fr/person_looked.ftl")
    );
    for line in text.lines().filter(|l| l.starts_with("person-")) {
        let Some((key, words)) = line.split_once('=') else {
            continue;
        };
        for sentence in words.split(['.', '?', '!', ':']) {
            let count = sentence
                .split_whitespace()
                .filter(|w| w.chars().any(char::is_alphabetic))
                .count();
            assert!(count <= 15, "{key}: {count} words in {sentence:?}");
        }
    }
}
