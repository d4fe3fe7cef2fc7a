//! A word of its own for every field of every page, sent through the pages. A field of text that
//! no form below fills fails the test that asks for it.

mod looked;

pub(crate) use looked::looked;

use crate::{
    app::{Accompanied, House, PASSPHRASE},
    browser::{Answer, Browser},
};
use std::{collections::BTreeSet, fmt::Write as _, path::Path};

/// The words sent so far, and into which fields.
#[derive(Default)]
pub(crate) struct Filled {
    pub(crate) words: Vec<String>,
    fields: BTreeSet<String>,
}

impl Filled {
    /// A word that stands nowhere else, for that field of that template.
    pub(crate) fn word(&mut self, template: &str, field: &str) -> String {
        self.fields.insert(format!("{template} {field}"));
        self.own(field)
    }

    /// A word for something that is no field of text: a file's name or content, a sheet's cell.
    pub(crate) fn own(&mut self, what: &str) -> String {
        let plain: String = what.chars().filter(char::is_ascii_alphabetic).collect();
        let word = format!("Canàri{plain}ôté{}", self.words.len());
        self.words.push(word.clone());
        word
    }

    fn known(&mut self, template: &str, field: &str, value: &str) -> String {
        self.fields.insert(format!("{template} {field}"));
        self.words.push(value.to_owned());
        value.to_owned()
    }

    /// Every field of text of a template, with a word each; some have a form of their own.
    fn all(&mut self, template: &str, fields: &[&'static str]) -> Vec<(&'static str, String)> {
        fields
            .iter()
            .map(|field| {
                let value = match *field {
                    "phone" => self.known(template, field, "06 18 95 27 43"),
                    "email" => self.known(template, field, "canari.courriel@oiseaux.example"),
                    field => self.word(template, field),
                };
                (*field, value)
            })
            .collect()
    }

    /// The fields of text of the templates that nothing filled.
    pub(crate) fn missing(&self) -> Vec<String> {
        let all = text_fields();
        assert!(all.len() > 30, "{all:?}");
        all.difference(&self.fields).cloned().collect()
    }
}

/// Fields of text of every template, as `template field`; codes and secrets are looked for by what
/// they are.
fn text_fields() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut found = BTreeSet::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&root).unwrap().display().to_string();
            let text = std::fs::read_to_string(&path).unwrap();
            for call in [
                "form.text(",
                "form.required(",
                "form.area(",
                "form.amount(",
                "<input type=\"text\"",
                "<textarea",
            ] {
                for rest in text.split(call).skip(1) {
                    let field = if call.starts_with('<') {
                        // What has no name is never sent.
                        let tag = rest.split('>').next().unwrap();
                        tag.split("name=\"").nth(1).unwrap_or("{{")
                    } else {
                        rest.trim_start_matches('"')
                    };
                    let field = field.split(['"', ',']).next().unwrap();
                    // The macro itself names no field.
                    if !field.contains("{{") {
                        found.insert(format!("{name} {field}"));
                    }
                }
            }
        }
    }
    found
}

type Field<'a> = (&'a str, &'a str);

fn with<'a>(words: &'a [(&'static str, String)], more: &[Field<'a>]) -> Vec<Field<'a>> {
    let words = words.iter().map(|(name, word)| (*name, word.as_str()));
    words.chain(more.iter().copied()).collect()
}

/// What an administrator types: a team, a member, the member's device, a sheet by the lead.
pub(crate) async fn administrator(house: &House, filled: &mut Filled) -> Vec<String> {
    let mut browser = house.app.signed_in(house.app.administrator()).await;
    let page = "admin/organisation.html";
    browser.get("/administration").await.is(200);
    let team = filled.all(page, &["team_name"]);
    let path = "/administration/equipes";
    browser.post(path, &with(&team, &[])).await.is(303);
    let template = filled.all("admin/letter.html", &["text"]);
    let path = "/administration/courriers/gracious";
    browser.post(path, &with(&template, &[])).await.is(303);
    browser.get(path).await.is(200).says(&template[0].1);
    let member = filled.all(page, &["name", "job"]);
    let shown = browser
        .post("/administration/membres", &with(&member, &[]))
        .await;
    shown.is(200);
    let shown = shown.text();
    let code = shown.split("class=\"big code\">").nth(1).unwrap();
    let code = code.split('<').next().unwrap().to_owned();
    // Their own name is typed again on their device, and at the door.
    let name = filled.known("device.html", "name", &member[0].1);
    let fields = [
        ("name", name.as_str()),
        ("code", &code),
        ("passphrase", PASSPHRASE),
    ];
    let mut device = house.app.browser();
    device.post("/appareil", &fields).await.is(200);
    let name = filled.word("sign_in.html", "name");
    let fields = [("name", name.as_str()), ("passphrase", PASSPHRASE)];
    device.post("/connexion", &fields).await.is(422);
    vec![code]
}

/// A sheet that a lead brings in.
pub(crate) async fn sheet(house: &House, filled: &mut Filled) {
    let mut browser = house.app.signed_in(&house.lead).await;
    browser.get("/personnes/importer").await.is(200);
    let cells: Vec<String> = ["id", "naissance", "prenom", "lieu", "note"]
        .iter()
        .map(|what| filled.own(what))
        .collect();
    let sheet = format!(
        "ID;Nom de naissance;Prénom;Date de naissance;Lieu de naissance;Commentaires\n\
         {};{};{};12/07/1988;{};{}\n",
        cells[0], cells[1], cells[2], cells[3], cells[4]
    );
    let file = format!("{}.csv", filled.own("feuille"));
    let team = house.team.to_string();
    let fields = [("team", team.as_str()), ("sure", "yes")];
    let done = browser
        .upload("/personnes/importer", &fields, (&file, sheet.as_bytes()))
        .await;
    done.is(200)
        .says(&web::Language::french().t1("import-done-new", "count", 1));
}

const PROFILE: [&str; 8] = [
    "birth_name",
    "given_names",
    "usual_name",
    "birth_place",
    "phone",
    "email",
    "address",
    "languages",
];

/// A person whom a worker brings in, with a card.
pub(crate) async fn newcomer(
    house: &House,
    browser: &mut Browser,
    filled: &mut Filled,
) -> Accompanied {
    browser.get("/personnes/nouvelle").await.is(200);
    let profile = filled.all("worker/profile_fields.html", &PROFILE);
    let team = house.team.to_string();
    let more = [
        ("title", "unsaid"),
        ("recovery", "yes"),
        ("team", team.as_str()),
    ];
    let made = browser
        .post("/personnes/nouvelle", &with(&profile, &more))
        .await;
    made.is(303);
    let card = made.location().to_owned();
    let id = card.split('/').nth(2).unwrap().parse().unwrap();
    browser.get(&card).await.is(200);
    let pins = [
        ("pin", crate::app::PIN),
        ("again", crate::app::PIN),
        ("which", "first"),
    ];
    let printed = browser.post(&card, &pins).await;
    let printed = printed.is(200).text();
    let code = printed.split("class=\"code\">").nth(1).unwrap();
    let code = code.split("</p>").next().unwrap().replace("<br>", "-");
    Accompanied { id, code }
}

/// What a worker types in a record.
pub(crate) async fn worker(
    browser: &mut Browser,
    person: &Accompanied,
    filled: &mut Filled,
) -> String {
    let at = |end: &str| format!("/dossiers/{}{end}", person.id);
    let searched = filled.all("worker/people.html", &["q"]);
    browser
        .post("/personnes", &with(&searched, &[]))
        .await
        .is(200);
    // What is looked for in the catalogue is kept nowhere: not by its page, nor from a record.
    for page in ["fiche/worker_search.html", "worker/side.html"] {
        let searched = filled.all(page, &["q"]);
        let query = searched[0].1.bytes().fold(String::new(), |mut query, b| {
            write!(query, "%{b:02X}").unwrap();
            query
        });
        let found = browser.get(&format!("/fiches?q={query}")).await;
        found.is(200);
        found.says(&searched[0].1);
    }
    browser.get(&at("/identite")).await.is(200);
    let profile = filled.all("worker/profile_fields.html", &PROFILE);
    let fields = with(&profile, &[("title", "unsaid")]);
    browser.post(&at("/identite"), &fields).await.is(303);
    let page = "worker/profile.html";
    let household = filled.all(page, &["members", "composition"]);
    browser
        .post(&at("/menage"), &with(&household, &[]))
        .await
        .is(303);
    let tie = filled.all(page, &["tie_name"]);
    let fields = with(&tie, &[("tie_kind", "sibling")]);
    browser.post(&at("/liens"), &fields).await.is(303);

    let text = filled.all("worker/write.html", &["text"]);
    let fields = with(&text, &[("nature", "fact"), ("rubrique", "social")]);
    browser.post(&at("/ecrire"), &fields).await.is(303);
    let step = filled.all("worker/step.html", &["text", "emergency", "next_text"]);
    let more = [
        ("on", "2026-03-12"),
        ("theme", "money"),
        ("contact", "office"),
        ("conduct", "in_place"),
        ("reason", "time_pressure"),
        ("ground", "emergency"),
        ("rubrique", "social"),
    ];
    let fields = with(&step, &more);
    browser.post(&at("/acte"), &fields).await.is(303);

    let mandates = filled.all("worker/mandates.html", &["words"]);
    let more = [
        ("themes", "papers"),
        ("from", "2026-03-12"),
        ("duration", "31"),
        ("consent", "signed"),
    ];
    let mut given: Vec<Answer> = Vec::new();
    for _ in 0..2 {
        let fields = with(&mandates, &more);
        given.push(browser.post(&at("/mandats"), &fields).await);
    }
    let ended = filled.all("worker/mandate.html", &["reason"]);
    let path = given[0].is(303).location();
    browser.post(path, &with(&ended, &[])).await.is(303);

    let date = filled.all("worker/dates.html", &["place", "with", "purpose"]);
    let more = [
        ("day", "2026-03-20"),
        ("time", "10:00"),
        ("show", "notified"),
    ];
    let fields = with(&date, &more);
    browser.post(&at("/rendez-vous"), &fields).await.is(303);

    let title = filled.all("worker/put.html", &["title"]);
    let file = format!("{}.txt", filled.own("fichier"));
    let content = format!("{}\n", filled.own("contenu")).repeat(3_000);
    let more = [("kind", "other"), ("compartment", "social")];
    let put = browser
        .upload(
            &at("/coffre/deposer"),
            &with(&title, &more),
            (&file, content.as_bytes()),
        )
        .await;
    let document = put.is(303).location().to_owned();
    let page = "worker/document.html";
    let title = filled.all(page, &["title"]);
    let fields = with(&title, &[("kind", "other")]);
    browser.post(&document, &fields).await.is(303);
    let reason = filled.all(page, &["reason"]);
    browser
        .post(&format!("{document}/retirer"), &with(&reason, &[]))
        .await
        .is(303);
    given[1].location().rsplit('/').next().unwrap().to_owned()
}

/// What a worker types about a procedure.
pub(crate) async fn procedure(browser: &mut Browser, person: &Accompanied, filled: &mut Filled) {
    let list = format!("/dossiers/{}/demarches", person.id);
    let page = "worker/procedures/facts.html";
    let facts = ["title", "right", "organisation", "reference"];
    let more = [("theme", "money"), ("per", "month"), ("rubrique", "social")];
    let mut typed = filled.all(page, &facts);
    for amount in ["asked", "granted"] {
        typed.push((amount, filled.known(page, amount, "48 213,57")));
    }
    let opened = browser
        .post(&format!("{list}/nouvelle"), &with(&typed, &more))
        .await;
    let at = opened.is(303).location().to_owned();
    let end = |end: &str| format!("{at}{end}");

    let page = "worker/procedures/act.html";
    let step = ["text", "emergency", "next_text"];
    let more = [
        ("on", "2026-03-12"),
        ("contact", "office"),
        ("conduct", "in_place"),
        ("reason", "time_pressure"),
        ("ground", "emergency"),
    ];
    let typed = filled.all(page, &step);
    let mut fields = with(&typed, &more);
    fields.push(("to", "submitted"));
    browser.post(&end("/etape"), &fields).await.is(303);
    let refused = filled.all(page, &["refusal_reason", "refusal_way"]);
    let mut fields = with(&refused, &more);
    fields.extend(typed.iter().map(|(name, word)| (*name, word.as_str())));
    fields.extend([
        ("to", "refused"),
        ("notified", "2026-03-11"),
        ("refusal_rule", "appeal_rsa"),
    ]);
    browser.post(&end("/etape"), &fields).await.is(303);
    browser.get(&at).await.is(200).says(&refused[0].1);

    let page = "worker/procedures/page.html";
    let piece = filled.all(page, &["label"]);
    let path = end("/pieces/autre");
    browser.post(&path, &with(&piece, &[])).await.is(303);
    let shown = browser.get(&at).await.text();
    let path = shown
        .split("href=\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|path| path.contains("/pieces/"))
        .unwrap()
        .to_owned();
    let reason = filled.all("worker/procedures/piece.html", &["reason"]);
    let fields = with(&reason, &[("how", "needless")]);
    browser.post(&path, &fields).await.is(303);
    set(browser, (&list, &at), filled).await;
    let way = filled.all(page, &["way_words", "way_address"]);
    let fields = with(&way, &[("way_kind", "counter")]);
    browser.post(&end("/voie"), &fields).await.is(303);
    let deadline = filled.all("worker/procedures/deadline.html", &["source", "words"]);
    let more = [
        ("kind", "hearing"),
        ("on", "2026-05-04"),
        ("show", "notified"),
    ];
    let fields = with(&deadline, &more);
    browser.post(&end("/echeance"), &fields).await.is(303);
    let brake = filled.all("worker/procedures/brake.html", &["words"]);
    let more = [
        ("kind", "site_down"),
        ("service", "caf"),
        ("on", "2026-03-12"),
    ];
    let fields = with(&brake, &more);
    browser.post(&end("/frein"), &fields).await.is(303);
    let mistake = filled.all(page, &["mistake"]);
    let path = end("/annuler");
    browser.post(&path, &with(&mistake, &[])).await.is(303);
    browser.get(&at).await.is(200).says(&mistake[0].1);
}

/// What a worker types to take a set of pieces out, and to fill a form.
async fn set(browser: &mut Browser, (list, at): (&str, &str), filled: &mut Filled) {
    let record = list.trim_end_matches("/demarches");
    let asked = [("label", "Justificatif")];
    let path = format!("{at}/pieces/autre");
    browser.post(&path, &asked).await.is(303);
    let fields = [("kind", "other"), ("compartment", "social")];
    let content = filled.own("jeu");
    let path = format!("{record}/coffre/deposer");
    let put = browser.upload(&path, &fields, ("jeu.txt", content.as_bytes()));
    let document = put
        .await
        .is(303)
        .location()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let shown = browser.get(at).await.text();
    let piece = shown
        .split("href=\"")
        .filter_map(|rest| rest.split('"').next())
        .filter(|path| path.contains("/pieces/") && !path.ends_with("/autre"))
        .last()
        .unwrap()
        .to_owned();
    let met = [("how", "document"), ("document", document.as_str())];
    browser.post(&piece, &met).await.is(303);
    let letter = filled.all("worker/letters/prepare.html", &["text"]);
    let path = format!("{at}/courriers/mandatory");
    browser.get(&path).await.is(200);
    let letter = browser.post(&path, &with(&letter, &[])).await;
    letter.is(200).says(filled.words.last().unwrap());
    let left = filled.own("lettre");
    let leave = [("text", left.as_str()), ("act", "leave")];
    browser.post(&path, &leave).await.is(303);
    let to = filled.all("worker/procedures/set.html", &["to"]);
    let own = filled.known("person/procedures/set.html", "to", &to[0].1);
    assert_eq!(own, to[0].1);
    let piece = piece.rsplit('/').next().unwrap();
    let path = format!("{at}/remettre");
    let set = browser.post(&path, &with(&to, &[("pieces", piece)])).await;
    assert!(set.is(200).bytes.starts_with(b"PK"));
    let (name, town) = (filled.own("nom"), filled.own("ville"));
    let fields = [
        ("q-name", name.as_str()),
        ("q-town", &town),
        ("act", "fill"),
    ];
    let path = format!("{record}/formulaires/petit");
    browser.post(&path, &fields).await.is(200);
}

/// A worker's colleague lets someone in by the person's card, in the office.
pub(crate) async fn office(
    house: &House,
    browser: &mut Browser,
    person: &Accompanied,
    filled: &mut Filled,
) -> String {
    let lead = house.app.session(&house.other_lead).await;
    let to = service::CodeFor::Me;
    let code = house.app.service.short_code(&lead, to).await.unwrap().code;
    let purpose = filled.all("worker/access.html", &["purpose"]);
    let more = [
        ("code", code.as_str()),
        ("compartments", "social"),
        ("days", "31"),
        ("read", "yes"),
        ("card", &person.code),
        ("pin", crate::app::PIN),
    ];
    let path = format!("/dossiers/{}/acces", person.id);
    browser.post(&path, &with(&purpose, &more)).await.is(303);
    code
}

/// What ends the follow-up.
pub(crate) async fn close(browser: &mut Browser, person: &Accompanied, filled: &mut Filled) {
    let followup = format!("/dossiers/{}/suivi", person.id);
    let page = browser.get(&followup).await.text();
    let path = page
        .split("action=\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|path| path.ends_with("/clore"))
        .unwrap()
        .to_owned();
    let accompaniment = path.split('/').nth(4).unwrap();
    let (reason, words) = (
        format!("reason-{accompaniment}"),
        format!("words-{accompaniment}"),
    );
    let said = filled.word("worker/followup.html", "a.words");
    let fields = [
        (reason.as_str(), "left_area"),
        (words.as_str(), said.as_str()),
    ];
    browser.post(&path, &fields).await.is(303);
}

/// What the person types in their space; gives the address of a paper and a code that was shown.
pub(crate) async fn person(
    house: &House,
    browser: &mut Browser,
    mandate: &str,
    filled: &mut Filled,
) -> (String, String) {
    let searched = filled.all("fiche/person_search.html", &["q"]);
    let found = browser.post("/e/fiches", &with(&searched, &[])).await;
    found.is(200);
    for place in ["social", "vault"] {
        let text = filled.all("person/words.html", &["text"]);
        let fields = with(&text, &[("compartment", place)]);
        browser.post("/e/mots", &fields).await.is(303);
        browser.get("/e/textes").await.says(&text[0].1);
    }
    let mut papers = Vec::new();
    for place in ["social", "vault"] {
        let title = filled.all("person/add_paper.html", &["title"]);
        let file = format!("{}.txt", filled.own("papier"));
        let content = filled.own("contenu");
        let long = format!("{content}\n").repeat(5_000);
        let fields = with(&title, &[("kind", "other"), ("compartment", place)]);
        let added = browser
            .upload("/e/papiers/ajouter", &fields, (&file, long.as_bytes()))
            .await;
        let path = added.is(303).location().to_owned();
        browser.get(&format!("{path}/fichier")).await.says(&content);
        papers.push(path);
    }
    let title = filled.all("person/change_paper.html", &["title"]);
    let fields = with(&title, &[("kind", "other")]);
    browser
        .post(&format!("{}/changer", papers[1]), &fields)
        .await
        .is(303);
    let reason = filled.all("person/withdraw_paper.html", &["reason"]);
    browser
        .post(&format!("{}/retirer", papers[1]), &with(&reason, &[]))
        .await
        .is(303);
    let reason = filled.all("person/mandate.html", &["reason"]);
    browser
        .post(&format!("/e/accords/{mandate}"), &with(&reason, &[]))
        .await
        .is(303);
    let lead = house.app.session(&house.other_lead).await;
    let to = service::CodeFor::Me;
    let code = house.app.service.short_code(&lead, to).await.unwrap().code;
    let purpose = filled.all("person/give.html", &["purpose"]);
    let more = [
        ("asked", "check"),
        ("code", code.as_str()),
        ("compartments", "social"),
        ("days", "31"),
    ];
    browser
        .post("/e/acces/donner", &with(&purpose, &more))
        .await
        .leads_to("/e/acces");
    browser.get("/e/lectures").await.is(200);
    (papers.swap_remove(0), code)
}
