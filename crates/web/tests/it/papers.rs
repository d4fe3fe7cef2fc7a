//! The person's papers: put in, seen, taken out byte for byte.

use crate::app::{House, picture};
use web::Language;

const FIELDS: [(&str, &str); 3] = [
    ("kind", "identity_card"),
    ("title", "Ma carte"),
    ("compartment", "social"),
];

#[tokio::test]
async fn a_photo_goes_in_is_shown_re_encoded_and_comes_out_as_it_went_in() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    let png = picture();
    let fields = [
        FIELDS[0],
        FIELDS[1],
        FIELDS[2],
        ("valid_until", "2026-04-02"),
    ];
    let added = browser
        .upload("/e/papiers/ajouter", &fields, ("carte.png", &png))
        .await;
    added.is(303);
    let path = added.location().to_owned();
    let l = Language::french();
    let ends = l.t1("paper-ends", "day", "2 avril 2026");
    browser
        .get("/e")
        .await
        .says(&l.t1("person-papers-ending", "count", 1));
    browser.get("/e/papiers").await.says("Ma carte").says(&ends);
    let page = browser.get(&path).await;
    page.says("Ma carte")
        .says(&ends)
        .says(&format!("src=\"{path}/image\""));

    let image = browser.get(&format!("{path}/image")).await;
    image.is(200);
    assert_eq!(image.header("content-type"), "image/jpeg");
    assert_eq!(image.header("cache-control"), "no-store");
    assert_eq!(&image.bytes[..3], [0xff, 0xd8, 0xff]);

    let file = browser.get(&format!("{path}/fichier")).await;
    file.is(200);
    assert_eq!(&file.bytes[..], &png[..]);
    assert!(
        file.header("content-disposition")
            .starts_with("attachment; filename=\"document-")
    );
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert!(file.header("content-security-policy").contains("sandbox"));

    // Both were journaled before anything was shown.
    let readings = browser.get("/e/lectures").await;
    readings.says(&l.t1("read-document", "title", "Ma carte"));
    readings.says(&l.t1("read-download", "title", "Ma carte"));
}

#[tokio::test]
async fn long_documents_come_out_byte_for_byte() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    let mut pdf = b"%PDF-1.7\n".to_vec();
    pdf.extend((0..3_000_001_u32).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[2]));
    let added = browser
        .upload("/e/papiers/ajouter", &FIELDS, ("bail.pdf", &pdf))
        .await;
    added.is(303);
    let path = added.location().to_owned();
    browser.get(&path).await.never_says("/image\"");
    browser.get(&format!("{path}/image")).await.is(404);
    let file = browser.get(&format!("{path}/fichier")).await;
    assert_eq!(file.bytes, pdf);
}

#[tokio::test]
async fn what_the_safe_refuses_is_told_by_name_and_reason() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    browser.get("/e/papiers/ajouter").await.is(200);
    let l = Language::french();
    for (name, content, key) in [
        ("vide.pdf", &b""[..], "error-file-empty"),
        ("photo.jpg", b"MZ\x90\0\x03", "error-file-program"),
        (
            "lettre.txt",
            b"<html><script>1</script>",
            "error-file-markup",
        ),
        (
            "tout.zip",
            b"PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "error-file-archive",
        ),
        ("anime.gif", b"GIF89a\x01\0", "error-file-unknown"),
    ] {
        let answer = browser
            .upload("/e/papiers/ajouter", &FIELDS, (name, content))
            .await;
        answer
            .is(422)
            .says(&l.t1(key, "name", name))
            .says("value=\"Ma carte\"");
    }
    let wrong = [
        FIELDS[0],
        FIELDS[1],
        FIELDS[2],
        ("valid_until", "32/13/2026"),
    ];
    let answer = browser
        .upload("/e/papiers/ajouter", &wrong, ("carte.png", &picture()))
        .await;
    answer.is(422).says(&l.t("error-day")).says("32/13/2026");
    browser
        .get("/e/papiers")
        .await
        .says(&l.t("person-papers-none"));
}

#[tokio::test]
async fn a_file_sent_without_the_token_is_refused() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    browser.token = "00".into();
    browser
        .upload("/e/papiers/ajouter", &FIELDS, ("carte.png", &picture()))
        .await
        .is(403);
}

#[tokio::test]
async fn papers_of_someone_else_are_not_there() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    let added = browser
        .upload("/e/papiers/ajouter", &FIELDS, ("carte.png", &picture()))
        .await;
    let path = added.location().to_owned();
    let mut other = house.app.opened(&house.other_person).await;
    for end in ["", "/image", "/fichier"] {
        other
            .get(&format!("{path}{end}"))
            .await
            .is(404)
            .never_says("Ma carte");
    }
}

#[tokio::test]
async fn a_paper_of_the_vault_is_the_persons_alone() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    let fields = [
        FIELDS[0],
        ("title", "Photo de ma mère"),
        ("compartment", "vault"),
    ];
    let added = browser
        .upload("/e/papiers/ajouter", &fields, ("photo.png", &picture()))
        .await;
    added.is(303);
    browser.get("/e/papiers").await.says("Photo de ma mère");
    let session = house.app.session(&house.worker).await;
    let opened = house
        .app
        .service
        .open_record(&session, house.person.id, service::Which::All)
        .await
        .unwrap();
    assert!(opened.record.documents.is_empty());
}

#[tokio::test]
async fn what_is_said_of_a_paper_can_be_mended() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    let added = browser
        .upload("/e/papiers/ajouter", &FIELDS, ("carte.png", &picture()))
        .await;
    let path = added.location().to_owned();
    let change = format!("{path}/changer");
    browser
        .get(&change)
        .await
        .is(200)
        .says("value=\"Ma carte\"");
    let wrong = [
        FIELDS[0],
        ("title", "Ma carte neuve"),
        ("issued", "2026-03-02"),
        ("valid_until", "2025-01-01"),
    ];
    let l = Language::french();
    let answer = browser.post(&change, &wrong).await;
    answer
        .is(422)
        .says(&l.t("error-valid-until"))
        .says("Ma carte neuve");
    let right = [FIELDS[0], wrong[1], wrong[2], ("valid_until", "")];
    browser.post(&change, &right).await.leads_to(&path);
    browser.get(&path).await.says("Ma carte neuve");
    // Ten years is usual for an identity card: offered, never imposed.
    browser.get(&change).await.says("value=\"2036-03-02\"");
    let mut other = house.app.opened(&house.other_person).await;
    other.get(&change).await.is(404);
    other.post(&change, &right).await.is(404);
}

#[tokio::test]
async fn a_paper_leaves_the_list_once_asked_twice() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    let added = browser
        .upload("/e/papiers/ajouter", &FIELDS, ("carte.png", &picture()))
        .await;
    let path = added.location().to_owned();
    let withdraw = browser.get(&path).await.link(&format!("{path}/retirer"));
    browser.get(&withdraw).await.is(200).says("Ma carte");
    browser.get("/e/papiers").await.says("Ma carte");
    browser
        .post(&withdraw, &[("reason", "double")])
        .await
        .leads_to("/e/papiers");
    browser.get("/e/papiers").await.never_says("Ma carte");
    browser.get(&path).await.is(404);
}

#[tokio::test]
async fn the_day_a_paper_was_made_may_be_said_and_its_usual_end_is_offered() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    browser
        .get("/e/papiers/ajouter")
        .await
        .says("name=\"issued\"");
    let issued = ("issued", "2026-03-02");
    let backwards = [
        FIELDS[0],
        FIELDS[1],
        FIELDS[2],
        issued,
        ("valid_until", "2025-01-01"),
    ];
    let l = Language::french();
    browser
        .upload("/e/papiers/ajouter", &backwards, ("carte.png", &picture()))
        .await
        .is(422)
        .says(&l.t("error-valid-until"))
        .says("2026-03-02");
    let fields = [FIELDS[0], FIELDS[1], FIELDS[2], issued];
    let added = browser
        .upload("/e/papiers/ajouter", &fields, ("carte.png", &picture()))
        .await;
    let path = added.location().to_owned();
    let offered = l.t1("person-paper-usual", "day", "2 mars 2036");
    let page = browser.get(&path).await;
    page.says(&offered)
        .never_says(&l.t1("paper-valid", "day", "2 mars 2036"));
    let taken: Vec<(&str, String)> = ["kind", "title", "issued", "valid_until"]
        .into_iter()
        .map(|name| (name, page.hidden(name).unwrap()))
        .collect();
    let taken: Vec<(&str, &str)> = taken.iter().map(|(n, v)| (*n, v.as_str())).collect();
    browser
        .post(&format!("{path}/changer"), &taken)
        .await
        .leads_to(&path);
    browser
        .get(&path)
        .await
        .says(&l.t1("paper-valid", "day", "2 mars 2036"))
        .never_says(&offered);
}
