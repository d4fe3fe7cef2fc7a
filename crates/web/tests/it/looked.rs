//! Rights to look at, as a worker and the person meet them: who lives at home, what the record knows,
//! one question a page, the answers read again, each right with its reasons and its law, what the
//! person decided, and what a change would do. Everything by forms, without scripts.

use crate::{
    app::{House, law},
    browser::{Answer, Browser},
};
use domain::Compartments;
use web::Language;

fn t(key: &str) -> String {
    Language::french().t(key)
}

fn t1(key: &str, name: &str, value: &str) -> String {
    Language::french().t1(key, name, value)
}

/// What an address of these pages begins with, in a record and for the person.
fn desk_at(house: &House) -> String {
    format!("/dossiers/{}/droits", house.person.id)
}

const OWN: &str = "/e/droits";

/// Says that the person lives alone.
pub(crate) async fn alone(browser: &mut Browser, at: &str) {
    browser.get(&format!("{at}/foyer")).await.is(200);
    let fields = [("partner", "no"), ("part", "children"), ("act", "save")];
    let said = browser.post(&format!("{at}/foyer"), &fields).await;
    said.leads_to(&format!("{at}/connu"));
}

/// Answers the questions about one right as `answer` says, until none is left or it stops.
pub(crate) async fn answer_all(
    browser: &mut Browser,
    at: &str,
    right: &str,
    mut answer: impl FnMut(&Answer) -> Vec<(&'static str, String)>,
) -> usize {
    let next = format!("{at}/question?aide={right}");
    for asked in 0..80 {
        let page = browser.get(&next).await;
        page.is(200);
        let Some(fact) = page.hidden("fact") else {
            return asked;
        };
        let mut fields = vec![("fact", fact), ("aide", right.to_owned())];
        fields.extend(answer(&page));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let said = browser.post(&format!("{at}/question"), &fields).await;
        said.leads_to(&next);
    }
    panic!("questions about {right} never end");
}

pub(crate) fn unknown(_: &Answer) -> Vec<(&'static str, String)> {
    vec![("answer", "unknown".into())]
}

#[tokio::test]
async fn a_worker_goes_from_the_household_to_a_right_with_its_law_and_its_reasons() {
    let house = House::build().await;
    let at = desk_at(&house);
    let mut desk = house.app.signed_in(&house.worker).await;
    let record = format!("/dossiers/{}", house.person.id);
    desk.get(&record).await.says(&at).says(&t("looked"));
    desk.get(&at)
        .await
        .is(200)
        .says(&t("looked-begin"))
        .says(&t("looked-notice"))
        .says("Revenu de solidarité active (RSA)");
    alone(&mut desk, &at).await;
    // What the record knows is offered, and used once it is confirmed.
    let known = desk.get(&format!("{at}/connu")).await;
    known
        .is(200)
        .says("4 mai 1987")
        .says(&t("looked-source-profile"));
    let id = known.text();
    let id = id.split("name=\"kept\" value=\"").nth(1).unwrap();
    let id = id.split('"').next().unwrap();
    desk.post(&format!("{at}/connu"), &[("kept", id)])
        .await
        .leads_to(&format!("{at}/question"));
    desk.get(&format!("{at}/reponses"))
        .await
        .is(200)
        .says("4 mai 1987")
        .says(&t("looked-source-profile"))
        .says(&house.worker.name);
    // Three facts decide on a domiciliation: yes to what is asked makes it likely.
    let asked = answer_all(&mut desk, &at, "domiciliation", |page| {
        let text = page.text();
        let says = |words: &str| text.contains(words);
        let no = says("Recevez-vous votre courrier") || says("déjà une domiciliation");
        vec![("answer", if no { "no" } else { "yes" }.into())]
    })
    .await;
    assert!((1..=3).contains(&asked), "{asked}");
    let page = desk.get(&format!("{at}/aide/domiciliation")).await;
    page.is(200)
        .says(&t("looked-status-likely"))
        .says(&t("looked-right-why"))
        .says(&t("looked-holds"))
        .says("CASF")
        .says(&t("looked-change"))
        .says(&t("way-without"))
        .says(&t("looked-open-procedure"));
    let open = page.link(&format!("{record}/demarches/nouvelle"));
    desk.get(&open.replace("&amp;", "&"))
        .await
        .is(200)
        .says("value=\"Domiciliation");
}

/// The official page that the law files name for a domiciliation, with a counter and a service online.
const PAGE: &str = "<Publication xmlns:dc=\"x\" ID=\"F17317\" type=\"Fiche d'information\">\
<dc:title>Se faire domicilier</dc:title><dc:date>modified 2026-02-01</dc:date>\
<ServiceEnLigne ID=\"R1\" URL=\"https://www.exemple.fr/\" type=\"Téléservice\"><Titre>Demande en ligne</Titre></ServiceEnLigne>\
<OuSAdresser ID=\"R2\" type=\"Local\"><Titre>Centre communal d'action sociale</Titre><PivotLocal>ccas</PivotLocal></OuSAdresser>\
</Publication>";

#[tokio::test]
async fn a_right_leads_to_its_official_page_its_ways_and_a_procedure() {
    let folder = tempfile::tempdir().unwrap();
    let mut house = House::build().await;
    let read = crate::fiches::shelf(folder.path(), &[("F17317.xml", PAGE)]);
    house.app.read(read);
    let at = desk_at(&house);
    let mut desk = house.app.signed_in(&house.worker).await;
    alone(&mut desk, &at).await;
    let path = format!("{at}/aide/domiciliation");
    let page = desk.get(&path).await;
    page.is(200)
        .says("href=\"/fiches/F17317\"")
        .says("Centre communal d&#39;action sociale")
        .says("Demande en ligne")
        .never_says(&t("looked-way-counter"));
    let list = format!("/dossiers/{}/demarches", house.person.id);
    let open = page.link(&format!("{list}/nouvelle")).replace("&amp;", "&");
    let form = desk.get(&open).await;
    form.is(200)
        .says("value=\"Se faire domicilier\"")
        .says("value=\"F17317\"");
    let fields = [
        ("title", "Se faire domicilier"),
        ("theme", "papers"),
        ("fiche", "F17317"),
        ("rubrique", "social"),
    ];
    let opened = desk.post(&format!("{list}/nouvelle"), &fields).await;
    let opened = opened.is(303).location().to_owned();
    // Once open, it stands on the right's page, for the person too.
    desk.get(&path).await.says(&opened);
    let mut own = house.app.opened(&house.person).await;
    let place = law()
        .rights()
        .iter()
        .position(|r| r.name == "domiciliation");
    let id = opened.rsplit('/').next().unwrap().to_owned();
    own.get(&format!("/e/droits/aide/{}", place.unwrap() + 1))
        .await
        .is(200)
        .says(&format!("/e/demarches/{id}"))
        .says("href=\"/e/fiches/F17317\"");
}

#[tokio::test]
async fn rights_stay_in_the_order_of_the_law_whatever_the_answers() {
    let house = House::build().await;
    let at = desk_at(&house);
    let mut desk = house.app.signed_in(&house.worker).await;
    let order = |page: &Answer| -> Vec<String> {
        let links = page.links().into_iter();
        links
            .filter(|l| l.starts_with(&format!("{at}/aide/")))
            .collect()
    };
    let law = law();
    let lawful: Vec<String> = law
        .rights()
        .iter()
        .map(|r| format!("{at}/aide/{}", r.name))
        .collect();
    alone(&mut desk, &at).await;
    let before = order(&desk.get(&at).await);
    assert_eq!(before, lawful);
    answer_all(&mut desk, &at, "domiciliation", |_| {
        vec![("answer", "yes".into())]
    })
    .await;
    let page = desk.get(&at).await;
    page.says(&t("looked-status-unlikely"));
    assert_eq!(order(&page), lawful);
}

#[tokio::test]
async fn what_was_not_confirmed_is_not_used_and_not_knowing_is_an_answer() {
    let house = House::build().await;
    let at = desk_at(&house);
    let mut desk = house.app.signed_in(&house.worker).await;
    alone(&mut desk, &at).await;
    // The day of birth stands in the record; nobody confirmed it.
    desk.post(&format!("{at}/connu"), &[])
        .await
        .leads_to(&format!("{at}/question"));
    desk.get(&format!("{at}/reponses"))
        .await
        .is(200)
        .says(&t("looked-check-none"));
    let asked = answer_all(&mut desk, &at, "aspa", unknown).await;
    assert!(asked > 0);
    desk.get(&format!("{at}/aide/aspa"))
        .await
        .is(200)
        .says(&t("looked-status-unknown"))
        .says(&t("looked-missing-unknown"))
        .never_says(&t("looked-go-on-one"));
    desk.get(&format!("{at}/reponses"))
        .await
        .says(&t("looked-answer-unknown"));
}

#[tokio::test]
async fn a_question_answered_again_from_a_page_gone_back_to_is_not_lost() {
    let house = House::build().await;
    let at = desk_at(&house);
    let mut desk = house.app.signed_in(&house.worker).await;
    alone(&mut desk, &at).await;
    let question = format!("{at}/question");
    let mut asked = Vec::new();
    // One about a single fact, and one about several.
    for _ in 0..40 {
        let page = desk.get(&question).await;
        let fact = page.hidden("fact").unwrap();
        let several = page.text().contains("name=\"ticks\"");
        let answer = if several { "none" } else { "unknown" };
        let fields = [("fact", fact.as_str()), ("answer", answer)];
        desk.post(&question, &fields).await.leads_to(&question);
        asked.push((several, fact));
        if asked.iter().any(|a| a.0) && asked.iter().any(|a| !a.0) {
            break;
        }
    }
    let of = |several: bool| asked.iter().find(|a| a.0 == several).unwrap().1.clone();
    let (single, group) = (of(false), of(true));
    let fields = [("fact", single.as_str()), ("answer", "unknown")];
    desk.post(&question, &fields).await.leads_to(&question);
    let fields = [("fact", group.as_str()), ("answer", "none")];
    desk.post(&question, &fields)
        .await
        .is(422)
        .says(&t("error-looked-already"))
        .says(&t("looked-check"));
}

#[tokio::test]
async fn an_answer_is_changed_and_taken_back_and_what_was_typed_comes_back() {
    let house = House::build().await;
    let at = desk_at(&house);
    let mut desk = house.app.signed_in(&house.worker).await;
    alone(&mut desk, &at).await;
    let question = format!("{at}/question");
    let rent = format!("loyer.home.since-{}", "2026-03");
    let fact = ("about", rent.as_str());
    desk.post(&question, &[fact, ("from", "check")])
        .await
        .is(200)
        .says("loyer");
    let typed = [
        fact,
        ("from", "check"),
        ("answer", "typed"),
        ("value", "beaucoup"),
    ];
    desk.post(&question, &typed)
        .await
        .is(422)
        .says("beaucoup")
        .says(&t("error-amount"));
    let typed = [
        fact,
        ("from", "check"),
        ("answer", "typed"),
        ("value", "512,40"),
    ];
    let answers = format!("{at}/reponses");
    desk.post(&question, &typed).await.leads_to(&answers);
    desk.get(&answers).await.says("512,40\u{a0}€");
    // Asked again, the answer that holds is in its field.
    desk.post(&question, &[fact, ("from", "check")])
        .await
        .is(200)
        .says("value=\"512,40\"");
    desk.post(&question, &[fact, ("from", "check"), ("answer", "none")])
        .await
        .leads_to(&answers);
    desk.get(&answers)
        .await
        .says(&t("looked-check-zero"))
        .says(&format!("value=\"{rent}\""))
        .never_says("512,40");
    desk.post(&answers, &[("fact", &rent)])
        .await
        .leads_to(&answers);
    desk.get(&answers).await.says(&t("looked-check-none"));
    // The journal keeps all three, in plain words.
    desk.get(&format!("/dossiers/{}", house.person.id))
        .await
        .says("512,40\u{a0}€ chaque mois")
        .says("Réponse retirée\u{a0}: Loyer")
        .says(&t("looked-household-alone"));
    // A commune is found by its name; where several have it, one is chosen.
    let place = ("about", "depcom.home.since-2026-03");
    let typed = |value| {
        [
            place,
            ("from", "check"),
            ("answer", "typed"),
            ("value", value),
        ]
    };
    desk.post(&question, &typed("Nulle-Part-sur-Loire"))
        .await
        .is(422)
        .says(&t("error-looked-commune"));
    desk.post(&question, &typed("st denis"))
        .await
        .is(422)
        .says("word-93066")
        .says("Saint-Denis (974)");
    let chosen = [place, ("from", "check"), ("answer", "word-93066")];
    desk.post(&question, &chosen).await.leads_to(&answers);
    desk.get(&answers).await.says("Saint-Denis (93)");
    let gone = [("about", "rien.person.always"), ("from", "check")];
    desk.post(&question, &gone).await.is(404);
}

#[tokio::test]
async fn the_journal_tells_answers_of_one_hand_together() {
    let house = House::build().await;
    let at = desk_at(&house);
    let mut desk = house.app.signed_in(&house.worker).await;
    alone(&mut desk, &at).await;
    let question = format!("{at}/question");
    for (about, value) in [
        ("loyer.home.since-2026-03", "512,40"),
        ("livret_a.person.since-2026-03", "0"),
        ("epargne_revenus_non_imposables.person.since-2026-03", "0"),
    ] {
        let fields = [
            ("about", about),
            ("from", "check"),
            ("answer", "typed"),
            ("value", value),
        ];
        desk.post(&question, &fields).await.is(303);
    }
    let mut own = house.app.opened(&house.person).await;
    own.get("/e/droits").await.is(200);
    let fields = [
        ("about", "coloc.home.since-2026-03"),
        ("from", "check"),
        ("answer", "unknown"),
    ];
    own.post("/e/droits/question", &fields).await.is(303);
    let page = desk.get(&format!("/dossiers/{}", house.person.id)).await;
    page.says("512,40\u{a0}€")
        .says(&t1("event-looked-none", "count", "2"))
        .says(&t1("event-looked-unknown", "count", "1"));
    // The household, what the worker wrote, what the person wrote.
    let tag = format!("<span class=\"nature\">{}</span>", t("looked"));
    assert_eq!(page.text().matches(&tag).count(), 3, "{}", page.text());
    own.get("/e/textes")
        .await
        .says(&t1("event-looked-none", "count", "2"));
}

#[tokio::test]
async fn a_household_gives_back_what_was_typed_and_keeps_who_is_who() {
    let house = House::build().await;
    let at = desk_at(&house);
    let mut desk = house.app.signed_in(&house.worker).await;
    let path = format!("{at}/foyer");
    desk.get(&path).await.is(200);
    let child = ("child-1-born", "2019-06-02");
    desk.post(&path, &[("partner", "yes"), child])
        .await
        .is(422)
        .says(&t("error-looked-partner-born"))
        .says("2019-06-02");
    desk.post(&path, &[("partner", "no"), ("child-2-born", "hier")])
        .await
        .is(422)
        .says(&t("error-day"))
        .says("hier");
    let more = [("partner", "no"), child, ("act", "more"), ("lines", "3")];
    desk.post(&path, &more)
        .await
        .is(200)
        .says("child-6-born")
        .says("2019-06-02");
    let whole = [
        ("partner", "yes"),
        ("partner-born", "1990-11-20"),
        child,
        ("child-3-born", "14/01/2026"),
    ];
    desk.post(&path, &whole).await.is(303);
    desk.get(&at)
        .await
        .says(&t1("looked-household-children", "count", "2"))
        .says(&t("looked-household-partner"));
    let page = desk.get(&path).await;
    page.says("1990-11-20")
        .says("2019-06-02")
        .says("2026-01-14");
    // A child keeps their number when a date is mended.
    assert_eq!(page.hidden("child-1-number").as_deref(), Some("2"));
    let far = [("partner", "no"), ("child-1-born", "2028-01-01")];
    desk.post(&path, &far)
        .await
        .is(422)
        .says(&t("error-looked-birth"));
}

#[tokio::test]
async fn the_person_answers_and_decides_and_no_address_tells_of_what() {
    let house = House::build().await;
    let mut own = house.app.opened(&house.person).await;
    own.get("/e")
        .await
        .says("/e/droits")
        .says(&t("person-looked"));
    own.get(OWN).await.is(200).says(&t("person-looked-begin"));
    // One thing a page: the couple, then the children.
    own.get("/e/droits/foyer")
        .await
        .is(200)
        .says(&t("person-looked-partner"))
        .never_says("id=\"child-1-born\"");
    own.post(
        "/e/droits/foyer",
        &[("partner", "no"), ("part", "couple"), ("lines", "3")],
    )
    .await
    .is(200)
    .says(&t("person-looked-children"))
    .says("id=\"child-1-born\"");
    let children = [
        ("partner", "no"),
        ("part", "children"),
        ("child-1-born", "2019-06-02"),
    ];
    own.post("/e/droits/foyer", &children)
        .await
        .leads_to("/e/droits/connu");
    let place = law()
        .rights()
        .iter()
        .position(|r| r.name == "domiciliation");
    let place = (place.unwrap() + 1).to_string();
    answer_all(&mut own, OWN, &place, |_| vec![("answer", "no".into())]).await;
    let page = own.get(OWN).await;
    page.is(200).says(&t("person-looked-status-unlikely"));
    for link in page.links() {
        for right in law().rights() {
            assert!(
                !link.contains(&right.name) || right.name.len() < 3,
                "{link}"
            );
        }
    }
    let path = format!("/e/droits/aide/{place}");
    own.get(&path)
        .await
        .is(200)
        .says(&t("person-looked-decided-none"))
        .says(&t("person-looked-team"));
    own.post(&path, &[("right", "domiciliation")])
        .await
        .is(422)
        .says(&t("error-choice"));
    let decided = [
        ("right", "domiciliation"),
        ("decision", "will_not_ask"),
        ("why", "Je dors chez ma sœur."),
    ];
    own.post(&path, &decided)
        .await
        .leads_to(&format!("{path}#choix"));
    own.get(&path)
        .await
        .says(&t("person-looked-decision-will_not_ask"))
        .says("Je dors chez ma sœur.");
    // Law files that moved meanwhile: nothing is written about another right.
    own.post(&path, &[("right", "rsa"), ("decision", "asked")])
        .await
        .is(404);
    own.get("/e/textes").await.says("Je dors chez ma sœur.");
    // The worker sees the same choice, and who made it.
    let mut desk = house.app.signed_in(&house.worker).await;
    desk.get(&format!("{}/aide/domiciliation", desk_at(&house)))
        .await
        .is(200)
        .says(&t("looked-decision-will_not_ask"))
        .says("Je dors chez ma sœur.")
        .says(&t1("looked-decision-by", "name", &t("who-person")));
    desk.get(&desk_at(&house))
        .await
        .says(&t("looked-decision-will_not_ask"));
}

#[tokio::test]
async fn without_the_follow_up_there_is_nothing_to_look_at() {
    let house = House::build().await;
    let only: Compartments = [domain::Compartment::Identity].into_iter().collect();
    let reception = house
        .app
        .worker(house.team, &house.lead, "Aline Petit", only)
        .await;
    let mut desk = house.app.signed_in(&reception).await;
    desk.get(&format!("/dossiers/{}", house.person.id))
        .await
        .is(200);
    desk.get(&desk_at(&house)).await.is(404);
    desk.post(&format!("{}/foyer", desk_at(&house)), &[("partner", "no")])
        .await
        .is(404);
}

#[tokio::test]
async fn looking_at_rights_is_a_reading_that_the_person_sees() {
    let house = House::build().await;
    let mut desk = house.app.signed_in(&house.worker).await;
    let mut own = house.app.opened(&house.person).await;
    own.get("/e/lectures").await.never_says(&house.worker.name);
    desk.get(&desk_at(&house)).await.is(200);
    own.get("/e/lectures").await.says(&house.worker.name);
}

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
