//! The person's space: what is written, saying one's part, who read, mandates, appointments.

use crate::app::{House, PIN};
use domain::{
    Compartment,
    entry::{About, Writing},
    mandate::MandateDuration,
    step::{Ground, InPlace, Step},
    words::{AppointmentShow, Conduct, ConsentForm, ContactMode, InPlaceReason, Nature, Theme},
};
use jiff::civil::date;
use service::{NewMandate, Which, Who};
use web::Language;

fn t(key: &str) -> String {
    Language::french().t(key)
}

const PAGES: [&str; 10] = [
    "/e",
    "/e/papiers",
    "/e/papiers/ajouter",
    "/e/textes",
    "/e/mots",
    "/e/lectures",
    "/e/accords",
    "/e/acces",
    "/e/acces/donner",
    "/e/dates",
];

#[tokio::test]
async fn every_page_is_neutral_whole_and_offers_to_leave() {
    let house = House::build().await;
    house
        .app
        .write(
            &house.worker,
            house.person.id,
            Nature::Fact,
            "Courrier ouvert ensemble.",
        )
        .await;
    let mut browser = house.app.opened(&house.person).await;
    for path in PAGES {
        let answer = browser.get(path).await;
        answer
            .is(200)
            .says("action=\"/e/quitter\"")
            .says("lang=\"fr\"")
            .says("href=\"#contenu\"");
        answer
            .never_says("⟦")
            .never_says(" style=")
            .never_says(" onclick")
            .never_says("Diallo");
        let text = answer.text();
        let title = text
            .split("<title>")
            .nth(1)
            .unwrap()
            .split('<')
            .next()
            .unwrap();
        assert_eq!(title, t("person-space"), "{path}");
        assert_eq!(text.matches("<h1").count(), 1, "{path}");
        assert!(
            text.matches('<').count() / 2 < 300,
            "{path}: too many elements"
        );
        assert!(
            path == "/e" || text.contains("href=\"/e"),
            "{path}: no way back"
        );
    }
}

#[tokio::test]
async fn the_next_appointment_is_on_the_first_page_and_silent_ones_stay_hidden() {
    let house = House::build().await;
    let person = house.person.id;
    house
        .app
        .appointment(
            &house.worker,
            person,
            "Permanence discrète",
            AppointmentShow::Hidden,
        )
        .await;
    let mut browser = house.app.opened(&house.person).await;
    browser.get("/e").await.says(&t("person-next-none"));
    house
        .app
        .appointment(
            &house.worker,
            person,
            "Accueil de jour, bureau 2",
            AppointmentShow::Notified,
        )
        .await;
    let when = Language::french().clock(date(2026, 3, 20).at(10, 0, 0, 0));
    browser
        .get("/e")
        .await
        .says("Accueil de jour, bureau 2")
        .says(&when);
    for path in PAGES {
        browser.get(path).await.never_says("Permanence discrète");
    }
}

#[tokio::test]
async fn a_hidden_appointment_shows_nowhere_not_even_among_what_is_written() {
    let house = House::build().await;
    house
        .app
        .appointment(&house.worker, house.person.id, "x", AppointmentShow::Hidden)
        .await;
    let when = Language::french().clock(date(2026, 3, 20).at(10, 0, 0, 0));
    let mut browser = house.app.opened(&house.person).await;
    for path in PAGES {
        browser.get(path).await.never_says(&when);
    }
}

#[tokio::test]
async fn saying_one_cannot_come_excuses_the_appointment() {
    let house = House::build().await;
    house
        .app
        .appointment(
            &house.worker,
            house.person.id,
            "Accueil",
            AppointmentShow::Notified,
        )
        .await;
    let mut browser = house.app.opened(&house.person).await;
    let path = browser.get("/e/dates").await.link("/e/dates/");
    browser
        .get(&path)
        .await
        .is(200)
        .says(&t("person-cannot-what"));
    browser.post(&path, &[]).await.leads_to("/e/dates");
    browser.get("/e/dates").await.says(&t("person-next-none"));
    let session = house.app.session(&house.worker).await;
    let opened = house
        .app
        .service
        .open_record(&session, house.person.id, Which::All)
        .await
        .unwrap();
    assert_eq!(
        opened.record.appointments[0].appointment.state.word(),
        "excused"
    );
    browser.get(&path).await.is(404);
    browser.post(&path, &[]).await.is(404);
}

#[tokio::test]
async fn what_was_written_says_who_when_and_who_acted() {
    let house = House::build().await;
    house
        .app
        .write(
            &house.worker,
            house.person.id,
            Nature::Hypothesis,
            "Le compte semble bloqué.",
        )
        .await;
    let session = house.app.session(&house.worker).await;
    let step = Step {
        on: date(2026, 3, 12),
        theme: Theme::Papers,
        contact: ContactMode::Office,
        conduct: Conduct::InPlace,
        in_place: Some(InPlace {
            reason: InPlaceReason::OnlineOnly,
            ground: Ground::Emergency("délai ce soir".into()),
        }),
        text: "Dossier envoyé.".into(),
        next_time: None,
    };
    house
        .app
        .service
        .record_step(&session, house.person.id, Compartment::Social, step)
        .await
        .unwrap();
    let mut browser = house.app.opened(&house.person).await;
    let page = browser.get("/e/textes").await;
    page.says("Le compte semble bloqué.")
        .says("Marc Aubin")
        .says("Accueil de jour");
    page.says(&t("nature-hypothesis"))
        .says(&t("conduct-in_place-own"))
        .says(&t("reason-online_only"));
    page.says("délai ce soir")
        .says(&Language::french().moment(house.app.service.now()));
    let text = page.text();
    assert!(
        text.find("Dossier envoyé.") < text.find("Le compte semble bloqué."),
        "latest first"
    );
}

#[tokio::test]
async fn long_histories_are_paged_and_nothing_is_left_out() {
    let house = House::build().await;
    for n in 1..=23 {
        house
            .app
            .write(
                &house.worker,
                house.person.id,
                Nature::Fact,
                &format!("Fait numéro {n}."),
            )
            .await;
    }
    let mut browser = house.app.opened(&house.person).await;
    let mut path = "/e/textes".to_owned();
    let mut seen = String::new();
    for _ in 0..9 {
        let page = browser.get(&path).await;
        page.is(200);
        seen.push_str(&page.text());
        match page
            .links()
            .into_iter()
            .find(|l| l.starts_with("/e/textes?"))
        {
            Some(older) => path = older,
            None => break,
        }
    }
    for n in 1..=23 {
        assert_eq!(seen.matches(&format!("Fait numéro {n}.")).count(), 1, "{n}");
    }
}

#[tokio::test]
async fn the_person_answers_and_their_answer_stands_in_the_same_journal() {
    let house = House::build().await;
    house
        .app
        .write(
            &house.worker,
            house.person.id,
            Nature::Fact,
            "Ne s’est pas présenté.",
        )
        .await;
    let mut browser = house.app.opened(&house.person).await;
    let link = browser
        .get("/e/textes")
        .await
        .link("/e/mots?")
        .replace("&amp;", "&");
    let form = browser.get(&link).await;
    form.is(200)
        .says("Ne s’est pas présenté.")
        .says(&t("person-answer"));
    let (about, place) = (
        form.hidden("about").unwrap(),
        form.hidden("compartment").unwrap(),
    );
    let empty = browser
        .post(
            "/e/mots",
            &[("about", &about), ("compartment", &place), ("text", "  ")],
        )
        .await;
    empty
        .is(422)
        .says("Ne s’est pas présenté.")
        .says(&t("error-text-empty"));
    let said = "J’étais à l’hôpital <ce jour-là>.";
    browser
        .post(
            "/e/mots",
            &[("about", &about), ("compartment", &place), ("text", said)],
        )
        .await
        .is(303);
    let page = browser.get("/e/textes").await;
    page.says("J’étais à l’hôpital &#60;ce jour-là&#62;.")
        .never_says("<ce jour");
    let session = house.app.session(&house.worker).await;
    let opened = house
        .app
        .service
        .open_record(&session, house.person.id, Which::All)
        .await
        .unwrap();
    let answer = opened.record.about(about.parse().unwrap()).next().unwrap();
    assert_eq!(answer.body.author.side, domain::entry::Side::Person);
}

#[tokio::test]
async fn a_correction_shows_both() {
    let house = House::build().await;
    let first = house
        .app
        .write(
            &house.worker,
            house.person.id,
            Nature::Fact,
            "Né à Conakry.",
        )
        .await;
    let session = house.app.session(&house.worker).await;
    let writing = Writing {
        nature: Nature::Fact,
        text: "Né à Kindia.".into(),
        theme: None,
        about: Some(About::Corrects(first)),
    };
    let who = Who::Worker(&session, house.person.id);
    house
        .app
        .service
        .write(&who, Compartment::Social, writing)
        .await
        .unwrap();
    let mut browser = house.app.opened(&house.person).await;
    let page = browser.get("/e/textes").await;
    page.says("Né à Conakry.")
        .says("Né à Kindia.")
        .says(&t("entry-corrects"));
    // The right of reply holds for the correction too.
    assert!(
        page.links()
            .iter()
            .filter(|l| l.starts_with("/e/mots?"))
            .count()
            >= 2
    );
}

#[tokio::test]
async fn words_kept_for_oneself_are_for_nobody_else() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    browser.get("/e/mots").await.says("value=\"vault\"");
    browser
        .post(
            "/e/mots",
            &[("compartment", "vault"), ("text", "Mon secret à moi.")],
        )
        .await
        .is(303);
    browser.get("/e/textes").await.says("Mon secret à moi.");
    let session = house.app.session(&house.worker).await;
    let opened = house
        .app
        .service
        .open_record(&session, house.person.id, Which::All)
        .await
        .unwrap();
    assert!(!opened.open.contains(Compartment::Vault));
    assert!(!format!("{:?}", opened.record.entries).contains("Mon secret"));
    assert!(!opened.another_exists, "a vault is nobody's business");
}

#[tokio::test]
async fn who_read_is_told_in_words() {
    let house = House::build().await;
    let session = house.app.session(&house.worker).await;
    house
        .app
        .service
        .open_record(&session, house.person.id, Which::One(Compartment::Social))
        .await
        .unwrap();
    let mut browser = house.app.opened(&house.person).await;
    let page = browser.get("/e/lectures").await;
    let l = Language::french();
    let what = l.t1(
        "read-compartment",
        "compartment",
        l.compartment(Compartment::Social),
    );
    page.says("Marc Aubin").says("Accueil de jour").says(&what);
    page.never_says("Lucie Ferrand");
}

#[tokio::test]
async fn a_mandate_is_taken_back_and_allows_nothing_more() {
    let house = House::build().await;
    let session = house.app.session(&house.worker).await;
    let new = NewMandate {
        themes: vec![Theme::Papers],
        from: date(2026, 3, 12),
        duration: MandateDuration::Month,
        consent: ConsentForm::Signed,
        words: "Demander mon acte de naissance".into(),
    };
    let id = house
        .app
        .service
        .give_mandate(&session, house.person.id, new)
        .await
        .unwrap();
    let mut browser = house.app.opened(&house.person).await;
    browser
        .get("/e/accords")
        .await
        .says(&t("theme-papers"))
        .says(&t("mandate-live"));
    let path = format!("/e/accords/{id}");
    browser
        .get(&path)
        .await
        .says("Demander mon acte de naissance")
        .says("11 avril 2026");
    // Why may be said, and need not be.
    let page = browser.get(&path).await;
    page.says("name=\"reason\"").never_says(" required");
    let why = [("reason", "  Je veux le faire moi-même. ")];
    browser.post(&path, &why).await.leads_to("/e/accords");
    let desk = house.app.signed_in(&house.worker).await;
    for (mut reader, texts) in [
        (browser.clone(), "/e/textes".to_owned()),
        (desk, format!("/dossiers/{}", house.person.id)),
    ] {
        let page = reader.get(&texts).await;
        page.says(&t("event-mandate-revoked"));
        page.says("Je veux le faire moi-même.");
    }
    browser
        .get(&path)
        .await
        .says(&t("mandate-revoked"))
        .never_says(&t("person-mandate-revoke-what"));
    let opened = house
        .app
        .service
        .open_record(&session, house.person.id, Which::All)
        .await
        .unwrap();
    assert!(
        !opened
            .record
            .mandate_allows(id, Theme::Papers, date(2026, 3, 12))
    );
    browser
        .get("/e/accords/ffffffffffffffffffffffffffffffff")
        .await
        .is(404);
}

#[tokio::test]
async fn the_pin_changes_with_the_card_in_hand() {
    let house = House::build().await;
    let code = house.person.code.as_str();
    let mut browser = house.app.opened(&house.person).await;
    let differs = [
        ("code", code),
        ("old", PIN),
        ("pin", "739251"),
        ("again", "739252"),
    ];
    browser
        .post("/e/code", &differs)
        .await
        .is(422)
        .says(&t("error-pin-again"))
        .never_says("739251");
    let simple = [
        ("code", code),
        ("old", PIN),
        ("pin", "1111"),
        ("again", "1111"),
    ];
    browser.post("/e/code", &simple).await.is(422);
    let others = [
        ("code", house.other_person.code.as_str()),
        ("old", PIN),
        ("pin", "739251"),
        ("again", "739251"),
    ];
    browser.post("/e/code", &others).await.is(404);
    let right = [
        ("code", code),
        ("old", PIN),
        ("pin", "739251"),
        ("again", "739251"),
    ];
    browser
        .post("/e/code", &right)
        .await
        .is(200)
        .says(&t("person-pin-done"));
    let mut fresh = house.app.browser();
    fresh
        .post("/", &[("code", code), ("pin", PIN)])
        .await
        .is(422);
    fresh
        .post("/", &[("code", code), ("pin", "739251")])
        .await
        .leads_to("/e");
}

#[tokio::test]
async fn a_long_text_is_taken_and_a_longer_one_is_given_back() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    let long = "é".repeat(domain::entry::LONGEST_TEXT);
    let place = ("compartment", "social");
    browser
        .post("/e/mots", &[place, ("text", &long)])
        .await
        .is(303);
    let longer = format!("{long}é");
    let answer = browser.post("/e/mots", &[place, ("text", &longer)]).await;
    answer.is(422).says(&t("error-text-long")).says(&longer);
}

#[tokio::test]
async fn what_goes_wrong_is_told_inside_the_space_with_its_way_out() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    let answer = browser.get("/e/papiers/nulle-part").await;
    answer
        .is(404)
        .says("action=\"/e/quitter\"")
        .says(&t("error-page-not-found"));
    let token = browser.token.clone();
    assert_eq!(answer.hidden("form_token"), Some(token));
}

#[tokio::test]
async fn the_person_reads_of_themselves_as_you() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    browser
        .post(
            "/e/mots",
            &[("compartment", "social"), ("text", "Je cherche une cour.")],
        )
        .await
        .leads_to("/e/mots");
    browser
        .get("/e/mots")
        .await
        .says("Je cherche une cour.")
        .says(&t("person-words-mine"));
    let you = t("who-me");
    let readings = browser.get("/e/lectures").await;
    readings.says(&you).never_says(&t("who-person"));
    // One line for what was opened together, not one a part.
    let own = readings.text().matches(&format!("<strong>{you}")).count();
    assert_eq!(own, 1);
}
