//! What measures and demonstrations do to their stores: on both engines, and stopped half-way.

use crate::{
    browser::Browser,
    installation::{Ran, in_store, program, run},
    postgres::{ask, databases},
};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

/// An address without its password, and the password.
fn told(url: &str) -> (String, String) {
    let password = url.split(['/', ':', '@']).nth(4).unwrap();
    (
        url.replace(&format!(":{password}@"), "@"),
        password.to_owned(),
    )
}

/// A command over both databases of a server, or over files.
fn over(stores: Option<&[&str; 2]>, arguments: &[&str]) -> Command {
    let mut command = program();
    command.args(arguments);
    if let Some([main, shares]) = stores {
        for (option, variable, url) in [
            ("--store", "CONATUS_STORE_PASSWORD", main),
            ("--shares-store", "CONATUS_SHARES_PASSWORD", shares),
        ] {
            let (address, password) = told(url);
            command.args([option, &address]).env(variable, password);
        }
    }
    command
}

fn filled(stores: Option<&[&str; 2]>, data: &Path, people: &str) -> Command {
    let mut command = over(stores, &["bench", "seed", "--json", "--people", people]);
    command.arg("--data").arg(data);
    command
}

fn verified(data: &Path, stores: Option<&[&str; 2]>) -> Value {
    let mut command = program();
    command.arg("--data").arg(data).args(["verify", "--json"]);
    if let Some([main, shares]) = stores {
        command.env("CONATUS_STORE_PASSWORD", told(main).1);
        command.env("CONATUS_SHARES_PASSWORD", told(shares).1);
    }
    run(command, "").gives(0).json()
}

/// Killed once some people are there, then asked again: as many as were asked for, all sound.
fn killed_and_resumed(stores: Option<&[&str; 2]>, count: impl Fn(&Path) -> i64) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut child = filled(stores, &data, "1200")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !data.join("bench.json").exists() || count(&data) == 0 {
        assert!(
            child.try_wait().unwrap().is_none(),
            "done before it was killed"
        );
        thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = count(&data);
    assert!(0 < before && before < 1200, "{before}");
    let again: Ran = run(filled(stores, &data, "1200"), "").gives(0);
    let said = again.json();
    assert_eq!(said["results"][0]["people"], 1200 - before, "{said}");
    assert_eq!(count(&data), 1200);
    let engine = said["engine"].as_str().unwrap();
    let expected = if stores.is_some() {
        "postgresql "
    } else {
        "sqlite "
    };
    assert!(engine.starts_with(expected), "{engine}");
    assert!(!said["cards"].as_array().unwrap().is_empty());
    let report = verified(&data, stores);
    assert_eq!(
        (&report["wrong"], &report["people"]),
        (&0.into(), &1200.into())
    );
    // Nothing is left to do, and nothing is done twice.
    let said = run(filled(stores, &data, "1200"), "").gives(0).json();
    assert_eq!(said["results"][0]["people"], 0);
}

#[test]
fn a_filling_that_was_killed_goes_on_in_files() {
    killed_and_resumed(None, |data| {
        in_store(data, async |pool| {
            let count = sqlx::query_scalar("SELECT count(*) FROM persons");
            count.fetch_one(&pool).await.unwrap_or(0)
        })
    });
}

#[test]
fn a_filling_that_was_killed_goes_on_on_a_server() {
    let Some([main, shares]) = databases() else {
        return;
    };
    killed_and_resumed(Some(&[main.url(), shares.url()]), |_| {
        ask(main.url(), async |connection| {
            let count = sqlx::query_scalar("SELECT count(*) FROM persons");
            count.fetch_one(connection).await.unwrap_or(0)
        })
    });
}

#[test]
fn opening_is_measured_on_a_server_and_its_name_is_told() {
    let Some([main, shares]) = databases() else {
        return;
    };
    let stores = [main.url(), shares.url()];
    let arguments = ["bench", "open-record", "--json", "--entries", "6"];
    let more = ["--people", "3", "--concurrency", "2"];
    let command = over(Some(&stores), &[&arguments[..], &more].concat());
    let said = run(command, "").gives(0).json();
    assert!(said["engine"].as_str().unwrap().starts_with("postgresql "));
    assert_eq!(said["results"][0]["requests"], 6, "{said}");
    let data = tempfile::tempdir().unwrap();
    let (Some([main, _]), path) = (databases(), data.path().join("data")) else {
        return;
    };
    let (address, password) = told(main.url());
    let mut command = program();
    command.args(["bench", "scale", "--json", "--engine", "sqlite,postgres"]);
    command.args(["--people", "60", "--store", &address]);
    command.env("CONATUS_STORE_PASSWORD", password);
    command.arg("--data").arg(path);
    let said = run(command, "").gives(0).json();
    let engines = said["engine"].as_str().unwrap();
    assert!(
        engines.starts_with("sqlite ") && engines.contains(", postgresql "),
        "{engines}"
    );
}

#[test]
fn the_demonstration_runs_on_a_server() {
    let Some([main, shares]) = databases() else {
        return;
    };
    let stores = [main.url(), shares.url()];
    let mut child = over(Some(&stores), &["demo", "--json", "--port", "0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let out = child.stdout.take().unwrap();
    BufReader::new(out).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    assert!(ready["engine"].as_str().unwrap().starts_with("postgresql "));
    let port = ready["url"].as_str().unwrap().rsplit(':').next().unwrap();
    let mut browser = Browser::new(port.parse().unwrap());
    browser.get("/sante/pret").is(200);
    let worker = &ready["workers"][1];
    let field = |name: &str| worker[name].as_str().unwrap();
    let fields = [
        ("name", field("name")),
        ("code", field("device_code")),
        ("passphrase", field("passphrase")),
    ];
    browser.get("/appareil").is(200);
    browser.post("/appareil", &fields).is(303);
    browser.get("/personnes").is(200);
    let kept: i64 = ask(main.url(), async |connection| {
        let count = sqlx::query_scalar("SELECT count(*) FROM entries");
        count.fetch_one(connection).await.unwrap()
    });
    assert!(kept > 100, "three years are on the server");
    child.kill().unwrap();
    child.wait().unwrap();
}
