//! A server of a test's own, which may be stopped, started and held still while others run theirs.

use crate::{account, lock::Held, psql, server};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A server that one test does what it likes with. It is stopped, and its folder removed, once this
/// process is gone or drops it.
#[derive(Debug)]
pub struct Alone {
    binaries: PathBuf,
    folder: PathBuf,
    port: u16,
    password: String,
    user: Option<Held>,
}

impl Alone {
    /// Starts one; `None` where this machine has no `PostgreSQL`, which is said on standard error.
    ///
    /// # Errors
    /// The sentence that says why it did not start.
    pub fn start() -> Result<Option<Self>, String> {
        let Some(binaries) = server::binaries() else {
            eprintln!(
                "skipped: PostgreSQL is not on this machine (Debian's package is postgresql)"
            );
            return Ok(None);
        };
        let name = format!("conatus-postgres-alone-{}", account::random_hex()?);
        let folder = env::temp_dir().join(name);
        server::make_folder(&folder)?;
        let user = Held::together(&folder.join("users"))?;
        server::keep(&folder)?;
        let password = server::initialise(&binaries, &folder)?;
        let port = server::free_port()?;
        server::begin(&binaries, &folder, port)?;
        Ok(Some(Self {
            binaries,
            folder,
            port,
            password,
            user: Some(user),
        }))
    }

    /// A new database; gives its URL.
    ///
    /// # Errors
    /// What the server said.
    pub fn database(&self, name: &str) -> Result<String, String> {
        psql::run(&self.url("postgres"), &format!("CREATE DATABASE {name}"))?;
        Ok(self.url(name))
    }

    /// A new database whose tables lie in that folder, which is given to whoever runs the server;
    /// gives its URL.
    ///
    /// # Errors
    /// What the system or the server said.
    pub fn database_in(&self, name: &str, folder: &Path) -> Result<String, String> {
        server::give_away(folder)?;
        let made = format!(
            "CREATE TABLESPACE {name}_place LOCATION '{}'",
            folder.display()
        );
        psql::run(&self.url("postgres"), &made)?;
        let made = format!("CREATE DATABASE {name} TABLESPACE {name}_place");
        psql::run(&self.url("postgres"), &made)?;
        Ok(self.url(name))
    }

    /// Has it speak TLS with that certificate and key, both in PEM, and with nobody otherwise.
    ///
    /// # Errors
    /// What the system or the server said.
    pub fn speak_tls_only(&self, certificate: &str, key: &str) -> Result<(), String> {
        let data = self.folder.join("data");
        server::give(&data.join("server.crt"), certificate)?;
        server::give(&data.join("server.key"), key)?;
        server::give(
            &data.join("pg_hba.conf"),
            "hostssl all all 127.0.0.1/32 scram-sha-256\n",
        )?;
        self.run("postgres", "ALTER SYSTEM SET ssl = on")?;
        self.stop()?;
        server::begin(&self.binaries, &self.folder, self.port)
    }

    /// The address of one of its databases, by that name of the machine and with those settings.
    #[must_use]
    pub fn address(&self, host: &str, database: &str, settings: &str) -> String {
        let (port, password) = (self.port, &self.password);
        format!("postgres://postgres:{password}@{host}:{port}/{database}?{settings}")
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    fn url(&self, database: &str) -> String {
        server::url(self.port, &self.password, database)
    }

    /// Asks one statement.
    ///
    /// # Errors
    /// What the server said.
    pub fn run(&self, database: &str, statement: &str) -> Result<String, String> {
        psql::run(&self.url(database), statement)
    }

    /// Ends it as a machine that loses its power does.
    ///
    /// # Errors
    /// What was said where it goes on.
    pub fn stop(&self) -> Result<(), String> {
        server::end(&self.binaries, &self.folder)
    }

    /// Starts it again where it was.
    ///
    /// # Errors
    /// What was said where it does not start.
    pub fn start_again(&self) -> Result<(), String> {
        server::begin(&self.binaries, &self.folder, self.port)
    }

    /// Has it answer nothing any more, its connections left open.
    ///
    /// # Errors
    /// Where it does not run.
    pub fn hold(&self) -> Result<(), String> {
        self.signal("-STOP")
    }

    /// Has it go on.
    ///
    /// # Errors
    /// Where it does not run.
    pub fn let_go(&self) -> Result<(), String> {
        self.signal("-CONT")
    }

    fn signal(&self, signal: &str) -> Result<(), String> {
        let file = self.folder.join("data/postmaster.pid");
        let text = fs::read_to_string(file).map_err(|e| format!("it does not run: {e}"))?;
        let first = text.lines().next().unwrap_or_default().to_owned();
        let mut all = children(&first);
        all.insert(0, first);
        let told = Command::new("kill").arg(signal).args(&all).status();
        told.map(drop).map_err(|e| format!("kill: {e}"))
    }
}

/// The processes that one started.
fn children(parent: &str) -> Vec<String> {
    let Ok(listed) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let started_by = |folder: &Path| {
        let stat = fs::read_to_string(folder.join("stat")).ok()?;
        // After the name, which may hold anything: the state, then the parent.
        let (_, rest) = stat.rsplit_once(')')?;
        rest.split_whitespace().nth(1).map(str::to_owned)
    };
    listed
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|folder| started_by(folder).is_some_and(|found| found == parent))
        .filter_map(|folder| Some(folder.file_name()?.to_str()?.to_owned()))
        .collect()
}

impl Drop for Alone {
    fn drop(&mut self) {
        let _ = self.let_go();
        let _ = self.stop();
        // The keeper removes the folder once nobody uses it.
        self.user = None;
    }
}
