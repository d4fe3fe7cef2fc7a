//! What is said of a right, and why.

use crate::{LAW, family, state_monthly};
use rights::explain::{Status, Turn, answer};
use rights::period::{Period, Rhythm};
use rights::{Absent, Ratio, Right, Scalar, Situation};

fn right(name: &str) -> &'static Right {
    LAW.rights().iter().find(|r| r.name == name).unwrap()
}

fn state(situation: &mut Situation, name: &str, place: u16, period: Period, value: Scalar) {
    let (id, _) = LAW.variable(name).unwrap();
    situation.state(id, place, period, value);
}

/// Facts that a page would have asked: children at school, no wage, a commune.
fn asked(situation: &mut Situation, children: std::ops::Range<u16>) {
    let month = Period::month(2025, 6);
    for child in children {
        state(
            situation,
            "rempli_obligation_scolaire",
            child,
            month,
            Scalar::Truth(true),
        );
        state(
            situation,
            "garde_alternee",
            child,
            month,
            Scalar::Truth(false),
        );
        state_monthly(situation, "salaire_net", child, &[2024, 2025], 0);
    }
    let commune = situation.text(&LAW, "35238");
    state(situation, "depcom", 0, month, commune);
}

#[test]
fn one_child_alone_opens_no_family_allowance_whatever_is_missing() {
    let mut situation = family(Absent::Unknown, &["1990-01-01"], &["2015-01-01"]);
    asked(&mut situation, 1..2);
    let said = answer(&LAW, &situation, right("af"), 0, Period::month(2025, 6));
    // Incomes are unknown, and cannot change this.
    assert_eq!(said.status, Status::Unlikely);
    assert_eq!(said.missing, Vec::new());
}

#[test]
fn missing_incomes_are_named_and_nothing_is_zero_by_silence() {
    let mut situation = family(
        Absent::Unknown,
        &["1990-01-01"],
        &["2015-01-01", "2018-01-01"],
    );
    asked(&mut situation, 1..3);
    let said = answer(&LAW, &situation, right("af"), 0, Period::month(2025, 6));
    assert_eq!(said.status, Status::Unknown);
    assert_eq!(said.amount, None);
    let names: Vec<&str> = said
        .missing
        .iter()
        .map(|key| {
            LAW.variables()
                .get(usize::from(key.variable()))
                .unwrap()
                .name
                .as_str()
        })
        .collect();
    assert!(names.contains(&"salaire_imposable"), "{names:?}");
    assert!(!names.contains(&"depcom"), "{names:?}");
}

#[test]
fn an_answer_has_its_amount_texts_figures_and_what_would_change_it() {
    let mut situation = family(
        Absent::Default,
        &["1980-01-01"],
        &["2015-01-01", "2018-01-01"],
    );
    state_monthly(&mut situation, "salaire_imposable", 0, &[2023], 9000);
    let month = Period::month(2025, 6);
    let said = answer(&LAW, &situation, right("cf"), 0, month);
    assert_eq!(said.status, Status::Unlikely);
    let said = answer(&LAW, &situation, right("af"), 0, month);
    assert_eq!(said.status, Status::Likely);
    assert!(
        said.laws.iter().any(|law| law.contains("D521-1")),
        "{:?}",
        said.laws
    );
    assert!(
        said.figures
            .iter()
            .any(|f| f.name == "bmaf" && f.since.to_string() == "2025-04-01")
    );
    // Half the amount, for resources between both ceilings: less the contribution of 0.5 %.
    let half = Ratio::decimal("7552.05").unwrap();
    assert_eq!(said.amount, Some(half));
}

#[test]
fn the_income_at_which_an_answer_turns_is_found_to_the_euro() {
    let mut situation = family(Absent::Default, &["1980-01-01"], &[]);
    state_monthly(&mut situation, "salaire_net", 0, &[2024, 2025], 700);
    let month = Period::month(2025, 6);
    let said = answer(&LAW, &situation, right("rsa"), 0, month);
    assert_eq!(said.status, Status::Unlikely);
    let change = said
        .change(&LAW, &situation, right("rsa"), 0, month)
        .unwrap();
    assert!(change.likely);
    let Turn::AtMost(total) = change.turn else {
        panic!("{change:?}")
    };
    // Six months of wage are looked at (three count; the others tell whether a child is on their own,
    // and whether work ended): 646.52 € less 6 € is the most that leaves an allowance.
    let keys = said
        .facts
        .iter()
        .filter(|(key, _)| key.variable() == change.fact.unwrap().variable());
    let months = i64::try_from(keys.count()).unwrap();
    let monthly = total.over(Ratio::whole(months)).unwrap();
    assert!(monthly <= Ratio::whole(64052), "{monthly}");
    assert!(monthly > Ratio::whole(63900), "{monthly}");
}

#[test]
fn foreign_residence_is_left_to_the_administration() {
    let mut situation = family(Absent::Default, &["1980-01-01"], &[]);
    let month = Period::month(2025, 6);
    let country = situation.text(&LAW, "DZ");
    state(&mut situation, "nationalite", 0, month, country);
    let years = Scalar::Number(Ratio::whole(6));
    state(
        &mut situation,
        "duree_possession_titre_sejour",
        0,
        month,
        years,
    );
    let said = answer(&LAW, &situation, right("rsa"), 0, month);
    assert_eq!(said.status, Status::Assessed(None));
}

#[test]
fn amounts_of_mayotte_are_left_to_its_fund() {
    let month = Period::month(2025, 6);
    let mut situation = family(
        Absent::Default,
        &["1980-01-01"],
        &["2015-01-01", "2018-01-01"],
    );
    let commune = situation.text(&LAW, "97608");
    state(&mut situation, "depcom", 0, month, commune);
    for name in ["rsa", "af"] {
        let said = answer(&LAW, &situation, right(name), 0, month);
        assert!(
            matches!(said.status, Status::Assessed(_)),
            "{name}: {said:?}"
        );
    }
}

#[test]
fn a_checklist_answers_without_an_amount() {
    let mut situation = family(Absent::Unknown, &["1980-01-01"], &[]);
    let month = Period::month(2025, 6);
    let ask = |situation: &Situation| answer(&LAW, situation, right("domiciliation"), 0, month);
    assert_eq!(ask(&situation).status, Status::Unknown);
    state(
        &mut situation,
        "adresse_stable",
        0,
        month,
        Scalar::Truth(false),
    );
    state(
        &mut situation,
        "election_domicile_en_cours",
        0,
        month,
        Scalar::Truth(false),
    );
    state(
        &mut situation,
        "lien_commune",
        0,
        month,
        Scalar::Truth(true),
    );
    assert_eq!(ask(&situation).status, Status::Likely);
    state(
        &mut situation,
        "lien_commune",
        0,
        month,
        Scalar::Truth(false),
    );
    assert_eq!(ask(&situation).status, Status::Assessed(None));
    state(
        &mut situation,
        "adresse_stable",
        0,
        month,
        Scalar::Truth(true),
    );
    assert_eq!(ask(&situation).status, Status::Unlikely);
}

/// Every fact that an answer misses, stated as the interface would take it when nothing is said, but
/// for those that `known` gives; the names of what was asked on the way.
fn asked_to_the_end(name: &str, known: &[(&str, Scalar)]) -> (Status, Vec<String>) {
    let mut situation = family(Absent::Unknown, &["1980-01-01"], &[]);
    let month = Period::month(2025, 6);
    let mut names: Vec<String> = Vec::new();
    loop {
        let said = answer(&LAW, &situation, right(name), 0, month);
        let Some(key) = said.missing.first().copied() else {
            return (said.status, names);
        };
        let fact = LAW.variables().get(usize::from(key.variable())).unwrap();
        assert!(!names.contains(&fact.name), "{} is asked again", fact.name);
        names.push(fact.name.clone());
        let given = known.iter().find(|(known, _)| *known == fact.name);
        let value = given.map_or(fact.default, |(_, value)| *value);
        match fact.rhythm {
            Rhythm::Always => {
                situation.state(key.variable(), key.place(), Period::Always, value);
            }
            Rhythm::Year => {
                for year in 2020..=2025 {
                    let year = Period::Year(year);
                    situation.state(key.variable(), key.place(), year, value);
                }
            }
            Rhythm::Month => {
                for period in (2020..=2025).flat_map(Period::months_of) {
                    situation.state(key.variable(), key.place(), period, value);
                }
            }
        }
    }
}

/// What only housing benefit needs.
const OF_HOUSING: [&str; 2] = ["coloc", "logement_chambre"];

#[test]
fn housing_benefit_that_is_known_is_not_calculated_again() {
    let tenant = LAW.choices(LAW.variable("statut_occupation_logement").unwrap().1.kind);
    let tenant = tenant.unwrap().variants.iter();
    let mut tenant = tenant
        .zip(0_u16..)
        .filter(|((n, _), _)| n == "locataire_vide");
    let tenant = (
        "statut_occupation_logement",
        Scalar::Choice(tenant.next().unwrap().1),
    );
    let rent = ("loyer", Scalar::Number(Ratio::whole(50_000)));
    let received = ("aide_logement_recue", Scalar::Number(Ratio::whole(20_000)));
    let wage = ("salaire_net", Scalar::Number(Ratio::whole(30_000)));
    for name in ["rsa", "ppa", "css_gratuite"] {
        let known = ("aide_logement_connue", Scalar::Truth(true));
        let (_, asked) = asked_to_the_end(name, &[tenant, rent, wage, known, received]);
        assert!(
            asked.iter().any(|n| n == "aide_logement_recue"),
            "{asked:?}"
        );
        let not_known = ("aide_logement_connue", Scalar::Truth(false));
        let (_, longer) = asked_to_the_end(name, &[tenant, rent, wage, not_known, received]);
        for fact in OF_HOUSING {
            assert!(
                !asked.iter().any(|n| n == fact),
                "{name}: {fact} of {asked:?}"
            );
            assert!(
                longer.iter().any(|n| n == fact),
                "{name}: {fact} of {longer:?}"
            );
        }
    }
}
