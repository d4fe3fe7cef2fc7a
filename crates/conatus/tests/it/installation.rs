//! An installation made by the program itself in a temporary folder, and the program serving it.

use crate::browser::Browser;
use serde_json::Value;
use sqlx::SqlitePool;
use std::{
    fmt::Write as _,
    fs,
    io::Write,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};
use tempfile::TempDir;

pub(crate) const ADMINISTRATOR: &str = "Camille Renaud";
pub(crate) const PASSPHRASE: &str = "quatre sabots de velours bleu";
pub(crate) const TEAM: &str = "Accueil de jour";

/// The program, told nothing by the variables of whoever runs the tests.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conatus"));
    for (name, _) in std::env::vars().filter(|(n, _)| n.starts_with("CONATUS_")) {
        command.env_remove(name);
    }
    command
}

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) told: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            told: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ran {
    #[track_caller]
    pub(crate) fn gives(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.told);
        self
    }

    /// Says those words on the error stream.
    #[track_caller]
    pub(crate) fn tells(self, words: &str) -> Self {
        assert!(self.told.contains(words), "{words}: {self:?}");
        self
    }

    /// Refused, saying so in words, and never by a panic.
    #[track_caller]
    pub(crate) fn refused(self, words: &str) -> Self {
        assert!(
            self.told.starts_with("Error: ") && !self.told.contains("panicked"),
            "{self:?}"
        );
        assert!(self.told.contains(words), "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}

/// Runs a command with that text on its descriptor 0.
pub(crate) fn run(mut command: Command, typed: &str) -> Ran {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command refused before it reads closes the pipe.
    let _ = stdin.write_all(typed.as_bytes());
    drop(stdin);
    child.wait_with_output().unwrap().into()
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// The program while it serves; killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
}

impl Server {
    /// Serves that folder and returns once pages can be asked for.
    pub(crate) fn start(data: &Path) -> Self {
        for _ in 0..5 {
            let port = free_port();
            let mut command = program();
            command.arg("--data").arg(data).arg("serve");
            let child = command
                .args(["--listen", &format!("127.0.0.1:{port}")])
                .env("CONATUS_LOG", "error")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::inherit())
                .spawn()
                .unwrap();
            let mut server = Self { child, port };
            if server.becomes_ready() {
                return server;
            }
        }
        panic!("the program does not begin to serve");
    }

    /// Whether it answers before it ends; another program may have taken the port meanwhile.
    fn becomes_ready(&mut self) -> bool {
        let mut browser = Browser::new(self.port);
        for _ in 0..6000 {
            if browser
                .try_get("/sante/pret")
                .is_ok_and(|a| a.status == 200)
            {
                return true;
            }
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }

    /// The most memory it ever held, in bytes.
    pub(crate) fn most_memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(path).unwrap();
        let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok());
        kilobytes.unwrap() * 1024
    }

    /// SIGKILL: nothing is written, closed or said any more.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A data folder, what `init` printed, and the administrator's enrolled device.
#[derive(Debug)]
pub(crate) struct Installation {
    pub(crate) folder: TempDir,
    pub(crate) printed: Value,
}

impl Installation {
    /// Begins one and enrols its administrator.
    pub(crate) fn new() -> Self {
        Self::told(&[])
    }

    /// Begins one told so by variables, which `init` writes down.
    pub(crate) fn told(variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut made = Self {
            folder,
            printed: Value::Null,
        };
        let arguments = [
            "init",
            "--organisation",
            "Association Le Passage",
            "--administrator",
            ADMINISTRATOR,
            "--json",
            "--passphrase-fd",
            "0",
        ];
        let mut init = program();
        init.envs(variables.iter().copied());
        init.arg("--data").arg(made.data()).args(arguments);
        made.printed = run(init, PASSPHRASE).gives(0).json();
        let code = made.printed["device_code"].as_str().unwrap().to_owned();
        let device = made.device();
        let enrol = ["device", "enrol", "--as", ADMINISTRATOR, "--code", &code];
        let with = ["--passphrase-fd", "0", "--device-file", &device];
        made.run(&[&enrol[..], &with[..]].concat(), PASSPHRASE)
            .gives(0);
        made
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// The file of the administrator's device, beside the data folder.
    pub(crate) fn device(&self) -> String {
        self.path("device").to_str().unwrap().to_owned()
    }

    /// Runs a command over this data folder.
    pub(crate) fn run(&self, arguments: &[&str], typed: &str) -> Ran {
        let mut command = program();
        command.arg("--data").arg(self.data()).args(arguments);
        run(command, typed)
    }

    /// Runs a command over this data folder with each text on a descriptor of its own, from 3 up.
    pub(crate) fn run_with(&self, arguments: &[&str], texts: &[&str]) -> Ran {
        let mut line = "exec \"$0\" \"$@\"".to_owned();
        let secrets = tempfile::tempdir().unwrap();
        for (fd, text) in (3..).zip(texts) {
            let path = secrets.path().join(fd.to_string());
            fs::write(&path, text).unwrap();
            write!(line, " {fd}< {}", path.display()).unwrap();
        }
        let program = program();
        let mut command = Command::new("sh");
        for (name, _) in program.get_envs() {
            command.env_remove(name);
        }
        command.arg("-c").arg(line).arg(program.get_program());
        command.arg("--data").arg(self.data()).args(arguments);
        run(command, "")
    }

    pub(crate) fn root_key(&self) -> &str {
        self.printed["root_key"].as_str().unwrap()
    }

    pub(crate) fn sheets(&self, count: usize) -> String {
        let sheets = self.printed["sheets"].as_array().unwrap();
        let some = sheets.iter().take(count).map(|s| s.as_str().unwrap());
        some.collect::<Vec<_>>().join("\n")
    }

    /// The administrator's browser, signed in.
    pub(crate) fn browser(&self, server: &Server) -> Browser {
        let mut browser = Browser::new(server.port);
        let device = fs::read_to_string(self.device()).unwrap();
        browser
            .cookies
            .insert("__Host-d".into(), device.trim().into());
        let fields = [("name", ADMINISTRATOR), ("passphrase", PASSPHRASE)];
        browser.post("/connexion", &fields).is(303);
        browser.get("/administration").is(200);
        browser
    }

    /// Brings a sheet in; gives what was told.
    pub(crate) fn import(&self, sheet: &Path) -> Ran {
        let (sheet, device) = (sheet.to_str().unwrap(), self.device());
        let what = ["person", "import", sheet, "--team", TEAM];
        let who = ["--as", ADMINISTRATOR, "--device-file", &device];
        let all = [&what[..], &who[..], &["--passphrase-fd", "0"]].concat();
        self.run(&all, PASSPHRASE)
    }
}

/// A team, which the administrator leads: gives its identifier.
pub(crate) fn team(browser: &mut Browser) -> String {
    let fields = [("team_name", TEAM)];
    browser.post("/administration/equipes", &fields).is(303);
    let page = browser.get("/administration").is(200);
    let team = page.between("<option value=\"", "\"");
    let join = page.between("<details><summary>", "</form>");
    let path = join.split("action=\"").nth(1).unwrap();
    let path = path.split('"').next().unwrap();
    let fields = [("team", team.as_str()), ("lead", "yes")];
    browser.post(path, &fields).is(303);
    browser.get(&format!("/equipe/{team}")).is(200);
    team
}

/// Works on the main store as someone who reaches the disk.
pub(crate) fn in_store<T>(data: &Path, work: impl AsyncFnOnce(SqlitePool) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let address = format!("sqlite://{}", data.join("main.db").display());
    runtime.block_on(async {
        let pool = SqlitePool::connect(&address).await.unwrap();
        let done = work(pool.clone()).await;
        pool.close().await;
        done
    })
}
