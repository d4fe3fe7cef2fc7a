//! A second administrator, and one who lost everything, with the root key in hand.

use crate::{
    browser::Browser,
    installation::{ADMINISTRATOR, Installation, PASSPHRASE, Ran, Server},
};
use std::fs;

pub(crate) const MEMBER: &str = "Yann Le Bihan";
pub(crate) const OTHERS: &str = "lanterne ruisseau cahier 18";
const CHOSEN: &str = "pivoine tambour escalier 63";

pub(crate) fn enrol(
    installation: &Installation,
    name: &str,
    code: &str,
    passphrase: &str,
) -> (String, Ran) {
    let file = format!("device-{}", code.split('-').next().unwrap());
    let device = installation.path(&file).to_str().unwrap().to_owned();
    let enrol = ["device", "enrol", "--as", name, "--code", code];
    let with = ["--passphrase-fd", "0", "--device-file", &device];
    let ran = installation.run(&[&enrol[..], &with[..]].concat(), passphrase);
    (device, ran)
}

pub(crate) fn sign_in(
    server: &Server,
    device: &str,
    name: &str,
    passphrase: &str,
) -> (Browser, u16) {
    let mut browser = Browser::new(server.port);
    let secret = fs::read_to_string(device).unwrap();
    browser
        .cookies
        .insert("__Host-d".into(), secret.trim().into());
    let fields = [("name", name), ("passphrase", passphrase)];
    let status = browser.post("/connexion", &fields).status;
    (browser, status)
}

/// A member whose keys are confirmed; gives the file of their device.
pub(crate) fn member(installation: &Installation, browser: &mut Browser) -> String {
    let fields = [("name", MEMBER), ("job", "éducateur")];
    let page = browser.post("/administration/membres", &fields).is(200);
    let code = page.between("<p class=\"big code\">", "</p>");
    let make = ["organisation", "administrator", "--administrator", MEMBER];
    let waiting = installation.run(&make, "").gives(4);
    waiting.refused("wait for an administrator");
    let (device, ran) = enrol(installation, MEMBER, code.trim(), OTHERS);
    ran.gives(0);
    let page = browser.get("/administration").is(200);
    let path = page.text.split("action=\"").find(|a| {
        let path = a.split('"').next().unwrap();
        path.ends_with("/attester")
    });
    let path = path.unwrap().split('"').next().unwrap().to_owned();
    browser.post(&path, &[]).is(303);
    device
}

#[test]
fn the_root_makes_a_member_an_administrator() {
    let installation = Installation::new();
    let server = Server::start(&installation.data());
    let mut browser = installation.browser(&server);
    let device = member(&installation, &mut browser);
    let (mut theirs, status) = sign_in(&server, &device, MEMBER, OTHERS);
    assert_eq!(status, 303);
    theirs.get("/administration").is(404);
    let make = ["organisation", "administrator", "--administrator", MEMBER];
    let make = [&make[..], &["--json", "--root-key-fd", "3"]].concat();
    let other = Installation::new();
    for (root, why) in [
        (other.root_key(), "not the root key of this"),
        ("ZZ", "not a root key"),
    ] {
        installation.run_with(&make, &[root]).gives(3).refused(why);
    }
    theirs.get("/administration").is(404);
    let made = installation
        .run_with(&make, &[installation.root_key()])
        .gives(0);
    assert_eq!(made.json()["administrator"], MEMBER);
    assert!(made.json()["device_code"].is_null());
    // The session that was there administers, with the keys it has.
    theirs.get("/administration").is(200);
    let fields = [("team_name", "Équipe mobile")];
    theirs.post("/administration/equipes", &fields).is(303);
    let report = installation.run(&["verify", "--json"], "").gives(0).json();
    assert_eq!(report["wrong"], 0, "{report}");
}

#[test]
fn someone_new_administers_beside_a_member() {
    let installation = Installation::new();
    let server = Server::start(&installation.data());
    let own = installation.device();
    let new = "Solène Marchand";
    let make = ["organisation", "administrator", "--administrator", new];
    let fds = ["--root-key-fd", "3", "--administrator-passphrase-fd", "4"];
    let alone = [&make[..], &fds[..]].concat();
    let root = installation.root_key();
    installation
        .run_with(&alone, &[root, CHOSEN])
        .gives(2)
        .refused("--as MEMBER");
    let who = [
        "--as",
        ADMINISTRATOR,
        "--device-file",
        &own,
        "--passphrase-fd",
        "5",
    ];
    let make = [&alone[..], &who[..], &["--json", "--job", "directrice"]].concat();
    for (texts, code, why) in [
        ([root, "azerty", PASSPHRASE], 2, "too easy to guess"),
        ([root, CHOSEN, "un autre secret bien long"], 3, "wrong"),
        (["ZZ", CHOSEN, PASSPHRASE], 3, "not a root key"),
    ] {
        installation
            .run_with(&make, &texts)
            .gives(code)
            .refused(why);
    }
    let made = installation
        .run_with(&make, &[root, CHOSEN, PASSPHRASE])
        .gives(0)
        .json();
    let code = made["device_code"].as_str().unwrap();
    enrol(&installation, new, code, PASSPHRASE).1.gives(3);
    let (device, ran) = enrol(&installation, new, code, CHOSEN);
    ran.gives(0);
    let (mut browser, status) = sign_in(&server, &device, new, CHOSEN);
    assert_eq!(status, 303);
    let page = browser.get("/administration").is(200);
    assert!(page.text.contains(ADMINISTRATOR) && page.text.contains(new));
    let fields = [("team_name", "Équipe mobile")];
    browser.post("/administration/equipes", &fields).is(303);
    let report = installation.run(&["verify", "--json"], "").gives(0).json();
    assert_eq!(report["wrong"], 0, "{report}");
}

#[test]
fn an_administrator_who_lost_everything_gets_new_keys() {
    let installation = Installation::new();
    let server = Server::start(&installation.data());
    let mut old = installation.browser(&server);
    let device = member(&installation, &mut old);
    let make = [
        "organisation",
        "administrator",
        "--administrator",
        ADMINISTRATOR,
    ];
    let fds = ["--root-key-fd", "3", "--administrator-passphrase-fd", "4"];
    let who = [
        "--as",
        MEMBER,
        "--device-file",
        &device,
        "--passphrase-fd",
        "5",
    ];
    let make = [&make[..], &fds[..], &who[..], &["--json"]].concat();
    let texts = [installation.root_key(), CHOSEN, OTHERS];
    let made = installation.run_with(&make, &texts).gives(0).json();
    // What was lost opens nothing any more.
    assert_ne!(old.get("/administration").status, 200);
    assert_eq!(
        sign_in(&server, &installation.device(), ADMINISTRATOR, PASSPHRASE).1,
        422
    );
    let code = made["device_code"].as_str().unwrap();
    let (device, ran) = enrol(&installation, ADMINISTRATOR, code, CHOSEN);
    ran.gives(0);
    let (mut browser, status) = sign_in(&server, &device, ADMINISTRATOR, CHOSEN);
    assert_eq!(status, 303);
    let page = browser.get("/administration").is(200);
    assert!(page.text.contains(MEMBER));
    let fields = [("team_name", "Équipe mobile")];
    browser.post("/administration/equipes", &fields).is(303);
    let report = installation.run(&["verify", "--json"], "").gives(0).json();
    assert_eq!(report["wrong"], 0, "{report}");
}

#[test]
fn doctor_warns_while_one_device_is_all_there_is() {
    let installation = Installation::new();
    let lacks = || {
        let found = installation.run(&["doctor", "--json"], "").gives(0).json();
        found["lacks"].to_string()
    };
    assert!(lacks().contains("one member on one device"), "{}", lacks());
    // Alone, the refusal says where to read what is left to do.
    let make = ["organisation", "administrator", "--administrator"];
    let make = [&make[..], &[ADMINISTRATOR, "--root-key-fd", "3"]].concat();
    installation
        .run_with(&make, &[installation.root_key()])
        .gives(2)
        .refused("The administrator was alone");
    let server = Server::start(&installation.data());
    let mut browser = installation.browser(&server);
    member(&installation, &mut browser);
    assert!(!lacks().contains("one member on one device"), "{}", lacks());
}
