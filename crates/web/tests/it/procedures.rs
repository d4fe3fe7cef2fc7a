//! A procedure from its opening to its refusal and the appeal, as the worker writes it and as the
//! person reads it.

use crate::{
    app::{House, picture},
    browser::{Answer, Browser},
};
use domain::words::Nature;
use web::Language;

fn t(key: &str) -> String {
    Language::french().t(key)
}

fn t1(key: &str, name: &str, value: &str) -> String {
    Language::french().t1(key, name, value)
}

const ALONE: [(&str, &str); 3] = [
    ("on", "2026-03-12"),
    ("contact", "office"),
    ("conduct", "alone"),
];

async fn act(browser: &mut Browser, at: &str, more: &[(&str, &str)]) -> Answer {
    browser.post(&format!("{at}/etape"), more).await
}

/// The worker's browser at a procedure that was just opened, and its address.
async fn opened(house: &House) -> (Browser, String) {
    let mut desk = house.app.signed_in(&house.worker).await;
    let list = format!("/dossiers/{}/demarches", house.person.id);
    desk.get(&list).await.is(200).says(&t("procedures-none"));
    let fields = [
        ("title", "Demande de RSA"),
        ("theme", "money"),
        ("organisation", "CAF du Nord"),
        ("asked", "559,42"),
        ("per", "month"),
        ("rubrique", "social"),
        ("follow", "yes"),
    ];
    let made = desk.post(&format!("{list}/nouvelle"), &fields).await;
    let at = made.is(303).location().to_owned();
    desk.get(&list)
        .await
        .says("Demande de RSA")
        .says(&t("state-to_start"))
        .says(&t1("procedure-followed-by", "name", &house.worker.name));
    (desk, at)
}

#[tokio::test]
async fn a_form_gives_back_what_was_typed_and_opens_nothing() {
    let house = House::build().await;
    let mut desk = house.app.signed_in(&house.worker).await;
    let list = format!("/dossiers/{}/demarches", house.person.id);
    let fields = [
        ("title", "Demande de logement social"),
        ("asked", "beaucoup"),
        ("rubrique", "social"),
    ];
    desk.post(&format!("{list}/nouvelle"), &fields)
        .await
        .is(422)
        .says("Demande de logement social")
        .says("beaucoup")
        .says(&t("error-theme"))
        .says(&t("error-amount"));
    desk.get(&list).await.says(&t("procedures-none"));
}

#[tokio::test]
async fn acting_in_place_inside_a_procedure_needs_a_mandate_on_its_theme_or_an_emergency() {
    let house = House::build().await;
    let (mut desk, at) = opened(&house).await;
    let in_place = [
        ("to", "submitted"),
        ("text", "Demande déposée en ligne."),
        ("on", "2026-03-12"),
        ("contact", "office"),
        ("conduct", "in_place"),
        ("reason", "online_only"),
    ];
    let with = |ground: &'static str| {
        let mut fields = in_place.to_vec();
        fields.push(("ground", ground));
        fields
    };
    act(&mut desk, &at, &in_place)
        .await
        .is(422)
        .says(&t("error-step-ground"))
        .says("Demande déposée en ligne.");
    let give = async |desk: &mut Browser, theme: &str| {
        let path = format!("/dossiers/{}/mandats", house.person.id);
        let fields = [
            ("themes", theme),
            ("from", "2026-03-12"),
            ("duration", "31"),
            ("consent", "signed"),
        ];
        let given = desk.post(&path, &fields).await;
        given
            .is(303)
            .location()
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned()
    };
    // A mandate on another theme is not even proposed, and does not allow it.
    let papers = give(&mut desk, "papers").await;
    let form = format!("{at}/etape?vers=submitted");
    desk.get(&form)
        .await
        .is(200)
        .never_says(&papers)
        .says(&t("procedure-step-submitted"));
    let mut fields = with("");
    fields.pop();
    fields.push(("ground", &papers));
    act(&mut desk, &at, &fields)
        .await
        .is(422)
        .says(&t("error-step-ground"));
    let money = give(&mut desk, "money").await;
    desk.get(&form).await.is(200).says(&money);
    fields.pop();
    fields.push(("ground", &money));
    act(&mut desk, &at, &fields).await.leads_to(&at);
    desk.get(&at)
        .await
        .says(&t("procedure-mandates"))
        .says(&t("state-submitted"));
    let urgent = [
        ("text", "Appel pendant la coupure"),
        ("emergency", "Coupure ce soir"),
    ];
    let mut fields = with("emergency");
    fields.retain(|(name, _)| *name != "to" && *name != "text");
    fields.extend(urgent);
    act(&mut desk, &at, &fields).await.leads_to(&at);

    // The person sees who acted, on what ground, and the mandate.
    let mut own = house.app.opened(&house.person).await;
    let mine = own.get("/e/demarches").await;
    let page = mine.is(200).says("Demande de RSA").link("/e/demarches/");
    own.get(&page)
        .await
        .is(200)
        .says(&t("person-state-submitted"))
        .says(&t("conduct-in_place-own"))
        .says("Coupure ce soir")
        .says(&format!("/e/accords/{money}"))
        .says(&house.worker.name);
    own.get("/e/chemin")
        .await
        .is(200)
        .says("Appel pendant la coupure");
}

#[tokio::test]
async fn pieces_are_met_by_the_safe_and_what_is_missing_prints_for_the_person() {
    let house = House::build().await;
    let (mut desk, at) = opened(&house).await;
    let person = house.person.id;
    let ask = format!("{at}/pieces/autre");
    desk.post(&ask, &[("label", "  ")])
        .await
        .is(422)
        .says(&t("error-line-empty"));
    for label in ["Dernier avis d’impôt", "Relevé d’identité bancaire"] {
        desk.post(&ask, &[("label", label)]).await.leads_to(&at);
    }
    let mut own = house.app.opened(&house.person).await;
    own.get("/e")
        .await
        .says(&t1("person-missing-count", "count", "2"));
    own.get("/e/manque")
        .await
        .is(200)
        .says("Dernier avis d’impôt")
        .says("CAF du Nord");
    let fields = [
        ("kind", "tax_notice"),
        ("compartment", "social"),
        ("issued", "2025-08-20"),
        ("valid_until", "2026-03-20"),
    ];
    let put = format!("/dossiers/{person}/coffre/deposer");
    let document = desk
        .upload(&put, &fields, ("avis.png", &picture()))
        .await
        .is(303)
        .location()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let piece = desk.get(&at).await.link(&format!("{at}/pieces/"));
    desk.get(&piece)
        .await
        .is(200)
        .says(&t("piece-missing"))
        .says(&t("piece-usual"));
    desk.post(&piece, &[("how", "document")])
        .await
        .is(422)
        .says(&t("error-piece-document"));
    // One that is not in this safe is as if it were nowhere.
    let foreign = [("how", "document"), ("document", &"ab".repeat(16))];
    desk.post(&piece, &foreign).await.is(404);
    let met = [("how", "document"), ("document", document.as_str())];
    desk.post(&piece, &met)
        .await
        .leads_to(&format!("{at}#pieces"));
    let until = Language::french().day(jiff::civil::date(2026, 3, 20));
    desk.get(&at)
        .await
        .says(&t1("paper-ends", "day", &until))
        .says(&t1("procedure-lacking", "count", "1"));
    own.get("/e/manque")
        .await
        .never_says("Dernier avis d’impôt")
        .says("Relevé d’identité bancaire");
    // It ends: it is missing again, and nobody had to say so.
    house.app.pass(60 * 24 * 9);
    let mut own = house.app.opened(&house.person).await;
    own.get("/e/manque").await.says("Dernier avis d’impôt");
    let page = own.get("/e/demarches").await.link("/e/demarches/");
    let given = own.get(&page).await.text();
    let given = given
        .split("action=\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|path| path.contains("/pieces/"))
        .unwrap()
        .to_owned();
    own.post(&given, &[]).await.leads_to(&page);
    own.get("/e")
        .await
        .says(&t1("person-missing-count", "count", "1"));
    // Silence about a paper is no reason: that it is needless is the team's to say.
    let mut desk = house.app.signed_in(&house.worker).await;
    desk.post(&piece, &[("how", "needless")])
        .await
        .is(422)
        .says(&t("error-line-empty"));
}

#[tokio::test]
async fn a_refusal_proposes_the_day_of_its_appeal_and_nothing_is_kept_before_someone_checks_it() {
    let house = House::build().await;
    let (mut desk, at) = opened(&house).await;
    let step = |to: &'static str, text: &'static str| {
        let mut fields = ALONE.to_vec();
        fields.extend([("to", to), ("text", text)]);
        fields
    };
    // It was not filed: it cannot be refused.
    let mut fields = step("refused", "Lettre reçue");
    fields.extend([("refusal_reason", "Ressources"), ("notified", "2026-03-09")]);
    act(&mut desk, &at, &fields)
        .await
        .is(422)
        .says(&t("error-procedure-transition"));
    act(&mut desk, &at, &step("submitted", "Déposé au guichet"))
        .await
        .leads_to(&at);
    let silence = Language::french().day(jiff::civil::date(2026, 5, 12));
    desk.get(&at)
        .await
        .says(&t1("deadline-proposed", "day", &silence))
        .says(&t("rule-silence-source"));
    act(&mut desk, &at, &step("refused", "Lettre reçue"))
        .await
        .is(422)
        .says(&t("error-procedure-reason"));
    let mut fields = step("refused", "Lettre lue seul");
    fields.extend([
        ("refusal_reason", "Vos ressources dépassent le plafond."),
        ("notified", "2026-03-09"),
        ("refusal_rule", "appeal_rsa"),
        ("refusal_way", "Courrier à la commission"),
    ]);
    act(&mut desk, &at, &fields).await.leads_to(&at);
    let appeal = Language::french().day(jiff::civil::date(2026, 5, 9));
    desk.get(&at)
        .await
        .says(&t1("deadline-proposed", "day", &appeal))
        .says(&t("rule-appeal_rsa-source"))
        .says(&t("deadlines-none"));
    let form = format!("{at}/echeance");
    let rule = [("rule", "appeal_rsa"), ("from", "2026-03-09")];
    desk.post(&form, &rule)
        .await
        .is(200)
        .says(&t1("deadline-counted-day", "day", &appeal))
        .says("value=\"2026-05-09\"");
    desk.get(&at).await.says(&t("deadlines-none"));
    let mut checked = rule.to_vec();
    checked.extend([
        ("kind", "appeal"),
        ("on", "2026-05-09"),
        ("show", "notified"),
    ]);
    let set = desk.post(&form, &checked).await;
    set.leads_to(&format!("{at}#echeances"));
    desk.get(&at)
        .await
        .never_says(&t1("deadline-proposed", "day", &appeal))
        .says(&appeal);
    let mut own = house.app.opened(&house.person).await;
    let page = own.get("/e/demarches").await.link("/e/demarches/");
    own.get(&page)
        .await
        .says("Vos ressources dépassent le plafond.")
        .says(&appeal)
        .says("Courrier à la commission");
    // The appeal ends what it was due by; taken back, the refusal holds again.
    act(&mut desk, &at, &step("appealed", "Recours posté"))
        .await
        .leads_to(&at);
    desk.get(&at).await.says(&t("deadlines-none"));
    let back = format!("{at}/annuler");
    desk.post(&back, &[]).await.is(422);
    let why = [("mistake", "Le recours n’était pas encore parti")];
    desk.post(&back, &why).await.leads_to(&at);
    desk.get(&at)
        .await
        .says(&t("state-refused"))
        .says("Le recours n’était pas encore parti");
}

#[tokio::test]
async fn a_deadline_not_for_shared_phones_shows_nowhere_on_the_persons_side() {
    let house = House::build().await;
    let (mut desk, at) = opened(&house).await;
    let fields = [
        ("kind", "hearing"),
        ("on", "2026-05-04"),
        ("source", "Convocation du tribunal"),
        ("words", "Salle 3, avec l’avocate"),
        ("show", "hidden"),
    ];
    let form = format!("{at}/echeance");
    desk.post(&form, &fields).await.is(303);
    desk.get(&at).await.says("Salle 3, avec l’avocate");
    // One source, and only one.
    let mut two = fields.to_vec();
    two.extend([("rule", "quarter"), ("from", "2026-01-05")]);
    desk.post(&form, &two)
        .await
        .is(422)
        .says(&t("error-deadline-source"));
    let mut own = house.app.opened(&house.person).await;
    let page = own.get("/e/demarches").await.link("/e/demarches/");
    for path in [page.as_str(), "/e/demarches", "/e/textes", "/e"] {
        own.get(path)
            .await
            .is(200)
            .never_says("Salle 3")
            .never_says("4 mai 2026");
    }
}

#[tokio::test]
async fn the_way_without_a_computer_has_its_place_and_brakes_say_their_service() {
    let house = House::build().await;
    let (mut desk, at) = opened(&house).await;
    desk.get(&at).await.says(&t("way-without-none"));
    let way = [
        ("way_kind", "counter"),
        ("way_words", "Guichet du lundi matin"),
        ("way_address", "3 rue des Lilas"),
    ];
    desk.post(&format!("{at}/voie"), &way).await.leads_to(&at);
    desk.get(&at)
        .await
        .never_says(&t("way-without-none"))
        .says("Guichet du lundi matin");
    let brake = format!("{at}/frein");
    desk.post(&brake, &[("words", "Page blanche")])
        .await
        .is(422)
        .says("Page blanche")
        .says(&t("error-brake-kind"))
        .says(&t("error-brake-service"));
    let fields = [
        ("kind", "site_down"),
        ("service", "caf"),
        ("on", "2026-03-12"),
        ("words", "Page blanche"),
    ];
    desk.post(&brake, &fields).await.leads_to(&at);
    desk.get(&at)
        .await
        .says("Page blanche")
        .says(&t("service-caf"));
    let mut own = house.app.opened(&house.person).await;
    let page = own.get("/e/demarches").await.link("/e/demarches/");
    own.get(&page).await.says("Guichet du lundi matin");
}

#[tokio::test]
async fn the_path_shows_what_was_done_in_procedures_and_apart_without_any_count() {
    let house = House::build().await;
    let (mut desk, at) = opened(&house).await;
    let mut fields = ALONE.to_vec();
    fields.extend([("to", "submitted"), ("text", "Envoyé du téléphone")]);
    act(&mut desk, &at, &fields).await.leads_to(&at);
    let apart = [
        ("text", "Lettre lue ensemble"),
        ("on", "2026-03-11"),
        ("theme", "money"),
        ("contact", "office"),
        ("conduct", "with_help"),
        ("rubrique", "social"),
    ];
    let step = format!("/dossiers/{}/acte", house.person.id);
    desk.post(&step, &apart).await.is(303);
    let path = format!("/dossiers/{}/chemin", house.person.id);
    let shown = desk.get(&path).await.is(200).text();
    let (first, second) = (
        shown.find("Lettre lue ensemble").unwrap(),
        shown.find("Envoyé du téléphone").unwrap(),
    );
    assert!(first < second, "in the order of time");
    for word in ["total", "%", "/ 2"] {
        assert!(!shown.contains(word), "{word}");
    }
    // The thread tells it too, with a filter of its own.
    house
        .app
        .write(&house.worker, house.person.id, Nature::Fact, "Un fait.")
        .await;
    let thread = format!("/dossiers/{}?nature=procedure", house.person.id);
    desk.get(&thread)
        .await
        .is(200)
        .says("Envoyé du téléphone")
        .never_says("Un fait.");
}

/// One page, as a catalogue would offer it.
#[tokio::test]
async fn a_page_brings_its_pieces_to_be_checked_and_its_ways_without_a_computer_beside() {
    let house = House::build().await;
    let mut desk = house.app.signed_in(&house.worker).await;
    let list = format!("/dossiers/{}/demarches", house.person.id);
    let form = format!("{list}/nouvelle");
    // Found with everyday words, from the record.
    desk.get(&form).await.is(200).says(&t("procedure-find"));
    desk.get(&format!("{form}?q=rsa"))
        .await
        .is(200)
        .says(&format!("{form}?fiche=EX1\""));
    desk.get(&format!("{form}?q=zzzzqqqq"))
        .await
        .says(&t("fiche-none"));
    desk.get(&format!("{form}?fiche=EX1"))
        .await
        .is(200)
        .says("Demande de RSA en ligne")
        .says("value=\"RSA : revenu de solidarité active\"");
    let fields = |fiche: &'static str| {
        [
            ("fiche", fiche),
            ("title", "RSA de mars"),
            ("theme", "money"),
            ("per", "month"),
            ("rubrique", "social"),
        ]
    };
    // A page that is not there loses nothing of what was typed.
    desk.post(&form, &fields("F00000"))
        .await
        .is(422)
        .says("RSA de mars")
        .says(&t("error-fiche"));
    let at = desk.post(&form, &fields("EX1")).await;
    let at = at.is(303).location().to_owned();
    let shown = desk.get(&at).await;
    shown
        .is(200)
        .says(&t("pieces-to-check"))
        .says("identité bancaire (RIB)")
        .says("Demande de RSA en ligne")
        .says("https://www.service-public.fr/")
        .says("3230")
        .never_says(&t("way-without-none"));
    // Nobody checked: the person is told of no missing paper.
    let mut own = house.app.opened(&house.person).await;
    own.get("/e/manque").await.says(&t("person-missing-none"));
    let kept = shown.text();
    let kept = kept.split("name=\"kept\" value=\"").nth(1).unwrap();
    let kept = kept.split('"').next().unwrap().to_owned();
    desk.post(&format!("{at}/pieces"), &[("kept", &kept)])
        .await
        .leads_to(&at);
    desk.get(&at)
        .await
        .never_says(&t("pieces-to-check"))
        .never_says("identité bancaire (RIB)");
    own.get("/e/manque")
        .await
        .says("titre de séjour")
        .never_says("identité bancaire (RIB)");
    // The page is read as it was when the procedure was opened, by both.
    let page = desk.get(&at).await;
    let then = address(&page.text(), "/fiches/EX1/au/");
    assert!(then.ends_with(&format!("?dossier={}", house.person.id)));
    desk.get(&then)
        .await
        .is(200)
        .says("RSA : revenu de solidarité active");
    let own_at = at.replace(&format!("/dossiers/{}", house.person.id), "/e");
    let page = own.get(&own_at).await;
    let then = address(&page.is(200).text(), "/e/fiches/EX1/au/");
    own.get(&then).await.is(200);
}

/// The first address of a page that begins so.
fn address(html: &str, begins: &str) -> String {
    let from = html.split(&format!("href=\"{begins}")).nth(1);
    let end = from.and_then(|rest| rest.split('"').next());
    format!("{begins}{}", end.unwrap_or_else(|| panic!("{html}")))
}
