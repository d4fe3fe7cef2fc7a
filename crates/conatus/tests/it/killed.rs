//! Killed again and again while people work: what was acknowledged is there, what was shown was
//! journaled, and everything verifies.

use crate::{
    browser::Browser,
    installation::{Installation, Server, in_store, team},
};
use sqlx::Row;
use std::{
    collections::{BTreeSet, VecDeque},
    fmt::Write as _,
    fs,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

const KILLS: usize = 200;
const WRITERS: usize = 3;

/// The same moments each time (a linear congruential generator): 5 to 80 ms into the load.
pub(crate) struct Moments(pub(crate) u64);

impl Moments {
    pub(crate) fn next(&mut self) -> Duration {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis(5 + (self.0 >> 33) % 76)
    }
}

/// Writes until the program dies; gives every text that was acknowledged.
pub(crate) fn write(
    mut browser: Browser,
    person: &str,
    name: &str,
    stop: &AtomicBool,
) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        let text = format!("preuve-{name}-{number}-fin");
        let fields = [
            ("nature", "fact"),
            ("text", text.as_str()),
            ("rubrique", "social"),
            ("theme", ""),
        ];
        match browser.try_post(&format!("/dossiers/{person}/ecrire"), &fields) {
            Ok(answer) => {
                // A refusal here would make the test prove nothing.
                assert_eq!(answer.status, 303, "{}", answer.text);
                acknowledged.push(text);
            }
            Err(_) => break,
        }
        if stop.load(Ordering::Relaxed) {
            break;
        }
    }
    acknowledged
}

/// Opens records one after the other until the program dies; gives those that were shown.
pub(crate) fn read(mut browser: Browser, people: &[String]) -> Vec<String> {
    let mut shown = Vec::new();
    for person in people {
        match browser.try_get(&format!("/dossiers/{person}")) {
            Ok(answer) => {
                assert_eq!(answer.status, 200, "{}", answer.text);
                shown.push(person.clone());
            }
            Err(_) => break,
        }
    }
    shown
}

/// The people of the main store, as addresses name them.
fn people(made: &Installation) -> Vec<String> {
    in_store(&made.data(), async |pool| {
        let query = "SELECT lower(hex(person_id)) AS p FROM persons ORDER BY person_id";
        let rows = sqlx::query(query).fetch_all(&pool).await.unwrap();
        rows.iter().map(|row| row.get("p")).collect()
    })
}

/// The people of whom at least one reading is kept. Asked before any page is: a page writes one.
fn read_about(made: &Installation) -> BTreeSet<String> {
    in_store(&made.data(), async |pool| {
        let query = "SELECT DISTINCT lower(hex(person_id)) AS p FROM readings";
        let rows = sqlx::query(query).fetch_all(&pool).await.unwrap();
        rows.iter().map(|row| row.get("p")).collect()
    })
}

/// Every proof that stands in the pages of a record.
pub(crate) fn proofs(browser: &mut Browser, person: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut skipped = 0;
    loop {
        let page = browser
            .get(&format!("/dossiers/{person}?apres={skipped}"))
            .is(200)
            .text;
        let parts = page.split("preuve-").skip(1);
        found.extend(parts.filter_map(|p| Some(format!("preuve-{}-fin", p.split_once("-fin")?.0))));
        skipped += 30;
        if !page.contains(&format!("apres={skipped}\"")) {
            return found;
        }
    }
}

#[test]
fn two_hundred_kills_lose_nothing_acknowledged_and_no_reading() {
    let made = Installation::new();
    let server = Server::start(&made.data());
    let mut browser = made.browser(&server);
    team(&mut browser);
    let mut sheet = String::from("Nom de naissance;Prénom");
    for number in 0..400 {
        write!(sheet, "\nNom{number:03};Prénom").unwrap();
    }
    let file = made.path("gens.csv");
    fs::write(&file, sheet).unwrap();
    made.import(&file).gives(0);
    // A page of the session, for the token that forms carry.
    browser.get("/personnes").is(200);
    server.kill();

    let mut unread: VecDeque<String> = people(&made).into();
    let written = unread.pop_front().unwrap();
    let (mut acknowledged, mut shown) = (BTreeSet::new(), BTreeSet::new());
    let mut moments = Moments(4);
    for round in 0..KILLS {
        let server = Server::start(&made.data());
        browser.port = server.port;
        let stop = AtomicBool::new(false);
        let some: Vec<String> = unread.iter().take(20).cloned().collect();
        let (texts, opened) = thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let (browser, person, stop) = (browser.clone(), &written, &stop);
                    let name = format!("{round}-{writer}");
                    scope.spawn(move || write(browser, person, &name, stop))
                })
                .collect();
            let reader = scope.spawn(|| read(browser.clone(), &some));
            thread::sleep(moments.next());
            server.kill();
            stop.store(true, Ordering::Relaxed);
            let texts: Vec<_> = writers
                .into_iter()
                .flat_map(|w| w.join().unwrap())
                .collect();
            (texts, reader.join().unwrap())
        });
        acknowledged.extend(texts);
        unread.drain(..opened.len().min(unread.len()));
        shown.extend(opened);
    }
    println!(
        "{} writings acknowledged, {} records shown",
        acknowledged.len(),
        shown.len()
    );
    assert!(
        acknowledged.len() > KILLS / 2,
        "too little load to prove anything"
    );
    assert!(!shown.is_empty(), "no record was shown");

    let about = read_about(&made);
    let unseen: Vec<_> = shown.difference(&about).collect();
    assert!(unseen.is_empty(), "shown and not journaled: {unseen:?}");
    let server = Server::start(&made.data());
    browser.port = server.port;
    let found = proofs(&mut browser, &written);
    let lost: Vec<_> = acknowledged.difference(&found).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    server.kill();
    let report = made.run(&["verify", "--json"], "").gives(0).json();
    assert_eq!(report["wrong"], 0, "{report}");
}
