//! One change, month by month, before and after.

use crate::LAW;
use crate::asking::{TODAY, composed, home_of, interview_without_income, looked, nothing};
use domain::looked::{LookedEvent, Month, Whom};
use domain::procedure::Amount;
use jiff::civil::date;
use rights::asking::Household;
use rights::whatif::{Comparison, Line, Sum, What, wage_of_hours};

fn compare(home: &Household<'_>, what: &What, months: u8) -> Option<Comparison> {
    rights::whatif::compare(home, what, months, &[])
}

/// Those rights compared, once all that they wait for is said: nothing of anything.
fn compared(events: &mut Vec<LookedEvent>, what: &What, months: u8, rights: &[&str]) -> Comparison {
    for _ in 0..100 {
        let compared = rights::whatif::compare(&home_of(events), what, months, rights).unwrap();
        let Some(question) = compared.questions.first() else {
            return compared;
        };
        events.push(nothing(question));
    }
    panic!("questions without end");
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn euros(euros: u64) -> Amount {
    Amount::from_cents(euros * 100).unwrap()
}

fn line<'a>(comparison: &'a Comparison, right: &str) -> &'a Line {
    let mut lines = comparison.monthly.iter().chain(&comparison.yearly);
    lines.find(|line| line.right == right).unwrap()
}

fn cents(sums: &[Sum]) -> Vec<i64> {
    let known = sums.iter().map(|sum| match sum {
        Sum::Cents(cents) => *cents,
        other => panic!("{other:?} in {sums:?}"),
    });
    known.collect()
}

#[test]
fn a_new_wage_comes_into_the_rsa_one_month_after_the_other() {
    let mut events = interview_without_income();
    let job = What::Job {
        whom: Whom::Person,
        net: euros(450),
        from: month("2027-02"),
        benefits_end: true,
    };
    let compared = compared(&mut events, &job, 12, &["rsa", "ppa"]);
    assert_eq!(compared.months.first(), Some(&month("2026-12")));
    assert_eq!(compared.months.len(), 12);
    let rsa = line(&compared, "rsa");
    let (before, after) = (cents(&rsa.before), cents(&rsa.after));
    // Nothing changes up to the first month of work, whose three months before had no wage.
    assert_eq!(before[..3], after[..3]);
    assert!(before[0] > 50_000);
    // Then a third of the wage counts, two thirds, all of it.
    for (at, wage) in [(3, 15_000), (4, 30_000), (5, 45_000), (6, 45_000)] {
        assert_eq!(before[at] - after[at], wage, "{at}: {before:?} {after:?}");
    }
    let ppa = line(&compared, "ppa");
    assert!(cents(&ppa.before).iter().all(|cents| *cents == 0));
    assert_eq!(cents(&ppa.after)[2], 0);
    assert!(cents(&ppa.after)[5] > 0);
    let wages = (cents(&compared.wages.0), cents(&compared.wages.1));
    assert_eq!((wages.0[2], wages.1[1], wages.1[2]), (0, 0, 45_000));
    assert_eq!(compared.years, [2026, 2027]);
}

#[test]
fn a_wage_of_someone_who_is_not_there_is_compared_with_nothing() {
    let home_events = interview_without_income();
    let home = home_of(&home_events);
    let job = |whom| What::Job {
        whom,
        net: euros(600),
        from: month("2027-02"),
        benefits_end: true,
    };
    assert_eq!(compare(&home, &job(Whom::Member(1)), 12), None);
    assert_eq!(compare(&home, &job(Whom::Home), 12), None);
    let elsewhere = What::Move {
        rent: None,
        commune: None,
        occupation: Some("inconnu".into()),
        from: month("2027-02"),
    };
    assert_eq!(compare(&home, &elsewhere, 12), None);
}

#[test]
fn what_is_missing_stays_unknown_on_both_sides_and_is_named() {
    let all = looked(&[composed(None, &[])]);
    let home = Household::of(&LAW, &all, TODAY).unwrap();
    let birth = What::Birth {
        month: month("2027-03"),
    };
    let compared = compare(&home, &birth, 12).unwrap();
    let rsa = line(&compared, "rsa");
    assert_eq!(rsa.before, vec![Sum::Unknown; 12]);
    assert_eq!(rsa.after[11], Sum::Unknown);
    let missing = rsa.missing.iter();
    assert!(
        missing
            .clone()
            .any(|(label, whom)| label == "Date de naissance" && *whom == Some(Whom::Person))
    );
    // Of the child to be born nothing is missing: nothing of it is out of the ordinary.
    assert!(
        missing.clone().all(|(_, whom)| whom.is_some()),
        "{:?}",
        rsa.missing
    );
    assert_eq!(compared.total.0, vec![Sum::Unknown; 12]);
}

#[test]
fn a_birth_counts_from_its_month_and_its_grant_comes_before() {
    let mut events = interview_without_income();
    let birth = What::Birth {
        month: month("2027-09"),
    };
    let compared = compared(&mut events, &birth, 18, &["rsa", "paje_naissance"]);
    let rsa = line(&compared, "rsa");
    let (before, after) = (cents(&rsa.before), cents(&rsa.after));
    assert_eq!(before[0], after[0]);
    // A pregnancy that is told opens the higher amount to someone alone; the birth adds the child's.
    assert!(after[8] > before[8], "{before:?} {after:?}");
    assert!(after[9] > after[8], "{before:?} {after:?}");
    let grant = line(&compared, "paje_naissance");
    assert!(cents(&grant.before).iter().all(|cents| *cents == 0));
    let paid: Vec<usize> = cents(&grant.after)
        .iter()
        .enumerate()
        .filter(|(_, c)| **c > 0)
        .map(|(at, _)| at)
        .collect();
    assert_eq!(paid.len(), 1, "{:?}", grant.after);
    assert!((3..9).contains(&paid[0]));
}

#[test]
fn a_move_to_a_rented_home_lets_housing_benefit_be_computed_from_then_on() {
    let mut events = interview_without_income();
    let rented = What::Move {
        rent: Some(euros(400)),
        commune: Some("75056".into()),
        occupation: Some("locataire_vide".into()),
        from: month("2027-01"),
    };
    let compared = compared(&mut events, &rented, 12, &["aide_logement"]);
    let benefit = line(&compared, "aide_logement");
    assert!(cents(&benefit.before).iter().all(|cents| *cents == 0));
    assert!(cents(&benefit.after)[1] > 20_000, "{:?}", benefit.after);
}

#[test]
fn a_child_already_expected_is_born_on_both_sides() {
    let mut events = vec![composed(None, &[date(2027, 3, 20)])];
    let job = What::Job {
        whom: Whom::Person,
        net: euros(0),
        from: month("2027-02"),
        benefits_end: false,
    };
    let compared = compared(&mut events, &job, 12, &["rsa"]);
    let rsa = cents(&line(&compared, "rsa").before);
    assert!(rsa[3] > rsa[2], "born in March: {rsa:?}");
}

#[test]
fn hours_are_paid_about_the_minimum_wage() {
    let wage = wage_of_hours(&LAW, month("2025-06"), 35).unwrap();
    // 1 426.30 € net were due for a full month in 2025.
    assert!(wage.cents().abs_diff(142_630) < 200, "{}", wage.cents());
    assert_eq!(wage_of_hours(&LAW, month("2025-06"), 0), None);
    assert_eq!(wage_of_hours(&LAW, month("2025-06"), 61), None);
}
