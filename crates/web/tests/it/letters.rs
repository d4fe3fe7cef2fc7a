//! Letters prepared from templates that an organisation may write, and the calendar of a worker.

use crate::{app::House, browser::Browser};
use web::Language;

fn t(key: &str) -> String {
    Language::french().t(key)
}

/// A procedure that was filed, then refused.
async fn refused(desk: &mut Browser, house: &House) -> String {
    let list = format!("/dossiers/{}/demarches", house.person.id);
    let fields = [
        ("title", "Demande de RSA"),
        ("theme", "money"),
        ("organisation", "CAF du Nord"),
        ("reference", "1234567"),
        ("per", "month"),
        ("rubrique", "social"),
        ("follow", "yes"),
    ];
    let made = desk.post(&format!("{list}/nouvelle"), &fields).await;
    let at = made.is(303).location().to_owned();
    let step = [
        ("text", "Par courrier"),
        ("on", "2026-03-12"),
        ("contact", "office"),
        ("conduct", "alone"),
    ];
    for more in [
        &[("to", "submitted")][..],
        &[
            ("to", "refused"),
            ("refusal_reason", "Ressources trop élevées"),
            ("notified", "2026-03-09"),
            ("refusal_rule", "appeal_rsa"),
        ],
    ] {
        let fields = [&step[..], more].concat();
        desk.post(&format!("{at}/etape"), &fields).await.is(303);
    }
    at
}

#[tokio::test]
async fn a_letter_is_prepared_mended_then_shown_alone_and_told_to_the_person() {
    let house = House::build().await;
    let mut desk = house.app.signed_in(&house.worker).await;
    let at = refused(&mut desk, &house).await;
    desk.get(&at).await.says(&format!("{at}/courriers"));
    desk.get(&format!("{at}/courriers"))
        .await
        .is(200)
        .says(&t("letter-mandatory"));
    let path = format!("{at}/courriers/mandatory");
    let day = Language::french().day(jiff::civil::date(2026, 3, 9));
    desk.get(&path)
        .await
        .is(200)
        .says("CAF du Nord")
        .says("Ressources trop élevées")
        .says(&day)
        .says(&t("rule-appeal_rsa-source"))
        .says(&t("letter-missing"))
        .says(&t("place-raisons"));
    desk.post(&path, &[("text", "  ")])
        .await
        .is(422)
        .says(&t("error-letter"));
    let mut own = house.app.opened(&house.person).await;
    own.get("/e/lectures")
        .await
        .never_says(&t("letter-mandatory"));
    let text = "Madame, <b>je conteste</b>.";
    desk.post(&path, &[("text", text)])
        .await
        .is(200)
        .says("Madame, ")
        .never_says("<b>je conteste")
        .says(&t("letter-ready"));
    own.get("/e/lectures").await.says(&t("letter-mandatory"));
    desk.get(&format!("{at}/courriers/nul")).await.is(404);
}

#[tokio::test]
async fn a_letter_left_to_the_person_is_read_and_printed_from_their_own_pages() {
    let house = House::build().await;
    let mut desk = house.app.signed_in(&house.worker).await;
    let at = refused(&mut desk, &house).await;
    let path = format!("{at}/courriers/mandatory");
    let leave = |text: &'static str| [("text", text), ("act", "leave")];
    desk.post(&path, &leave(" ")).await.is(422);
    let mut own = house.app.opened(&house.person).await;
    let page = own.get("/e/demarches").await.link("/e/demarches/");
    let letter = format!("{page}/lettres/mandatory");
    own.get(&page).await.never_says(&t("person-letters"));
    own.get(&letter).await.is(404);
    desk.post(&path, &leave("Madame, <b>je conteste</b>."))
        .await
        .leads_to(&format!("{at}#lettres"));
    desk.get(&at).await.says(&t("letters-left"));
    own.get(&page)
        .await
        .says(&t("person-letters"))
        .says(&letter);
    own.get(&letter)
        .await
        .is(200)
        .says("Madame, ")
        .says(&house.worker.name)
        .never_says("<b>je conteste");
    // Mended together: what was left is what is mended, and the last one holds.
    desk.get(&path).await.says("je conteste");
    desk.post(&path, &leave("Je conteste, et voici pourquoi."))
        .await
        .is(303);
    own.get(&letter)
        .await
        .says("et voici pourquoi")
        .never_says("Madame");
    own.get("/e/textes")
        .await
        .says("Recours préalable obligatoire");
    // Nobody else reads it.
    let mut other = house.app.opened(&house.other_person).await;
    other.get(&letter).await.is(404);
    // Once nothing is awaited any more there is nothing to sign.
    let over = [
        ("text", "Abandonné ensemble"),
        ("on", "2026-03-12"),
        ("contact", "office"),
        ("conduct", "with_help"),
        ("to", "closed_by_person"),
    ];
    desk.post(&format!("{at}/etape"), &over).await.is(303);
    own.get(&letter).await.is(404);
}

#[tokio::test]
async fn an_organisation_writes_its_own_template_and_a_fault_is_told_by_its_line() {
    let house = House::build().await;
    let mut admin = house.app.signed_in(house.app.administrator()).await;
    let path = "/administration/courriers/mandatory";
    admin.get("/administration/courriers").await.is(200);
    admin.get(path).await.is(200).says("{motif_refus}");
    let wrong = "Bonjour\n{prénom}";
    let told = Language::french().t2("error-template-place", ("line", "2"), ("place", "prénom"));
    admin
        .post(path, &[("text", wrong)])
        .await
        .is(422)
        .says(&told)
        .says("Bonjour");
    let right = "Lettre de la maison pour {nom}, {reference}";
    admin
        .post(path, &[("text", right)])
        .await
        .leads_to("/administration/courriers");
    let mut desk = house.app.signed_in(&house.worker).await;
    let at = refused(&mut desk, &house).await;
    let letter = format!("{at}/courriers/mandatory");
    desk.get(&letter)
        .await
        .says("Lettre de la maison pour")
        .says("1234567");
    admin
        .post(path, &[("act", "usual")])
        .await
        .leads_to("/administration/courriers");
    desk.get(&letter).await.never_says("Lettre de la maison");
}

#[tokio::test]
async fn a_calendar_says_days_alone_and_ends_when_it_is_taken_back() {
    let house = House::build().await;
    let mut desk = house.app.signed_in(&house.worker).await;
    let at = refused(&mut desk, &house).await;
    let checked = [
        ("rule", "appeal_rsa"),
        ("from", "2026-03-09"),
        ("kind", "appeal"),
        ("on", "2026-05-09"),
        ("show", "notified"),
    ];
    desk.post(&format!("{at}/echeance"), &checked).await.is(303);
    desk.get("/mon-agenda")
        .await
        .is(200)
        .says(&t("calendar-make"));
    let shown = desk.post("/mon-agenda", &[]).await.is(200).text();
    let address = shown.split("class=\"code\">").nth(1).unwrap();
    let address = address.split('<').next().unwrap();
    let path = address.strip_prefix("https://dossier.exemple.fr").unwrap();
    // Told once; another cannot be made beside it.
    desk.get("/mon-agenda")
        .await
        .never_says(path)
        .says(&t("calendar-end"));
    desk.post("/mon-agenda", &[])
        .await
        .is(422)
        .says(&t("error-calendar-there"));
    desk.post("/deconnexion", &[]).await;

    // Read by a program that is signed in nowhere.
    let feed = house.app.browser().get(path).await;
    feed.is(200);
    assert_eq!(feed.header("content-type"), "text/calendar; charset=utf-8");
    let text = feed.text();
    assert!(text.contains("DTSTART;VALUE=DATE:20260509\r\n"), "{text}");
    assert!(text.contains("SUMMARY:Échéance\r\n"), "{text}");
    for word in [
        "RSA",
        "CAF",
        "Diallo",
        "Amadou",
        "recours",
        &house.worker.name,
    ] {
        assert!(!text.contains(word), "{word} in {text}");
    }
    assert_eq!(text, house.app.browser().get(path).await.text());
    let other = format!("/agenda/{}", "0".repeat(64));
    house.app.browser().get(&other).await.is(404);
    house.app.browser().get("/agenda/x").await.is(404);

    let mut desk = house.app.signed_in(&house.worker).await;
    desk.post("/mon-agenda/fin", &[])
        .await
        .leads_to("/mon-agenda");
    house.app.browser().get(path).await.is(404);
}
