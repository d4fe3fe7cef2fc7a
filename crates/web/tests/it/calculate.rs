//! The interface for calculating rights: off, it is not there; on, it answers to keys alone, in the
//! shape of the reference, and keeps nothing.

use crate::{
    app::{House, TestApp},
    browser::Answer,
    filled::Filled,
};
use axum::{
    body::Body,
    http::{Request, request::Builder},
};
use serde_json::{Value, json};
use std::sync::Arc;
use web::{ApiKey, Calculator};

/// Any program's key, and one that may ask twice a second.
const KEY: &str = "conatus-rights-Canaricle";
const SLOW: &str = "conatus-rights-lente";

fn key(name: &str, key: &str, rate: u32) -> ApiKey {
    ApiKey {
        name: name.to_owned(),
        hash: ApiKey::hash_of(key),
        rate,
    }
}

pub(crate) fn calculator() -> Arc<Calculator> {
    Arc::new(Calculator::new(
        crate::app::law(),
        vec![key("essai", KEY, 1000), key("lente", SLOW, 2)],
    ))
}

fn ask(path: &str) -> Builder {
    Request::post(path)
        .header("authorization", format!("Bearer {KEY}"))
        .header("content-type", "application/json")
}

async fn sent(app: &TestApp, request: Builder, body: impl Into<Body>) -> Answer {
    let request = request.body(body.into()).unwrap();
    app.browser().send(request).await
}

async fn posted(app: &TestApp, path: &str, body: &Value) -> Answer {
    sent(app, ask(path), body.to_string()).await
}

#[track_caller]
fn json_of(answer: &Answer, status: u16) -> Value {
    answer.is(status);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    serde_json::from_slice(&answer.bytes).unwrap()
}

/// A person alone, with a wage given by the year.
fn alone(wage: i64) -> Value {
    json!({
        "individus": { "a": {
            "date_naissance": { "ETERNITY": "1980-01-01" }, "salaire_net": { "2025": wage },
        } },
        "familles": { "f": { "parents": ["a"], "rsa": { "2025-06": null } } },
    })
}

#[tokio::test]
async fn a_request_comes_back_filled_and_what_is_absent_takes_its_default() {
    let app = TestApp::start().await;
    let answer = posted(&app, "/calculate", &alone(0)).await;
    let filled = json_of(&answer, 200);
    // The allowance of one person from April 2025: CASF L262-2 and its decree of revaluation.
    let mut expected = alone(0);
    expected["familles"]["f"]["rsa"]["2025-06"] = json!(646.52);
    assert_eq!(filled, expected);
    // A wage of a year is a twelfth of it each month: 300 € leave 346.52 €.
    let filled = json_of(&posted(&app, "/calculate", &alone(3600)).await, 200);
    assert_eq!(filled["familles"]["f"]["rsa"]["2025-06"], json!(346.52));
}

#[tokio::test]
async fn a_trace_says_where_an_answer_comes_from_in_at_most_50_kilobytes() {
    let app = TestApp::start().await;
    let answer = posted(&app, "/trace", &alone(3600)).await;
    let told = json_of(&answer, 200);
    assert!(answer.bytes.len() <= 50_000, "{}", answer.bytes.len());
    assert_eq!(told["requestedCalculations"], json!(["rsa<2025-06>"]));
    assert_eq!(told["trace"]["rsa<2025-06>"]["value"], json!([346.52]));
    assert!(told["leftOutCount"].is_u64());
}

#[tokio::test]
async fn what_is_wrong_is_said_where_it_is_wrong() {
    let app = TestApp::start().await;
    let mut unknown = alone(0);
    unknown["individus"]["a"]["licorne"] = json!({ "2025-01": 1 });
    for path in ["/calculate", "/trace"] {
        let told = json_of(&posted(&app, path, &unknown).await, 400);
        let what = told["individus"]["a"]["licorne"]
            .as_str()
            .unwrap_or_default();
        assert!(what.contains("licorne"), "{told}");
    }
    let mut value = alone(0);
    value["individus"]["a"]["salaire_net"]["2025-01"] = json!("beaucoup");
    let told = json_of(&posted(&app, "/calculate", &value).await, 400);
    assert!(told["individus"]["a"]["salaire_net"]["2025-01"].is_string());
    assert!(!told.to_string().contains("beaucoup"), "{told}");
    let told = json_of(&posted(&app, "/calculate", &json!([1])).await, 400);
    assert!(told["error"].is_string(), "{told}");
    let answer = sent(&app, ask("/calculate"), "{\"individus\": {").await;
    let told = json_of(&answer, 400);
    assert!(told["error"].to_string().contains("ligne 1"), "{told}");
    json_of(&sent(&app, ask("/calculate"), vec![0xff, 0xfe]).await, 400);
}

#[tokio::test]
async fn other_ways_of_asking_are_refused_in_json() {
    let app = TestApp::start().await;
    let get = ask("/calculate").method("GET");
    let answer = sent(&app, get, Body::empty()).await;
    json_of(&answer, 405);
    assert!(
        answer.header("allow").contains("POST"),
        "{:?}",
        answer.headers
    );
    let form = ask("/trace");
    let mut request = form.body(Body::from("a=b")).unwrap();
    let kind = "application/x-www-form-urlencoded".parse().unwrap();
    request.headers_mut().insert("content-type", kind);
    json_of(&app.browser().send(request).await, 415);
    let squeezed = ask("/calculate").header("content-encoding", "gzip");
    json_of(&sent(&app, squeezed, "x").await, 415);
    let long = format!("{{\"a\": \"{}\"}}", "x".repeat(1024 * 1024));
    json_of(&sent(&app, ask("/calculate"), long).await, 413);
    sent(&app, ask("/calculate/spec"), "").await.is(404);
}

#[tokio::test]
async fn only_a_key_opens_it_and_a_key_taken_back_no_longer_does() {
    let app = TestApp::start().await;
    for shown in [
        "",
        "Bearer ",
        "Bearer conatus-rights-autre",
        "Basic conatus-rights-lente",
        SLOW,
    ] {
        let request = Request::post("/calculate")
            .header("authorization", shown)
            .header("content-type", "application/json");
        let answer = sent(&app, request, alone(0).to_string()).await;
        json_of(&answer, 401);
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    let calculator = calculator();
    let law_of = |c: &Arc<Calculator>| {
        let settings = web::WebSettings {
            public_url: "https://dossier.exemple.fr".into(),
            trusted_hops: 0,
        };
        let web = web::Web::new(app.service.clone(), settings);
        web::router(web.with_calculator(Some(c.clone())))
    };
    let mut browser = crate::browser::Browser::new(law_of(&calculator));
    let request = || ask("/calculate").body(Body::from(alone(0).to_string()));
    browser.send(request().unwrap()).await.is(200);
    calculator.set_keys(vec![key("lente", SLOW, 2)]);
    browser.send(request().unwrap()).await.is(401);
}

#[tokio::test]
async fn a_key_asks_as_often_as_it_may_and_hears_when_it_asked_too_often() {
    let app = TestApp::start().await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        let request = Request::post("/calculate")
            .header("authorization", format!("Bearer {SLOW}"))
            .header("content-type", "application/json");
        let answer = sent(&app, request, alone(0).to_string()).await;
        statuses.push(answer.status.as_u16());
        if answer.status.as_u16() == 429 {
            assert_eq!(answer.header("retry-after"), "1");
            json_of(&answer, 429);
        }
    }
    assert_eq!(statuses.first(), Some(&200));
    assert!(statuses.contains(&429), "{statuses:?}");
    // Another key is not held by it.
    posted(&app, "/calculate", &alone(0)).await.is(200);
}

#[tokio::test]
async fn off_it_is_not_there_whatever_is_shown() {
    let app = TestApp::start().await;
    let settings = web::WebSettings {
        public_url: "https://dossier.exemple.fr".into(),
        trusted_hops: 0,
    };
    let off = web::router(web::Web::new(app.service.clone(), settings));
    let mut browser = crate::browser::Browser::new(off);
    let nothing = Request::post("/rien").body(Body::empty()).unwrap();
    let nothing = browser.send(nothing).await;
    nothing.is(404);
    for path in ["/calculate", "/trace"] {
        for method in ["POST", "GET", "PUT", "OPTIONS"] {
            let request = ask(path).method(method);
            let request = request.body(Body::from(alone(0).to_string())).unwrap();
            let answer = browser.send(request).await;
            answer.is(404);
            assert_eq!(answer.bytes, nothing.bytes, "{method} {path}");
            assert_eq!(answer.headers, nothing.headers, "{method} {path}");
        }
    }
}

/// What answers is given the law and the keys: the use cases are out of its reach.
#[test]
fn it_reaches_no_record() {
    let sources = [
        include_str!("../../src/calculate.rs"),
        include_str!("../../src/calculate/keys.rs"),
    ];
    for source in sources {
        for word in ["service", "cookie", "tracing"] {
            assert!(!source.contains(word), "{word}");
        }
    }
}

/// Words of their own in everything a request holds: names, groups, values, what is unknown, what
/// is no JSON; and the key.
pub(crate) async fn canaries(house: &House, filled: &mut Filled) -> Vec<String> {
    let app = &house.app;
    let (person, group, text) = (
        filled.own("individu"),
        filled.own("famille"),
        filled.own("depcom"),
    );
    let mut good = json!({
        "individus": { person.as_str(): {
            "date_naissance": { "ETERNITY": "1980-01-01" }, "salaire_net": { "2025": 9_182_736 },
        } },
        "familles": { group.as_str(): { "parents": [person.as_str()], "rsa": { "2025-06": null } } },
        "menages": { group.as_str(): {
            "personne_de_reference": [person.as_str()], "depcom": { "2025-06": text },
        } },
    });
    for path in ["/calculate", "/trace"] {
        let answer = posted(app, path, &good).await;
        answer.is(200).says(&person);
    }
    good["individus"][person.as_str()][filled.own("variable")] = json!({ "2025": 1 });
    posted(app, "/calculate", &good).await.is(400);
    let broken = format!("{{ \"{}\": ", filled.own("json"));
    sent(app, ask("/trace"), broken).await.is(400);
    let other = filled.own("texte");
    let request = ask("/trace").method("PUT");
    sent(app, request, other).await.is(405);
    let guessed = "conatus-rights-Canaridevine";
    let request = Request::post("/calculate").header("authorization", format!("Bearer {guessed}"));
    sent(app, request, "{}").await.is(401);
    vec![KEY.to_owned(), guessed.to_owned()]
}
