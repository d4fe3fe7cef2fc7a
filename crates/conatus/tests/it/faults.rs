//! What fails around the program while people work: a node, the server of its stores, connections, the
//! disk. Nothing acknowledged is lost, nothing hangs, and service comes back alone.

use crate::{
    browser::{Answer, Browser},
    installation::{Installation, Server, team},
    killed::{self, Moments, proofs},
    postgres::{Cluster, WORDS, ask, databases, write},
};
use postgres_fixture::Alone;
use std::{
    collections::{BTreeSet, VecDeque},
    fmt::Write as _,
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

const KILLS: usize = 12;
/// Longer than any page may take where its store says nothing.
const SOON: Duration = Duration::from_secs(25);

/// What a page answers, and that it does not keep whoever asked.
#[track_caller]
fn soon(ask: impl FnOnce() -> Answer) -> Answer {
    let begun = Instant::now();
    let answer = ask();
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    answer
}

/// Asks until it answers as it should, which it must without anyone's help.
#[track_caller]
fn comes_back(browser: &mut Browser, path: &str) -> Answer {
    let begun = Instant::now();
    loop {
        let answer = browser.get(path);
        if answer.status == 200 {
            return answer;
        }
        assert!(begun.elapsed() < SOON, "{}", answer.text);
        thread::sleep(Duration::from_millis(200));
    }
}

/// Whether a page of error says what was kept.
#[track_caller]
fn says_what_was_kept(answer: &Answer) {
    assert!(answer.status >= 500, "{}", answer.text);
    assert!(
        answer.text.contains("Ce qui était enregistré est gardé"),
        "{}",
        answer.text
    );
}

#[test]
fn a_node_killed_under_load_loses_nothing_and_the_other_serves_on() {
    let Some([main, shares]) = databases() else {
        return;
    };
    let cluster = Cluster::over(main.url(), shares.url());
    let stays = Server::start(&cluster.made.data());
    let killed = cluster.machine("killed");
    let mut browser = cluster.made.browser(&stays);
    team(&mut browser);
    let written = cluster.person(&mut browser);
    let written = written.rsplit('/').next().unwrap().to_owned();
    let sheet = (0..120).fold(String::from("Nom de naissance;Prénom"), |mut s, n| {
        write!(s, "\nNom{n:03};Prénom").unwrap();
        s
    });
    let file = cluster.made.path("others.csv");
    fs::write(&file, sheet).unwrap();
    cluster.made.import(&file).gives(0);
    browser.get("/personnes").is(200);
    let people: Vec<String> = ask(main.url(), async |connection| {
        let query = "SELECT encode(person_id, 'hex') FROM persons ORDER BY person_id";
        sqlx::query_scalar(query)
            .fetch_all(connection)
            .await
            .unwrap()
    });
    let mut unread: VecDeque<String> = people.into_iter().filter(|p| *p != written).collect();

    let (mut acknowledged, mut shown) = (BTreeSet::new(), BTreeSet::new());
    let mut moments = Moments(7);
    for round in 0..KILLS {
        let dies = Server::start(&killed);
        let mut there = browser.clone();
        there.port = dies.port;
        let stop = AtomicBool::new(false);
        let some: Vec<String> = unread.iter().take(20).cloned().collect();
        let (texts, opened) = thread::scope(|scope| {
            let writers: Vec<_> = [("dies", &there), ("goes-on", &browser)]
                .into_iter()
                .map(|(name, browser)| {
                    let (browser, person, stop) = (browser.clone(), &written, &stop);
                    let name = format!("{name}-{round}");
                    scope.spawn(move || killed::write(browser, person, &name, stop))
                })
                .collect();
            let reader = scope.spawn(|| killed::read(there.clone(), &some));
            thread::sleep(6 * moments.next());
            dies.kill();
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
    println!("{} acknowledged, {} shown", acknowledged.len(), shown.len());
    assert!(acknowledged.len() > KILLS && !shown.is_empty());
    let about: BTreeSet<String> = ask(main.url(), async |connection| {
        let query = "SELECT DISTINCT encode(person_id, 'hex') FROM readings";
        let found: Vec<String> = sqlx::query_scalar(query)
            .fetch_all(connection)
            .await
            .unwrap();
        found.into_iter().collect()
    });
    let unseen: Vec<_> = shown.difference(&about).collect();
    assert!(unseen.is_empty(), "shown and not journaled: {unseen:?}");
    let found = proofs(&mut browser, &written);
    let lost: Vec<_> = acknowledged.difference(&found).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    cluster.verified();
}

/// An installation over a server that may fail, with a browser at a record.
struct Failing {
    server: Alone,
    cluster: Cluster,
    node: Server,
    browser: Browser,
    record: String,
}

fn failing() -> Option<Failing> {
    let server = Alone::start().unwrap()?;
    let main = server.database("records").unwrap();
    Some(failing_over(server, &main))
}

fn failing_over(server: Alone, main: &str) -> Failing {
    let shares = server.database("shares").unwrap();
    let cluster = Cluster::over(main, &shares);
    let node = Server::start(&cluster.made.data());
    let mut browser = cluster.made.browser(&node);
    team(&mut browser);
    let record = cluster.person(&mut browser);
    write(&mut browser, &record, WORDS);
    Failing {
        server,
        cluster,
        node,
        browser,
        record,
    }
}

impl Failing {
    fn post(&mut self, text: &str) -> Answer {
        let fields = [("nature", "fact"), ("rubrique", "social"), ("text", text)];
        self.browser
            .post(&format!("{}/ecrire", self.record), &fields)
    }

    /// Every page answers that it cannot, soon, and monitoring is told.
    #[track_caller]
    fn is_told(&mut self) {
        let record = self.record.clone();
        says_what_was_kept(&soon(|| self.browser.get(&record)));
        says_what_was_kept(&soon(|| self.post("écrit pendant la panne")));
        let mut anyone = Browser::new(self.node.port);
        assert_eq!(soon(|| anyone.get("/sante/pret")).status, 503);
        anyone.get("/sante/vivant").is(200);
    }

    /// Everything is there again, and only what was acknowledged.
    #[track_caller]
    fn is_back(&mut self) {
        let record = self.record.clone();
        let page = comes_back(&mut self.browser, &record);
        assert!(page.text.contains(WORDS));
        assert!(!page.text.contains("écrit pendant la panne"));
        comes_back(&mut Browser::new(self.node.port), "/sante/pret");
        self.post("écrit après la panne").is(303);
        let page = self.browser.get(&record).is(200);
        assert!(page.text.contains("écrit après la panne"));
        self.cluster.verified();
    }
}

#[test]
fn a_server_that_stops_is_told_and_service_comes_back_alone() {
    let Some(mut failing) = failing() else { return };
    failing.server.stop().unwrap();
    failing.is_told();
    failing.server.start_again().unwrap();
    failing.is_back();
}

#[test]
fn a_server_that_says_nothing_keeps_nobody_waiting() {
    let Some(mut failing) = failing() else { return };
    failing.server.hold().unwrap();
    failing.is_told();
    failing.server.let_go().unwrap();
    // Nobody knows of what was asked just before whether it was done: here nothing was.
    failing.is_back();
}

#[test]
fn connections_that_are_cut_are_made_anew() {
    let Some(mut failing) = failing() else { return };
    for number in 0..5 {
        let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                   WHERE application_name = 'conatus'";
        let count = failing.server.run("postgres", cut).unwrap();
        assert_ne!(count, "0");
        // Idle connections were cut: nobody sees it.
        let record = failing.record.clone();
        failing.browser.get(&record).is(200);
        failing
            .post(&format!("écrit après la coupure {number}"))
            .is(303);
    }
    // Cut while people write: each is told the truth, and what was acknowledged is there.
    let stop = AtomicBool::new(false);
    let person = failing.record.rsplit('/').next().unwrap().to_owned();
    let mut browser = failing.browser.clone();
    let acknowledged = thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut kept = Vec::new();
            let mut number = 0;
            while !stop.load(Ordering::Relaxed) {
                let text = format!("preuve-coupe-{number}-fin");
                let fields = [
                    ("nature", "fact"),
                    ("text", &text),
                    ("rubrique", "social"),
                    ("theme", ""),
                ];
                let answer = browser.post(&format!("/dossiers/{person}/ecrire"), &fields);
                if answer.status == 303 {
                    kept.push(text);
                } else {
                    says_what_was_kept(&answer);
                }
                number += 1;
            }
            kept
        });
        for _ in 0..20 {
            let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                       WHERE application_name = 'conatus'";
            failing.server.run("postgres", cut).unwrap();
            thread::sleep(Duration::from_millis(120));
        }
        stop.store(true, Ordering::Relaxed);
        writer.join().unwrap()
    });
    assert!(!acknowledged.is_empty());
    let found = proofs(&mut failing.browser, &person);
    assert!(acknowledged.iter().all(|text| found.contains(text)));
    failing.cluster.verified();
}

/// A small disk, gone when dropped.
pub(crate) struct Disk(pub(crate) PathBuf);

impl Disk {
    /// One of that many megabytes, where this user may make one.
    pub(crate) fn small(megabytes: u32, at: PathBuf) -> Option<Self> {
        fs::create_dir(&at).unwrap();
        let size = format!("size={megabytes}m,mode=0700");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "none"]).arg(&at);
        if mount.output().is_ok_and(|done| done.status.success()) {
            return Some(Self(at));
        }
        eprintln!("skipped: this user may not mount a disk of its own");
        None
    }

    /// Takes all the room that is left.
    pub(crate) fn fill(&self) -> PathBuf {
        let path = self.0.join("filler");
        let mut file = fs::File::create(&path).unwrap();
        let mut block = vec![0; 65_536];
        while !block.is_empty() {
            if std::io::Write::write_all(&mut file, &block).is_err() {
                block.truncate(block.len() / 4);
            }
        }
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

#[test]
fn a_full_disk_is_told_and_what_was_acknowledged_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::small(16, folder.path().join("disk")) else {
        return;
    };
    let store = disk.0.join("records.db");
    let made = Installation::told(&[("CONATUS_STORE", store.to_str().unwrap())]);
    let node = Server::start(&made.data());
    let mut browser = made.browser(&node);
    team(&mut browser);
    let sheet = made.path("gens.csv");
    fs::write(&sheet, "Nom de naissance;Prénom\nZyglophraste;Ana\n").unwrap();
    made.import(&sheet).gives(0);
    let found = browser.post("/personnes", &[("q", "Zyglophraste")]).is(200);
    let record = format!("/dossiers/{}", found.between("href=\"/dossiers/", "\""));
    write(&mut browser, &record, WORDS);
    is_told_until_there_is_room(&disk, &mut browser, &record);
    drop(node);
    let report = made.run(&["verify", "--json"], "").gives(0).json();
    assert_eq!(report["wrong"], 0, "{report}");
}

#[test]
fn a_full_disk_of_the_server_is_told_and_what_was_acknowledged_is_there() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
    let Some(disk) = Disk::small(64, folder.path().join("disk")) else {
        return;
    };
    let Some(server) = Alone::start().unwrap() else {
        return;
    };
    let main = server.database_in("records", &disk.0).unwrap();
    let mut failing = failing_over(server, &main);
    let record = failing.record.clone();
    is_told_until_there_is_room(&disk, &mut failing.browser, &record);
    failing.cluster.verified();
}

/// Fills the disk of the records, writes until that is told, and makes room again: what was
/// acknowledged is there, and more can be written.
fn is_told_until_there_is_room(disk: &Disk, browser: &mut Browser, record: &str) {
    let filler = disk.fill();
    // What the log still has room for is kept; then each is told.
    let (mut kept, mut told) = (Vec::new(), 0);
    for number in 0..400 {
        let text = format!("{} plein {number}.", "x".repeat(4000));
        let fields = [("nature", "fact"), ("rubrique", "social"), ("text", &*text)];
        let answer = soon(|| browser.post(&format!("{record}/ecrire"), &fields));
        if answer.status == 303 {
            kept.push(format!("plein {number}."));
        } else {
            assert_eq!(answer.status, 507, "{}", answer.text);
            says_what_was_kept(&answer);
            told += 1;
        }
        if told == 3 {
            break;
        }
    }
    assert_eq!(told, 3, "the disk never was full");
    // A reading is small, and may still fit: then it is shown, and else that is told.
    for _ in 0..20 {
        let answer = soon(|| browser.get(record));
        assert!(matches!(answer.status, 200 | 507), "{}", answer.text);
    }
    fs::remove_file(filler).unwrap();
    let page = comes_back(browser, record).text;
    assert!(page.contains(WORDS) || !kept.is_empty());
    for words in kept.iter().rev().take(10) {
        assert!(page.contains(words), "{words}");
    }
    write(browser, record, "écrit une fois la place revenue");
}
