//! The safe: documents come out byte for byte, what is refused leaves nothing, and a file swapped
//! or cut on the disk is never given.

use crate::{
    app::{App, texts, writing},
    store,
};
use domain::{
    Compartment,
    document::{DocumentFacts, LARGEST_FILE, RefusedFile},
    id::{DocumentId, PersonId},
    words::{DocumentKind, Nature},
};
use futures_util::StreamExt;
use jiff::civil::date;
use service::{NewDocument, Result, ServiceError, What, Which, Who};

/// The same stories with files in a folder and in a bucket.
macro_rules! on_both {
    ($($story:ident),* $(,)?) => {
        mod folder {
            $(#[tokio::test]
            async fn $story() {
                super::$story(crate::app::App::new().await).await;
            })*
        }
        mod bucket {
            $(#[tokio::test]
            async fn $story() {
                let kept = crate::kept::Kept::bucket();
                super::$story(crate::app::App::keeping(kept).await).await;
            })*
        }
    };
}

on_both!(
    documents_come_out_byte_for_byte_at_every_edge,
    nothing_and_too_much_are_refused,
    what_is_not_a_paper_is_refused_by_its_content_and_leaves_nothing,
    papers_open_to_those_their_compartment_opens_to,
    taking_a_paper_out_is_told_with_its_title,
    files_swapped_on_the_disk_are_refused_and_named,
    a_file_cut_changed_or_gone_gives_nothing_false,
    the_rest_of_a_record_opens_when_a_file_is_gone,
    images_are_shown_re_encoded_and_other_papers_are_not,
    a_document_said_to_be_an_orphan_is_not_swept,
);

pub(crate) fn named(name: &str) -> NewDocument {
    NewDocument {
        name: name.into(),
        facts: DocumentFacts {
            kind: DocumentKind::Other,
            title: String::new(),
            issued: None,
            valid_until: None,
        },
    }
}

pub(crate) async fn put(
    app: &App,
    who: &Who<'_>,
    at: Compartment,
    content: &[u8],
) -> Result<DocumentId> {
    let mut upload = app.service.begin_upload(who, at).await?;
    // As networks deliver: in pieces that fit nothing.
    for piece in content.chunks(60_013) {
        upload.push(piece).await?;
    }
    app.service
        .finish_upload(who, upload, named("page.pdf"))
        .await
}

/// What comes out before the end or the first error, and whether it ended well.
pub(crate) async fn taken_out(app: &App, who: &Who<'_>, id: DocumentId) -> (Vec<u8>, Result<()>) {
    let mut content = Vec::new();
    let mut opened = match app.service.open_document(who, id).await {
        Ok(opened) => opened,
        Err(error) => return (content, Err(error)),
    };
    while let Some(bytes) = opened.stream.next().await {
        match bytes {
            Ok(bytes) => content.extend_from_slice(&bytes),
            Err(error) => return (content, Err(error)),
        }
    }
    (content, Ok(()))
}

pub(crate) fn content(length: usize, seed: u32) -> Vec<u8> {
    let start = b"%PDF-1.7\n";
    let mut state = seed;
    let rest = (0..length.saturating_sub(start.len())).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_le_bytes()[3]
    });
    let mut bytes: Vec<u8> = start.iter().copied().chain(rest).collect();
    bytes.truncate(length);
    bytes
}

async fn documents_come_out_byte_for_byte_at_every_edge(app: App) {
    const CHUNK: usize = 64 * 1024;
    const PART: usize = 5 * 1024 * 1024;
    let person = app.person("Aline", true).await;
    let who = Who::Worker(&app.workers[0], person);
    for length in [
        1,
        2,
        CHUNK - 1,
        CHUNK,
        CHUNK + 1,
        2 * CHUNK,
        3 * CHUNK - 1,
        PART - 1,
        PART,
        PART + 1,
        2 * PART + CHUNK,
    ] {
        let bytes = content(length, 7);
        let id = put(&app, &who, Compartment::Social, &bytes).await.unwrap();
        let (out, ended) = taken_out(&app, &who, id).await;
        ended.unwrap();
        assert!(out == bytes, "{length} bytes in, {} out", out.len());
    }
    app.sound().await;
}

async fn nothing_and_too_much_are_refused(app: App) {
    let person = app.person("Aline", true).await;
    let who = Who::Worker(&app.workers[0], person);
    let empty = put(&app, &who, Compartment::Social, b"").await;
    assert!(
        matches!(empty, Err(ServiceError::File(RefusedFile::Empty))),
        "{empty:?}"
    );
    let mut upload = app
        .service
        .begin_upload(&who, Compartment::Social)
        .await
        .unwrap();
    let piece = content(1024 * 1024, 7);
    let mut sent = 0;
    while sent < LARGEST_FILE {
        upload.push(&piece).await.unwrap();
        sent += piece.len() as u64;
    }
    let longer = upload.push(b"x").await;
    assert!(
        matches!(longer, Err(ServiceError::File(RefusedFile::TooLong))),
        "{longer:?}"
    );
    drop(upload);
    let opened = app.opened(&app.workers[0], person).await;
    assert!(opened.documents.is_empty());
    app.hours(25);
    assert_eq!(
        app.service.sweep().await.unwrap().files,
        2,
        "orphans are swept"
    );
    assert!(app.keeps_no_file().await);
}

async fn what_is_not_a_paper_is_refused_by_its_content_and_leaves_nothing(app: App) {
    let person = app.person("Aline", true).await;
    let who = Who::Worker(&app.workers[0], person);
    for (bytes, expected) in [
        (&b"MZ\x90\0 un programme"[..], RefusedFile::Program),
        (b"<!DOCTYPE html><p>page", RefusedFile::Markup),
        (b"PK\x03\x04 une archive", RefusedFile::Archive),
        (b"GIF89a\x01\0", RefusedFile::Unknown),
    ] {
        let refused = put(&app, &who, Compartment::Social, bytes).await;
        assert!(
            matches!(&refused, Err(ServiceError::File(why)) if *why == expected),
            "{expected:?}: {refused:?}"
        );
    }
    assert!(app.keeps_no_file().await);
    assert!(
        app.opened(&app.workers[0], person)
            .await
            .documents
            .is_empty()
    );
}

async fn papers_open_to_those_their_compartment_opens_to(app: App) {
    let person = app.person("Aline", true).await;
    let other = app.person("Basile", true).await;
    let card = app.card(person).await;
    let own = app.own(&card.code).await;
    let (worker, lead, himself) = (
        Who::Worker(&app.workers[0], person),
        Who::Worker(&app.leads[0], person),
        Who::Person(&own),
    );
    let page = content(1000, 3);
    let closed = put(&app, &worker, Compartment::Health, &page).await;
    assert!(
        matches!(
            closed,
            Err(ServiceError::CompartmentClosed(Compartment::Health))
        ),
        "{closed:?}"
    );
    let health = put(&app, &lead, Compartment::Health, &page).await.unwrap();
    let kept = put(&app, &himself, Compartment::Vault, &page)
        .await
        .unwrap();
    for (who, id, opens) in [
        (&lead, health, true),
        (&worker, health, false),
        (&himself, kept, true),
        (&lead, kept, false),
        (&Who::Worker(&app.leads[0], other), health, false),
        (&Who::Worker(&app.leads[1], person), health, false),
    ] {
        let (out, ended) = taken_out(&app, who, id).await;
        assert_eq!(ended.is_ok(), opens);
        assert_eq!(out.is_empty(), !opens);
    }
    let upload = app
        .service
        .begin_upload(&lead, Compartment::Social)
        .await
        .unwrap();
    let elsewhere = Who::Worker(&app.leads[0], other);
    let mut upload = upload;
    upload.push(&page).await.unwrap();
    let moved = app
        .service
        .finish_upload(&elsewhere, upload, named("page.pdf"))
        .await;
    assert!(moved.is_err(), "begun in one record, not ended in another");
}

async fn taking_a_paper_out_is_told_with_its_title(app: App) {
    let person = app.person("Aline", true).await;
    let who = Who::Worker(&app.workers[0], person);
    let id = put(&app, &who, Compartment::Social, b"%PDF-1.7 une page")
        .await
        .unwrap();
    let facts = DocumentFacts {
        title: "Attestation".into(),
        valid_until: Some(date(2026, 4, 1)),
        ..named("").facts
    };
    let backwards = DocumentFacts {
        issued: Some(date(2026, 5, 1)),
        ..facts.clone()
    };
    let refused = app.service.change_document(&who, id, backwards).await;
    assert!(matches!(refused, Err(ServiceError::Invalid { .. })));
    app.service.change_document(&who, id, facts).await.unwrap();
    taken_out(&app, &who, id).await.1.unwrap();
    let read = app.service.who_read(&who, None).await.unwrap();
    assert_eq!(read.lines[0].what, What::Download("Attestation".into()));
    let opened = app.opened(&app.workers[0], person).await;
    assert_eq!(opened.ending_documents(app.service.today()).len(), 1);

    app.service
        .withdraw_document(&who, id, "périmée".into())
        .await
        .unwrap();
    let gone = app.service.open_document(&who, id).await;
    assert!(matches!(gone, Err(ServiceError::NotFound)));
    app.sound().await;
}

/// Two papers of the same length, and the file of each on the disk.
async fn two_papers(app: &App, person: PersonId) -> [(DocumentId, std::path::PathBuf); 2] {
    let who = Who::Worker(&app.workers[0], person);
    let folder = app.files();
    let mut papers = Vec::new();
    for seed in [1, 2] {
        let before = if folder.exists() {
            store::files(&folder)
        } else {
            Vec::new()
        };
        let id = put(app, &who, Compartment::Social, &content(200_000, seed))
            .await
            .unwrap();
        let after = store::files(&folder);
        let new = after.into_iter().find(|f| !before.contains(f)).unwrap();
        papers.push((id, new));
    }
    papers.try_into().unwrap()
}

async fn files_swapped_on_the_disk_are_refused_and_named(app: App) {
    let person = app.person("Aline", true).await;
    let who = Who::Worker(&app.workers[0], person);
    let [(a, file_a), (b, file_b)] = two_papers(&app, person).await;
    let (bytes_a, bytes_b) = (
        std::fs::read(&file_a).unwrap(),
        std::fs::read(&file_b).unwrap(),
    );
    std::fs::write(&file_a, bytes_b).unwrap();
    std::fs::write(&file_b, bytes_a).unwrap();
    for id in [a, b] {
        let (out, ended) = taken_out(&app, &who, id).await;
        assert!(matches!(ended, Err(ServiceError::Integrity { .. })));
        assert!(out.is_empty());
    }
    let report = app.verify().await;
    for file in [file_a, file_b] {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let place = format!("files {person} {name}");
        assert!(report.faults.iter().any(|f| f.place == place), "{place}");
    }
}

async fn a_file_cut_changed_or_gone_gives_nothing_false(app: App) {
    let person = app.person("Aline", true).await;
    let who = Who::Worker(&app.workers[0], person);
    let [(id, file), _] = two_papers(&app, person).await;
    let sealed = std::fs::read(&file).unwrap();
    let whole = content(200_000, 1);
    let cut = &sealed[..sealed.len() - 1];
    let longer = [&sealed[..], b"x"].concat();
    let mut late = sealed.clone();
    *late.last_mut().unwrap() ^= 1;
    let mut early = sealed.clone();
    early[100] ^= 1;
    // Two chunks exchanged: the header, then 64 KiB and a tag each.
    let (header, chunk) = (53, 64 * 1024 + 16);
    let mut exchanged = sealed.clone();
    exchanged[header..header + chunk].copy_from_slice(&sealed[header + chunk..header + 2 * chunk]);
    exchanged[header + chunk..header + 2 * chunk].copy_from_slice(&sealed[header..header + chunk]);
    for (bytes, what) in [
        (cut.to_vec(), "cut"),
        (longer, "longer"),
        (late, "changed at its end"),
        (early, "changed at its start"),
        (exchanged, "two chunks exchanged"),
        (Vec::new(), "empty"),
    ] {
        std::fs::write(&file, bytes).unwrap();
        let (out, ended) = taken_out(&app, &who, id).await;
        assert!(ended.is_err(), "{what}");
        assert!(whole.starts_with(&out), "{what}: only what was put in");
        assert!(out.len() < whole.len(), "{what}");
        assert_eq!(app.verify().await.wrong, 1, "{what}");
    }
    std::fs::remove_file(&file).unwrap();
    assert!(taken_out(&app, &who, id).await.1.is_err());
    assert_eq!(app.verify().await.wrong, 1);
    std::fs::write(&file, sealed).unwrap();
    assert!(taken_out(&app, &who, id).await.0 == whole);
    app.sound().await;
}

async fn the_rest_of_a_record_opens_when_a_file_is_gone(app: App) {
    let person = app.person("Aline", true).await;
    let [(_, file), _] = two_papers(&app, person).await;
    std::fs::remove_file(file).unwrap();
    let words = writing(Nature::Fact, "on retrouve le papier");
    app.service
        .write(
            &Who::Worker(&app.workers[0], person),
            Compartment::Social,
            words,
        )
        .await
        .unwrap();
    let opened = app
        .service
        .open_record(&app.workers[0], person, Which::All)
        .await
        .unwrap();
    assert_eq!(texts(&opened.record), ["on retrouve le papier"]);
    assert_eq!(opened.record.documents.len(), 2);
}

async fn images_are_shown_re_encoded_and_other_papers_are_not(app: App) {
    let person = app.person("Aline", true).await;
    let who = Who::Worker(&app.workers[0], person);
    let mut png = Vec::new();
    image::DynamicImage::new_rgb8(400, 300)
        .write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png)
        .unwrap();
    png.extend_from_slice(b"<script>alert(1)</script>");
    let photo = put(&app, &who, Compartment::Social, &png).await.unwrap();
    let page = put(&app, &who, Compartment::Social, &content(1000, 1))
        .await
        .unwrap();
    let shown = app.service.document_image(&who, photo, 100).await.unwrap();
    let shown = shown.unwrap();
    assert!(shown.starts_with(&[0xff, 0xd8, 0xff]), "a JPEG of our own");
    assert!(!shown.windows(7).any(|w| w == b"<script"));
    let decoded = image::load_from_memory(&shown).unwrap();
    assert_eq!((decoded.width(), decoded.height()), (100, 75));
    assert!(
        app.service
            .document_image(&who, page, 100)
            .await
            .unwrap()
            .is_none()
    );
    assert!(taken_out(&app, &who, photo).await.0 == png);
}

async fn a_document_said_to_be_an_orphan_is_not_swept(app: App) {
    let person = app.person("Aline", true).await;
    let who = Who::Worker(&app.leads[0], person);
    put(&app, &who, Compartment::Social, b"%PDF-1.7 une page")
        .await
        .unwrap();
    let edit = "UPDATE files SET kept = 0, begun = 0";
    app.engine.edit(edit).await;
    assert_eq!(app.service.sweep().await.unwrap().files, 0);
    app.sound().await;
}
