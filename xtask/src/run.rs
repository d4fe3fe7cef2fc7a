//! Running other programs: quietly, aloud, or to see whether they are there.
//!
//! Nothing here knows what the programs are for.

use std::path::Path;
use std::process::{Command, Stdio};

/// What a chore gives: nothing, or the sentence that says why it stopped.
pub(crate) type Done = Result<(), String>;

/// Makes the workspace's root the current folder, wherever the command was typed.
pub(crate) fn go_to_root() -> Done {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."));
    std::env::set_current_dir(root).map_err(|e| format!("the workspace's root is gone: {e}"))
}

/// The cargo that called us, so that the pinned toolchain is used throughout.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// A program with its arguments, without standard input.
pub(crate) fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs it with its words shown; an exit other than 0 is an error.
pub(crate) fn aloud(mut command: Command) -> Done {
    let shown = shown(&command);
    println!("$ {shown}");
    let status = command
        .status()
        .map_err(|e| format!("`{shown}` could not start: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{shown}` failed ({status})"))
    }
}

/// Runs it and gives what it wrote on standard output; an exit other than 0 is an error.
pub(crate) fn quietly(mut command: Command) -> Result<String, String> {
    let shown = shown(&command);
    let output = command
        .output()
        .map_err(|e| format!("`{shown}` could not start: {e}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!(
            "`{shown}` failed ({})\n{}",
            output.status,
            said.trim_end()
        ))
    }
}

/// Whether it starts and exits with 0.
pub(crate) fn works(mut command: Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Installs Debian's packages for the commands that are not here. The error says what is missing
/// and why: another system, a user who may not, or a package that cannot be reached.
pub(crate) fn install_missing(wanted: &[(&str, &str)]) -> Done {
    let missing: Vec<&str> = wanted
        .iter()
        .filter(|(_, command)| !works(program(command, &["--version"])))
        .map(|(package, _)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(", ");
    if !may_install() {
        return Err(format!(
            "{names} is not here and this user may not install packages"
        ));
    }
    let mut arguments = vec!["install", "-y", "--no-install-recommends"];
    arguments.extend(missing);
    let mut install = program("apt-get", &arguments);
    install.env("DEBIAN_FRONTEND", "noninteractive");
    aloud(program("apt-get", &["update", "-q"]))
        .and_then(|()| aloud(install))
        .map_err(|reason| format!("{names} could not be installed: {reason}"))
}

/// As root, where Debian's tool is.
fn may_install() -> bool {
    works(program("apt-get", &["--version"]))
        && quietly(program("id", &["-u"])).is_ok_and(|id| id.trim() == "0")
}

fn shown(command: &Command) -> String {
    let name = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default();
    let words = command.get_args().map(|word| word.to_string_lossy());
    std::iter::once(name.to_string_lossy())
        .chain(words)
        .collect::<Vec<_>>()
        .join(" ")
}
