//! Every template is rendered by a request. What is rendered says its type to the log; what a
//! rendered template extends, includes or imports is rendered with it. A template that no request
//! below reaches fails the test.

use crate::{
    app::PASSPHRASE,
    browser::Browser,
    looked::{answer_all, unknown},
    matrix::{Asker, Scene},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};
use web::{Access, Method};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn under(folder: &str) -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    files(&root, &mut found);
    let name = |p: &PathBuf| p.strip_prefix(&root).unwrap().display().to_string();
    found
        .iter()
        .map(|p| (name(p), std::fs::read_to_string(p).unwrap()))
        .collect()
}

/// The template of each type that has one, by the type's full name.
fn types() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (file, text) in under("src") {
        let module = file.trim_end_matches(".rs").trim_end_matches("/mod");
        for declared in text.split("#[template(path = \"").skip(1) {
            let template = declared.split('"').next().unwrap();
            let name = declared.split("struct ").nth(1).unwrap();
            let name = name.split([' ', '<']).next().unwrap();
            let full = format!("web::{}::{name}", module.replace('/', "::"));
            found.insert(full, template.to_owned());
        }
    }
    found
}

/// What a template extends, includes or imports.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split("{%").skip(1).filter_map(|tag| {
        let tag = tag.trim_start_matches('-').trim_start();
        let kind = tag.split(' ').next()?;
        let named = ["extends", "include", "import"].contains(&kind);
        named.then(|| tag.split('"').nth(1))?
    })
}

/// The templates of those types, and all they are made of. A type whose template is in its source
/// has no file.
fn reached(rendered: &BTreeSet<String>, templates: &BTreeMap<String, String>) -> BTreeSet<String> {
    let types = types();
    let mut left: Vec<String> = rendered
        .iter()
        .filter_map(|name| types.get(name).cloned())
        .collect();
    let mut all = BTreeSet::new();
    while let Some(template) = left.pop() {
        left.extend(parts(&templates[&template]).map(str::to_owned));
        all.insert(template);
    }
    all
}

fn rendered(log: &Log) -> BTreeSet<String> {
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    log.split("page=\"")
        .skip(1)
        .map(|rest| rest.split(['"', '<']).next().unwrap().to_owned())
        .collect()
}

/// Asks for every page of the table that this asker may reach.
async fn walk(scene: &Scene, browser: &mut Browser, may: &[Access]) {
    for route in web::table() {
        let asked = route.method == Method::Get && may.contains(&route.access);
        if asked && !route.path.starts_with("/a/") {
            let answer = browser.get(&scene.path(route.path)).await;
            let status = answer.status.as_u16();
            assert!(status < 500, "{route:?} {status}");
        }
    }
}

/// What only a form answers.
async fn forms(scene: &Scene) {
    let mut administrator = scene.browser(Asker::Administrator).await;
    let invited = [("name", "Noé Invité"), ("job", "stagiaire")];
    let page = administrator
        .post("/administration/membres", &invited)
        .await;
    page.is(200);
    let code = page.text();
    let code = code.split("class=\"big code\">").nth(1).unwrap();
    let code = code.split('<').next().unwrap();
    let fields = [
        ("name", "Noé Invité"),
        ("code", code),
        ("passphrase", PASSPHRASE),
    ];
    let mut visitor = scene.house.app.browser();
    visitor.post("/appareil", &fields).await.is(200);
    visitor.get("/nulle-part").await.is(404);

    let mut lead = scene.browser(Asker::Lead).await;
    // Where no question is left, it is told; a change is compared.
    let rights = scene.path("/dossiers/{person}/droits");
    answer_all(&mut lead, &rights, "domiciliation", unknown).await;
    let birth = format!("{rights}/et-si/naissance");
    let month = [("month", "2026-09")];
    lead.post(&birth, &month).await.is(200);
    let form = scene.path("/dossiers/{person}/formulaires/{form}");
    lead.post(&form, &[("act", "check")]).await.is(200);
    let letter = scene.path("/dossiers/{person}/demarches/{procedure}/courriers/{letter}");
    lead.post(&letter, &[("text", "Lettre")]).await.is(200);
    let mut own = scene.browser(Asker::Person).await;
    own.post("/e/formulaires/petit", &[("act", "check")])
        .await
        .is(200);
    lead.get("/personnes/nulle-part").await.is(404);
    lead.get("/dossiers/00/coffre").await.is(404);
    let team = scene.house.team.to_string();
    let sheet = "Nom de naissance;Prénom;Date de naissance\nHaddad;Samira;03/02/1990\n";
    lead.upload(
        "/personnes/importer",
        &[("team", &team)],
        ("gens.csv", sheet.as_bytes()),
    )
    .await
    .is(200);
    let sure = [("team", team.as_str()), ("sure", "yes")];
    lead.upload("/personnes/importer", &sure, ("gens.csv", sheet.as_bytes()))
        .await
        .is(200);

    // A second card prints; a session that ended gives back what was being written.
    let mut worker = scene.browser(Asker::Granted).await;
    let card = scene.path("/dossiers/{person}/carte");
    worker.get(&card).await.is(200);
    let pins = [("pin", "9517"), ("again", "9517"), ("which", "second")];
    worker.post(&card, &pins).await.is(200);
    let session = scene.house.app.session(&scene.house.other_lead).await;
    let to = service::CodeFor::Me;
    let code = scene.house.app.service.short_code(&session, to).await;
    let code = code.unwrap().code;
    let access = [
        ("code", code.as_str()),
        ("compartments", "social"),
        ("purpose", "Trouver un toit"),
        ("days", "31"),
    ];
    let give = scene.path("/dossiers/{person}/acces");
    worker.post(&give, &access).await.is(200);
    let write = scene.path("/dossiers/{person}/ecrire");
    visitor
        .post(&write, &[("text", "Ce que j’écrivais")])
        .await
        .is(403);

    let mut person = scene.house.app.opened(&scene.house.person).await;
    person.get("/e/papiers/00").await.is(404);
}

#[tokio::test]
async fn every_template_is_rendered_by_a_request() {
    let log = Log::default();
    let writer = log.clone();
    let recorded = tracing_subscriber::fmt()
        .with_env_filter("web=trace")
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _recording = tracing::subscriber::set_default(recorded);
    let scene = Box::pin(Scene::build()).await;
    for (asker, may) in [
        (Asker::SignedOut, &[Access::Public][..]),
        (Asker::Person, &[Access::Person]),
        (
            Asker::Administrator,
            &[Access::Worker, Access::Administrator],
        ),
        (Asker::Granted, &[Access::Worker, Access::Record]),
        (
            Asker::Lead,
            &[
                Access::Worker,
                Access::Record,
                Access::Lead,
                Access::Overseer,
            ],
        ),
    ] {
        let mut browser = scene.browser(asker).await;
        walk(&scene, &mut browser, may).await;
    }
    Box::pin(forms(&scene)).await;
    let templates = under("templates");
    let reached = reached(&rendered(&log), &templates);
    let never: Vec<&String> = templates.keys().filter(|t| !reached.contains(*t)).collect();
    assert!(never.is_empty(), "no request renders {never:#?}");
}

#[test]
fn a_template_that_nothing_renders_is_told() {
    let templates = under("templates");
    let none = reached(&BTreeSet::new(), &templates);
    assert!(none.is_empty());
    let card = BTreeSet::from(["web::public::CardPage".to_owned()]);
    let some = reached(&card, &templates);
    assert!(some.contains("card.html") && some.contains("page.html"));
    assert!(!some.contains("worker/frame.html"));
    // Every template that is not only a part of others belongs to a type.
    let all: BTreeSet<String> = types().into_keys().collect();
    let reached = reached(&all, &templates);
    let loose: Vec<&String> = templates.keys().filter(|t| !reached.contains(*t)).collect();
    assert!(loose.is_empty(), "{loose:?}");
}
