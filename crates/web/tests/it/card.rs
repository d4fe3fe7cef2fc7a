//! Coming in with a card, staying, and leaving without a trace.

use crate::app::{House, PIN};
use web::Language;

fn t(key: &str) -> String {
    Language::french().t(key)
}

#[tokio::test]
async fn the_card_and_its_pin_open_the_space() {
    let house = House::build().await;
    let mut browser = house.app.browser();
    browser.get("/").await.is(200).never_says("Diallo");
    let answer = browser
        .post("/", &[("code", &house.person.code), ("pin", PIN)])
        .await;
    answer.leads_to("/e");
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-s="), "{cookie}");
    for rule in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"] {
        assert!(cookie.contains(rule), "{cookie}");
    }
    assert!(
        !cookie.contains("Max-Age") && !cookie.contains("Domain"),
        "{cookie}"
    );
    browser.get("/e").await.is(200);
}

#[tokio::test]
async fn a_code_typed_as_people_type_opens_too() {
    let house = House::build().await;
    let typed = house
        .person
        .code
        .to_lowercase()
        .replace('-', " ")
        .replace('0', "o");
    let mut browser = house.app.browser();
    browser
        .post("/", &[("code", &typed), ("pin", " 48 62 ")])
        .await
        .leads_to("/e");
}

#[tokio::test]
async fn what_is_wrong_in_a_code_is_told_and_given_back() {
    let house = House::build().await;
    let code = &house.person.code;
    let short = &code[..code.len() - 1];
    let long = format!("{code}A");
    let stranger = format!("U{}", &code[1..]);
    let last = if code.ends_with('A') { "B" } else { "A" };
    let slip = format!("{short}{last}");
    let l = Language::french();
    for (typed, told) in [
        (short.to_owned(), l.t1("error-code-short", "missing", 1)),
        (long, l.t1("error-code-long", "extra", 1)),
        (stranger, l.t1("error-code-character", "character", "U")),
        (slip, t("error-code-checksum")),
    ] {
        let mut browser = house.app.browser();
        let answer = browser.post("/", &[("code", &typed), ("pin", PIN)]).await;
        answer.is(422).says(&told).says(&typed).never_says(PIN);
        answer
            .says("role=\"alert\"")
            .says("href=\"#code\"")
            .says("aria-invalid=\"true\"");
        assert!(browser.cookies.is_empty());
    }
}

#[tokio::test]
async fn five_wrong_pins_lock_the_card_until_a_worker_unlocks_it() {
    let house = House::build().await;
    let l = Language::french();
    let code = house.person.code.as_str();
    let mut browser = house.app.browser();
    for left in (1..5).rev() {
        let answer = browser.post("/", &[("code", code), ("pin", "0000")]).await;
        answer
            .is(422)
            .says(&l.t1("error-card-wrong", "left", left))
            .never_says("0000");
    }
    browser
        .post("/", &[("code", code), ("pin", "0000")])
        .await
        .is(422)
        .says(&t("error-card-locked"));
    browser
        .post("/", &[("code", code), ("pin", PIN)])
        .await
        .is(422)
        .says(&t("error-card-locked"));
    let session = house.app.session(&house.worker).await;
    let cards = house
        .app
        .service
        .cards(&session, house.person.id)
        .await
        .unwrap();
    assert!(cards[0].locked);
    house
        .app
        .service
        .unlock_card(&session, house.person.id, cards[0].card)
        .await
        .unwrap();
    browser
        .post("/", &[("code", code), ("pin", PIN)])
        .await
        .leads_to("/e");
}

#[tokio::test]
async fn an_unknown_card_is_told_like_a_wrong_pin() {
    let house = House::build().await;
    let stranger = service::Possession::generate(&mut rand()).to_code();
    let mut browser = house.app.browser();
    let l = Language::french();
    let unknown = browser
        .post("/", &[("code", &stranger), ("pin", PIN)])
        .await;
    unknown.is(422).says(&l.t1("error-card-wrong", "left", 4));
    let wrong = browser
        .post("/", &[("code", &house.person.code), ("pin", "0000")])
        .await;
    let without = |text: String, code: &str| text.replace(code, "");
    assert_eq!(
        without(unknown.text(), &stranger),
        without(wrong.text(), &house.person.code)
    );
}

fn rand() -> impl rand_core::CryptoRng {
    use rand_chacha::rand_core::SeedableRng;
    rand_chacha::ChaCha20Rng::from_seed([9; 32])
}

#[tokio::test]
async fn leaving_fast_ends_the_session_and_wipes_the_browser() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    let stolen = browser.clone();
    let answer = browser.post("/e/quitter", &[]).await;
    answer.leads_to("/au-revoir");
    assert!(answer.header("clear-site-data").contains("\"cache\""));
    assert!(!browser.cookies.contains_key("__Host-s"));
    browser
        .get("/au-revoir")
        .await
        .is(200)
        .never_says("Diallo")
        .never_says("/e\"");
    let mut back = stolen;
    back.get("/e/papiers").await.leads_to("/");
    // What was being written is given back, since it was not kept.
    back.post("/e/mots", &[("text", "encore là")])
        .await
        .is(403)
        .says("encore là")
        .never_says("Diallo");
    back.post("/e/code", &[("pin", "1234")]).await.leads_to("/");
}

#[tokio::test]
async fn a_session_left_alone_ends_and_one_used_lasts_half_an_hour() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    for _ in 0..3 {
        house.app.pass(9);
        browser.get("/e/code").await.is(200);
    }
    house.app.pass(4);
    browser.get("/e").await.leads_to("/");
    let mut browser = house.app.opened(&house.person).await;
    house.app.pass(11);
    browser.get("/e").await.leads_to("/");
}

#[tokio::test]
async fn pages_say_how_long_the_session_has() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    browser.get("/e").await.says("data-idle=\"600\"");
    browser.post("/e/rester", &[]).await.leads_to("/e");
}

#[tokio::test]
async fn forms_of_another_session_or_another_site_are_refused() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    let text = ("text", "bonjour");
    let place = ("compartment", "social");
    browser.post_bare("/e/mots", &[text, place]).await.is(403);
    browser
        .post_bare("/e/mots", &[("form_token", "00"), text, place])
        .await
        .is(403);
    let token = browser.token.clone();
    let request = axum::http::Request::post("/e/mots")
        .header("host", "dossier.exemple.fr")
        .header("sec-fetch-site", "cross-site")
        .header("origin", "https://ailleurs.exemple")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from(format!(
            "form_token={token}&text=bonjour&compartment=social"
        )))
        .unwrap();
    browser.send(request).await.is(403);
    browser.get("/e/textes").await.is(200).never_says("bonjour");
    browser.post("/e/mots", &[text, place]).await.is(303);
}

#[tokio::test]
async fn too_many_tries_from_one_place_are_slowed() {
    let house = House::build().await;
    let mut browser = house.app.browser();
    let mut slowed = None;
    for n in 0..70 {
        let answer = browser
            .post("/", &[("code", &format!("{n}")), ("pin", "1")])
            .await;
        if answer.status == 429 {
            slowed = Some((n, answer));
            break;
        }
    }
    let (n, answer) = slowed.expect("never slowed");
    assert!(n >= 40, "an office shares one address: {n}");
    assert!(!answer.header("retry-after").is_empty());
    answer.says(&t("error-page-too-many"));
}

#[tokio::test]
async fn a_card_scanned_where_a_space_is_open_never_shows_that_space() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    let earlier = browser.clone();
    // The second person's card leads to "/": what is open there is someone else's.
    let answer = browser.get("/").await;
    answer.is(200).says("name=\"pin\"").says(&t("card-already"));
    let fields = [("code", house.other_person.code.as_str()), ("pin", PIN)];
    browser.post("/", &fields).await.leads_to("/e");
    // The space of the one before is closed, wherever its cookie went.
    let mut back = earlier;
    back.get("/e").await.leads_to("/");
}

#[tokio::test]
async fn the_group_to_look_at_is_told_where_it_can_be() {
    let house = House::build().await;
    let l = Language::french();
    let code = house.person.code.as_str();
    let second_short = format!("{}{}", &code[..8], &code[9..]);
    let third_strange = format!("{}U{}", &code[..10], &code[11..]);
    for (typed, group) in [(second_short, 2), (third_strange, 3)] {
        let mut browser = house.app.browser();
        let answer = browser.post("/", &[("code", &typed), ("pin", PIN)]).await;
        answer
            .is(422)
            .says(&l.t1("error-code-group", "group", group));
    }
}

#[tokio::test]
async fn an_image_keeps_the_session_open_while_something_is_written() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    house.app.pass(8);
    let answer = browser.get("/e/rester?1").await;
    answer.is(200);
    assert_eq!(answer.header("content-type"), "image/gif");
    assert_eq!(answer.header("cache-control"), "no-store");
    house.app.pass(8);
    browser.get("/e/rester?2").await.is(200);
    house.app.pass(11);
    browser.get("/e/rester?3").await.leads_to("/");
}
