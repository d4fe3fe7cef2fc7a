//! The official catalogue on pages: found with everyday words, read as our own HTML, dated, and said
//! to be a sample where it is one.

use crate::app::House;
use catalogue::{Limits, Shelf, import};
use std::io::{Cursor, Write};
use zip::{ZipWriter, write::SimpleFileOptions};

const HOSTILE: &str = "<Publication xmlns:dc=\"x\" ID=\"F1\" type=\"Fiche d'information\" spUrl=\"javascript:alert(1)\">\
<dc:title>Un &lt;script&gt; dans le titre</dc:title><dc:date>modified 2020-10-30</dc:date><Texte>\
<Chapitre><Titre><Paragraphe>Premier</Paragraphe></Titre><SousChapitre><Titre><Paragraphe>Dedans</Paragraphe></Titre>\
<Paragraphe>&lt;img src=x onerror=alert(1)&gt; <LienExterne URL=\"javascript:alert(1)\">mauvais</LienExterne> \
<LienExterne URL=\"https://www.exemple.fr/a&quot;b\">bon</LienExterne> <LienInterne LienPublication=\"F2\">voisine</LienInterne> \
<LienInterne LienPublication=\"F99\">absente</LienInterne> <LienIntra LienID=\"R1\">mot</LienIntra> \
<LienIntra LienID=\"R2&quot;&gt;\">autre</LienIntra></Paragraphe></SousChapitre>\
<BlocCas affichage=\"radio\"><Cas><Titre>Si oui</Titre><Paragraphe>Alors.</Paragraphe></Cas></BlocCas>\
<Tableau><Titre>Montants</Titre><Colonne type=\"header\"/><Colonne type=\"normal\"/><Rangée type=\"header\"><Cellule><Paragraphe>Qui</Paragraphe></Cellule><Cellule><Paragraphe>Combien</Paragraphe></Cellule></Rangée>\
<Rangée type=\"normal\"><Cellule><Paragraphe>Seul</Paragraphe></Cellule><Cellule fusionHorizontale=\"2\"><Paragraphe>500</Paragraphe></Cellule></Rangée></Tableau></Chapitre></Texte>\
<Definition ID=\"R1\"><Titre>mot</Titre><Texte><Paragraphe>Son sens.</Paragraphe></Texte></Definition>\
<Definition ID=\"R2&quot;&gt;\"><Titre>autre</Titre><Texte><Paragraphe>Le sien.</Paragraphe></Texte></Definition></Publication>";

const OTHER: &str = "<Publication xmlns:dc=\"x\" ID=\"F2\" type=\"Fiche d'information\">\
<dc:title>Voisine</dc:title><dc:date>modified 2020-10-30</dc:date></Publication>";

pub(crate) fn shelf(folder: &std::path::Path, files: &[(&str, &str)]) -> Shelf {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    import(
        Cursor::new(bytes),
        folder,
        None,
        &Limits::default(),
        &mut |_| {},
    )
    .unwrap();
    Shelf::open(folder).0
}

#[tokio::test]
async fn a_page_is_our_own_markup_and_nothing_of_it_is_believed() {
    let folder = tempfile::tempdir().unwrap();
    let mut house = House::build().await;
    house.app.read(shelf(
        folder.path(),
        &[("F1.xml", HOSTILE), ("F2.xml", OTHER)],
    ));
    let mut browser = house.app.signed_in(&house.worker).await;
    let page = browser.get("/fiches/F1").await;
    page.is(200);
    let html = page.text();
    for never in [
        "<script> dans",
        "<img",
        "javascript:",
        "href=\"/fiches/F99",
        "R2\">",
        "onerror=alert(1)>",
    ] {
        assert!(!html.contains(never), "{never}\n{html}");
    }
    for there in [
        "<h1>Un &#60;script&#62; dans le titre</h1>",
        "<h2>Premier</h2>",
        "<h3>Dedans</h3>",
        "<details class=\"case\"><summary>Si oui</summary>",
        "<caption>Montants</caption>",
        "<th scope=\"col\">Qui</th>",
        "<th scope=\"row\">Seul</th><td colspan=\"2\">500</td>",
        "href=\"https://www.exemple.fr/a&quot;b\">bon</a>",
        "autre site : exemple.fr",
        "<a href=\"/fiches/F2\">voisine</a>",
        "<a class=\"meaning\" href=\"#m-R1\">mot</a>",
        "<dt id=\"m-R1\">mot</dt>",
        "30 octobre 2020",
        "DILA",
        // Five years old by the test's clock.
        "Ces fiches datent du",
    ] {
        assert!(html.contains(there), "{there}\n{html}");
    }
    assert!(!html.contains("target="), "a link opens nothing by itself");
}

#[tokio::test]
async fn without_an_edition_the_sample_is_found_and_says_what_it_is() {
    let house = House::build().await;
    let mut browser = house.app.signed_in(&house.worker).await;
    let found = browser.get("/fiches?q=sans+papier+se+soigner").await;
    found.is(200);
    assert!(
        found.text().contains("href=\"/fiches/EX2\""),
        "{}",
        found.text()
    );
    assert!(found.text().contains("Exemple : ces fiches"));
    let page = browser.get("/fiches/EX2").await;
    assert!(
        page.text()
            .contains("Ce ne sont pas les fiches officielles")
    );
    assert!(page.text().contains("Sans ordinateur"));
    browser.get("/fiches/F404").await.is(404);
    browser.get("/fiches/..%2Fmain.db").await.is(404);
    browser.get("/fiches/EX2/au/hier").await.is(404);
}

#[tokio::test]
async fn a_person_searches_without_leaving_words_in_an_address() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    let home = browser.get("/e").await;
    assert!(home.text().contains("href=\"/e/fiches\""));
    let found = browser
        .post("/e/fiches", &[("q", "mon mari me tape")])
        .await;
    found.is(200);
    assert!(
        found.text().contains("href=\"/e/fiches/EX11\""),
        "{}",
        found.text()
    );
    let page = browser.get("/e/fiches/EX11").await;
    page.is(200);
    assert!(
        page.text().contains("<title>Mon espace</title>"),
        "a neutral title"
    );
    assert!(page.text().contains("Quitter vite"));
    assert!(page.text().contains("3919"));
}

#[tokio::test]
async fn an_edition_that_arrives_is_in_use_and_the_one_before_stays_readable() {
    let folder = tempfile::tempdir().unwrap();
    let mut house = House::build().await;
    let shelf = shelf(folder.path(), &[("F2.xml", OTHER)]);
    house.app.read(shelf.clone());
    let mut browser = house.app.signed_in(&house.worker).await;
    assert!(
        browser
            .get("/fiches/F2")
            .await
            .text()
            .contains("<h1>Voisine</h1>")
    );
    let newer = OTHER
        .replace("2020-10-30", "2026-03-01")
        .replace("Voisine", "Nouvelle");
    self::shelf(folder.path(), &[("F2.xml", &newer)]);
    assert!(shelf.look().changed);
    let now = browser.get("/fiches/F2").await;
    assert!(now.text().contains("<h1>Nouvelle</h1>"));
    assert!(!now.text().contains("Cette édition est ancienne"));
    let then = browser.get("/fiches/F2/au/2020-10-30").await;
    assert!(then.text().contains("<h1>Voisine</h1>"));
    assert!(
        then.text().contains("édition précédente"),
        "{}",
        then.text()
    );
    assert!(then.text().contains("href=\"/fiches/F2\""));
}

#[tokio::test]
async fn a_page_looked_for_from_a_record_opens_a_procedure_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut house = House::build().await;
    house.app.read(shelf(
        folder.path(),
        &[("F1.xml", HOSTILE), ("F2.xml", OTHER)],
    ));
    let mut browser = house.app.signed_in(&house.worker).await;
    let id = "00112233445566778899aabbccddeeff";
    let found = browser
        .get(&format!("/fiches?dossier={id}&q=voisine"))
        .await;
    let to = format!("href=\"/fiches/F2?dossier={id}\"");
    assert!(found.text().contains(&to), "{}", found.text());
    // From page to page, the record stays.
    let page = browser.get(&format!("/fiches/F1?dossier={id}")).await;
    assert!(page.text().contains(&to), "{}", page.text());
    let opens = format!("href=\"/dossiers/{id}/demarches/nouvelle?fiche=F1\"");
    assert!(page.text().contains(&opens), "{}", page.text());
    // What is no name of a record is nowhere on the page.
    for wrong in ["%22%3E%3Cscript%3Ehop", "..%2F..%2Fe", "00112233"] {
        let page = browser.get(&format!("/fiches/F1?dossier={wrong}")).await;
        assert!(!page.text().contains("dossier="), "{}", page.text());
        assert!(!page.text().contains("hop"), "{}", page.text());
    }
}
