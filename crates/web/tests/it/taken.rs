//! What leaves on paper or in a file: a form filled from the record, and the set of pieces.

use crate::{
    app::{House, picture},
    browser::{Answer, Browser},
};
use std::io::{Cursor, Read};
use web::Language;

fn t(key: &str) -> String {
    Language::french().t(key)
}

fn is_attachment<'a>(answer: &'a Answer, name: &str) -> &'a Answer {
    answer.is(200);
    let disposition = answer.header("content-disposition");
    assert_eq!(disposition, format!("attachment; filename=\"{name}\""));
    let policy = answer.header("content-security-policy");
    assert_eq!(policy, "default-src 'none'; sandbox");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cache-control"), "no-store");
    answer
}

#[tokio::test]
async fn a_form_is_offered_from_the_record_checked_then_filled_and_the_taking_is_told() {
    let house = House::build().await;
    let mut desk = house.app.signed_in(&house.worker).await;
    let profile = format!("/dossiers/{}/identite", house.person.id);
    let fields = [
        ("birth_name", "Diallo"),
        ("given_names", "Amadou"),
        ("born", "1987-03-09"),
    ];
    desk.post(&profile, &fields).await.is(303);
    let list = format!("/dossiers/{}/formulaires", house.person.id);
    desk.get(&list).await.is(200).says("Petit formulaire");
    let at = format!("{list}/petit");
    desk.get(&at)
        .await
        .is(200)
        .says("value=\"Diallo\"")
        .says("value=\"1987-03-09\"");
    let typed = [
        ("q-name", "Diallo"),
        ("q-born", "09/03/1987"),
        ("q-agrees", "yes"),
        ("q-town", "Lyon"),
    ];
    let with = |act: &'static str| {
        let mut fields = typed.to_vec();
        fields.push(("act", act));
        fields
    };
    desk.post(&at, &with("check"))
        .await
        .is(200)
        .says("9 mars 1987")
        .says(&t("sheet-blank"))
        .says("type=\"hidden\" name=\"q-town\" value=\"Lyon\"");
    desk.post(&at, &with("edit"))
        .await
        .is(200)
        .says("value=\"Lyon\"");
    let filled = desk.post(&at, &with("fill")).await;
    is_attachment(&filled, "formulaire.pdf");
    assert_eq!(filled.header("content-type"), "application/pdf");
    let blank = forms::Blank::read(&filled.bytes).unwrap();
    assert_eq!(blank.fields().len(), 8);
    let text = String::from_utf8_lossy(&filled.bytes).into_owned();
    assert!(
        text.contains("/V(DIALLO)") && text.contains("/V(09/03/1987)"),
        "{text}"
    );
    assert!(text.contains("/AS/oui"));

    // It left a trace that the person reads, and no entry: the record did not change.
    let mut own = house.app.opened(&house.person).await;
    own.get("/e/lectures").await.says("Petit formulaire");
    own.get("/e/formulaires")
        .await
        .is(200)
        .says("Petit formulaire");
    let mine = own.post("/e/formulaires/petit", &with("fill")).await;
    is_attachment(&mine, "formulaire.pdf");
    own.get("/e/formulaires/nul").await.is(404);
}

#[tokio::test]
async fn an_answer_that_does_not_fit_comes_back_beside_its_question() {
    let house = House::build().await;
    let mut desk = house.app.signed_in(&house.worker).await;
    let at = format!("/dossiers/{}/formulaires/petit", house.person.id);
    let long = "Nom plus long que sa case";
    let fields = [("q-name", long), ("q-town", "Lyon"), ("act", "fill")];
    desk.post(&at, &fields)
        .await
        .is(422)
        .says("href=\"#q-name\"")
        .says(long)
        .says("value=\"Lyon\"");
    let fields = [
        ("q-born", "31/02"),
        ("q-agrees", "peut-être"),
        ("act", "fill"),
    ];
    desk.post(&at, &fields)
        .await
        .is(422)
        .says(&t("error-day"))
        .says(&t("error-choice"));
    let mut own = house.app.opened(&house.person).await;
    own.get("/e/lectures").await.never_says("Petit formulaire");
}

/// A procedure with a piece that a document meets and one that is to be found; its address and the
/// piece's identifier.
async fn procedure(desk: &mut Browser, house: &House) -> (String, String) {
    let list = format!("/dossiers/{}/demarches", house.person.id);
    let fields = [
        ("title", "Demande de RSA"),
        ("theme", "money"),
        ("organisation", "CAF du Nord"),
        ("per", "month"),
        ("rubrique", "social"),
    ];
    let made = desk.post(&format!("{list}/nouvelle"), &fields).await;
    let at = made.is(303).location().to_owned();
    let ask = format!("{at}/pieces/autre");
    for label in ["Pièce d’identité", "Avis d’impôt"] {
        desk.post(&ask, &[("label", label)]).await.leads_to(&at);
    }
    let put = format!("/dossiers/{}/coffre/deposer", house.person.id);
    let fields = [
        ("kind", "identity_card"),
        ("compartment", "social"),
        ("title", "Ma carte"),
    ];
    let document = desk.upload(&put, &fields, ("carte.png", &picture())).await;
    let document = document
        .is(303)
        .location()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let piece = desk.get(&at).await.link(&format!("{at}/pieces/"));
    let met = [("how", "document"), ("document", document.as_str())];
    desk.post(&piece, &met).await.is(303);
    (at, piece.rsplit('/').next().unwrap().to_owned())
}

#[tokio::test]
async fn a_set_leaves_as_one_archive_and_is_told_as_a_sharing_and_a_reading_of_each() {
    let house = House::build().await;
    let mut desk = house.app.signed_in(&house.worker).await;
    let (at, piece) = procedure(&mut desk, &house).await;
    let path = format!("{at}/remettre");
    desk.get(&path)
        .await
        .is(200)
        .says("Ma carte")
        .says("CAF du Nord")
        .says("Avis d’impôt");
    // Nothing is chosen, or nobody is named: nothing leaves and nothing is written.
    desk.post(&path, &[("to", "CAF")])
        .await
        .is(422)
        .says(&t("error-set-empty"));
    let unnamed = [("pieces", piece.as_str())];
    desk.post(&path, &unnamed)
        .await
        .is(422)
        .says(&t("error-line-empty"));
    let foreign = [("pieces", &*"ab".repeat(16)), ("to", "CAF")];
    assert!(desk.post(&path, &foreign).await.status.is_client_error());
    let mut own = house.app.opened(&house.person).await;
    own.get("/e/lectures").await.never_says("Ma carte");

    let fields = [("pieces", piece.as_str()), ("to", "Guichet de la CAF")];
    let set = desk.post(&path, &fields).await;
    is_attachment(&set, "pieces.zip");
    let mut archive = zip::ZipArchive::new(Cursor::new(set.bytes.clone())).unwrap();
    let names: Vec<String> = archive
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    assert_eq!(
        names,
        ["00-liste-des-pieces.pdf", "01-piece-d-identite.png"]
    );
    let mut content = Vec::new();
    archive
        .by_index(1)
        .unwrap()
        .read_to_end(&mut content)
        .unwrap();
    assert_eq!(content, picture());
    let mut list = Vec::new();
    archive.by_index(0).unwrap().read_to_end(&mut list).unwrap();
    assert!(list.starts_with(b"%PDF"));

    desk.get(&at).await.says("Guichet de la CAF");
    let mut own = house.app.opened(&house.person).await;
    own.get("/e/lectures").await.says("Ma carte");
    let page = own.get("/e/demarches").await.link("/e/demarches/");
    let path = format!("{page}/remettre");
    own.get(&page).await.says(&path);
    own.get(&path).await.is(200).says("Ma carte");
    let mine = own.post(&path, &fields).await;
    is_attachment(&mine, "pieces.zip");
}

#[tokio::test]
async fn a_set_of_pdfs_and_pictures_leaves_as_one_pdf_and_otherwise_the_list_says_why() {
    let house = House::build().await;
    let mut desk = house.app.signed_in(&house.worker).await;
    let (at, piece) = procedure(&mut desk, &house).await;
    let path = format!("{at}/remettre");
    desk.get(&path).await.says(&t("set-shape-pdf"));
    let tax = desk.get(&at).await;
    let tax = tax.links().into_iter().rfind(|l| {
        l.starts_with(&format!("{at}/pieces/")) && !l.ends_with(&piece) && !l.ends_with("autre")
    });
    let tax = tax.unwrap();
    let put = format!("/dossiers/{}/coffre/deposer", house.person.id);
    let mut meet = async |name: &str, content: &[u8]| {
        let fields = [
            ("kind", "tax_notice"),
            ("compartment", "social"),
            ("title", name),
        ];
        let made = desk.upload(&put, &fields, (name, content)).await;
        let document = made.is(303).location().rsplit('/').next().unwrap();
        let met = [("how", "document"), ("document", document)];
        desk.post(&tax, &met).await.is(303);
        let id = tax.rsplit('/').next().unwrap();
        let fields = [
            ("pieces", piece.as_str()),
            ("pieces", id),
            ("shape", "pdf"),
            ("to", "Guichet de la CAF"),
        ];
        desk.post(&path, &fields).await
    };
    let notice = forms::print("Avis", &[forms::Print::Text("Revenu fiscal".into())]).unwrap();
    let whole = meet("avis.pdf", &notice).await;
    is_attachment(&whole, "pieces.pdf");
    assert_eq!(whole.header("content-type"), "application/pdf");
    let mut binder = forms::Binder::default();
    binder.pdf("", &whole.bytes).unwrap();
    // The list, the picture, the notice.
    assert_eq!(binder.len(), 3);
    let list = |answer: &Answer| {
        let mut archive = zip::ZipArchive::new(Cursor::new(answer.bytes.clone())).unwrap();
        let mut list = String::new();
        let mut entry = archive.by_index(0).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        list.push_str(&String::from_utf8_lossy(&bytes));
        list
    };
    // Letters of the list are written as codes of the font.
    let codes = |words: &str| -> String {
        use std::fmt::Write as _;
        words.bytes().fold(String::new(), |mut all, b| {
            write!(all, "{b:02x}").unwrap();
            all
        })
    };
    for (name, content, why) in [
        ("avis.txt", &b"Revenu fiscal de reference"[..], "ni un PDF"),
        ("faux.pdf", b"%PDF-1.7\nrien de plus", "tre lu"),
    ] {
        let set = meet(name, content).await;
        is_attachment(&set, "pieces.zip");
        assert!(list(&set).contains(&codes(why)), "{name}");
    }
    let mut own = house.app.opened(&house.person).await;
    own.get("/e/lectures").await.says("faux.pdf");
}

#[tokio::test]
async fn a_damaged_document_breaks_the_archive_instead_of_leaving_in_it() {
    let house = House::build().await;
    let mut desk = house.app.signed_in(&house.worker).await;
    let (at, piece) = procedure(&mut desk, &house).await;
    for path in house.app.stored() {
        let folder = path.parent().unwrap();
        if folder.ends_with(house.person.id.to_string()) {
            let mut bytes = std::fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            std::fs::write(&path, bytes).unwrap();
        }
    }
    let fields = [("pieces", piece.as_str()), ("to", "CAF")];
    let set = desk.post(&format!("{at}/remettre"), &fields).await;
    assert!(zip::ZipArchive::new(Cursor::new(set.bytes.clone())).is_err());
}
