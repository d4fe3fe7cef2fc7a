//! The server that the processes of a test run share: whoever comes first starts it, whoever comes
//! later joins, and a keeper stops it when the last has gone.

use crate::{
    account::{self, Account},
    lock::Held,
    psql,
};
use std::{
    env,
    fs::{self, DirBuilder, OpenOptions},
    io::Write,
    net::TcpListener,
    os::unix::{
        fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Debian keeps the binaries of each major version in a folder of its own.
const DEBIAN: &str = "/usr/lib/postgresql";

/// Nobody connects without the password: whoever may is master of the account that runs it.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 400
shared_buffers = 64MB
";

/// A running server, kept while this lives.
#[derive(Debug)]
pub(crate) struct Running {
    folder: PathBuf,
    files: PathBuf,
    port: u16,
    password: String,
    _user: Held,
}

/// The folder of the newest binaries on this machine.
#[must_use]
pub fn binaries() -> Option<PathBuf> {
    let versions = fs::read_dir(DEBIAN).ok()?;
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|version| {
            let version = version.ok()?;
            let number = version.file_name().to_str()?.parse().ok()?;
            let folder = version.path().join("bin");
            folder.join("initdb").exists().then_some((number, folder))
        })
        .collect();
    found.sort();
    found.pop().map(|(_, folder)| folder)
}

/// Joins the server of this user, starting it where none runs.
pub(crate) fn join(binaries: &Path) -> Result<Running, String> {
    let folder = env::temp_dir().join(format!("conatus-postgres-{}", account::user()?));
    loop {
        make_folder(&folder)?;
        let gate = Held::exclusive(&folder.join("gate"));
        // The keeper removes the folder while it holds the gate: then everything begins again.
        let Ok(_gate) = gate else { continue };
        let user = Held::together(&folder.join("users"))?;
        let (port, password) = match known(&folder) {
            Some(known) if answers(&known) => known,
            _ => start(binaries, &folder)?,
        };
        return Ok(Running {
            files: folder.join("data"),
            folder,
            port,
            password,
            _user: user,
        });
    }
}

/// Searchable by the account that runs the server, listed by its owner alone.
pub(crate) fn make_folder(folder: &Path) -> Result<(), String> {
    let made = DirBuilder::new().mode(0o711).create(folder);
    match made {
        Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(format!("the folder {}: {e}", folder.display()))
        }
        _ => Ok(()),
    }
}

fn known(folder: &Path) -> Option<(u16, String)> {
    let text = fs::read_to_string(folder.join("state")).ok()?;
    let (port, password) = text.trim().split_once(' ')?;
    Some((port.parse().ok()?, password.to_owned()))
}

fn answers((port, password): &(u16, String)) -> bool {
    psql::run(&url(*port, password, "postgres"), "SELECT 1").is_ok()
}

pub(crate) fn url(port: u16, password: &str, database: &str) -> String {
    format!("postgres://postgres:{password}@127.0.0.1:{port}/{database}?sslmode=disable")
}

fn start(binaries: &Path, folder: &Path) -> Result<(u16, String), String> {
    // Before there is anything to stop: it waits at the gate until this is done.
    keep(folder)?;
    let password = initialise(binaries, folder)?;
    // A port that was free may be taken a moment later.
    let mut last = String::new();
    for _ in 0..5 {
        let port = free_port()?;
        match begin(binaries, folder, port) {
            Ok(()) => {
                write_private(&folder.join("state"), &format!("{port} {password}"))?;
                return Ok((port, password));
            }
            Err(reason) => last = reason,
        }
    }
    Err(last)
}

/// Makes the files of a server in that folder; gives the password of its master.
pub(crate) fn initialise(binaries: &Path, folder: &Path) -> Result<String, String> {
    let account = account::unprivileged()?;
    let data = folder.join("data");
    if data.exists() {
        fs::remove_dir_all(&data)
            .map_err(|e| format!("what was left in {}: {e}", data.display()))?;
    }
    let made = DirBuilder::new().mode(0o700).create(&data);
    made.map_err(|e| format!("the folder {}: {e}", data.display()))?;
    let password = account::random_hex()?;
    let secret = folder.join("password");
    write_private(&secret, &password)?;
    if let Some(Account { user, group }) = account {
        for path in [&data, &secret] {
            let given = chown(path, Some(user), Some(group));
            given.map_err(|e| format!("giving {} away: {e}", path.display()))?;
        }
    }
    let mut init = account::command(account, &binaries.join("initdb"));
    init.args([
        "--username=postgres",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
    ])
    .args(["--locale=C", "--no-sync"])
    .arg("--pwfile")
    .arg(&secret)
    .arg("-D")
    .arg(&data);
    quietly(&mut init, folder)?;
    let settings = OpenOptions::new()
        .append(true)
        .open(data.join("postgresql.conf"));
    settings
        .and_then(|mut file| file.write_all(SETTINGS.as_bytes()))
        .map_err(|e| format!("settings: {e}"))?;
    Ok(password)
}

/// Starts the server of that folder, and returns once it answers.
pub(crate) fn begin(binaries: &Path, folder: &Path, port: u16) -> Result<(), String> {
    let data = folder.join("data");
    let mut begin = account::command(account::unprivileged()?, &binaries.join("pg_ctl"));
    begin
        .args(["start", "-w", "-s", "-D"])
        .arg(&data)
        .arg("-o")
        .arg(format!("-p {port}"))
        .arg("-l")
        .arg(data.join("server.log"));
    quietly(&mut begin, folder)
}

/// Writes a file of the server, which it alone reads.
pub(crate) fn give(path: &Path, text: &str) -> Result<(), String> {
    write_private(path, text)?;
    give_away(path)
}

/// Gives what lies there to whoever runs the server.
pub(crate) fn give_away(path: &Path) -> Result<(), String> {
    if let Some(Account { user, group }) = account::unprivileged()? {
        let given = chown(path, Some(user), Some(group));
        given.map_err(|e| format!("giving {} away: {e}", path.display()))?;
    }
    Ok(())
}

/// Stops the server of that folder, with whatever it is doing.
pub(crate) fn end(binaries: &Path, folder: &Path) -> Result<(), String> {
    let mut end = account::command(account::unprivileged()?, &binaries.join("pg_ctl"));
    end.args(["stop", "-w", "-s", "-m", "immediate", "-D"])
        .arg(folder.join("data"));
    quietly(&mut end, folder)
}

pub(crate) fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr());
    listener
        .map(|address| address.port())
        .map_err(|e| format!("a free port: {e}"))
}

fn write_private(path: &Path, text: &str) -> Result<(), String> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|e| format!("{}: {e}", path.display()))
}

/// Runs it without its words, which tell why it failed. A file takes them: what runs on afterwards
/// would keep a pipe open.
fn quietly(command: &mut Command, folder: &Path) -> Result<(), String> {
    let path = folder.join("said");
    let said = fs::File::create(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let _ = said.set_permissions(fs::Permissions::from_mode(0o600));
    let both = said.try_clone().map_err(|e| e.to_string())?;
    let status = command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(said)
        .stderr(both)
        .status()
        .map_err(|e| format!("{} could not start: {e}", command.get_program().display()))?;
    if status.success() {
        return Ok(());
    }
    Err(fs::read_to_string(&path).unwrap_or_default())
}

/// Leaves a keeper behind, which outlives this process and whatever ends it.
pub(crate) fn keep(folder: &Path) -> Result<(), String> {
    Command::new("sh")
        .args(["-c", include_str!("keeper.sh"), "keeper"])
        .arg(folder)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map(drop)
        .map_err(|e| format!("the keeper could not start: {e}"))
}

impl Running {
    pub(crate) fn url(&self, database: &str) -> String {
        url(self.port, &self.password, database)
    }

    pub(crate) fn files(&self) -> &Path {
        &self.files
    }

    /// Has the database of that name be there as `prepare` leaves it, made by one process alone.
    pub(crate) fn template(
        &self,
        name: &str,
        prepare: impl FnOnce(&str) -> Result<(), String>,
    ) -> Result<(), String> {
        let _alone = Held::exclusive(&self.folder.join("templates"))?;
        let maintenance = self.url("postgres");
        let there = format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'");
        if psql::run(&maintenance, &there)? == "1" {
            return Ok(());
        }
        let building = format!("{name}_building");
        psql::run(
            &maintenance,
            &format!("DROP DATABASE IF EXISTS {building} WITH (FORCE)"),
        )?;
        psql::run(&maintenance, &format!("CREATE DATABASE {building}"))?;
        prepare(&self.url(&building))?;
        psql::run(
            &maintenance,
            &format!("ALTER DATABASE {building} RENAME TO {name}"),
        )
        .map(drop)
    }
}
