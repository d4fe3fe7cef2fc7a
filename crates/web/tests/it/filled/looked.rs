//! What is typed on the pages of rights to look at.

use super::{Filled, with};
use crate::{app::Accompanied, browser::Browser};

/// Two communes whose names stand nowhere by chance.
const LONG_NAME: &str = "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson";
const LONGER_NAME: &str = "Beaujeu-Saint-Vallier-Pierrejux-et-Quitteur";

/// What a worker says for rights to look at, what the person decided, and changes that are tried.
pub(crate) async fn looked(browser: &mut Browser, person: &Accompanied, filled: &mut Filled) {
    let at = format!("/dossiers/{}/droits", person.id);
    let end = |end: &str| format!("{at}{end}");
    let name = filled.own("enfant");
    let household = [
        ("partner", "no"),
        ("child-1-born", "2019-06-02"),
        ("child-1-name", name.as_str()),
        ("child-1-number", "0"),
    ];
    browser.get(&end("/foyer")).await.is(200);
    browser.post(&end("/foyer"), &household).await.is(303);
    for (fact, value) in [
        ("loyer.home.since-2026-03", "41 357,29"),
        ("depcom.home.since-2026-03", LONG_NAME),
    ] {
        let value = filled.known("looked/question.html", "value", value);
        let fields = [
            ("about", fact),
            ("from", "check"),
            ("answer", "typed"),
            ("value", &value),
        ];
        browser.post(&end("/question"), &fields).await.is(303);
    }
    browser.get(&end("/reponses")).await.is(200).says(LONG_NAME);
    browser.get(&end("/foyer")).await.is(200).says(&name);
    let why = filled.all("looked/right.html", &["why"]);
    let fields = with(&why, &[("right", "rsa"), ("decision", "will_not_ask")]);
    browser.post(&end("/aide/rsa"), &fields).await.is(303);
    browser.get(&end("/aide/rsa")).await.is(200).says(&why[0].1);
    let page = "looked/change.html";
    let mut job = filled.all(page, &["hours"]);
    job.push(("pay", filled.known(page, "pay", "2 917,43")));
    let fields = with(&job, &[("whom", "person"), ("month", "2026-04")]);
    browser.post(&end("/et-si/travail"), &fields).await.is(200);
    let fields = [
        ("rent", filled.known(page, "rent", "3 618,27")),
        ("place", filled.known(page, "place", LONGER_NAME)),
    ];
    let fields = with(&fields, &[("month", "2026-04")]);
    let moved = browser.post(&end("/et-si/demenagement"), &fields).await;
    moved.is(200);
}
