//! What every answer carries, and what is said where nothing is.

use crate::app::House;

#[tokio::test]
async fn every_answer_carries_strict_headers() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    for path in [
        "/",
        "/e",
        "/connexion",
        "/nulle-part",
        "/sante/vivant",
        "/personnes",
        "/au-revoir",
    ] {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy");
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path}: {name}");
        }
        assert!(
            answer
                .header("strict-transport-security")
                .starts_with("max-age="),
            "{path}"
        );
        assert!(!answer.header("permissions-policy").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn nothing_and_no_right_are_told_alike() {
    let house = House::build().await;
    let mut browser = house.app.signed_in(&house.worker).await;
    let elsewhere = browser
        .get(&format!("/dossiers/{}", house.other_person.id))
        .await;
    let nowhere = browser
        .get("/dossiers/ffffffffffffffffffffffffffffffff")
        .await;
    let senseless = browser.get("/dossiers/quelqu-un").await;
    elsewhere.is(404);
    assert_eq!(elsewhere.text(), nowhere.text());
    assert_eq!(nowhere.text(), senseless.text());
}

#[tokio::test]
async fn health_says_nothing_but_that_it_is_well() {
    let house = House::build().await;
    let mut browser = house.app.browser();
    browser.get("/sante/vivant").await.is(200).says("ok");
    browser.get("/sante/pret").await.is(200).says("ok");
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    for path in ["/e", "/e/papiers/ajouter", "/"] {
        let text = browser.get(path).await.text();
        for sort in ["src=\"", "href=\"", "action=\""] {
            for rest in text.split(sort).skip(1) {
                assert!(
                    rest.starts_with('/') || rest.starts_with('#'),
                    "{path}: {}",
                    &rest[..40]
                );
            }
        }
        assert!(
            !text.contains("<style") && !text.contains("javascript:"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_form_too_long_is_refused_with_words() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    let text = "a".repeat(300_000);
    let answer = browser
        .post("/e/mots", &[("compartment", "social"), ("text", &text)])
        .await;
    answer.is(413).says("<h1");
}
