//! JSON in the shape of the reference's interface.

use crate::LAW;
use rights::json::{Bounds, calculate, calculate_within, trace, trace_within};
use serde_json::{Value, json};

fn couple(ask: &Value) -> Value {
    json!({
        "individus": {
            "a": { "date_naissance": { "ETERNITY": "1985-01-01" }, "salaire_imposable": { "2023": 24000 } },
            "b": { "date_naissance": { "ETERNITY": "1986-01-01" } },
            "c": { "date_naissance": { "ETERNITY": "2012-01-15" } },
            "d": { "date_naissance": { "ETERNITY": "2016-06-15" } },
        },
        "familles": { "f": { "parents": ["a", "b"], "enfants": ["c", "d"], "af": ask, "af_nbenf": { "2025-06": null } } },
        "foyers_fiscaux": { "f": { "declarants": ["a", "b"], "personnes_a_charge": ["c", "d"] } },
        "menages": { "m": { "personne_de_reference": "a", "conjoint": "b", "enfants": ["c", "d"] } },
    })
}

#[test]
fn what_is_null_is_calculated_and_the_rest_kept() {
    let sent = couple(&json!({ "2025-06": null }));
    let answer = calculate(&LAW, &sent).unwrap();
    // 32 % of a BMAF of 474.37 €, to the cent: article D521-1. Children of 13 and 8: no increase.
    assert_eq!(answer["familles"]["f"]["af"]["2025-06"], json!(151.8));
    assert_eq!(answer["familles"]["f"]["af_nbenf"]["2025-06"], json!(2));
    assert_eq!(answer["individus"], sent["individus"]);
}

#[test]
fn an_amount_asked_over_a_year_is_the_sum_of_its_months() {
    let answer = calculate(&LAW, &couple(&json!({ "2025": null }))).unwrap();
    // 32 % of 466.44 € until March, then of 474.37 €.
    let year = 149.26 * 3.0 + 151.8 * 9.0;
    let found = answer["familles"]["f"]["af"]["2025"].as_f64().unwrap();
    assert!((found - year).abs() < 0.001, "{found}");
}

#[test]
fn a_year_is_shared_between_the_months_that_said_nothing() {
    let mut sent = couple(&json!({ "2025-06": null }));
    sent["individus"]["a"]["salaire_net"] = json!({ "2025": 1200, "2025-01": 100 });
    sent["familles"]["f"]["ppa_revenu_activite"] = json!({ "2025-01": null, "2025-02": null });
    let answer = calculate(&LAW, &sent).unwrap();
    assert_eq!(
        answer["familles"]["f"]["ppa_revenu_activite"],
        json!({ "2025-01": 100, "2025-02": 100 })
    );
}

#[test]
fn what_is_wrong_is_named() {
    let wrong = |change: fn(&mut Value)| {
        let mut sent = couple(&json!({ "2025-06": null }));
        change(&mut sent);
        calculate(&LAW, &sent).unwrap_err().to_string()
    };
    let unknown = wrong(|s| s["individus"]["a"]["licorne"] = json!({ "2025": 1 }));
    assert!(unknown.contains("licorne"), "{unknown}");
    let elsewhere = wrong(|s| s["familles"]["f"]["salaire_net"] = json!({ "2025-01": 1 }));
    assert!(elsewhere.contains("individus"), "{elsewhere}");
    let period = wrong(|s| s["individus"]["a"]["frais_reels"] = json!({ "2025-01": 1 }));
    assert!(period.contains("période"), "{period}");
    let value = wrong(|s| s["individus"]["a"]["salaire_net"] = json!({ "2025-01": "beaucoup" }));
    assert!(
        value.contains("valeur") && !value.contains("beaucoup"),
        "{value}"
    );
    let nobody = wrong(|s| s["familles"]["f"]["parents"] = json!(["z"]));
    assert!(nobody.contains("individus"), "{nobody}");
    let twice = wrong(|s| s["familles"]["f"]["parents"] = json!(["a", "a"]));
    assert!(twice.contains("two groups"), "{twice}");
}

#[test]
fn what_cannot_be_calculated_stays_null_and_says_why() {
    let mut sent = couple(&json!({ "1995-06": null }));
    sent["familles"]["f"]["af_nbenf"] = json!({});
    sent["individus"]["d"]["date_naissance"] = json!({ "ETERNITY": "1990-01-01" });
    sent["individus"]["c"]["date_naissance"] = json!({ "ETERNITY": "1991-01-01" });
    let answer = calculate(&LAW, &sent).unwrap();
    assert_eq!(answer["familles"]["f"]["af"]["1995-06"], Value::Null);
    let reason = answer["non_calcule"]["familles/f/af/1995-06"]
        .as_str()
        .unwrap_or_default();
    assert!(reason.contains("pas en vigueur"), "{reason}");
}

#[test]
fn a_trace_says_where_values_come_from_and_stays_small() {
    let mut sent = couple(&json!({ "2025-06": null }));
    sent["familles"]["f"]["css_cmu_base_ressources"] = json!({ "2025-06": null });
    let told = trace(&LAW, &sent, 50_000).unwrap();
    assert!(told.to_string().len() <= 50_000);
    let asked = told["requestedCalculations"].to_string();
    assert!(asked.contains("af<2025-06>"), "{asked}");
    assert_eq!(
        told["entitiesDescription"]["individus"],
        json!(["a", "b", "c", "d"])
    );
    let af = &told["trace"]["af_base<2025-06>"];
    assert_eq!(af["value"], json!([151.8]));
    assert!(
        af["dependencies"].to_string().contains("af_nbenf<2025-06>"),
        "{af}"
    );
    assert_eq!(af["parameters"]["bmaf<2025-04-01>"], json!(474.37));
    assert!(
        told["sources"]["bmaf"]
            .as_str()
            .is_some_and(|s| !s.is_empty())
    );
    // The basis of resources looks at a year of months: what found no room is named.
    let names = told["trace"].as_object().unwrap();
    for step in names.values() {
        for used in step["dependencies"].as_array().into_iter().flatten() {
            let used = used.as_str().unwrap();
            let left_out = told["leftOutCount"].as_u64().unwrap() > 0;
            assert!(names.contains_key(used) || left_out, "{used}");
        }
    }
}

/// As many people and questions as one request may hold, with the longest names.
#[test]
fn a_trace_stays_small_whatever_is_sent_and_says_what_it_left_out() {
    let people = (0..400).map(|n| {
        let name = format!("{n}{}", "é".repeat(300));
        let ask = json!({ "2025-01": null, "2025-02": null, "2025-03": null });
        let one = json!({
            "date_naissance": { "ETERNITY": "1985-01-01" }, "salaire_net": { "2024": 12000 },
            "age": ask, "autonomie_financiere": ask,
        });
        (name, one)
    });
    let sent = json!({ "individus": people.collect::<serde_json::Map<String, Value>>() });
    let told = trace_within(&LAW, &sent, 50_000, Bounds::REQUEST);
    let told = told.unwrap_or_else(|fault| panic!("{fault}"));
    let size = told.to_string().len();
    assert!(size <= 50_000, "{size}");
    assert!(told["leftOutCount"].as_u64().unwrap() > 0, "{told}");
    assert_eq!(told["leftOut"][0], json!("entitiesDescription"));
}

#[test]
fn what_a_few_bytes_ask_for_is_bounded() {
    let refused = |sent: Value| {
        let fault = calculate_within(&LAW, &sent, Bounds::REQUEST).unwrap_err();
        assert!(fault.to_string().contains("Trop de"), "{fault}");
        fault.way
    };
    let crowd = (0..501).map(|n| (n.to_string(), json!({})));
    let crowd: serde_json::Map<String, Value> = crowd.collect();
    let way = refused(json!({ "individus": crowd, "familles": {} }));
    assert_eq!(way, ["individus"]);
    let way = refused(json!({ "individus": { "a": {} }, "familles": crowd }));
    assert_eq!(way, ["familles"]);
    let century: serde_json::Map<String, Value> = (0..100)
        .map(|n| (format!("year:19{n:02}:100"), json!(1)))
        .collect();
    let way = refused(json!({ "individus": { "a": { "salaire_net": century } } }));
    assert_eq!(way.get(2).map(String::as_str), Some("salaire_net"));
    let asked: serde_json::Map<String, Value> = (0..100)
        .map(|n| (format!("year:19{n:02}:100"), Value::Null))
        .collect();
    let way = refused(json!({ "individus": { "a": {} }, "familles": { "f": {
        "parents": ["a"], "rsa": asked } } }));
    assert_eq!(way.get(2).map(String::as_str), Some("rsa"));
}
