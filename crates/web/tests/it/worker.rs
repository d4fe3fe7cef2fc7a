//! Workers coming in, enrolling a device and going out.

use crate::app::{House, PASSPHRASE};
use service::NewMember;
use web::Language;

fn t(key: &str) -> String {
    Language::french().t(key)
}

#[tokio::test]
async fn name_passphrase_and_device_are_all_needed_and_never_told_apart() {
    let house = House::build().await;
    let mut told = Vec::new();
    for (name, passphrase, device) in [
        (
            house.worker.name.as_str(),
            "une autre phrase bien longue",
            &house.worker.device,
        ),
        ("Personne du tout", PASSPHRASE, &house.worker.device),
        (house.worker.name.as_str(), PASSPHRASE, &house.lead.device),
    ] {
        let mut browser = house.app.browser();
        browser.cookies.insert("__Host-d".into(), device.to_code());
        let answer = browser
            .post("/connexion", &[("name", name), ("passphrase", passphrase)])
            .await;
        answer
            .is(422)
            .says(&t("error-sign-in"))
            .says(name)
            .never_says(passphrase);
        told.push(answer.text().replace(name, ""));
        assert!(!browser.cookies.contains_key("__Host-s"));
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[1], told[2]);
    house
        .app
        .signed_in(&house.worker)
        .await
        .get("/personnes")
        .await
        .is(200);
}

#[tokio::test]
async fn a_browser_that_was_never_enrolled_is_sent_to_enrol() {
    let house = House::build().await;
    let mut browser = house.app.browser();
    browser
        .get("/connexion")
        .await
        .is(200)
        .says("href=\"/appareil\"");
    let fields = [
        ("name", house.worker.name.as_str()),
        ("passphrase", PASSPHRASE),
    ];
    browser
        .post("/connexion", &fields)
        .await
        .leads_to("/appareil");
}

#[tokio::test]
async fn an_invited_worker_enrols_waits_for_the_statement_then_comes_in() {
    let house = House::build().await;
    let admin = house.app.session(house.app.administrator()).await;
    let new = NewMember {
        name: "Sam Girard".into(),
        job: "médiateur".into(),
    };
    let invited = house.app.service.invite(&admin, &new).await.unwrap();
    let mut browser = house.app.browser();
    browser.get("/appareil").await.is(200);
    let base = [("name", "Sam Girard"), ("code", invited.code.as_str())];
    let weak = [
        base[0],
        base[1],
        ("passphrase", "azerty"),
        ("again", "azerty"),
    ];
    browser
        .post("/appareil", &weak)
        .await
        .is(422)
        .says(&t("error-passphrase-short"))
        .says(&invited.code);
    let typo = [
        base[0],
        ("code", "ABCD"),
        ("passphrase", PASSPHRASE),
        ("again", PASSPHRASE),
    ];
    browser
        .post("/appareil", &typo)
        .await
        .is(422)
        .never_says(PASSPHRASE);
    let right = [
        base[0],
        base[1],
        ("passphrase", PASSPHRASE),
        ("again", PASSPHRASE),
    ];
    let answer = browser.post("/appareil", &right).await;
    answer.is(200).says(&t("waiting-title"));
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-d=") && cookie.contains("HttpOnly; SameSite=Strict; Max-Age=")
    );
    let fields = [("name", "Sam Girard"), ("passphrase", PASSPHRASE)];
    browser
        .post("/connexion", &fields)
        .await
        .is(422)
        .says(&t("error-not-yet"));
    house
        .app
        .service
        .state_keys(&admin, invited.account)
        .await
        .unwrap();
    browser.post("/connexion", &fields).await.is(303);
    browser.get("/personnes").await.is(200);
    // The code was used: it enrols nothing more.
    house
        .app
        .browser()
        .post("/appareil", &right)
        .await
        .is(422)
        .says(&t("error-enrol"));
}

#[tokio::test]
async fn signing_out_keeps_the_device_but_not_the_session() {
    let house = House::build().await;
    let mut browser = house.app.signed_in(&house.worker).await;
    browser.post_bare("/deconnexion", &[]).await.is(403);
    let answer = browser.post("/deconnexion", &[]).await;
    answer.leads_to("/connexion");
    assert!(answer.header("clear-site-data").contains("\"storage\""));
    assert!(browser.cookies.contains_key("__Host-d"));
    browser.get("/personnes").await.leads_to("/connexion");
}

#[tokio::test]
async fn workers_pages_are_whole() {
    let house = House::build().await;
    let person = house.person.id;
    let mut browser = house.app.signed_in(&house.lead).await;
    // Once it is said who lives with them, nothing leads elsewhere.
    let rights = format!("/dossiers/{person}/droits");
    crate::looked::alone(&mut browser, &rights).await;
    let mut seen = 0;
    for route in web::table() {
        if route.method != web::Method::Get
            || !matches!(
                route.access,
                web::Access::Worker | web::Access::Record | web::Access::Lead
            )
        {
            continue;
        }
        let path = route
            .path
            .replace("{person}", &person.to_string())
            .replace("{team}", &house.team.to_string());
        if path.contains('{') {
            continue;
        }
        let answer = browser.get(&path).await;
        answer
            .is(200)
            .never_says("⟦")
            .never_says(" style=")
            .never_says(" onclick=");
        assert_eq!(answer.text().matches("<h1").count(), 1, "{path}");
        seen += 1;
    }
    assert!(seen > 12, "{seen}");
}
