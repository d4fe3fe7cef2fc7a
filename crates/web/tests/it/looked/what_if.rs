//! « Et si… »: both sides, the curve and its table; nothing of it is written.

use super::{alone, answer_all, desk_at, t};
use crate::{app::House, browser::Answer};

#[tokio::test]
async fn a_change_is_compared_on_both_sides_and_nothing_is_written() {
    let house = House::build().await;
    let at = desk_at(&house);
    let mut desk = house.app.signed_in(&house.worker).await;
    desk.get(&format!("{at}/et-si"))
        .await
        .is(200)
        .says(&t("looked-if-first"));
    alone(&mut desk, &at).await;
    let id = "date_naissance.person.always";
    desk.post(&format!("{at}/connu"), &[("kept", id)])
        .await
        .is(303);
    for right in ["rsa", "ppa"] {
        answer_all(&mut desk, &at, right, |page| {
            let text = page.text();
            if text.contains("value=\"word-FR\"") || text.contains("<option value=\"FR\"") {
                return vec![("answer", "typed".into()), ("value", "FR".into())];
            }
            if text.contains("value=\"word-inactif\"") {
                return vec![("answer", "word-inactif".into())];
            }
            if text.contains("value=\"word-sans_domicile\"") {
                return vec![("answer", "word-sans_domicile".into())];
            }
            if text.contains("value=\"none\"") {
                return vec![("answer", "none".into())];
            }
            if text.contains("value=\"no\"") {
                return vec![("answer", "no".into())];
            }
            if text.contains(&t("looked-commune-hint")) {
                return vec![("answer", "typed".into()), ("value", "lille".into())];
            }
            vec![("answer", "unknown".into())]
        })
        .await;
    }
    desk.get(&format!("{at}/aide/rsa"))
        .await
        .says(&t("looked-status-likely"));
    let before = desk.get(&format!("/dossiers/{}", house.person.id)).await;
    let path = format!("{at}/et-si/travail");
    desk.get(&path).await.is(200).says(&t("looked-if-pay"));
    let wrong = [("whom", "person"), ("pay", "mille"), ("month", "2026-04")];
    desk.post(&path, &wrong)
        .await
        .is(422)
        .says("mille")
        .says(&t("error-amount"));
    let job = [("whom", "person"), ("pay", "1300"), ("month", "2026-04")];
    let page = desk.post(&path, &job).await;
    page.is(200)
        .says(&t("looked-if-before"))
        .says(&t("looked-if-after"))
        .says("<svg class=\"curve\"")
        .says("<path class=\"was\"")
        .says("<path class=\"is\"")
        .says(&t("looked-if-table"))
        .never_says("style=");
    let after = desk.get(&format!("/dossiers/{}", house.person.id)).await;
    let entries = |a: &Answer| a.text().matches("<li id=\"e").count();
    assert_eq!(entries(&before), entries(&after));
    after.never_says("1\u{202f}300");
    desk.get(&format!("{at}/et-si/loterie")).await.is(404);
    let mut own = house.app.opened(&house.person).await;
    own.get("/e/droits/et-si/naissance").await.is(200);
    own.post("/e/droits/et-si/naissance", &[("month", "2026-09")])
        .await
        .is(200)
        .says(&t("person-looked-if-result"));
}
