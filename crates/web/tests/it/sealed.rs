//! The canary: a word of its own goes in every field and file of every page, then everything kept
//! on disk, backed up and logged is searched for them, in each form in which they could hide.

use crate::{
    app::{Accompanied, House, PASSPHRASE, PIN},
    browser::Browser,
    calculate,
    filled::{self, Filled},
    searched::Searched,
};
use service::BackupPart;
use std::{
    io::Write,
    sync::{Arc, Mutex},
};

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

/// Makes what goes wrong be told: a damaged file, a wrong PIN, an address of nothing.
async fn stumble(house: &House, person: &Accompanied, browser: &mut Browser, paper: &str) {
    for path in house.app.stored() {
        if path
            .parent()
            .is_some_and(|p| p.ends_with(person.id.to_string()))
        {
            let mut bytes = std::fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            std::fs::write(&path, bytes).unwrap();
        }
    }
    browser.get(&format!("{paper}/fichier")).await;
    house
        .app
        .browser()
        .post("/", &[("code", &person.code), ("pin", "0000")])
        .await
        .is(422);
    browser.get("/e/papiers/Canàriadresseôté").await.is(404);
}

/// Both backups, as the program writes them.
async fn backed_up(house: &House) -> Vec<(String, Vec<u8>)> {
    let folder = tempfile::tempdir().unwrap();
    let mut found = Vec::new();
    for (name, part) in [("main", BackupPart::Main), ("shares", BackupPart::Shares)] {
        let scratch = tempfile::tempdir().unwrap();
        let to = folder.path().join(name);
        let done = house
            .app
            .service
            .backup(part, house.app.folder.path(), scratch.path(), &to)
            .await
            .unwrap();
        assert!(done.files > 0);
        found.push((format!("the backup {name}"), std::fs::read(&to).unwrap()));
    }
    found
}

#[tokio::test]
async fn nothing_readable_is_kept_backed_up_or_logged() {
    let log = Log::default();
    let writer = log.clone();
    // Of every thread: the engine has its own.
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG)
        .with_writer(move || writer.clone())
        .init();
    let house = House::build().await;
    let mut filled = Filled::default();
    let mut codes = filled::administrator(&house, &mut filled).await;
    filled::sheet(&house, &mut filled).await;
    let mut desk = house.app.signed_in(&house.worker).await;
    let person = filled::newcomer(&house, &mut desk, &mut filled).await;
    let mandate = Box::pin(filled::worker(&mut desk, &person, &mut filled)).await;
    Box::pin(filled::procedure(&mut desk, &person, &mut filled)).await;
    Box::pin(filled::looked(&mut desk, &person, &mut filled)).await;
    let mut own = house.app.opened(&person).await;
    let (paper, code) = filled::person(&house, &mut own, &mandate, &mut filled).await;
    codes.push(code);
    codes.push(filled::office(&house, &mut desk, &person, &mut filled).await);
    filled::close(&mut desk, &person, &mut filled).await;
    codes.extend(calculate::canaries(&house, &mut filled).await);
    let missing = filled.missing();
    assert!(missing.is_empty(), "no form here fills {missing:#?}");
    let mut places = backed_up(&house).await;
    stumble(&house, &person, &mut own, &paper).await;

    for path in house.app.stored() {
        places.push((path.display().to_string(), std::fs::read(&path).unwrap()));
    }
    assert!(places.iter().map(|p| p.1.len()).sum::<usize>() > 100_000);
    places.push(("the log".into(), log.0.lock().unwrap().clone()));
    let names = [
        "Association Le Passage",
        "Marc Aubin",
        "Accueil de jour",
        "Amadou",
        "Canàriadresseôté",
        "canari.courriel",
        PASSPHRASE,
    ];
    let secrets = [&person.code, &house.person.code].map(String::as_str);
    let cookies = own.cookies.values().chain(desk.cookies.values());
    let searched = Searched::new(
        filled
            .words
            .iter()
            .chain(&codes)
            .chain(cookies)
            .map(String::as_str)
            .chain(names)
            .chain(secrets),
    );
    for (place, bytes) in &places {
        if let Some(told) = searched.found(bytes) {
            panic!("in {place}: {told}");
        }
    }
    // The search itself, over the same bytes: planted in any of them, one word is found.
    for (_, bytes) in &mut places {
        let middle = bytes.len() / 2;
        bytes.splice(middle..middle, filled.words[3].bytes());
        assert!(searched.found(bytes).is_some());
    }
    let log = String::from_utf8_lossy(&places.last().unwrap().1).into_owned();
    assert!(!log.contains(&format!("={PIN}")));
}
