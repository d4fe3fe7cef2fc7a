//! An installation whose documents lie in a bucket, run as its operator runs it.

use crate::{
    browser::Browser,
    faults::Disk,
    installation::{Installation, PASSPHRASE, Ran, Server, program, run, team},
    postgres::write,
    searching::{files, search},
};
use bucket::Fault;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    time::{Duration, Instant},
};

const MEGABYTE: u64 = 1024 * 1024;
const WORDS: &str = "un papier que personne d’autre ne lit";

/// The installation, its bucket, and a signed-in browser at a record.
struct Kept {
    bucket: bucket::Server,
    made: Installation,
    server: Server,
    browser: Browser,
    record: String,
}

fn place(prefix: &str) -> String {
    format!("s3://{}/{prefix}", bucket::NAME)
}

fn kept() -> Kept {
    kept_in(bucket::Server::start())
}

fn kept_in(bucket: bucket::Server) -> Kept {
    let keys = bucket.keys();
    let made = Installation::told(&[
        ("CONATUS_FILES", &place("place")),
        ("CONATUS_BUCKET_ENDPOINT", &bucket.proxied()),
        ("CONATUS_BUCKET_CREDENTIALS", keys.to_str().unwrap()),
    ]);
    let server = Server::start(&made.data());
    let mut browser = made.browser(&server);
    team(&mut browser);
    let sheet = made.path("gens.csv");
    fs::write(&sheet, "Nom de naissance;Prénom\nZyglophraste;Ana\n").unwrap();
    made.import(&sheet).gives(0);
    let found = browser.post("/personnes", &[("q", "Zyglophraste")]).is(200);
    let record = format!("/dossiers/{}", found.between("href=\"/dossiers/", "\""));
    browser.get(&record).is(200);
    Kept {
        bucket,
        made,
        server,
        browser,
        record,
    }
}

impl Kept {
    fn put(&mut self, content: &[u8]) -> crate::browser::Answer {
        let fields = [
            ("compartment", "social"),
            ("kind", "other"),
            ("title", "Papier"),
            ("issued", ""),
            ("valid_until", ""),
        ];
        let path = format!("{}/coffre/deposer", self.record);
        self.browser.get(&path).is(200);
        let file = ("page.pdf", content);
        self.browser.upload(&path, &fields, file).unwrap()
    }

    fn backup(&self) -> [String; 2] {
        let paths = ["main.bak", "shares.bak"].map(|n| self.made.path(n));
        let [main, shares] = paths.map(|p| p.to_str().unwrap().to_owned());
        self.made.run(&["backup", &main], "").gives(0);
        self.made.run(&["backup", "--shares", &shares], "").gives(0);
        [main, shares]
    }
}

/// A paper that begins as one and holds known words.
fn paper(length: usize) -> Vec<u8> {
    let line = format!("{WORDS}\n");
    let start = b"%PDF-1.7\n".iter().copied();
    start.chain(line.bytes().cycle()).take(length).collect()
}

fn doctor(made: &Installation) -> serde_json::Value {
    made.run(&["doctor", "--json"], "").gives(0).json()
}

#[test]
fn fifty_megabytes_go_through_in_little_memory() {
    let mut kept = kept();
    // What Argon2id takes is behind; what a document takes comes on top.
    let before = kept.server.most_memory();
    let whole = paper(50 * 1024 * 1024);
    let answer = kept.put(&whole).is(303);
    let document = answer.header("location").unwrap().to_owned();
    let back = kept.browser.get(&format!("{document}/fichier")).is(200);
    assert!(back.bytes == whole);
    let more = kept.server.most_memory() - before;
    assert!(more < 64 * MEGABYTE, "{} MB more", more / MEGABYTE);
    assert_eq!(kept.bucket.unfinished(), 0);
    let found = doctor(&kept.made);
    assert_eq!(found["files"], place("place"));
    assert!(!found["lacks"].to_string().contains("documents"), "{found}");
    let report = kept.made.run(&["verify", "--json"], "").gives(0).json();
    assert_eq!(report["files"], 1);

    // Changed past the program: named.
    let object = files(&kept.bucket.objects().join("place")).pop().unwrap();
    let mut bytes = fs::read(&object).unwrap();
    bytes[1000] ^= 1;
    fs::write(&object, bytes).unwrap();
    let report = kept.made.run(&["verify", "--json"], "").gives(1).json();
    let name = object.file_name().unwrap().to_str().unwrap();
    let place = report["faults"][0]["where"].as_str().unwrap();
    assert!(place.ends_with(name), "{report}");
    assert!(
        kept.browser
            .try_get(&format!("{document}/fichier"))
            .is_err()
    );
}

#[test]
fn a_bucket_that_fails_is_told_and_the_rest_goes_on() {
    let mut kept = kept();
    let whole = paper(100_000);
    let answer = kept.put(&whole).is(303);
    let document = answer.header("location").unwrap().to_owned();
    // The bucket learns nothing of it, and the data folder holds none of it.
    assert_eq!(
        search(&kept.bucket.objects(), &[WORDS]),
        Vec::<String>::new()
    );
    assert!(files(&kept.made.data().join("files")).is_empty());
    kept.bucket.fails("PUT", Fault::Unavailable, usize::MAX);
    kept.bucket.fails("GET", Fault::Unavailable, usize::MAX);
    let begun = Instant::now();
    let told = kept.put(&whole).is(503);
    assert!(
        told.text
            .contains("Ce document n’a été ni ajouté ni ouvert")
    );
    assert!(begun.elapsed() < Duration::from_mins(1));
    kept.browser.get(&format!("{document}/fichier")).is(503);
    let record = kept.record.clone();
    kept.browser.get(&record).is(200);
    let ran = kept.made.run(&["verify"], "").gives(6);
    ran.refused("it does not answer");
    let found = doctor(&kept.made);
    assert!(found["lacks"].to_string().contains("it does not answer"));
    kept.bucket.mends();

    // Half a document is no document.
    kept.bucket.fails("GET", Fault::HalfAnswer, usize::MAX);
    assert!(
        kept.browser
            .try_get(&format!("{document}/fichier"))
            .is_err()
    );
    kept.bucket.mends();
    let back = kept.browser.get(&format!("{document}/fichier")).is(200);
    assert!(back.bytes == whole);
    kept.made.run(&["verify"], "").gives(0);
}

#[test]
fn a_long_file_that_is_refused_is_told_and_not_cut_off() {
    let mut kept = kept();
    let mut program = paper(12 * 1024 * 1024);
    program[..4].copy_from_slice(b"\x7fELF");
    let told = kept.put(&program).is(422);
    assert!(told.text.contains("programme"), "{}", told.text);
}

#[test]
fn a_bucket_without_room_is_told_and_what_it_held_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::small(48, folder.path().join("disk")) else {
        return;
    };
    let mut kept = kept_in(bucket::Server::start_in(&disk.0));
    let whole = paper(100_000);
    let answer = kept.put(&whole).is(303);
    let document = answer.header("location").unwrap().to_owned();
    let filler = disk.fill();
    // One that goes in one piece, one that goes in parts.
    for length in [100_000, 12 * 1024 * 1024] {
        let begun = Instant::now();
        let told = kept.put(&paper(length)).is(503);
        let words = "Ce document n’a été ni ajouté ni ouvert";
        assert!(told.text.contains(words), "{}", told.text);
        assert!(begun.elapsed() < Duration::from_mins(1));
    }
    // What needs no room goes on: the record, its words, the document that is there.
    let record = kept.record.clone();
    kept.browser.get(&record).is(200);
    write(&mut kept.browser, &record, "écrit malgré le seau plein");
    let back = kept.browser.get(&format!("{document}/fichier")).is(200);
    assert!(back.bytes == whole);
    fs::remove_file(filler).unwrap();
    kept.put(&paper(12 * 1024 * 1024)).is(303);
    assert_eq!(kept.bucket.unfinished(), 0);
    let report = kept.made.run(&["verify", "--json"], "").gives(0).json();
    assert_eq!((&report["files"], &report["wrong"]), (&2.into(), &0.into()));
}

fn restore(made: &Installation, backup: &[String; 2], into: &Path, more: &[&str]) -> Ran {
    let [main, shares] = backup;
    let mut command = program();
    command.arg("--data").arg(into).args(["restore", main]);
    command.args(["--shares", shares, "--sheets-fd", "0"]);
    command.args(more);
    run(command, &made.sheets(3))
}

#[test]
fn a_backup_of_a_bucket_is_restored_where_it_is_told() {
    let mut kept = kept();
    let papers = [paper(1000), paper(6 * 1024 * 1024)];
    let documents = papers.each_ref().map(|content| {
        let answer = kept.put(content).is(303);
        answer.header("location").unwrap().to_owned()
    });
    let backup = kept.backup();
    let before = files(&kept.bucket.objects()).len();
    // Where the restored configuration says, documents lie: nothing is written over them.
    let into = kept.made.path("restored");
    let ran = restore(&kept.made, &backup, &into, &[]).gives(2);
    ran.refused("not empty");
    assert!(!into.exists());
    assert_eq!(files(&kept.bucket.objects()).len(), before);

    let folder = kept.made.path("papers");
    let folder = folder.to_str().unwrap();
    let (first, second) = (kept.made.path("first"), kept.made.path("second"));
    for (into, to) in [(&first, folder), (&second, place("other").as_str())] {
        restore(&kept.made, &backup, into, &["--files", to]).gives(0);
        let said = fs::read_to_string(into.join("conatus.toml")).unwrap();
        let said: Vec<&str> = said.lines().filter(|l| l.starts_with("files")).collect();
        assert_eq!(said, [format!("files = \"{to}\"")]);
        let server = Server::start(into);
        let mut browser = kept.made.browser(&server);
        for (document, content) in documents.iter().zip(&papers) {
            let back = browser.get(&format!("{document}/fichier")).is(200);
            assert!(back.bytes == *content);
        }
    }
    let mode = fs::metadata(folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    assert_eq!(files(Path::new(folder)).len(), 2);
    kept.made.run(&["verify"], "").gives(0);
}

#[test]
fn what_would_tell_a_bucket_s_keys_or_papers_is_refused() {
    let bucket = bucket::Server::start();
    let made = Installation::new();
    let configuration = made.data().join("conatus.toml");
    let right = fs::read_to_string(&configuration).unwrap();
    let told = |lines: &str| fs::write(&configuration, format!("{right}{lines}")).unwrap();
    let files = format!("files = \"{}\"\n", place("place"));
    let endpoint = format!("bucket_endpoint = \"{}\"\n", bucket.endpoint());
    let keys = |path: &Path| format!("bucket_credentials = \"{}\"\n", path.display());

    told(&format!(
        "{files}bucket_endpoint = \"http://bucket.example\"\n"
    ));
    made.run(&["verify"], "").gives(2).refused("in the clear");
    told(&files);
    made.run(&["verify"], "")
        .gives(2)
        .refused("bucket_endpoint");
    told(&format!("{files}{endpoint}"));
    made.run(&["verify"], "")
        .gives(2)
        .refused("bucket_credentials");
    // Not a place for keys: backups hold this file.
    told(&format!(
        "{files}{endpoint}bucket_secret_key = \"{PASSPHRASE}\"\n"
    ));
    let ran = made.run(&["verify"], "").gives(2);
    assert!(!format!("{ran:?}").contains(PASSPHRASE), "{ran:?}");
    let open = made.path("open");
    fs::copy(bucket.keys(), &open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o644)).unwrap();
    told(&format!("{files}{endpoint}{}", keys(&open)));
    made.run(&["verify"], "").gives(2).refused("chmod 600");

    told(&format!("{files}{endpoint}{}", keys(&bucket.wrong_keys())));
    let ran = made.run(&["verify"], "").gives(6);
    let ran = ran.refused("refuses these keys");
    let found = doctor(&made);
    assert!(found["lacks"].to_string().contains("refuses these keys"));
    let wrong = fs::read_to_string(bucket.wrong_keys()).unwrap();
    for word in wrong.lines() {
        assert!(!format!("{ran:?}{found}").contains(word), "{word}");
    }
    told(&format!(
        "files = \"s3://another\"\n{endpoint}{}",
        keys(&bucket.keys())
    ));
    made.run(&["verify"], "")
        .gives(6)
        .refused("it is not there");
    told(&format!("{files}{endpoint}"));
    let mut command = program();
    let known = fs::read_to_string(bucket.keys()).unwrap();
    let (access, secret) = known.trim().split_once('\n').unwrap();
    command.env("CONATUS_BUCKET_ACCESS_KEY", access);
    command.env("CONATUS_BUCKET_SECRET_KEY", secret);
    command.arg("--data").arg(made.data()).arg("verify");
    run(command, "").gives(0);
}
