//! Who we are, as whom the server runs, and names that nobody else has.

use std::{
    fmt::Write,
    fs::{self, File},
    io::Read,
    os::unix::fs::MetadataExt,
    process::Command,
};

/// An account that the server may run as.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account {
    pub(crate) user: u32,
    pub(crate) group: u32,
}

/// The number of the user this process runs as.
pub(crate) fn user() -> Result<u32, String> {
    let own = fs::metadata("/proc/self");
    own.map(|own| own.uid())
        .map_err(|e| format!("who runs this: {e}"))
}

/// `PostgreSQL` refuses to run as root: then as Debian's account for it, or as nobody.
pub(crate) fn unprivileged() -> Result<Option<Account>, String> {
    if user()? != 0 {
        return Ok(None);
    }
    let known = fs::read_to_string("/etc/passwd").map_err(|e| format!("accounts: {e}"))?;
    ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| account(&known, name))
        .map(Some)
        .ok_or_else(|| "neither postgres nor nobody is an account here".to_owned())
}

fn account(known: &str, name: &str) -> Option<Account> {
    let line = known.lines().find(|l| l.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some(Account {
        user: fields.next()?.parse().ok()?,
        group: fields.next()?.parse().ok()?,
    })
}

/// A command run as that account, or as ourselves.
pub(crate) fn command(account: Option<Account>, program: &std::path::Path) -> Command {
    let Some(Account { user, group }) = account else {
        return Command::new(program);
    };
    let mut command = Command::new("setpriv");
    command
        .arg(format!("--reuid={user}"))
        .arg(format!("--regid={group}"))
        .arg("--clear-groups")
        .arg(program);
    command
}

/// Sixteen random letters.
pub(crate) fn random_hex() -> Result<String, String> {
    let mut bytes = [0; 8];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .map_err(|e| format!("chance: {e}"))?;
    let mut text = String::new();
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read_from_their_line() {
        let known = "root:x:0:0::/root:/bin/sh\npostgres:x:101:104:,,,:/var/lib:/bin/sh\n";
        let found = account(known, "postgres").unwrap();
        assert_eq!((found.user, found.group), (101, 104));
        assert!(account(known, "nobody").is_none());
    }
}
