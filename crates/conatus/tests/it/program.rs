//! Every command, run as a person or a script runs it.

use crate::{
    installation::{
        ADMINISTRATOR, Installation, PASSPHRASE, Ran, Server, in_store, program, run, team,
    },
    searching::search,
};
use domain::id::PersonId;
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

const HEADINGS: &str = "ID;Nom de naissance;Prénom;Date de naissance;Lieu de naissance;Téléphone;Courriel;Commentaires";
/// Words that exist nowhere else.
const KNOWN: [&str; 9] = [
    "Zyglophraste",
    "Quinquandre",
    "Bourg-Vexilion",
    "0612398745",
    "zyglo@vexilion.example",
    "dossier-externe-77213",
    "aime le trictrac nocturne",
    "un propos que personne ne relit",
    PASSPHRASE,
];

fn sheet(folder: &Path, rows: &[&str]) -> PathBuf {
    let path = folder.join(format!("gens-{}.csv", rows.len()));
    let mut text = String::from(HEADINGS);
    for row in rows {
        text.push('\n');
        text.push_str(row);
    }
    fs::write(&path, text).unwrap();
    path
}

fn people(folder: &Path) -> PathBuf {
    let rows = [
        "dossier-externe-77213;Zyglophraste;Quinquandre;12/07/1988;Bourg-Vexilion;06 12 39 87 45;zyglo@vexilion.example;aime le trictrac nocturne",
        ";Haddad;Samira;03/02/1990;;;;",
    ];
    sheet(folder, &rows)
}

fn dry_run(file: &Path) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program();
    command.arg("--data").arg(folder.path().join("none"));
    command.args(["person", "import", "--dry-run", "--json"]);
    command.arg(file);
    run(command, "")
}

#[test]
fn an_installation_begins_once() {
    let installation = Installation::new();
    let printed = &installation.printed;
    assert_eq!(printed["sheets"].as_array().unwrap().len(), 5);
    assert_eq!(printed["administrator"], ADMINISTRATOR);
    let before = fs::read(installation.data().join("main.db")).unwrap();
    let again = [
        "init",
        "--organisation",
        "Autre",
        "--administrator",
        "Autre",
    ];
    let again = [&again[..], &["--json", "--passphrase-fd", "0"]].concat();
    let ran = installation.run(&again, PASSPHRASE).gives(2);
    assert!(ran.refused("there is an installation").out.is_empty());
    assert_eq!(
        before,
        fs::read(installation.data().join("main.db")).unwrap()
    );
    // The code was for one device.
    let code = printed["device_code"].as_str().unwrap();
    let other = installation.path("other-device");
    let other = other.to_str().unwrap();
    let enrol = ["device", "enrol", "--as", ADMINISTRATOR, "--code", code];
    let with = ["--passphrase-fd", "0", "--device-file", other];
    installation
        .run(&[&enrol[..], &with[..]].concat(), PASSPHRASE)
        .gives(3);
    assert!(!Path::new(other).exists());
    // Nothing but the owner reads what was made.
    for name in [
        "data/pepper",
        "data/server.key",
        "data/conatus.toml",
        "device",
    ] {
        let mode = fs::metadata(installation.path(name)).unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_weak_passphrase_begins_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut command = program();
    command.arg("--data").arg(&data);
    command.args(["init", "--organisation", "Une", "--administrator", "Une"]);
    command.args(["--passphrase-fd", "0"]);
    run(command, "azerty").gives(2).refused("too easy to guess");
    assert!(!data.exists());
}

#[test]
fn what_is_not_right_is_told_with_a_way_out() {
    let installation = Installation::new();
    let ran = installation.run(&["serve", "--listen", "0.0.0.0:9"], "");
    ran.gives(2).refused("without TLS").refused("Hint: ");
    let ran = installation.run(&["serve", "--listen", "[::]:9"], "");
    ran.gives(2).refused("without TLS");
    let path = installation.data().join("conatus.toml");
    let right = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{right}listn = \"127.0.0.1:80\"\n")).unwrap();
    for command in ["serve", "verify", "doctor"] {
        let ran = installation.run(&[command], "").gives(2);
        ran.refused("listn")
            .refused("Hint: see packaging/conatus.toml");
    }
    fs::write(&path, right).unwrap();
    let mut command = program();
    command.arg("--data").arg(installation.path("nowhere"));
    command.arg("verify");
    run(command, "").gives(4).refused("no installation in");
    assert!(!installation.path("nowhere").exists());
    let ran = installation.run(&["completions", "bash"], "").gives(0);
    assert!(ran.out.contains("complete -F _conatus"));
}

#[test]
fn doctor_says_what_there_is() {
    let installation = Installation::new();
    let found = installation.run(&["doctor", "--json"], "").gives(0).json();
    assert!(found["engine"].as_str().unwrap().starts_with("sqlite 3."));
    assert_eq!(found["people"], 0);
    let jobs = found["jobs"].as_array().unwrap();
    let names: Vec<&str> = jobs.iter().map(|j| j["job"].as_str().unwrap()).collect();
    assert_eq!(names, ["checkpoint", "sweep", "digest"]);
    assert!(
        jobs.iter()
            .all(|j| j["last_done"].is_null() && j["running"] == false)
    );
    let server = Server::start(&installation.data());
    let done = || {
        let found = installation.run(&["doctor", "--json"], "").gives(0).json();
        let jobs = found["jobs"].as_array().unwrap();
        jobs.iter().all(|j| j["last_done"].is_string())
    };
    let mut turns = 0..100;
    assert!(turns.any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        done()
    }));
    drop(server);
    let pepper = installation.data().join("pepper");
    fs::set_permissions(&pepper, fs::Permissions::from_mode(0o644)).unwrap();
    let found = installation.run(&["doctor", "--json"], "").gives(0).json();
    assert!(found["lacks"].to_string().contains("chmod 600"), "{found}");
}

#[test]
fn every_fault_of_a_sheet_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        ";Zyglophraste;Quinquandre;30/02/1988;;;;",
        ";;Samira;03/02/1990;;;;",
        ";Lopez;Ana;04/02/2190;;;;",
        ";Martin;Jo;04/02/1990;;12;;",
        ";Petit;Lou;05/02/1990;;;lou@;",
        ";Durand;Max;06/02/1990;;;;",
        ";Durand;Max;06/02/1990;;;;",
    ];
    let ran = dry_run(&sheet(folder.path(), &rows)).gives(1);
    let told = ran.json();
    let kinds: Vec<(u64, &str)> = told["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["row"].as_u64().unwrap(), f["kind"].as_str().unwrap()))
        .collect();
    let expected = [
        (2, "date"),
        (3, "missing"),
        (4, "date-future"),
        (5, "phone"),
        (6, "email"),
        (8, "duplicate"),
    ];
    assert_eq!(kinds, expected, "{told}");
    ran.refused("6 things to mend").refused("Hint: ");
}

/// The sheets of domiciliation, where they are.
fn real(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/domiciliation");
    let path = root.join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {name} is not beside this repository");
    None
}

#[test]
fn sheets_of_domiciliation_are_understood() {
    for (name, count) in [("import_ok_1.xlsx", 19), ("import_ok_2.xlsx", 4)] {
        if let Some(path) = real(name) {
            let told = dry_run(&path).gives(0).json();
            assert_eq!(told["rows"], count, "{name}");
            assert_eq!(told["faults"].as_array().unwrap().len(), 0, "{told}");
        }
    }
    if let Some(path) = real("import_ko_1.xlsx") {
        let ran = dry_run(&path).gives(1).refused("2 things to mend");
        let told = ran.json();
        for fault in told["faults"].as_array().unwrap() {
            assert_eq!((&fault["row"], &fault["kind"]), (&2.into(), &"date".into()));
            assert_eq!(fault["value"], "29/02/2018");
        }
        assert_eq!(told["faults"].as_array().unwrap().len(), 2, "{told}");
    }
}

#[test]
fn a_sheet_brought_in_twice_brings_nobody_in_twice() {
    let installation = Installation::new();
    let server = Server::start(&installation.data());
    team(&mut installation.browser(&server));
    let people = people(installation.folder.path());
    let ran = installation.import(&people).gives(0);
    assert!(ran.told.contains("2 brought in, 0 already"), "{ran:?}");
    let ran = installation.import(&people).gives(0);
    assert!(ran.told.contains("0 brought in, 2 already"), "{ran:?}");
    let faulty = sheet(installation.folder.path(), &[";Lopez;Ana;31/02/1990;;;;"]);
    let ran = installation.import(&faulty).gives(1);
    ran.refused("nothing was brought in");
    let found = installation.run(&["doctor", "--json"], "").gives(0).json();
    assert_eq!(found["people"], 2);
    let report = installation.run(&["verify", "--json"], "").gives(0).json();
    assert_eq!(report["people"], 2);
}

/// An installation with people, a writing and both its backups, written while it serves.
struct Kept {
    installation: Installation,
    main: PathBuf,
    shares: PathBuf,
}

fn kept() -> Kept {
    let installation = Installation::new();
    let server = Server::start(&installation.data());
    let mut browser = installation.browser(&server);
    team(&mut browser);
    let people = people(installation.folder.path());
    installation.import(&people).gives(0);
    let found = browser.post("/personnes", &[("q", "Zyglophraste")]).is(200);
    let record = format!("/dossiers/{}", found.between("href=\"/dossiers/", "\""));
    let fields = [
        ("nature", "fact"),
        ("rubrique", "social"),
        ("text", "un propos que personne ne relit"),
    ];
    browser.post(&format!("{record}/ecrire"), &fields).is(303);
    let page = browser.get(&record).is(200);
    assert!(page.text.contains("un propos que personne ne relit"));
    let (main, shares) = (
        installation.path("main.bak"),
        installation.path("shares.bak"),
    );
    let path = main.to_str().unwrap();
    let done = installation.run(&["backup", "--json", path], "").gives(0);
    assert_eq!(done.json()["files"], 4);
    installation
        .run(&["backup", path], "")
        .gives(2)
        .refused("exists");
    let path = shares.to_str().unwrap();
    installation.run(&["backup", "--shares", path], "").gives(0);
    // Words typed in are in no file, while serving and after.
    let known = search(&installation.data(), &KNOWN);
    assert!(known.is_empty(), "{known:?}");
    server.kill();
    let known = search(&installation.data(), &KNOWN);
    assert!(known.is_empty(), "{known:?}");
    Kept {
        installation,
        main,
        shares,
    }
}

fn restore(main: &Path, shares: &Path, into: &Path, sheets: &str) -> Ran {
    let mut command = program();
    command.arg("--data").arg(into).arg("restore").arg(main);
    command.arg("--shares").arg(shares);
    command.args(["--sheets-fd", "0"]);
    run(command, sheets)
}

#[test]
fn a_backup_comes_back_whole_and_a_damaged_one_leaves_nothing() {
    let kept = kept();
    let (installation, main, shares) = (&kept.installation, &kept.main, &kept.shares);
    let apart = installation.path("apart");
    fs::create_dir(&apart).unwrap();
    for file in [main, shares] {
        fs::copy(file, apart.join(file.file_name().unwrap())).unwrap();
    }
    let mut words = KNOWN.to_vec();
    let codes: Vec<&str> = installation.printed["sheets"]
        .as_array()
        .unwrap()
        .iter()
        .chain([&installation.printed["root_key"]])
        .filter_map(Value::as_str)
        .collect();
    words.extend(&codes);
    assert_eq!(search(&apart, &words), Vec::<String>::new());
    assert_eq!(search(&installation.data(), &codes), Vec::<String>::new());

    let into = installation.path("restored");
    let sheets = installation.sheets(3);
    let first = installation.sheets(1);
    for few in [installation.sheets(2), format!("{first}\n{first}\n{first}")] {
        restore(main, shares, &into, &few).refused("sheets");
        assert!(!into.exists());
    }
    let other = Installation::new();
    restore(main, shares, &into, &other.sheets(3)).refused("sheets");
    assert!(!into.exists());

    let mut state = 20_261_124_u64;
    for (file, other, count) in [(main, shares, 20), (shares, main, 6)] {
        let whole = fs::read(file).unwrap();
        for turn in 0..count {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let mut at = usize::try_from(state >> 33).unwrap() % whole.len();
            if turn == 0 {
                at = whole.len() - 1;
            }
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (turn % 8);
            let damaged = installation.path("damaged.bak");
            fs::write(&damaged, bytes).unwrap();
            let ran = if file == main {
                restore(&damaged, other, &into, &sheets)
            } else {
                restore(other, &damaged, &into, &sheets)
            };
            assert_ne!(ran.code, 0, "byte {at}");
            ran.refused("backup");
            assert!(!into.exists(), "byte {at}");
        }
        let damaged = installation.path("damaged.bak");
        fs::write(&damaged, &whole[..whole.len() - 17]).unwrap();
        restore(&damaged, &damaged, &into, &sheets).refused("backup");
        assert!(!into.exists());
    }

    restore(main, shares, &into, &sheets).gives(0);
    let again = restore(main, shares, &into, &sheets).gives(2);
    again.refused("exists");
    let mut command = program();
    command.arg("--data").arg(&into).args(["verify", "--json"]);
    let report = run(command, "").gives(0).json();
    assert_eq!(
        (&report["wrong"], &report["people"]),
        (&0.into(), &2.into())
    );
    assert_eq!(search(&into, &words), Vec::<String>::new());
    // What was restored serves: the same device and passphrase read the same words.
    let server = Server::start(&into);
    let mut browser = installation.browser(&server);
    let found = browser.post("/personnes", &[("q", "Zyglophraste")]).is(200);
    let record = format!("/dossiers/{}", found.between("href=\"/dossiers/", "\""));
    let page = browser.get(&record).is(200);
    assert!(page.text.contains("un propos que personne ne relit"));
}

#[test]
fn verify_names_an_edited_cell() {
    let kept = kept();
    let data = kept.installation.data();
    kept.installation.run(&["verify"], "").gives(0);
    let (person, sequence): (PersonId, i64) = in_store(&data, async |pool| {
        sqlx::query("DROP TRIGGER entries_stay")
            .execute(&pool)
            .await
            .unwrap();
        let (person, sequence, mut sealed): (Vec<u8>, i64, Vec<u8>) = sqlx::query_as(
            "SELECT person_id, sequence, sealed FROM entries ORDER BY sequence DESC",
        )
        .fetch_one(&pool)
        .await
        .unwrap();
        let last = sealed.len() - 1;
        sealed[last] ^= 1;
        sqlx::query("UPDATE entries SET sealed = ? WHERE person_id = ? AND sequence = ?")
            .bind(&sealed)
            .bind(&person)
            .bind(sequence)
            .execute(&pool)
            .await
            .unwrap();
        let name = person.try_into().map(PersonId::from_bytes).unwrap();
        (name, sequence)
    });
    let ran = kept.installation.run(&["verify", "--json"], "").gives(1);
    let report = ran.json();
    let named = &report["faults"][0]["where"];
    assert_eq!(*named, format!("entries {person} {sequence}"), "{report}");
    ran.refused("things are wrong");
    let ran = kept.installation.run(&["verify"], "").gives(1);
    assert!(ran.out.contains(&format!("entries {person} {sequence}: ")));
}
