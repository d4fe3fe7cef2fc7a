//! Files in a bucket that fails: nothing acknowledged is lost, nothing half done is shown, and what
//! happened is said.

use crate::{
    app::App,
    kept::{self, Kept},
    safe::{content, put, taken_out},
    store,
};
use bucket::{Fault, Server};
use domain::Compartment;
use files::PART;
use service::{BackupPart, ServiceError, Who};
use std::{sync::Arc, time::Duration};

const ALWAYS: usize = usize::MAX;

async fn in_a_bucket() -> (App, Arc<Server>) {
    let server = Arc::new(Server::start());
    let app = App::keeping(Kept::Bucket(Arc::clone(&server))).await;
    (app, server)
}

#[tokio::test]
async fn a_document_that_could_not_be_stored_is_not_in_the_record() {
    let (app, server) = in_a_bucket().await;
    let person = app.person("Aline", true).await;
    let who = Who::Worker(&app.workers[0], person);
    let before = put(&app, &who, Compartment::Social, &content(1000, 1))
        .await
        .unwrap();
    for length in [1000, PART + 1000] {
        server.fails("PUT", Fault::Unavailable, ALWAYS);
        let refused = put(&app, &who, Compartment::Social, &content(length, 2)).await;
        assert!(
            matches!(refused, Err(ServiceError::Files(_))),
            "{refused:?}"
        );
        server.mends();
        let record = app.opened(&app.workers[0], person).await;
        assert_eq!(record.documents.len(), 1);
    }
    let (out, ended) = taken_out(&app, &who, before).await;
    ended.unwrap();
    assert!(out == content(1000, 1));
    // It comes back alone.
    let long = content(PART + 1000, 2);
    let id = put(&app, &who, Compartment::Social, &long).await.unwrap();
    assert!(taken_out(&app, &who, id).await.0 == long);
    app.sound().await;
    app.hours(25);
    assert_eq!(app.service.sweep().await.unwrap().files, 2);
    assert_eq!(store::files(&app.files()).len(), 2);
    assert_eq!(server.unfinished(), 0);
}

#[tokio::test]
async fn a_document_cut_on_its_way_out_ends_as_failed() {
    let (app, server) = in_a_bucket().await;
    let person = app.person("Aline", true).await;
    let who = Who::Worker(&app.workers[0], person);
    let whole = content(2_000_000, 1);
    let id = put(&app, &who, Compartment::Social, &whole).await.unwrap();
    server.fails("GET", Fault::HalfAnswer, 1);
    let (out, ended) = taken_out(&app, &who, id).await;
    ended.unwrap();
    assert!(out == whole, "asked again for the rest");
    server.fails("GET", Fault::HalfAnswer, ALWAYS);
    let (out, ended) = taken_out(&app, &who, id).await;
    assert!(matches!(ended, Err(ServiceError::Files(_))), "{ended:?}");
    assert!(out.len() < whole.len() && whole.starts_with(&out));
    // What verify cannot read, it does not call sound.
    assert_eq!(app.verify().await.wrong, 1);
    server.mends();
    app.sound().await;
}

#[tokio::test]
async fn a_sweep_that_the_bucket_refused_is_done_the_next_time() {
    let (app, server) = in_a_bucket().await;
    let person = app.person("Aline", true).await;
    let who = Who::Worker(&app.workers[0], person);
    let mut upload = app
        .service
        .begin_upload(&who, Compartment::Social)
        .await
        .unwrap();
    upload.push(&content(1000, 1)).await.unwrap();
    // A node that died between the file and its entry.
    let file = app.files().join(person.to_string());
    let named = app.engine.bytes("SELECT file FROM files").await;
    let named = store::hex(&named[0]);
    std::fs::create_dir_all(&file).unwrap();
    std::fs::write(file.join(named), b"sealed").unwrap();
    drop(upload);
    app.hours(25);
    server.fails("DELETE", Fault::Unavailable, ALWAYS);
    app.service.sweep().await.unwrap_err();
    server.mends();
    assert_eq!(app.service.sweep().await.unwrap().files, 1);
    assert!(app.keeps_no_file().await);
    assert_eq!(app.service.sweep().await.unwrap().files, 0);
}

#[tokio::test]
async fn a_backup_comes_back_into_another_place() {
    let (app, server) = in_a_bucket().await;
    let person = app.person("Aline", true).await;
    let who = Who::Worker(&app.workers[0], person);
    let papers = [content(1000, 1), content(2 * PART + 3, 2)];
    for paper in &papers {
        put(&app, &who, Compartment::Social, paper).await.unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("main.bak");
    let write = async || {
        let scratch = tempfile::tempdir().unwrap();
        let done = app
            .service
            .backup(BackupPart::Main, app.folder.path(), scratch.path(), &backup);
        done.await
    };
    server.fails("GET", Fault::HalfAnswer, ALWAYS);
    let refused = write().await.unwrap_err();
    assert!(matches!(refused, ServiceError::Files(_)), "{refused:?}");
    assert!(!backup.exists());
    server.mends();
    assert_eq!(write().await.unwrap().files, 3);

    let restore = async |prefix: &'static str, into: &str| {
        let (from, into) = (backup.clone(), folder.path().join(into));
        let sheets: Vec<_> = app
            .sheets
            .iter()
            .take(3)
            .map(service::RecoverySheet::to_code)
            .collect();
        std::fs::create_dir(&into).unwrap();
        let server = Arc::clone(&server);
        tokio::task::spawn_blocking(move || {
            let sheets: Vec<_> = sheets
                .iter()
                .map(|code| service::RecoverySheet::parse(code).unwrap())
                .collect();
            service::restore(&from, &sheets, &into, &mut || {
                Ok(kept::open(&server, prefix))
            })
        })
        .await
        .unwrap()
    };
    // Never over documents that are there.
    let refused = restore("place", "a").await.unwrap_err();
    assert!(matches!(refused, ServiceError::Setup(_)), "{refused:?}");
    app.sound().await;
    server.fails("PUT", Fault::Unavailable, ALWAYS);
    let refused = restore("elsewhere", "b").await.unwrap_err();
    assert!(matches!(refused, ServiceError::Files(_)), "{refused:?}");
    server.mends();
    assert!(!folder.path().join("b").exists());

    assert_eq!(restore("elsewhere", "c").await.unwrap(), 3);
    let elsewhere = server.objects().join("elsewhere");
    for file in store::files(&app.files()) {
        let name = file.strip_prefix(app.files()).unwrap();
        let restored = std::fs::read(elsewhere.join(name)).unwrap();
        assert!(restored == std::fs::read(&file).unwrap());
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(server.unfinished(), 0);
}
