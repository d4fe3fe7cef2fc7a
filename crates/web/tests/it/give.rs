//! Giving access by question pages that keep no state, and taking it back in one.

use crate::app::{House, Member};
use service::{CodeFor, ServiceError, Which};
use web::Language;

fn t(key: &str) -> String {
    Language::french().t(key)
}

async fn code_of(house: &House, member: &Member) -> String {
    let session = house.app.session(member).await;
    house
        .app
        .service
        .short_code(&session, CodeFor::Team(house.other_team))
        .await
        .unwrap()
        .code
}

#[tokio::test]
async fn each_page_asks_one_thing_and_nothing_is_given_before_the_answers_are_checked() {
    let house = House::build().await;
    let outsider = house.app.session(&house.other_lead).await;
    let code = code_of(&house, &house.other_lead).await;
    let mut browser = house.app.opened(&house.person).await;
    browser
        .get("/e/acces/donner")
        .await
        .says(&t("give-code-title"));
    let path = "/e/acces/donner";
    let mut fields = vec![("code", code.as_str())];
    let who = browser
        .post(path, &[&[("asked", "code")], &fields[..]].concat())
        .await;
    who.is(200).says("Maraude").says("Association Le Passage");
    browser
        .post(path, &[&[("asked", "who")], &fields[..]].concat())
        .await
        .says(&t("give-what-title"));
    let none = browser
        .post(path, &[&[("asked", "compartments")], &fields[..]].concat())
        .await;
    none.is(422)
        .says(&t("error-compartments-empty"))
        .says(&code);
    fields.push(("compartments", "social"));
    let why = browser
        .post(path, &[&[("asked", "compartments")], &fields[..]].concat())
        .await;
    why.says(&t("give-why-title")).says("value=\"social\"");
    let empty = browser
        .post(
            path,
            &[&[("asked", "purpose"), ("purpose", " ")], &fields[..]].concat(),
        )
        .await;
    empty.is(422).says(&t("error-purpose-empty"));
    fields.push(("purpose", "Chercher un logement"));
    browser
        .post(path, &[&[("asked", "purpose")], &fields[..]].concat())
        .await
        .says(&t("give-until-title"));
    let when = browser
        .post(
            path,
            &[&[("asked", "days"), ("days", "9999")], &fields[..]].concat(),
        )
        .await;
    when.is(422).says(&t("error-until"));
    fields.push(("days", "31"));
    let check = browser
        .post(path, &[&[("asked", "days")], &fields[..]].concat())
        .await;
    check
        .is(200)
        .says("Maraude")
        .says("Chercher un logement")
        .says("11 avril 2026");
    check.says(&t("compartment-social"));

    let open = || {
        house
            .app
            .service
            .open_record(&outsider, house.person.id, Which::All)
    };
    assert!(matches!(open().await, Err(ServiceError::NotFound)));
    browser
        .post(path, &[&[("asked", "check")], &fields[..]].concat())
        .await
        .leads_to("/e/acces");
    let opened = open().await.unwrap();
    assert_eq!(
        opened.open.iter().collect::<Vec<_>>(),
        [domain::Compartment::Social]
    );

    let list = browser.get("/e/acces").await;
    list.says("Maraude")
        .says("Chercher un logement")
        .says(&t("access-mission"));
    let mine = browser.get("/e/textes").await;
    mine.says("Maraude");
}

#[tokio::test]
async fn taking_back_is_one_page_and_closes_at_once() {
    let house = House::build().await;
    let code = code_of(&house, &house.other_lead).await;
    let mut browser = house.app.opened(&house.person).await;
    let fields = [
        ("asked", "check"),
        ("code", code.as_str()),
        ("compartments", "identity"),
        ("compartments", "social"),
        ("purpose", "Domiciliation"),
        ("days", "182"),
    ];
    browser
        .post("/e/acces/donner", &fields)
        .await
        .leads_to("/e/acces");
    let list = browser.get("/e/acces").await.text();
    let block = list
        .split("<li>")
        .find(|b| b.contains("Domiciliation"))
        .unwrap()
        .to_owned();
    let action = block
        .split("action=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    browser.post(action, &[]).await.leads_to("/e/acces");
    browser.get("/e/acces").await.says(&t("access-ended"));
    let outsider = house.app.session(&house.other_lead).await;
    let opened = house
        .app
        .service
        .open_record(&outsider, house.person.id, Which::All)
        .await;
    assert!(matches!(opened, Err(ServiceError::NotFound)));
}

#[tokio::test]
async fn access_ends_by_itself_on_its_day() {
    let house = House::build().await;
    let code = code_of(&house, &house.other_lead).await;
    let mut browser = house.app.opened(&house.person).await;
    let fields = [
        ("asked", "check"),
        ("code", code.as_str()),
        ("compartments", "social"),
        ("purpose", "Urgence"),
        ("days", "7"),
    ];
    browser
        .post("/e/acces/donner", &fields)
        .await
        .leads_to("/e/acces");
    house.app.pass(6 * 24 * 60);
    let outsider = house.app.session(&house.other_lead).await;
    house
        .app
        .service
        .open_record(&outsider, house.person.id, Which::All)
        .await
        .unwrap();
    house.app.pass(24 * 60);
    let outsider = house.app.session(&house.other_lead).await;
    let opened = house
        .app
        .service
        .open_record(&outsider, house.person.id, Which::All)
        .await;
    assert!(matches!(opened, Err(ServiceError::NotFound)));
}

#[tokio::test]
async fn a_wrong_or_old_code_gives_nothing() {
    let house = House::build().await;
    let code = code_of(&house, &house.other_lead).await;
    let mut browser = house.app.opened(&house.person).await;
    for typed in ["", "AAAA-AAAA", "pas un code"] {
        let answer = browser
            .post("/e/acces/donner", &[("asked", "code"), ("code", typed)])
            .await;
        answer.is(422).says(&t("error-short-code"));
    }
    house.app.pass(9);
    browser.get("/e/code").await.is(200);
    house.app.pass(7);
    let answer = browser
        .post("/e/acces/donner", &[("asked", "code"), ("code", &code)])
        .await;
    answer.is(422).says(&t("error-short-code"));
}

#[tokio::test]
async fn the_vault_cannot_be_given() {
    let house = House::build().await;
    let code = code_of(&house, &house.other_lead).await;
    let mut browser = house.app.opened(&house.person).await;
    let fields = [("asked", "who"), ("code", code.as_str())];
    browser
        .post("/e/acces/donner", &fields)
        .await
        .never_says("value=\"vault\"");
    let fields = [
        ("asked", "check"),
        ("code", code.as_str()),
        ("compartments", "vault"),
        ("purpose", "Tout voir"),
        ("days", "31"),
    ];
    browser.post("/e/acces/donner", &fields).await.is(422);
}

#[tokio::test]
async fn nobody_takes_back_what_another_person_gave() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    let list = browser.get("/e/acces").await.text();
    let action = list
        .split("action=\"/e/acces/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let mut other = house.app.opened(&house.other_person).await;
    other.post(&format!("/e/acces/{action}"), &[]).await.is(404);
}
