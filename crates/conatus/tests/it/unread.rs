//! Commands whose answer nobody reads to its end (`… | head -1`).

use crate::installation::{Installation, PASSPHRASE, Ran, program};
use std::{
    fs::File,
    io::pipe,
    path::Path,
    process::{Command, Stdio},
};

/// Runs a command whose reader went away before it began.
fn unread(data: &Path, arguments: &[&str], stderr_too: bool) -> Ran {
    let closed = || {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        writer
    };
    let mut command: Command = program();
    command.arg("--data").arg(data).args(arguments);
    command.stdin(Stdio::null()).stdout(closed());
    if stderr_too {
        command.stderr(closed());
    } else {
        command.stderr(Stdio::piped());
    }
    command.spawn().unwrap().wait_with_output().unwrap().into()
}

#[test]
fn a_reader_who_went_away_ends_a_command_quietly() {
    let installation = Installation::new();
    let data = installation.data();
    let sheet = installation.path("gens.csv");
    std::fs::write(&sheet, "Nom de naissance;Prénom\nHaddad;Samira\n").unwrap();
    let sheet = sheet.to_str().unwrap();
    let backup = installation.path("main.bak");
    for arguments in [
        &["doctor"][..],
        &["doctor", "--json"],
        &["verify"],
        &["verify", "--json"],
        &["completions", "bash"],
        &["--help"],
        &["person", "import", "--dry-run", sheet],
        &["backup", "--json", backup.to_str().unwrap()],
    ] {
        let ran = unread(&data, arguments, false).gives(0);
        assert_eq!(ran.told, "", "{arguments:?}");
    }
    assert!(backup.exists());
}

#[test]
fn what_was_found_is_still_in_the_code() {
    let installation = Installation::new();
    let sheet = installation.path("gens.csv");
    let faulty = "Nom de naissance;Prénom;Date de naissance\nHaddad;Samira;31/02/1990\n";
    std::fs::write(&sheet, faulty).unwrap();
    let sheet = sheet.to_str().unwrap();
    let arguments = ["person", "import", "--dry-run", sheet];
    let data = installation.data();
    unread(&data, &arguments, false)
        .gives(1)
        .refused("1 things");
    // Nobody hears either stream: the code alone says it, and no signal does.
    unread(&data, &arguments, true).gives(1);
    unread(&data, &["serve", "--listen", "0.0.0.0:9"], true).gives(2);
}

#[test]
fn sheets_that_nobody_read_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("passphrase");
    std::fs::write(&secret, PASSPHRASE).unwrap();
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let mut command = program();
    command.arg("--data").arg(folder.path().join("data"));
    command.args([
        "init",
        "--organisation",
        "Une",
        "--administrator",
        "Camille",
    ]);
    command.args(["--passphrase-fd", "0"]);
    command.stdin(File::open(secret).unwrap());
    command.stdout(writer).stderr(Stdio::piped());
    let ran: Ran = command.spawn().unwrap().wait_with_output().unwrap().into();
    ran.gives(5).refused("what was printed was not read");
}
