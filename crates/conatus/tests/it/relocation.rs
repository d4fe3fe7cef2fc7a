//! An installation moved as its operator moves it: to a server and back, into a bucket, killed
//! half-way, and where nothing may go.

use crate::{
    browser::Browser,
    installation::{Installation, Ran, Server, in_store, program, run, team},
    searching::files,
};
use postgres_fixture::Database;
use sqlx::{AssertSqlSafe, PgPool};
use std::{
    fmt::Write as _,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

fn apart<T: Send>(work: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        scope.spawn(move || runtime.block_on(work)).join().unwrap()
    })
}

fn prepare(url: &str) -> Result<(), String> {
    let done = apart(storage_postgres::migrate(url, Duration::from_secs(30)));
    done.map(drop).map_err(|error| error.to_string())
}

/// Two databases and a configuration that names them.
struct OnServer {
    main: Database,
    shares: Database,
    file: PathBuf,
}

impl OnServer {
    fn new(made: &Installation) -> Option<Self> {
        if postgres_fixture::is_shared() {
            eprintln!("skipped: needs databases of its own");
            return None;
        }
        let [main, shares] = [(); 2].map(|()| postgres_fixture::database("conatus_move", prepare));
        let (main, shares) = (main?, shares?);
        let only_mine = |name: &str, text: &str| {
            let file = made.path(name);
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
            file
        };
        let text = format!(
            "data = \"{}\"\nstore_url_file = \"{}\"\nshares_url_file = \"{}\"\nroot_fingerprint = \"{}\"\n",
            made.path("beside").display(),
            only_mine("store.url", main.url()).display(),
            only_mine("shares.url", shares.url()).display(),
            made.printed["root_fingerprint"].as_str().unwrap(),
        );
        let file = only_mine("server.toml", &text);
        Some(Self { main, shares, file })
    }

    fn password(&self) -> String {
        let part = self.main.url().split(['/', ':', '@']).nth(4);
        part.unwrap().to_owned()
    }

    /// A configuration that names both databases, without their passwords.
    fn without_passwords(&self, made: &Installation) -> String {
        let bare = |url: &str| url.replace(&format!(":{}@", self.password()), "@");
        let data = self.file.parent().unwrap().join("beside");
        format!(
            "data = \"{}\"\nstore = \"{}\"\nshares = \"{}\"\nroot_fingerprint = \"{}\"\n",
            data.display(),
            bare(self.main.url()),
            bare(self.shares.url()),
            made.printed["root_fingerprint"].as_str().unwrap(),
        )
    }

    /// How many rows a query counts in the main store.
    fn count(&self, query: &str) -> i64 {
        let query = AssertSqlSafe(query.to_owned());
        let url = self.main.url().to_owned();
        apart(async move {
            let pool = PgPool::connect(&url).await.unwrap();
            let count = sqlx::query_scalar(query).fetch_one(&pool).await.unwrap();
            pool.close().await;
            count
        })
    }
}

fn moving(from: &Path, to: &Path) -> std::process::Command {
    let mut command = program();
    command.arg("move").arg("--from").arg(from);
    command.arg("--to").arg(to).arg("--json");
    command
}

fn moved(from: &Path, to: &Path) -> Ran {
    run(moving(from, to), "")
}

fn over(data: &Path, arguments: &[&str]) -> Ran {
    let mut command = program();
    command.arg("--data").arg(data).args(arguments);
    run(command, "")
}

/// Every row of every table but what is true of a place, in words.
fn rows(data: &Path) -> Vec<String> {
    in_store(data, async |pool| {
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
                 AND name NOT IN ('leases', '_sqlx_migrations') ORDER BY name",
        )
        .fetch_all(&pool)
        .await
        .unwrap();
        let mut all = Vec::new();
        for table in tables {
            let columns: Vec<String> =
                sqlx::query_scalar("SELECT 'quote(' || name || ')' FROM pragma_table_info(?)")
                    .bind(&table)
                    .fetch_all(&pool)
                    .await
                    .unwrap();
            let row = columns.join(" || ' ' || ");
            let query = format!("SELECT '{table} ' || {row} FROM {table} ORDER BY 1");
            let found = sqlx::query_scalar(AssertSqlSafe(query)).fetch_all(&pool);
            all.extend(found.await.unwrap());
        }
        all
    })
}

/// A record with a writing and a document, and a browser whose session goes on.
struct Kept {
    made: Installation,
    browser: Browser,
    record: String,
    document: String,
    paper: Vec<u8>,
}

fn kept() -> Kept {
    let made = Installation::new();
    let server = Server::start(&made.data());
    let mut browser = made.browser(&server);
    team(&mut browser);
    let sheet = made.path("gens.csv");
    fs::write(
        &sheet,
        "Nom de naissance;Prénom\nZyglophraste;Ana\nLopez;Jo\n",
    )
    .unwrap();
    made.import(&sheet).gives(0);
    let found = browser.post("/personnes", &[("q", "Zyglophraste")]).is(200);
    let record = format!("/dossiers/{}", found.between("href=\"/dossiers/", "\""));
    let paper = [&b"%PDF-1.7\n"[..], &vec![b'x'; 300_000]].concat();
    let fields = [
        ("compartment", "social"),
        ("kind", "other"),
        ("title", "Papier"),
        ("issued", ""),
        ("valid_until", ""),
    ];
    let path = format!("{record}/coffre/deposer");
    browser.get(&path).is(200);
    let answer = browser
        .upload(&path, &fields, ("page.pdf", &paper))
        .unwrap()
        .is(303);
    let document = answer.header("location").unwrap().to_owned();
    server.kill();
    Kept {
        made,
        browser,
        record,
        document,
        paper,
    }
}

impl Kept {
    /// The session that was open before goes on there, and so do records and documents.
    fn opens(&mut self, data: &Path) {
        let server = Server::start(data);
        self.browser.port = server.port;
        let record = self.record.clone();
        self.browser.get(&record).is(200);
        let back = self
            .browser
            .get(&format!("{}/fichier", self.document))
            .is(200);
        assert!(back.bytes == self.paper);
        self.made.browser(&server);
    }
}

#[test]
fn an_installation_goes_to_a_server_and_comes_back() {
    let mut kept = kept();
    let Some(server) = OnServer::new(&kept.made) else {
        return;
    };
    let data = kept.made.data();
    let before = rows(&data);
    let done = moved(&data, &server.file).gives(0).json();
    assert_eq!(
        (&done["differences"], &done["documents"]),
        (&0.into(), &1.into())
    );
    assert_eq!(server.count("SELECT count(*) FROM persons"), 2);
    assert_eq!(rows(&data), before, "what is moved from is never changed");
    moved(&data, &server.file).gives(2).refused("is not empty");
    let mut there = program();
    there.arg("--config").arg(&server.file);
    there.args(["verify", "--json"]);
    let report = run(there, "").gives(0).json();
    assert_eq!(
        (&report["wrong"], &report["people"]),
        (&0.into(), &2.into())
    );

    // The same server by addresses without a password: the variables give it, here as everywhere.
    let told = kept.made.path("told.toml");
    fs::write(&told, server.without_passwords(&kept.made)).unwrap();
    let back = kept.made.path("back");
    let ran = moved(&told, &back).gives(6);
    assert!(!ran.told.contains(&server.password()), "{ran:?}");
    let mut command = moving(&told, &back);
    for variable in ["CONATUS_STORE_PASSWORD", "CONATUS_SHARES_PASSWORD"] {
        command.env(variable, server.password());
    }
    let done = run(command, "").gives(0).json();
    assert_eq!(done["differences"], 0);
    assert_eq!(rows(&back), before);
    let report = over(&back, &["verify", "--json"]).gives(0).json();
    assert_eq!(
        (&report["wrong"], &report["people"]),
        (&0.into(), &2.into())
    );
    kept.opens(&back);
}

/// Waits until that many of something is there, then kills.
fn killed(mut command: std::process::Command, mut enough: impl FnMut() -> bool) {
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !enough() {
        assert!(
            child.try_wait().unwrap().is_none(),
            "done before it was killed"
        );
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_move_that_was_killed_goes_on() {
    let made = Installation::new();
    let server = Server::start(&made.data());
    team(&mut made.browser(&server));
    let mut sheet = String::from("Nom de naissance;Prénom");
    for number in 0..400 {
        write!(sheet, "\nNom{number:03};Prénom").unwrap();
    }
    let file = made.path("gens.csv");
    fs::write(&file, sheet).unwrap();
    made.import(&file).gives(0);
    server.kill();
    let Some(server) = OnServer::new(&made) else {
        return;
    };
    let data = made.data();
    let before = rows(&data);
    // Some rows there, and the last table still empty.
    killed(moving(&data, &server.file), || {
        server.count("SELECT count(*) FROM persons") > 0
    });
    assert_eq!(
        server.count("SELECT count(*) FROM leases WHERE job = 'moved'"),
        0
    );
    let other = Installation::new();
    moved(&other.data(), &server.file).gives(2);
    moved(&server.file, &made.path("none"))
        .gives(6)
        .refused("was not finished");
    let done = moved(&data, &server.file).gives(0);
    assert!(done.told.contains("it goes on"), "{done:?}");
    assert_eq!(done.json()["differences"], 0);

    // Killed on the way back once its own place is claimed.
    let back = made.path("back");
    killed(moving(&server.file, &back), || {
        back.join("conatus.toml").exists()
    });
    let backup = made.path("main.bak");
    let ran = over(&back, &["backup", backup.to_str().unwrap()]);
    ran.gives(6).refused("was not finished");
    let done = moved(&server.file, &back).gives(0);
    assert!(done.told.contains("it goes on"), "{done:?}");
    assert_eq!(rows(&back), before);
    let report = over(&back, &["verify", "--json"]).gives(0).json();
    assert_eq!(
        (&report["wrong"], &report["people"]),
        (&0.into(), &400.into())
    );
}

#[test]
fn nothing_is_moved_over_what_is_there_or_under_who_serves() {
    let kept = kept();
    let (data, other) = (kept.made.data(), Installation::new());
    moved(&data, &data).gives(2).refused("the same store");
    moved(&data, &other.data())
        .gives(2)
        .refused("another installation");
    let pinned = fs::read_to_string(other.data().join("conatus.toml")).unwrap();
    fs::write(other.data().join("conatus.toml"), "").unwrap();
    moved(&data, &other.data()).gives(2).refused("is not empty");
    fs::write(other.data().join("conatus.toml"), pinned).unwrap();
    moved(&kept.made.path("nowhere"), &kept.made.path("to")).gives(4);
    let server = Server::start(&data);
    moved(&data, &kept.made.path("to"))
        .gives(6)
        .refused("stop every");
    server.kill();
    over(&other.data(), &["verify"]).gives(0);
    over(&data, &["verify"]).gives(0);
}

#[test]
fn what_is_not_as_it_was_is_named() {
    let kept = kept();
    let (data, to) = (kept.made.data(), kept.made.path("to"));
    moved(&data, &to).gives(0);
    in_store(&to, async |pool| {
        for change in [
            "DELETE FROM leases WHERE job = 'moved'",
            "UPDATE persons SET entries = entries + 1 WHERE person_id = (SELECT max(person_id) FROM persons)",
            "DELETE FROM sessions",
        ] {
            sqlx::query(change).execute(&pool).await.unwrap();
        }
    });
    let document = files(&to.join("files")).pop().unwrap();
    fs::write(&document, b"short").unwrap();
    let ran = moved(&data, &to).gives(8);
    assert!(ran.told.contains("not there as they are"), "{ran:?}");
    let told = ran.json()["differ"].to_string();
    assert!(told.contains("differs in entries"), "{told}");
    assert!(ran.json()["differences"].as_u64().unwrap() >= 1);
    over(&to, &["backup", "never"])
        .gives(6)
        .refused("was not finished");
}

#[test]
fn documents_go_into_a_bucket_and_those_that_were_damaged_are_told() {
    let kept = kept();
    let bucket = bucket::Server::start();
    let to = kept.made.path("to.toml");
    let text = format!(
        "data = \"{}\"\nfiles = \"s3://{}/place\"\nbucket_endpoint = \"{}\"\nbucket_credentials = \"{}\"\n",
        kept.made.path("to").display(),
        bucket::NAME,
        bucket.endpoint(),
        bucket.keys().display(),
    );
    fs::write(&to, text).unwrap();
    let data = kept.made.data();
    let document = files(&data.join("files")).pop().unwrap();
    let right = fs::read(&document).unwrap();
    let mut damaged = right.clone();
    damaged[1000] ^= 1;
    fs::write(&document, &damaged).unwrap();
    let ran = moved(&data, &to).gives(1).refused("and were not before");
    assert_eq!(ran.json()["faults"], 1, "{ran:?}");
    let there = files(&bucket.objects().join("place")).pop().unwrap();
    assert!(fs::read(there).unwrap() == damaged, "moved as it was");
    // The same documents may stay where they are while rows move.
    let pinned = kept.made.printed["root_fingerprint"].as_str().unwrap();
    let mut text = fs::read_to_string(&to).unwrap();
    writeln!(text, "root_fingerprint = \"{pinned}\"").unwrap();
    fs::write(&to, &text).unwrap();
    let next = kept.made.path("next.toml");
    let elsewhere = kept.made.path("next").display().to_string();
    let here = kept.made.path("to").display().to_string();
    fs::write(&next, text.replace(&here, &elsewhere)).unwrap();
    let there = files(&bucket.objects().join("place")).pop().unwrap();
    fs::write(there, &right).unwrap();
    let done = moved(&to, &next).gives(0).json();
    assert_eq!(
        (&done["documents"], &done["faults"]),
        (&1.into(), &0.into())
    );
    let mut command = program();
    command.arg("--config").arg(&next).arg("verify");
    run(command, "").gives(0);
}
