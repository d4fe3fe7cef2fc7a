//! Keepers from the command line: opening a record together, and handing over to new ones.

use crate::{
    browser::Browser,
    installation::{Installation, Ran, Server, program, run, team},
};

const REASON: &str = "Décision du juge du 3 mars, trois dépositaires réunis";
const WORDS: &str = "un fait écrit au premier rendez-vous";

/// A new person of that team; gives their identifier, as the record's address says it.
fn person(browser: &mut Browser, team: &str, name: &str, recovery: &str) -> String {
    browser.get("/personnes/nouvelle").is(200);
    let fields = [
        ("title", "unsaid"),
        ("birth_name", name),
        ("given_names", "Aline"),
        ("recovery", recovery),
        ("team", team),
    ];
    let made = browser.post("/personnes/nouvelle", &fields).is(303);
    let to = made.header("location").unwrap().to_owned();
    let id = to.split('/').nth(2).unwrap().to_owned();
    let fields = [("nature", "fact"), ("rubrique", "social"), ("text", WORDS)];
    browser.get(&format!("/dossiers/{id}")).is(200);
    browser
        .post(&format!("/dossiers/{id}/ecrire"), &fields)
        .is(303);
    id
}

fn open(installation: &Installation, person: &str, sheets: &str) -> Ran {
    let open = ["keepers", "open", "--person", person, "--reason", REASON];
    installation.run(&[&open[..], &["--sheets-fd", "0"]].concat(), sheets)
}

fn verified(installation: &Installation) {
    let report = installation.run(&["verify", "--json"], "").gives(0).json();
    assert_eq!(report["wrong"], 0, "{report}");
}

fn sheets(line: &str, count: usize) -> String {
    let printed: serde_json::Value = serde_json::from_str(line).unwrap();
    let all = printed["sheets"].as_array().unwrap();
    let some = all.iter().take(count).map(|s| s.as_str().unwrap());
    some.collect::<Vec<_>>().join("\n")
}

#[test]
fn three_of_five_open_a_record_and_it_says_why() {
    let installation = Installation::new();
    let server = Server::start(&installation.data());
    let mut browser = installation.browser(&server);
    let team = team(&mut browser);
    let aline = person(&mut browser, &team, "Zyglophraste", "yes");
    let basile = person(&mut browser, &team, "Quinquandre", "no");
    let (two, three) = (installation.sheets(2), installation.sheets(3));
    let first = installation.sheets(1);
    let other = Installation::new();
    for few in [two, format!("{first}\n{first}\n{first}"), String::new()] {
        let ran = open(&installation, &aline, &few).gives(2);
        assert!(ran.refused("do not open together").out.is_empty());
    }
    let ran = open(&installation, &aline, &other.sheets(3)).gives(2);
    ran.refused("not those of this installation");
    let mixed = format!("{}\n{}", installation.sheets(2), other.sheets(3));
    open(&installation, &aline, &mixed).gives(2);
    let slip = three.replacen('0', "1", 1).replacen('A', "B", 1);
    if slip != three {
        open(&installation, &aline, &slip)
            .gives(2)
            .refused("not typed right");
    }
    let ran = open(&installation, &basile, &three).gives(2);
    assert!(ran.refused("declined").out.is_empty());
    open(&installation, "0123", &three)
        .gives(2)
        .refused("32 hexadecimal");
    open(&installation, &"0".repeat(32), &three).gives(4);
    let short = ["keepers", "open", "--person", &aline, "--reason", "vite"];
    installation
        .run(&[&short[..], &["--sheets-fd", "0"]].concat(), &three)
        .gives(2)
        .refused("say why");
    for id in [&aline, &basile] {
        let page = browser.get(&format!("/dossiers/{id}")).is(200);
        assert!(!page.text.contains("Décision du juge"), "{}", page.text);
    }

    let ran = open(&installation, &aline, &three).gives(0);
    assert!(ran.out.contains(WORDS) && ran.out.contains("Zyglophraste"));
    let page = browser.get(&format!("/dossiers/{aline}")).is(200);
    assert!(page.text.contains(REASON), "{}", page.text);
    let read = browser.get(&format!("/dossiers/{aline}/lectures")).is(200);
    assert!(read.text.contains(REASON), "{}", read.text);
    verified(&installation);
}

#[test]
fn new_keepers_open_what_the_old_did_and_the_old_nothing_more() {
    let installation = Installation::new();
    let server = Server::start(&installation.data());
    let mut browser = installation.browser(&server);
    let team = team(&mut browser);
    let before = person(&mut browser, &team, "Zyglophraste", "yes");
    let declined = person(&mut browser, &team, "Quinquandre", "no");
    let old = installation.sheets(3);
    // What the old keepers signed stays signed.
    open(&installation, &before, &old).gives(0);

    let root = installation.root_key();
    let other = Installation::new();
    let renew = ["keepers", "renew", "--threshold", "2", "--keepers", "3"];
    let fds = ["--json", "--root-key-fd", "3", "--sheets-fd", "4"];
    let renew = [&renew[..], &fds[..]].concat();
    for (root, sheets, code, why) in [
        (other.root_key(), old.as_str(), 3, "not the root key"),
        ("ABCD", &old, 3, "not a root key"),
        (root, &other.sheets(3), 2, "not those of this installation"),
        (root, &installation.sheets(2), 2, "do not open together"),
    ] {
        let ran = installation.run_with(&renew, &[root, sheets]).gives(code);
        assert!(ran.refused(why).out.is_empty());
    }
    let more = ["keepers", "renew", "--threshold", "3", "--keepers", "2"];
    installation.run(&more, "").gives(2).refused("more keepers");
    open(&installation, &before, &old).gives(0);

    let ran = installation.run_with(&renew, &[root, &old]).gives(0);
    let lines: Vec<&str> = ran.out.lines().collect();
    let new = sheets(lines[0], 2);
    let done: serde_json::Value = serde_json::from_str(lines[1]).unwrap();
    assert_eq!(
        (&done["people"], &done["wrapped_again"], &done["others"]),
        (&2.into(), &6.into(), &0.into()),
        "{done}"
    );
    // The server was serving all along: what it makes now is for the new keepers.
    let after = person(&mut browser, &team, "Vexilion", "yes");
    for id in [&before, &after] {
        open(&installation, id, &old).gives(2).refused("sheets");
        open(&installation, id, &sheets(lines[0], 1)).gives(2);
        let ran = open(&installation, id, &new).gives(0);
        assert!(ran.out.contains(WORDS), "{ran:?}");
    }
    open(&installation, &declined, &new)
        .gives(2)
        .refused("declined");
    let page = browser.get(&format!("/dossiers/{before}")).is(200);
    assert_eq!(
        page.text.matches(REASON).count() % 3,
        0,
        "three openings, told alike"
    );
    assert!(page.text.contains(REASON) && page.text.contains(WORDS));
    verified(&installation);

    // Backups are for the new keepers too.
    let (main, shares) = (
        installation.path("main.bak"),
        installation.path("shares.bak"),
    );
    installation
        .run(&["backup", main.to_str().unwrap()], "")
        .gives(0);
    let path = shares.to_str().unwrap();
    installation.run(&["backup", "--shares", path], "").gives(0);
    for (typed, code) in [(&old, 2), (&new, 0)] {
        let mut command = program();
        command.arg("--data").arg(installation.path("restored"));
        command
            .arg("restore")
            .arg(&main)
            .arg("--shares")
            .arg(&shares);
        command.args(["--sheets-fd", "0"]);
        run(command, typed).gives(code);
    }
}

#[test]
fn what_old_sheets_open_can_be_brought_over_later() {
    let installation = Installation::new();
    let server = Server::start(&installation.data());
    let mut browser = installation.browser(&server);
    let team = team(&mut browser);
    let before = person(&mut browser, &team, "Zyglophraste", "yes");
    let root = installation.root_key();
    let renew = ["keepers", "renew", "--without-old-sheets", "--json"];
    let renew = [&renew[..], &["--root-key-fd", "3"]].concat();
    let ran = installation.run_with(&renew, &[root]).gives(0);
    assert!(ran.told.contains("--continue"), "{ran:?}");
    let new = sheets(ran.out.lines().next().unwrap(), 3);
    let after = person(&mut browser, &team, "Vexilion", "yes");
    open(&installation, &after, &new).gives(0);
    open(&installation, &before, &new)
        .gives(2)
        .refused("earlier keepers");

    let go_on = [
        "keepers",
        "renew",
        "--continue",
        "--json",
        "--sheets-fd",
        "0",
    ];
    installation
        .run(&go_on, &new)
        .gives(2)
        .refused("of the keepers of now");
    let other = Installation::new();
    installation.run(&go_on, &other.sheets(3)).gives(2);
    let old = installation.sheets(3);
    for (moved, others) in [(6, 6), (0, 12)] {
        let done = installation.run(&go_on, &old).gives(0).json();
        assert_eq!(
            (&done["wrapped_again"], &done["others"]),
            (&moved.into(), &others.into())
        );
        let ran = open(&installation, &before, &new).gives(0);
        assert!(ran.out.contains(WORDS), "{ran:?}");
    }
    verified(&installation);
}
