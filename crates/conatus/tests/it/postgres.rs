//! Installations whose records and erasure shares are in two databases of a server; more machines
//! over them; and every command of the program there.

use crate::{
    browser::Browser,
    installation::{Installation, Ran, Server, program, run, team},
    searching::search,
};
use postgres_fixture::Database;
use sqlx::{Connection, PgConnection};
use std::{fmt::Write as _, fs, os::unix::fs::PermissionsExt, path::PathBuf};
use tempfile::TempDir;

pub(crate) const WORDS: &str = "un propos que personne ne relit";

/// Two empty databases, or nothing where this machine has no server.
pub(crate) fn databases() -> Option<[Database; 2]> {
    if postgres_fixture::is_shared() {
        eprintln!("skipped: an installation begins in databases of its own");
        return None;
    }
    let empty = || postgres_fixture::database("nothing", |_| Ok(()));
    Some([empty()?, empty()?])
}

/// A file that only its owner reads, holding an address.
pub(crate) fn address_file(folder: &TempDir, name: &str, url: &str) -> String {
    let path = folder.path().join(name);
    fs::write(&path, url).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Asks a database something, as someone who reaches the server.
pub(crate) fn ask<T>(url: &str, work: impl AsyncFnOnce(&mut PgConnection) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut connection = PgConnection::connect(url).await.unwrap();
        let done = work(&mut connection).await;
        connection.close().await.unwrap();
        done
    })
}

pub(crate) fn say(url: &str, statement: &'static str) {
    ask(url, async |connection| {
        sqlx::raw_sql(statement).execute(connection).await.unwrap();
    });
}

/// An installation over a server; documents are in a folder that every machine reaches.
pub(crate) struct Cluster {
    pub(crate) made: Installation,
    pub(crate) main: String,
    pub(crate) told: TempDir,
}

impl Cluster {
    pub(crate) fn over(main: &str, shares: &str) -> Self {
        let told = tempfile::tempdir().unwrap();
        let store = address_file(&told, "store.url", main);
        let other = address_file(&told, "shares.url", shares);
        let papers = told.path().join("papers");
        let made = Installation::told(&[
            ("CONATUS_STORE_URL_FILE", &store),
            ("CONATUS_SHARES_URL_FILE", &other),
            ("CONATUS_FILES", papers.to_str().unwrap()),
        ]);
        Self {
            made,
            main: main.into(),
            told,
        }
    }

    /// What another machine is given: the keys that lie beside the records, and the configuration.
    pub(crate) fn machine(&self, name: &str) -> PathBuf {
        let folder = self.made.path(name);
        fs::create_dir(&folder).unwrap();
        for file in ["pepper", "server.key", "conatus.toml"] {
            fs::copy(self.made.data().join(file), folder.join(file)).unwrap();
        }
        folder
    }

    /// Brings one person in; gives the address of their record.
    pub(crate) fn person(&self, browser: &mut Browser) -> String {
        let sheet = self.made.path("gens.csv");
        fs::write(&sheet, "Nom de naissance;Prénom\nZyglophraste;Ana\n").unwrap();
        self.made.import(&sheet).gives(0);
        browser.get("/personnes").is(200);
        let found = browser.post("/personnes", &[("q", "Zyglophraste")]).is(200);
        format!("/dossiers/{}", found.between("href=\"/dossiers/", "\""))
    }

    pub(crate) fn verified(&self) {
        let report = self.made.run(&["verify", "--json"], "").gives(0).json();
        assert_eq!(report["wrong"], 0, "{report}");
    }
}

pub(crate) fn write(browser: &mut Browser, record: &str, text: &str) {
    let fields = [("nature", "fact"), ("rubrique", "social"), ("text", text)];
    browser.get(record).is(200);
    browser.post(&format!("{record}/ecrire"), &fields).is(303);
}

fn restore(cluster: &Cluster, into: &str, more: &[&str], variables: &[(&str, &str)]) -> Ran {
    let [main, shares] = ["main.bak", "shares.bak"].map(|n| cluster.made.path(n));
    let papers = cluster.made.path(&format!("{into}-papers"));
    let mut command = program();
    command.envs(variables.iter().copied());
    command.arg("--data").arg(cluster.made.path(into));
    command.arg("restore").arg(main).arg("--shares").arg(shares);
    command.args(["--sheets-fd", "0", "--files"]).arg(papers);
    command.args(more);
    run(command, &cluster.made.sheets(3))
}

#[test]
fn everything_runs_on_a_server_and_comes_back_from_its_backups() {
    let (Some([main, shares]), Some([second, third])) = (databases(), databases()) else {
        return;
    };
    let cluster = Cluster::over(main.url(), shares.url());
    let made = &cluster.made;
    let server = Server::start(&made.data());
    let mut browser = made.browser(&server);
    team(&mut browser);
    let record = cluster.person(&mut browser);
    write(&mut browser, &record, WORDS);
    let found = made.run(&["doctor", "--json"], "").gives(0).json();
    assert!(
        found["engine"].as_str().unwrap().starts_with("postgresql "),
        "{found}"
    );
    assert_eq!(found["people"], 1);
    assert!(found["main_bytes"].as_u64().unwrap() > 1_000_000);
    let again = [
        "init",
        "--organisation",
        "Une",
        "--administrator",
        "Camille",
    ];
    made.run(&again, "")
        .gives(2)
        .refused("there is an installation");
    for (part, name) in [(None, "main.bak"), (Some("--shares"), "shares.bak")] {
        let path = made.path(name).to_str().unwrap().to_owned();
        let arguments: Vec<&str> = ["backup"].into_iter().chain(part).chain([&*path]).collect();
        made.run(&arguments, "").gives(0);
    }
    cluster.verified();
    // Neither the data folder nor anything the program said holds a password or what was written.
    let password = main.url().split(['/', ':', '@']).nth(4).unwrap();
    for words in [WORDS, password] {
        assert_eq!(search(&made.data(), &[words]), Vec::<String>::new());
    }
    assert!(!found.to_string().contains(password));

    // Over what is there, nothing is restored; nor into the other engine.
    let ran = restore(&cluster, "over", &[], &[]).gives(2);
    ran.refused("not empty");
    assert!(!made.path("over").exists());
    let files = ["--store", "main.db", "--shares-store", "shares.db"];
    let ran = restore(&cluster, "files", &files, &[]).gives(2);
    ran.refused("of the other engine");
    let (_, place) = second.url().split_once('@').unwrap();
    let (_, other) = third.url().split_once('@').unwrap();
    let [place, other] = [place, other].map(|p| format!("postgres://postgres@{p}"));
    let to = ["--store", &*place, "--shares-store", &*other];
    let ran = restore(&cluster, "told", &["--store", second.url()], &[]).gives(2);
    let ran = ran.refused("other users of this machine see arguments");
    assert!(!ran.told.contains(password), "{ran:?}");
    let passwords = [
        ("CONATUS_STORE_PASSWORD", password),
        ("CONATUS_SHARES_PASSWORD", password),
    ];
    restore(&cluster, "restored", &to, &passwords).gives(0);
    drop((server, main, shares));

    // The restored configuration names the new databases; a file gives the password from then on.
    let data = made.path("restored");
    let said = fs::read_to_string(data.join("conatus.toml")).unwrap();
    assert!(
        said.contains(&place) && !said.contains("url_file"),
        "{said}"
    );
    let mut said = said;
    for (key, url) in [("store", second.url()), ("shares", third.url())] {
        let file = address_file(&cluster.told, &format!("{key}.restored"), url);
        writeln!(said, "{key}_url_file = \"{file}\"").unwrap();
    }
    fs::write(data.join("conatus.toml"), said).unwrap();
    let server = Server::start(&data);
    let mut browser = made.browser(&server);
    let page = browser.get(&record).is(200);
    assert!(page.text.contains(WORDS));
}

#[test]
fn tables_are_made_by_one_and_served_by_a_role_that_cannot_rewrite() {
    let Some([main, shares]) = databases() else {
        return;
    };
    let name = main.url().rsplit('/').next().unwrap();
    let name = name.split('?').next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let owner = address_file(&folder, "owner.url", main.url());
    let other = address_file(&folder, "shares.url", shares.url());
    let role = format!("runs_{name}");
    let (_, place) = main.url().split_once('@').unwrap();
    let runtime = format!("postgres://{role}:opensesame@{place}");
    let store = address_file(&folder, "store.url", &runtime);
    ask(main.url(), async |connection| {
        let make = format!("CREATE ROLE {role} LOGIN PASSWORD 'opensesame'");
        let make = sqlx::raw_sql(sqlx::AssertSqlSafe(make));
        make.execute(connection).await.unwrap();
    });
    let told = [
        ("CONATUS_STORE_URL_FILE", &*store),
        ("CONATUS_SHARES_URL_FILE", &other),
        ("CONATUS_OWNER_URL_FILE", &owner),
    ];
    let migrate = |arguments: &[&str]| {
        let mut command = program();
        command.envs(told);
        command.arg("--data").arg(folder.path().join("none"));
        run(
            {
                command.arg("migrate").args(arguments);
                command
            },
            "",
        )
    };
    // A configuration, which backups hold, holds no password; nor is it said back.
    let wrong = folder.path().join("wrong.toml");
    fs::write(&wrong, format!("store = \"{runtime}\"\n")).unwrap();
    let mut command = program();
    command.arg("doctor").arg("--config").arg(&wrong);
    let ran = run(command, "").gives(2).refused("holds a password");
    assert!(!ran.told.contains("opensesame"), "{ran:?}");
    // Serving makes no tables.
    let mut command = program();
    command.envs(told).arg("--data").arg(folder.path());
    command.arg("doctor");
    run(command, "").gives(7).refused("run `conatus migrate`");
    // Someone is at it: told, with a code of its own, and nothing is made meanwhile.
    ask(main.url(), async |connection| {
        let lock = "SELECT pg_advisory_lock(7165066897014485761)";
        sqlx::raw_sql(lock).execute(connection).await.unwrap();
        migrate(&["--wait", "1"])
            .gives(7)
            .refused("another node is migrating");
    });
    let done = migrate(&["--json", "--runtime-role", &role])
        .gives(0)
        .json();
    assert!(
        done["before"].is_null() && done["version"].as_i64() >= Some(1),
        "{done}"
    );
    migrate(&["--runtime-role", &role]).gives(0);
    migrate(&["--distribute"]).gives(7).refused("citus");
    assert!(!folder.path().join("none").exists());

    let made = Installation::told(&told[..2]);
    let server = Server::start(&made.data());
    let mut browser = made.browser(&server);
    team(&mut browser);
    let found = made.run(&["doctor", "--json"], "").gives(0).json();
    assert!(!found["lacks"].to_string().contains("rewritten"), "{found}");
    drop(server);
    drop(made);
    ask(main.url(), async |connection| {
        for end in [format!("DROP OWNED BY {role}"), format!("DROP ROLE {role}")] {
            let end = sqlx::raw_sql(sqlx::AssertSqlSafe(end));
            end.execute(&mut *connection).await.unwrap();
        }
    });
}
