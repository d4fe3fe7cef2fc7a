//! The worker at their desk: bringing people in, their card, who they are, access given in the
//! office.

use crate::{
    app::{House, PASSPHRASE, PIN},
    browser::{Answer, Browser},
};
use domain::{Compartment, Compartments};
use service::{CodeFor, Which};
use web::Language;

pub(crate) fn t(key: &str) -> String {
    Language::french().t(key)
}

pub(crate) fn path(house: &House, end: &str) -> String {
    format!("/dossiers/{}{end}", house.person.id)
}

/// The same fields, some of them typed otherwise, some more.
pub(crate) fn typed<'a>(
    base: &[(&'a str, &'a str)],
    more: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<_> = base
        .iter()
        .filter(|(name, _)| !more.iter().any(|(n, _)| n == name))
        .copied()
        .collect();
    fields.extend_from_slice(more);
    fields
}

/// The code of the card a page prints.
#[track_caller]
fn printed(page: &Answer) -> String {
    page.is(200)
        .says("class=\"wallet\"")
        .says("<svg")
        .never_says("Diallo");
    let text = page.text();
    let code = text.split("class=\"code\">").nth(1).unwrap();
    code.split("</p>").next().unwrap().replace("<br>", "-")
}

pub(crate) async fn desk(house: &House) -> Browser {
    house.app.signed_in(&house.worker).await
}

#[tokio::test]
async fn people_are_found_without_accents_and_names_stay_out_of_addresses() {
    let house = House::build().await;
    let mut browser = desk(&house).await;
    let list = browser.get("/personnes").await;
    list.says("Diallo").says(&t("people-order-name"));
    list.never_says("Volkova");
    for words in ["amadou diallo", "dialo", "04/05/1987"] {
        let found = browser.post("/personnes", &[("q", words)]).await;
        found
            .is(200)
            .says("Diallo")
            .says(&t("people-order-near"))
            .says(words);
    }
    browser
        .post("/personnes", &[("q", "Volkova")])
        .await
        .says(&t("people-none-found"))
        .never_says("Irina");
}

#[tokio::test]
async fn a_possible_duplicate_is_told_without_telling_what_another_team_holds() {
    let house = House::build().await;
    let team = house.team.to_string();
    let mut browser = desk(&house).await;
    let fields = [
        ("team", team.as_str()),
        ("title", "unsaid"),
        ("born", "1987-05-04"),
        ("recovery", "yes"),
    ];
    let known = typed(
        &fields,
        &[("given_names", "Amadou"), ("birth_name", "Diallo")],
    );
    browser
        .post("/personnes/nouvelle", &known)
        .await
        .says(&t("new-duplicate-mine"))
        .says(&path(&house, ""))
        .never_says(&t("new-duplicate-elsewhere"));
    let elsewhere = typed(
        &fields,
        &[("given_names", "Irina"), ("birth_name", "Volkova")],
    );
    browser
        .post("/personnes/nouvelle", &elsewhere)
        .await
        .says(&t("new-duplicate-elsewhere"))
        .never_says("Maraude")
        .never_says(&house.other_person.id.to_string());
    let confirmed = typed(&elsewhere, &[("confirmed", "yes")]);
    let made = browser.post("/personnes/nouvelle", &confirmed).await;
    made.is(303);
    assert!(made.location().ends_with("/carte"), "{}", made.location());
    let nobody = typed(&fields, &[("born", "31/31/1987"), ("given_names", "Léa")]);
    browser
        .post("/personnes/nouvelle", &nobody)
        .await
        .is(422)
        .says(&t("error-day"))
        .says("Léa");
}

#[tokio::test]
async fn a_second_card_opens_the_same_space_and_a_pin_typed_twice_must_agree() {
    let house = House::build().await;
    let mut browser = desk(&house).await;
    let card = path(&house, "/carte");
    browser.get(&card).await.says(&t("card-second-what"));
    let wrong = [("which", "second"), ("pin", "7295"), ("again", "7296")];
    browser
        .post(&card, &wrong)
        .await
        .is(422)
        .says(&t("error-pin-again"))
        .never_says("7295");
    let simple = [("which", "second"), ("pin", "1234"), ("again", "1234")];
    browser
        .post(&card, &simple)
        .await
        .is(422)
        .says(&t("error-pin-simple"));
    let right = [("which", "second"), ("pin", "7295"), ("again", "7295")];
    let code = printed(&browser.post(&card, &right).await);
    let mut phone = house.app.browser();
    phone
        .post("/", &[("code", &code), ("pin", "7295")])
        .await
        .leads_to("/e");
}

#[tokio::test]
async fn a_lost_card_is_replaced_by_two_workers_and_dies() {
    let house = House::build().await;
    let card = path(&house, "/carte");
    let mut browser = desk(&house).await;
    let session = house.app.session(&house.worker).await;
    let cards = house.app.service.cards(&session, house.person.id).await;
    let lost = cards.unwrap()[0].card.to_string();
    let fields = |presence: &str| {
        [
            ("lost", lost.clone()),
            ("presence", presence.to_owned()),
            ("lost_pin", "7295".to_owned()),
            ("lost_again", "7295".to_owned()),
        ]
    };
    let replace = async |browser: &mut Browser, presence: &str| {
        let fields = fields(presence);
        let fields: Vec<_> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        browser.post(&card, &[]).await;
        browser.post(&path(&house, "/carte/perdue"), &fields).await
    };
    replace(&mut browser, "ABCD-EFGH")
        .await
        .is(422)
        .says(&t("error-presence"));
    // One's own presence is not a second person's.
    let own = browser.post(&path(&house, "/carte/presence"), &[]).await;
    let code_shown = |page: &Answer| {
        let text = page.text();
        let rest = text.split("class=\"big code\">").nth(1).unwrap().to_owned();
        rest.split('<').next().unwrap().to_owned()
    };
    let own = code_shown(&own);
    replace(&mut browser, &own).await.is(422);
    let mut colleague = house.app.signed_in(&house.lead).await;
    let shown = colleague.post(&path(&house, "/carte/presence"), &[]).await;
    shown.says(&t("card-presence-shown"));
    let code = printed(&replace(&mut browser, &code_shown(&shown)).await);
    let old = [("code", house.person.code.as_str()), ("pin", PIN)];
    house.app.browser().post("/", &old).await.is(422);
    house
        .app
        .browser()
        .post("/", &[("code", &code), ("pin", "7295")])
        .await
        .leads_to("/e");
    browser.get(&path(&house, "")).await.says("Lucie Ferrand");
}

#[tokio::test]
async fn a_locked_card_is_unlocked_from_the_record() {
    let house = House::build().await;
    let mut phone = house.app.browser();
    for _ in 0..5 {
        let wrong = [("code", house.person.code.as_str()), ("pin", "0000")];
        phone.post("/", &wrong).await.is(422);
    }
    let mut browser = desk(&house).await;
    let card = path(&house, "/carte");
    let page = browser.get(&card).await;
    page.says(&t("card-locked"));
    let text = page.text();
    let action = text
        .split("action=\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|action| action.ends_with("/debloquer"))
        .unwrap();
    browser.post(action, &[]).await.leads_to(&card);
    browser.get(&card).await.never_says(&t("card-locked"));
    house.app.opened(&house.person).await;
}

#[tokio::test]
async fn access_is_given_in_the_office_once_read_and_taken_back_with_the_card() {
    let house = House::build().await;
    let access = path(&house, "/acces");
    let outsider = house.app.session(&house.other_lead).await;
    let code = house
        .app
        .service
        .short_code(&outsider, CodeFor::Team(house.other_team))
        .await
        .unwrap()
        .code;
    let mut browser = desk(&house).await;
    browser
        .get(&access)
        .await
        .says(&t("access-mission-team"))
        .never_says(&t("access-mission"));
    let asked = [
        ("code", code.as_str()),
        ("compartments", "social"),
        ("purpose", "Trouver un logement"),
        ("days", "31"),
    ];
    for (more, error) in [
        (("days", ""), "error-until"),
        (("purpose", " "), "error-purpose-empty"),
        (("compartments", ""), "error-compartments-empty"),
        (("code", "AAAA"), "error-short-code"),
    ] {
        browser
            .post(&access, &typed(&asked, &[more]))
            .await
            .is(422)
            .says(&t(error));
    }
    browser
        .post(&access, &asked)
        .await
        .is(200)
        .says("Maraude")
        .says("Trouver un logement")
        .says("name=\"card\"");
    let card = house.person.code.as_str();
    let wrong = typed(&asked, &[("read", "yes"), ("card", card), ("pin", "0000")]);
    browser
        .post(&access, &wrong)
        .await
        .is(422)
        .says("Maraude")
        .says(card)
        .never_says("0000");
    let other = house.other_person.code.as_str();
    let others = typed(&asked, &[("read", "yes"), ("card", other), ("pin", PIN)]);
    browser
        .post(&access, &others)
        .await
        .is(422)
        .says(&t("error-card-other-person"));
    let closed = house
        .app
        .service
        .open_record(&outsider, house.person.id, Which::All)
        .await;
    assert!(closed.is_err());
    let right = typed(&asked, &[("read", "yes"), ("card", card), ("pin", PIN)]);
    browser.post(&access, &right).await.leads_to(&access);
    let outsider = house.app.session(&house.other_lead).await;
    let opened = house
        .app
        .service
        .open_record(&outsider, house.person.id, Which::All)
        .await
        .unwrap();
    let given: Compartments = [Compartment::Social].into_iter().collect();
    assert_eq!(opened.open, given);

    let page = browser.get(&access).await;
    page.says("Maraude").says("Trouver un logement");
    let text = page.text();
    let action = text
        .split("action=\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|action| action.ends_with("/reprendre"))
        .unwrap();
    let grant = action.split('/').nth(4).unwrap();
    let (card_field, pin_field) = (format!("card-{grant}"), format!("pin-{grant}"));
    let wrong = [(card_field.as_str(), card), (pin_field.as_str(), "0000")];
    browser
        .post(action, &wrong)
        .await
        .is(422)
        .says(&format!("href=\"#{pin_field}\""))
        .says("<details open>");
    let right = [(card_field.as_str(), card), (pin_field.as_str(), PIN)];
    browser.post(action, &right).await.leads_to(&access);
    browser.get(&access).await.says(&t("access-ended"));
}

#[tokio::test]
async fn an_accompaniment_has_a_referent_and_is_closed_with_a_reason() {
    let house = House::build().await;
    let mut browser = desk(&house).await;
    let followup = path(&house, "/suivi");
    let page = browser.get(&followup).await;
    page.says("Accueil de jour").says("Marc Aubin");
    let text = page.text();
    let close = text
        .split("action=\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|action| action.ends_with("/clore"))
        .unwrap();
    let id = close.split('/').nth(4).unwrap();
    let (reason, words) = (format!("reason-{id}"), format!("words-{id}"));
    let named = house.lead.account.to_string();
    browser
        .post(
            &close.replace("/clore", "/referent"),
            &[("account", &named)],
        )
        .await
        .leads_to(&followup);
    browser.get(&followup).await.says("Lucie Ferrand");
    browser
        .post(close, &[(reason.as_str(), "")])
        .await
        .is(422)
        .says(&t("error-closing"))
        .says("<details open>");
    browser
        .post(close, &[(reason.as_str(), "other")])
        .await
        .is(422)
        .says(&t("error-closing-words"));
    let right = [(reason.as_str(), "housed"), (words.as_str(), "Bail signé")];
    browser.post(close, &right).await.leads_to(&followup);
    browser
        .get(&followup)
        .await
        .says(&t("closing-housed"))
        .says(&t("record-closed"));
    let team = house.team.to_string();
    let again = [("team", team.as_str()), ("referent", "yes")];
    browser
        .post(&path(&house, "/suivi/ouvrir"), &again)
        .await
        .leads_to(&followup);
    browser.get(&followup).await.never_says(&t("record-closed"));
}

#[tokio::test]
async fn a_fault_in_one_form_of_the_profile_leaves_the_others_as_they_were() {
    let house = House::build().await;
    let mut browser = desk(&house).await;
    let profile = path(&house, "/identite");
    browser
        .get(&profile)
        .await
        .says("value=\"Diallo\"")
        .says("value=\"1987-05-04\"");
    let household = [
        ("members", "Fatou Diallo\nIbrahim Diallo"),
        ("composition", "Couple et enfant"),
    ];
    browser
        .post(&path(&house, "/menage"), &household)
        .await
        .leads_to(&profile);
    let ties = path(&house, "/liens");
    let answer = browser
        .post(&ties, &[("tie_kind", "child"), ("tie_name", " ")])
        .await;
    answer
        .is(422)
        .says(&t("error-name-empty"))
        .says("value=\"Diallo\"")
        .says("Fatou Diallo");
    let tie = [("tie_kind", "child"), ("tie_name", "Moussa Diallo")];
    browser.post(&ties, &tie).await.leads_to(&profile);
    browser.get(&profile).await.says("Moussa Diallo");
    let ended = typed(&tie, &[("ended", "yes")]);
    browser.post(&ties, &ended).await.leads_to(&profile);
    browser.get(&profile).await.never_says("Moussa Diallo");
    let changed = [
        ("title", "sir"),
        ("given_names", "Amadou"),
        ("birth_name", "Diallo"),
        ("usual_name", "Ama"),
        ("born", "1887-05-04"),
    ];
    browser
        .post(&profile, &changed)
        .await
        .is(422)
        .says(&t("error-born"))
        .says("value=\"Ama\"");
    let right = typed(&changed, &[("born", "04/05/1987")]);
    browser.post(&profile, &right).await.leads_to(&profile);
    browser.get("/personnes").await.says("Ama");
}

#[tokio::test]
async fn short_codes_and_device_codes_are_shown_to_their_owner() {
    let house = House::build().await;
    let mut browser = desk(&house).await;
    let l = Language::french();
    let team = house.team.to_string();
    browser
        .post("/mon-code", &[("whom", "me")])
        .await
        .says(&l.t1("code-me", "name", "Marc Aubin"))
        .says("class=\"big code\"");
    browser
        .post("/mon-code", &[("whom", &team)])
        .await
        .says("class=\"big code\"");
    let other = house.other_team.to_string();
    browser.post("/mon-code", &[("whom", &other)]).await.is(404);
    browser
        .post("/mes-appareils", &[("passphrase", "une autre phrase")])
        .await
        .is(422)
        .says(&t("error-passphrase-wrong"))
        .never_says("une autre phrase");
    let page = browser
        .post("/mes-appareils", &[("passphrase", PASSPHRASE)])
        .await;
    page.is(200)
        .says("class=\"big code\"")
        .never_says(PASSPHRASE);
    let code = page.text();
    let code = code.split("class=\"big code\">").nth(1).unwrap();
    let code = code.split('<').next().unwrap();
    let mut phone = house.app.browser();
    phone.get("/appareil").await;
    let fields = [
        ("name", "Marc Aubin"),
        ("code", code),
        ("passphrase", PASSPHRASE),
        ("again", PASSPHRASE),
    ];
    phone.post("/appareil", &fields).await.is(303);
    phone.get("/personnes").await.is(200).says("Diallo");
    let new = "cinq vieux tambours dorés";
    let change = [("old", PASSPHRASE), ("new", new), ("again", new)];
    browser
        .post(
            "/mes-appareils/phrase",
            &typed(&change, &[("new", "azerty"), ("again", "azerty")]),
        )
        .await
        .is(422)
        .says(&t("error-passphrase-short"));
    browser
        .post("/mes-appareils/phrase", &change)
        .await
        .says(&t("devices-changed"));
    let mut again = house.app.browser();
    again
        .cookies
        .insert("__Host-d".into(), house.worker.device.to_code());
    again
        .post("/connexion", &[("name", "Marc Aubin"), ("passphrase", new)])
        .await
        .is(303);
}
