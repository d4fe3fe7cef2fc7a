//! What a worker writes in a record: writings, acts and who acted, mandates, documents,
//! appointments.

use crate::{
    app::{House, picture},
    desk::{desk, path, t, typed},
};
use domain::{Compartment, words::Nature};
use service::Which;
use web::Language;

const STEP: [(&str, &str); 6] = [
    ("text", "Déclaration envoyée."),
    ("on", "2026-03-11"),
    ("theme", "money"),
    ("contact", "office"),
    ("conduct", "in_place"),
    ("rubrique", "social"),
];

#[tokio::test]
async fn what_is_written_shows_in_order_and_filters_keep_what_they_say() {
    let house = House::build().await;
    let mut browser = desk(&house).await;
    let write = path(&house, "/ecrire");
    let record = path(&house, "");
    for (nature, text) in [
        ("fact", "Il est venu à neuf heures."),
        ("words", "Je veux mes papiers."),
        ("hypothesis", "Le compte semble bloqué."),
    ] {
        let fields = [("nature", nature), ("rubrique", "social"), ("text", text)];
        let answer = browser.post(&write, &fields).await;
        answer.is(303);
        assert!(answer.location().starts_with(&record));
        house.app.pass(5);
        browser.get(&record).await;
    }
    let page = browser.get(&record).await;
    page.says(&t("order-latest"))
        .says("class=\"text words\">Je veux mes papiers.");
    let text = page.text();
    assert!(text.find("semble bloqué") < text.find("Je veux mes papiers"));
    browser
        .get(&format!("{record}?nature=words"))
        .await
        .says("Je veux mes papiers.")
        .never_says("semble bloqué");
    browser
        .get(&format!("{record}?rubrique=identity"))
        .await
        .says(&t("event-profile"))
        .never_says("Je veux mes papiers.");
    browser
        .get(&format!("{record}?du=2026-03-13"))
        .await
        .says(&t("record-nothing"));
    browser
        .get(&format!("{record}?du=demain"))
        .await
        .is(422)
        .says(&t("error-day"));
    let empty = [("nature", "fact"), ("rubrique", "health"), ("text", " ")];
    browser
        .post(&write, &empty)
        .await
        .is(422)
        .says(&t("error-text-empty"));
    let none = [("rubrique", "social"), ("text", "Sans nature.")];
    browser
        .post(&write, &none)
        .await
        .is(422)
        .says(&t("error-nature"))
        .says("Sans nature.");
    // The vault is the person's alone.
    let vault = [
        ("nature", "fact"),
        ("rubrique", "vault"),
        ("text", "Dans le coffre."),
    ];
    browser
        .post(&write, &vault)
        .await
        .is(422)
        .says(&t("error-compartment"))
        .says("Dans le coffre.");
}

#[tokio::test]
async fn a_correction_begins_from_what_it_corrects_and_the_persons_words_are_only_answered() {
    let house = House::build().await;
    let person = house.person.id;
    let fact = house
        .app
        .write(&house.worker, person, Nature::Fact, "Né à Conakry.")
        .await;
    let mut phone = house.app.opened(&house.person).await;
    let own = [("compartment", "social"), ("text", "Je suis né à Kindia.")];
    phone.post("/e/mots", &own).await.is(303);
    let mut browser = desk(&house).await;
    let page = browser
        .get(&path(
            &house,
            &format!("/ecrire?corrige={fact}&rubrique=social"),
        ))
        .await;
    page.says(&t("write-correct-what"))
        .says(">\nNé à Conakry.</textarea>");
    let number = fact.to_string();
    let fields = [
        ("corrige", number.as_str()),
        ("rubrique", "social"),
        ("nature", "fact"),
        ("text", "Né à Kindia."),
    ];
    browser
        .post(&path(&house, "/ecrire"), &fields)
        .await
        .is(303);
    let page = browser.get(&path(&house, "")).await;
    page.says("Né à Conakry.")
        .says("Né à Kindia.")
        .says(&t("entry-corrects"));
    let session = house.app.session(&house.worker).await;
    let opened = house
        .app
        .service
        .open_record(&session, person, Which::All)
        .await
        .unwrap();
    let theirs = opened
        .record
        .entries
        .iter()
        .find(|e| {
            e.body.author.side == domain::entry::Side::Person
                && e.compartment == Compartment::Social
        })
        .unwrap()
        .sequence
        .to_string();
    page.never_says(&format!("corrige={theirs}&"))
        .says(&format!("repond={theirs}&"));
    let correction = typed(&fields, &[("corrige", &theirs)]);
    browser
        .post(&path(&house, "/ecrire"), &correction)
        .await
        .is(403);
    let answer = [
        ("repond", theirs.as_str()),
        ("rubrique", "social"),
        ("nature", "fact"),
        ("text", "C’est noté."),
    ];
    browser
        .post(&path(&house, "/ecrire"), &answer)
        .await
        .is(303);
}

#[tokio::test]
async fn a_step_says_what_is_missing_and_gives_back_what_was_typed() {
    let house = House::build().await;
    let mut browser = desk(&house).await;
    let step = path(&house, "/acte");
    for (more, error) in [
        (&[][..], "error-step-reason"),
        (
            &[("emergency", "Expulsion"), ("text", "")][..],
            "error-text-empty",
        ),
        (&[("reason", "online_only")][..], "error-step-ground"),
        (
            &[("reason", "online_only"), ("ground", "emergency")][..],
            "error-step-emergency",
        ),
        (
            &[("conduct", "with_help"), ("reason", "online_only")][..],
            "error-step-needless",
        ),
        (&[("conduct", "")][..], "error-conduct"),
        (&[("conduct", "alone"), ("theme", "")][..], "error-theme"),
        (
            &[("conduct", "alone"), ("on", "2026-03-13")][..],
            "error-step-future",
        ),
        (
            &[("conduct", "alone"), ("next_on", "2026-04-01")][..],
            "error-step-next",
        ),
    ] {
        browser
            .post(&step, &typed(&STEP, more))
            .await
            .is(422)
            .says(&t(error))
            .says(if error == "error-text-empty" {
                "Expulsion"
            } else {
                "Déclaration envoyée."
            })
            .says("role=\"alert\"");
    }
}

#[tokio::test]
async fn a_mandate_allows_its_theme_until_it_is_taken_back_and_an_emergency_is_told() {
    let house = House::build().await;
    let mut browser = desk(&house).await;
    let step = path(&house, "/acte");
    browser.get(&step).await.is(200);
    let mandate = [
        ("themes", "money"),
        ("from", "2026-03-12"),
        ("duration", "31"),
        ("consent", "spoken"),
    ];
    let given = browser.post(&path(&house, "/mandats"), &mandate).await;
    given.is(303);
    let address = given.location().to_owned();
    browser
        .get(&address)
        .await
        .says(&t("mandate-sign-person"))
        .says("Amadou");
    let id = address.rsplit('/').next().unwrap();
    browser.get(&step).await.says(&format!("value=\"{id}\""));
    let by_mandate = typed(
        &STEP,
        &[
            ("on", "2026-03-12"),
            ("reason", "online_only"),
            ("ground", id),
            ("next_text", "Ouvrir le site ensemble"),
            ("next_on", "2026-04-01"),
        ],
    );
    browser
        .post(&step, &typed(&by_mandate, &[("theme", "housing")]))
        .await
        .is(422)
        .says(&t("error-step-ground"));
    browser.post(&step, &by_mandate).await.is(303);
    let emergency = typed(
        &STEP,
        &[
            ("reason", "emergency"),
            ("ground", "emergency"),
            ("emergency", "Expulsion demain"),
        ],
    );
    browser.post(&step, &emergency).await.is(303);
    let l = Language::french();
    browser
        .get(&path(&house, ""))
        .await
        .says("Expulsion demain")
        .says(&l.t1(
            "entry-next-time",
            "text",
            "Ouvrir le site ensemble (1er avril 2026)",
        ))
        .says("<svg class=\"strip\"");
    // Taken back, it allows nothing more.
    browser
        .post(&address, &[("reason", "À sa demande")])
        .await
        .is(303);
    browser
        .post(&step, &by_mandate)
        .await
        .is(422)
        .says(&t("error-step-ground"));
}

#[tokio::test]
async fn a_mandate_says_what_is_missing() {
    let house = House::build().await;
    let mut browser = desk(&house).await;
    let answer = browser
        .post(&path(&house, "/mandats"), &[("words", "Le courrier")])
        .await;
    answer
        .is(422)
        .says(&t("error-duration"))
        .says(&t("error-consent"))
        .says("Le courrier");
    let without = [("duration", "31"), ("consent", "signed")];
    browser
        .post(&path(&house, "/mandats"), &without)
        .await
        .is(422)
        .says(&t("error-themes-empty"));
}

#[tokio::test]
async fn a_document_goes_in_its_usual_end_is_offered_and_it_leaves_with_a_reason() {
    let house = House::build().await;
    let mut browser = desk(&house).await;
    browser.get(&path(&house, "/coffre/deposer")).await;
    let fields = [
        ("compartment", "social"),
        ("kind", "domiciliation"),
        ("title", "Ma domiciliation"),
        ("issued", "2026-03-01"),
    ];
    let added = browser
        .upload(
            &path(&house, "/coffre/deposer"),
            &fields,
            ("scan.png", &picture()),
        )
        .await;
    added.is(303);
    let document = added.location().to_owned();
    let page = browser.get(&document).await;
    page.says(&t("document-usual-do"))
        .says(&format!("src=\"{document}/image\""));
    let usual = page.hidden("valid_until").unwrap();
    assert!(usual.starts_with("2027-0"), "{usual}");
    let taken = typed(&fields[1..], &[("valid_until", &usual)]);
    browser.post(&document, &taken).await.leads_to(&document);
    browser
        .get(&document)
        .await
        .never_says(&t("document-usual-do"));
    // What ends soon stands first in the safe, and beside the record.
    let soon = typed(&fields[1..], &[("valid_until", "2026-03-20")]);
    browser.post(&document, &soon).await.leads_to(&document);
    for page in ["/coffre", ""] {
        browser
            .get(&path(&house, page))
            .await
            .says(&t("record-ending"))
            .says("20 mars 2026");
    }
    let backwards = typed(&fields[1..], &[("valid_until", "2026-02-01")]);
    browser
        .post(&document, &backwards)
        .await
        .is(422)
        .says(&t("error-valid-until"));
    let file = browser.get(&format!("{document}/fichier")).await;
    assert_eq!(&file.bytes[..], &picture()[..]);
    let image = browser.get(&format!("{document}/image")).await;
    assert_eq!(image.header("content-type"), "image/jpeg");
    let withdraw = format!("{document}/retirer");
    browser
        .post(&withdraw, &[("reason", " ")])
        .await
        .is(422)
        .says(&t("error-reason"))
        .says("Ma domiciliation");
    browser
        .post(&withdraw, &[("reason", "Remplacée")])
        .await
        .leads_to(&path(&house, "/coffre"));
    browser
        .get(&path(&house, "/coffre"))
        .await
        .never_says("Ma domiciliation");
}

#[tokio::test]
async fn appointments_are_made_and_say_where_they_stand() {
    let house = House::build().await;
    let mut browser = desk(&house).await;
    let dates = path(&house, "/rendez-vous");
    browser.get(&dates).await.says(&t("dates-none"));
    browser
        .post(&dates, &[("day", "2026-03-20"), ("place", "Au bureau")])
        .await
        .is(422)
        .says(&t("error-time"))
        .says("Au bureau");
    let fields = [
        ("day", "2026-03-20"),
        ("time", "10:30"),
        ("place", "Au bureau"),
        ("show", "silent"),
    ];
    browser.post(&dates, &fields).await.leads_to(&dates);
    let page = browser.get(&dates).await;
    page.says("vendredi 20 mars 2026 à 10 h 30")
        .says(&t("appointment-planned"));
    let text = page.text();
    let action = text
        .split("action=\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|action| action.starts_with(&format!("{dates}/")))
        .unwrap();
    browser
        .post(action, &[("state", "kept")])
        .await
        .leads_to(&dates);
    let page = browser.get(&dates).await;
    page.says(&t("appointment-kept"));
    assert!(!page.text().contains(action), "a kept one changes no more");
}

#[tokio::test]
async fn another_compartment_is_told_once_something_is_written_there() {
    let house = House::build().await;
    let told = Language::french().t1("record-another-ask", "name", "Marc Aubin");
    let record = path(&house, "");
    let mut narrow = desk(&house).await;
    let mut wide = house.app.signed_in(&house.lead).await;
    narrow.get(&record).await.is(200).never_says(&told);
    wide.get(&record).await.is(200).never_says(&told);
    let fields = [
        ("nature", "fact"),
        ("rubrique", "health"),
        ("text", "Ordonnance renouvelée."),
    ];
    wide.post(&path(&house, "/ecrire"), &fields).await.is(303);
    wide.get(&record)
        .await
        .says("Ordonnance renouvelée.")
        .never_says(&told);
    narrow
        .get(&record)
        .await
        .says(&told)
        .never_says("Ordonnance")
        .never_says(&t("compartment-health"));
    narrow
        .post(&path(&house, "/ecrire"), &fields)
        .await
        .is(422)
        .says(&t("error-compartment"));
}

#[tokio::test]
async fn a_filter_of_one_compartment_opens_and_journals_only_that_one() {
    let house = House::build().await;
    house
        .app
        .write(
            &house.lead,
            house.person.id,
            Nature::Fact,
            "Venu à neuf heures.",
        )
        .await;
    let mut browser = desk(&house).await;
    let record = path(&house, "");
    let read_by_worker = async || {
        let session = house.app.session(&house.lead).await;
        let who = service::Who::Worker(&session, house.person.id);
        let page = house.app.service.who_read(&who, None).await.unwrap();
        let mut read: Vec<Compartment> = page
            .lines
            .iter()
            .filter(|l| l.reader.account == house.worker.account)
            .map(|l| l.compartment)
            .collect();
        read.sort();
        read
    };
    let before = read_by_worker().await;
    house.app.pass(20);
    let page = browser.get(&format!("{record}?rubrique=social")).await;
    // Whose record it is, as the list says it, and every filter that there is.
    page.is(200)
        .says("Venu à neuf heures.")
        .says("Amadou Diallo")
        .never_says(&t("event-profile"))
        .says("?rubrique=identity")
        .says("?rubrique=social\" aria-current=\"true\"");
    let mut expected = before.clone();
    expected.push(Compartment::Social);
    expected.sort();
    assert_eq!(read_by_worker().await, expected);
    browser
        .get(&format!("{record}?rubrique=identity"))
        .await
        .is(200)
        .says(&t("event-profile"));
    expected.push(Compartment::Identity);
    expected.sort();
    assert_eq!(read_by_worker().await, expected);
    // What is not open is not there, and leaves no trace.
    for closed in ["health", "vault"] {
        browser
            .get(&format!("{record}?rubrique={closed}"))
            .await
            .is(404);
    }
    assert_eq!(read_by_worker().await, expected);
}
