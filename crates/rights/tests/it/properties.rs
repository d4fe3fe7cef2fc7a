//! What holds whatever the household.

use crate::{LAW, family, state_monthly};
use proptest::prelude::*;
use rights::period::{Period, Rhythm};
use rights::{Absent, Evaluation, Key, Prepared, Ratio, Room, Situation, Value};

const MONTH: (i16, i8) = (2025, 6);

fn household(adults: usize, ages: &[u8], wage: i64, pension: i64, absent: Absent) -> Situation {
    let grown = ["1982-05-14", "1985-09-02"];
    let births: Vec<String> = ages
        .iter()
        .map(|age| format!("{}-03-11", 2025 - i32::from(*age)))
        .collect();
    let births: Vec<&str> = births.iter().map(String::as_str).collect();
    let mut situation = family(absent, grown.get(..adults).unwrap_or(&grown), &births);
    state_monthly(
        &mut situation,
        "salaire_imposable",
        0,
        &[2023, 2024, 2025],
        wage,
    );
    state_monthly(&mut situation, "salaire_net", 0, &[2023, 2024, 2025], wage);
    state_monthly(
        &mut situation,
        "pensions_invalidite",
        0,
        &[2023, 2024, 2025],
        pension,
    );
    situation
}

fn value(situation: &Situation, name: &str) -> Value {
    let (id, _) = LAW.variable(name).unwrap();
    Evaluation::new(&LAW, situation).value(id, 0, Period::month(MONTH.0, MONTH.1))
}

fn amount(situation: &Situation, name: &str) -> Ratio {
    value(situation, name)
        .as_number()
        .unwrap_or_else(|| panic!("{name}: {:?}", value(situation, name)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// More income never raises an income-tested minimum. The prime d'activité is left out: the law
    /// itself raises it with the first euros earned (CSS L842-3), which the next test names.
    #[test]
    fn more_income_never_raises_a_minimum(
        adults in 1_usize..=2, ages in prop::collection::vec(0_u8..20, 0..4),
        wage in 0_i64..4000, more in 1_i64..1500, pension in 0_i64..900,
    ) {
        let less = household(adults, &ages, wage, pension, Absent::Default);
        let greater = household(adults, &ages, wage + more, pension, Absent::Default);
        for name in ["rsa", "af", "cf", "paje_base", "asi", "aspa"] {
            prop_assert!(amount(&greater, name) <= amount(&less, name), "{name}");
        }
    }

    /// What is asked first changes nothing, known or not.
    #[test]
    fn the_order_of_questions_changes_nothing(
        ages in prop::collection::vec(0_u8..20, 0..4), wage in 0_i64..4000, seed in any::<u64>(),
        unknown in any::<bool>(),
    ) {
        let absent = if unknown { Absent::Unknown } else { Absent::Default };
        let situation = household(2, &ages, wage, 0, absent);
        let names = ["rsa", "ppa", "cmu_c", "af", "cf", "asf", "paje_base", "aspa"];
        let mut mixed = names;
        let turn = usize::try_from(seed % 8).unwrap();
        mixed.rotate_left(turn);
        if seed & 64 == 0 { mixed.reverse(); }
        let told = |order: &[&str]| {
            let mut evaluation = Evaluation::new(&LAW, &situation);
            let mut all: Vec<(String, Option<Value>, Vec<Key>)> = Vec::new();
            for name in order {
                let (id, _) = LAW.variable(name).unwrap();
                let value = evaluation.value(id, 0, Period::month(MONTH.0, MONTH.1));
                let missing = match value {
                    Value::Missing(id) => evaluation.missing(id).to_vec(),
                    _ => Vec::new(),
                };
                let known = (!matches!(value, Value::Missing(_))).then_some(value);
                all.push(((*name).to_owned(), known, missing));
            }
            all.sort_by(|a, b| a.0.cmp(&b.0));
            all
        };
        prop_assert_eq!(told(&names), told(&mixed));
    }

    /// A fact that is not known never leaves an answer that it could overturn.
    #[test]
    fn unknown_facts_never_give_a_definite_answer_they_could_overturn(
        ages in prop::collection::vec(0_u8..20, 0..4), wage in 0_i64..3000, kept in any::<u32>(),
        other in 0_i64..3000,
    ) {
        let whole = household(1, &ages, wage, 0, Absent::Default);
        // Some facts are taken away: what is still known must stay what it was, however they turn out.
        let mut partial = household(1, &ages, wage, 0, Absent::Unknown);
        let mut turned = household(1, &ages, wage, 0, Absent::Default);
        for (bit, name) in ["salaire_imposable", "salaire_net", "pensions_invalidite"].iter().enumerate() {
            if (kept >> bit) & 1 == 1 { continue; }
            let (id, _) = LAW.variable(name).unwrap();
            for period in (2023..=2025).flat_map(Period::months_of) {
                partial.forget(id, 0, period);
            }
            state_monthly(&mut turned, name, 0, &[2023, 2024, 2025], other);
        }
        for name in ["rsa", "ppa", "af", "cf", "paje_base", "asf", "aspa", "cmu_c"] {
            if let known @ Value::Known(_) = value(&partial, name) {
                prop_assert_eq!(known, value(&whole, name), "{}", name);
                prop_assert_eq!(known, value(&turned, name), "{}", name);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The law made ready for what is stated answers as the whole law, and so does one made ready for
    /// less or for more.
    #[test]
    fn the_law_made_ready_answers_as_the_whole_law(
        adults in 1_usize..=2, ages in prop::collection::vec(0_u8..22, 0..4),
        wage in 0_i64..4000, pension in 0_i64..900, tenant in any::<bool>(),
    ) {
        let bare = household(adults, &ages, wage, pension, Absent::Default);
        let mut situation = bare.clone();
        if tenant {
            state_monthly(&mut situation, "loyer", 0, &[2024, 2025], 500);
            let (id, status) = LAW.variable("statut_occupation_logement").unwrap();
            let variants = &LAW.choices(status.kind).unwrap().variants;
            let place = variants.iter().position(|(name, _)| name == "locataire_vide").unwrap();
            for month in (2024..=2025).flat_map(Period::months_of) {
                situation.state(id, 0, month, rights::Scalar::Choice(u16::try_from(place).unwrap()));
            }
        }
        let mut room = Room::default();
        for like in [&situation, &bare] {
            let ready = Prepared::new(&LAW, like);
            for asked in [&situation, &bare] {
                let mut quick = ready.evaluation(asked, room);
                let mut whole = Evaluation::new(&LAW, asked);
                for (id, variable) in (0_u16..).zip(LAW.variables()) {
                    let period = match variable.rhythm {
                        Rhythm::Month => Period::month(MONTH.0, MONTH.1),
                        Rhythm::Year => Period::Year(MONTH.0),
                        Rhythm::Always => Period::Always,
                    };
                    for place in 0..u16::try_from(asked.count(variable.entity)).unwrap() {
                        prop_assert_eq!(
                            quick.value(id, place, period),
                            whole.value(id, place, period),
                            "{}", variable.name
                        );
                    }
                }
                room = quick.leave();
            }
        }
    }
}

#[test]
fn the_first_euros_earned_raise_the_prime_d_activite() {
    let ppa = |wage| amount(&household(1, &[], wage, 0, Absent::Default), "ppa");
    assert!(ppa(400) < ppa(900));
    assert!(ppa(900) > ppa(1700));
}

#[test]
fn amounts_change_only_at_dates_with_a_parameter() {
    // One adult whose age crosses no threshold and whose facts do not move.
    let situation = {
        let mut situation = family(Absent::Default, &["1980-05-14"], &[]);
        let years: Vec<i16> = (2016..=2026).collect();
        state_monthly(
            &mut situation,
            "pensions_alimentaires_percues",
            0,
            &years,
            120,
        );
        situation
    };
    let (id, _) = LAW.variable("rsa").unwrap();
    let months: Vec<Period> = (2018..=2026).flat_map(Period::months_of).collect();
    let mut changes = 0;
    for pair in months.windows(2) {
        let [before, after] = pair else { continue };
        let mut evaluation = Evaluation::new(&LAW, &situation);
        if evaluation.value(id, 0, *before) == evaluation.value(id, 0, *after) {
            continue;
        }
        changes += 1;
        let day = after.first_day().unwrap();
        let dated = LAW
            .figures()
            .iter()
            .any(|f| f.values.iter().any(|(from, _, _)| *from == day));
        assert!(dated, "the RSA changes on {day} without a figure that does");
    }
    // Revalued in April of nine years, in September 2017 (before) and in July 2022.
    assert_eq!(changes, 10);
}
