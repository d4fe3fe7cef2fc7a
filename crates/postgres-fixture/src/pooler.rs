//! `PgBouncer` in transaction pooling before a server of a test's own, on a free port, gone with
//! whoever holds it.

use crate::{Alone, account, server};
use std::{
    env,
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread,
    time::Duration,
};

/// Few connections to the server: those who ask meet each other's.
const CONNECTIONS: u8 = 5;

/// A pooler.
#[derive(Debug)]
pub struct Pooler {
    child: Child,
    folder: PathBuf,
    port: u16,
    password: String,
    names_statements: bool,
}

fn program() -> Option<PathBuf> {
    [
        "/usr/sbin/pgbouncer",
        "/usr/bin/pgbouncer",
        "/usr/local/bin/pgbouncer",
    ]
    .into_iter()
    .map(PathBuf::from)
    .find(|path| path.is_file())
}

/// Whether that version tells prepared statements apart: 1.21 and later do.
fn names_statements(program: &Path) -> bool {
    let said = std::process::Command::new(program)
        .arg("--version")
        .output();
    let said = said.map(|o| String::from_utf8_lossy(&o.stdout).into_owned());
    let said = said.unwrap_or_default();
    let version = said.split_whitespace().nth(1).unwrap_or_default();
    let mut numbers = version.split('.').map(|n| n.parse::<u32>().unwrap_or(0));
    (numbers.next(), numbers.next()) >= (Some(1), Some(21))
}

impl Pooler {
    /// Starts one before that server; `None` where this machine has no `PgBouncer`, which is said on
    /// standard error.
    ///
    /// # Errors
    /// The sentence that says why it did not start.
    pub fn before(server: &Alone) -> Result<Option<Self>, String> {
        let Some(program) = program() else {
            eprintln!("skipped: PgBouncer is not on this machine (Debian's package is pgbouncer)");
            return Ok(None);
        };
        let names_statements = names_statements(&program);
        let name = format!("conatus-pooler-{}", account::random_hex()?);
        let folder = env::temp_dir().join(name);
        server::make_folder(&folder)?;
        let (port, password) = (server::free_port()?, server.password().to_owned());
        let prepared = if names_statements {
            "max_prepared_statements = 200\n"
        } else {
            ""
        };
        let settings = format!(
            "[databases]\n\
             * = host=127.0.0.1 port={} user=postgres password={password}\n\
             [pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = trust\nauth_file = {users}\npool_mode = transaction\n\
             default_pool_size = {CONNECTIONS}\nserver_lifetime = 3600\n{prepared}",
            server.port(),
            users = folder.join("users.txt").display(),
        );
        server::give(&folder.join("users.txt"), "\"postgres\" \"\"\n")?;
        let file = folder.join("pgbouncer.ini");
        server::give(&file, &settings)?;
        let child = account::command(account::unprivileged()?, &program)
            .arg("-q")
            .arg(&file)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| format!("{} could not start: {e}", program.display()))?;
        let mut pooler = Self {
            child,
            folder,
            port,
            password,
            names_statements,
        };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(Some(pooler));
            }
            if let Ok(Some(ended)) = pooler.child.try_wait() {
                return Err(format!("the pooler ended: {ended}"));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err("the pooler does not answer".into())
    }

    /// The URL of one of the server's databases through it.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let url = server::url(self.port, &self.password, database);
        if self.names_statements {
            return url;
        }
        format!("{url}&statement-cache-capacity=0")
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
