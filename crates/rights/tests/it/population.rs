//! A table of people, answered household by household.

use crate::LAW;
use rights::json::calculate;
use rights::period::Period;
use rights::population::{Columns, Population, Row};
use rights::{Absent, Right, explain::Status};
use serde_json::{Value, json};

fn month() -> Period {
    Period::month(2025, 6)
}

fn columns(headings: &[&str], comma: bool) -> Columns {
    let headings: Vec<String> = headings.iter().map(|h| (*h).to_owned()).collect();
    Columns::read(&LAW, &headings, month(), comma).unwrap()
}

fn right(name: &str) -> &'static Right {
    LAW.rights()
        .iter()
        .find(|right| right.name == name)
        .unwrap()
}

/// The variable that gives a right's amount.
fn amount(name: &str) -> &'static str {
    let id = right(name).amount.unwrap();
    &LAW.variables()[usize::from(id)].name
}

fn row(cells: &[&str]) -> Row {
    cells.iter().map(|cell| json!(cell)).collect()
}

const FAMILY: [&str; 5] = [
    "menage",
    "role",
    "date_naissance",
    "salaire_imposable@2023",
    "loyer@2025-06",
];

fn family(wage: &str) -> Vec<Row> {
    vec![
        row(&["1", "personne_de_reference", "1985-01-01", wage, "500"]),
        row(&["1", "conjoint", "1986-01-01", "", ""]),
        row(&["1", "enfant", "2012-01-15", "", "500"]),
        row(&["1", "enfant", "2016-06-15", "", ""]),
    ]
}

/// The cents of a right for the first it is for.
fn cents(columns: &Columns, name: &str, rows: &[Row]) -> i64 {
    let mut all = Population::new(&LAW, columns, vec![right(name)], month(), Absent::Default);
    let found = all.answer(1, rows).unwrap();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole cents of a few hundred euros"
    )]
    let cents = found[0].amount.unwrap().to_f64().round() as i64;
    cents
}

#[test]
fn a_household_is_answered_as_the_interface_answers_it() {
    let columns = columns(&FAMILY, false);
    for wage in ["0", "24000", "80000", "150000"] {
        let sent = json!({
            "individus": {
                "a": { "date_naissance": { "ETERNITY": "1985-01-01" }, "salaire_imposable": { "2023": wage } },
                "b": { "date_naissance": { "ETERNITY": "1986-01-01" } },
                "c": { "date_naissance": { "ETERNITY": "2012-01-15" } },
                "d": { "date_naissance": { "ETERNITY": "2016-06-15" } },
            },
            "familles": { "f": { "parents": ["a", "b"], "enfants": ["c", "d"],
                amount("af"): { "2025-06": null }, amount("rsa"): { "2025-06": null } } },
            "foyers_fiscaux": { "f": { "declarants": ["a", "b"], "personnes_a_charge": ["c", "d"] } },
            "menages": { "m": { "personne_de_reference": "a", "conjoint": "b", "enfants": ["c", "d"],
                "loyer": { "2025-06": 500 } } },
        });
        let answer = calculate(&LAW, &sent).unwrap();
        for name in ["af", "rsa"] {
            let euros = answer["familles"]["f"][amount(name)]["2025-06"]
                .as_f64()
                .unwrap();
            let found = cents(&columns, name, &family(wage));
            assert!((euros * 100.0 - f64::from(i32::try_from(found).unwrap())).abs() < 0.5);
        }
    }
}

#[test]
fn one_household_leaves_nothing_for_the_next() {
    let columns = columns(&FAMILY, false);
    let rights: Vec<&Right> = LAW.rights().iter().collect();
    let alone = [row(&["2", "personne_de_reference", "1950-01-01", "", ""])];
    let ask = |population: &mut Population<'_>, rows: &[Row]| -> Vec<(Status, String)> {
        let found = population.answer(1, rows).unwrap().into_iter();
        found
            .map(|one| (one.status, format!("{:?}", one.amount)))
            .collect()
    };
    let new = || Population::new(&LAW, &columns, rights.clone(), month(), Absent::Default);
    let expected = ask(&mut new(), &alone);
    let mut used = new();
    ask(&mut used, &family("24000"));
    assert_eq!(ask(&mut used, &alone), expected);
}

#[test]
fn what_no_cell_says_is_a_default_or_is_told() {
    let columns = columns(&FAMILY, false);
    let ask = |absent| {
        let mut all = Population::new(&LAW, &columns, vec![right("rsa")], month(), absent);
        let rows = [row(&["1", "personne_de_reference", "1980-01-01", "", ""])];
        let found = all.answer(1, &rows).unwrap();
        (found[0].status.clone(), found[0].missing.len())
    };
    assert_eq!(ask(Absent::Default), (Status::Likely, 0));
    let (status, missing) = ask(Absent::Unknown);
    assert_eq!(status, Status::Unknown);
    assert!(missing > 0);
}

#[test]
fn groups_may_be_told_by_columns_of_their_own() {
    let headings = [
        "menage",
        "role",
        "famille",
        "role_famille",
        "date_naissance",
        "nom_inutile",
    ];
    let headings: Vec<String> = headings.iter().map(|h| (*h).to_owned()).collect();
    let faults = Columns::read(&LAW, &headings, month(), false).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].column, "nom_inutile");
    let columns = columns(
        &[
            "menage",
            "role",
            "famille",
            "role_famille",
            "date_naissance",
        ],
        false,
    );
    // Two mothers under one roof, with two children each: two families.
    let rows = [
        row(&["1", "personne_de_reference", "a", "parent", "1985-01-01"]),
        row(&["1", "enfant", "a", "enfant", "2012-01-15"]),
        row(&["1", "enfant", "a", "enfant", "2016-06-15"]),
        row(&["1", "autre", "b", "parent", "1985-01-01"]),
        row(&["1", "autre", "b", "enfant", "2013-01-15"]),
    ];
    let mut all = Population::new(&LAW, &columns, vec![right("af")], month(), Absent::Default);
    let found = all.answer(1, &rows).unwrap();
    let said: Vec<(&str, bool)> = found
        .iter()
        .map(|one| (one.name.as_str(), one.status == Status::Likely))
        .collect();
    assert_eq!(said, [("a", true), ("b", false)]);
}

#[test]
fn numbers_with_a_comma_are_read_where_semicolons_part_cells() {
    let rows = |wage: &str| family(wage);
    let comma = columns(&FAMILY, true);
    let point = columns(&FAMILY, false);
    assert_eq!(
        cents(&comma, "af", &rows("80000,50")),
        cents(&point, "af", &rows("80000.50"))
    );
    let mut all = Population::new(&LAW, &point, vec![right("af")], month(), Absent::Default);
    let fault = all.answer(7, &rows("80000,50")).unwrap_err();
    assert_eq!(
        (fault.row, fault.column.as_str()),
        (7, "salaire_imposable@2023")
    );
}

#[test]
fn what_is_wrong_in_a_row_is_named_by_row_and_column() {
    let columns = columns(&FAMILY, false);
    let fault = |change: fn(&mut Vec<Row>)| {
        let mut rows = family("0");
        change(&mut rows);
        let mut all = Population::new(&LAW, &columns, vec![right("af")], month(), Absent::Default);
        let fault = all.answer(10, &rows).unwrap_err();
        (fault.row, fault.column)
    };
    let at = |row, column: &str| (row, column.to_owned());
    assert_eq!(fault(|r| r[1][1] = json!("cousine")), at(11, "role"));
    assert_eq!(fault(|r| r[0][1] = json!("conjoint")), at(10, "role"));
    assert_eq!(
        fault(|r| r[3][2] = json!("15/06/2016")),
        at(13, "date_naissance")
    );
    // A rent is the household's: two rows that say two rents.
    assert_eq!(fault(|r| r[2][4] = json!("600")), at(12, "loyer@2025-06"));
}

#[test]
fn headings_that_say_nothing_are_all_told_at_once() {
    let headings: Vec<String> = [
        "licorne",
        "salaire_imposable@hier",
        "famille",
        "loyer",
        "loyer",
    ]
    .iter()
    .map(|h| (*h).to_owned())
    .collect();
    let faults = Columns::read(&LAW, &headings, month(), false).unwrap_err();
    let named: Vec<&str> = faults.iter().map(|f| f.column.as_str()).collect();
    let expected = [
        "role_famille",
        "menage",
        "licorne",
        "salaire_imposable@hier",
        "loyer",
    ];
    assert_eq!(named, expected);
}

#[test]
fn typed_cells_are_read_as_written_ones() {
    let columns = columns(&FAMILY, false);
    let mut typed = family("0");
    for row in &mut typed {
        for cell in row.iter_mut() {
            let number = cell.as_str().and_then(|text| text.parse::<f64>().ok());
            *cell = match (cell.as_str(), number) {
                (Some(""), _) => Value::Null,
                (_, Some(number)) => json!(number),
                _ => cell.clone(),
            };
        }
    }
    assert_eq!(
        cents(&columns, "af", &typed),
        cents(&columns, "af", &family("0"))
    );
}

#[test]
fn an_amount_without_a_period_is_each_months_and_gives_way_to_one_with_a_period() {
    let ask = |headings: &[&str], cells: &[&str]| {
        let mut all = vec!["menage", "role", "date_naissance"];
        all.extend_from_slice(headings);
        let mut row = row(&["1", "personne_de_reference", "1980-01-01"]);
        row.extend(cells.iter().map(|cell| json!(cell)));
        cents(&columns(&all, false), "rsa", &[row])
    };
    let months = ["2025-02", "2025-03", "2025-04", "2025-05", "2025-06"];
    let months = months.map(|month| format!("salaire_net@{month}"));
    let months: Vec<&str> = months.iter().map(String::as_str).collect();
    let each = ask(&months, &["300"; 5]);
    assert_eq!(ask(&["salaire_net"], &["300"]), each);
    assert!(each < ask(&["salaire_net"], &["0"]));
    let less = ask(&["salaire_net", "salaire_net@2025-04"], &["300", "0"]);
    assert!(less > each, "{less} {each}");
}
