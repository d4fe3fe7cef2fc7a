//! Where a store is: a file of this machine, or a database of a `PostgreSQL` server. Passwords come
//! from variables or from a file that only its owner reads; never from an argument, which other users
//! of the machine can see; and nothing that is printed holds them.

use crate::error::{Failure, Kind, Outcome};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::{
    fmt, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use url::Url;

/// An address as it was told, which may hold a password: `Debug` shows none.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Told(pub(crate) String);

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

impl Told {
    /// The address without its password, as files may hold it.
    pub(crate) fn without_password(&self) -> String {
        Server::parse(&self.0).map_or_else(|()| self.shown(), |server| server.lasting())
    }

    fn shown(&self) -> String {
        if !self.0.contains("://") {
            return self.0.clone();
        }
        Server::parse(&self.0).map_or_else(|()| "(not an address)".into(), |s| s.to_string())
    }

    /// Whether it holds a password.
    pub(crate) fn has_password(&self) -> bool {
        Server::parse(&self.0).is_ok_and(|server| server.has_password())
    }
}

/// A store's place.
#[derive(Debug, Clone)]
pub(crate) enum Address {
    /// A file of the embedded engine.
    File(PathBuf),
    /// A database of a server.
    Server(Server),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Server(server) => server.fmt(f),
        }
    }
}

/// What the configuration and the variables say of one store.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Saying<'a> {
    /// The key of the configuration.
    pub(crate) key: &'static str,
    /// Its value.
    pub(crate) told: Option<&'a Told>,
    /// The file that holds the address, which stands above it.
    pub(crate) file: Option<&'a Path>,
}

impl Saying<'_> {
    /// The address, if any was said; files lie in `data` unless they say otherwise.
    pub(crate) fn address(self, data: &Path) -> Outcome<Option<Address>> {
        let said = match (self.file, self.told) {
            (Some(file), _) => read_private(self.key, file)?,
            (None, Some(told)) => SecretString::from(told.0.clone()),
            (None, None) => return Ok(None),
        };
        let said = said.expose_secret();
        if !said.contains("://") {
            if said.is_empty() {
                return Err(self.malformed());
            }
            return Ok(Some(Address::File(data.join(said))));
        }
        let mut server = Server::parse(said).map_err(|()| self.malformed())?;
        let variable = format!("CONATUS_{}_PASSWORD", self.key.to_uppercase());
        // What the address says itself is for it alone: two of one command may differ.
        if !server.has_password()
            && let Ok(password) = std::env::var(variable)
        {
            server
                .0
                .set_password(Some(&password))
                .map_err(|()| self.malformed())?;
        }
        Ok(Some(Address::Server(server)))
    }

    fn malformed(self) -> Failure {
        Failure::new(
            Kind::Usage,
            format!("{} is neither a file nor an address", self.key),
        )
        .hint("write postgres://role@host/database?sslmode=verify-full, or the name of a file")
    }
}

/// The one line of a file that only its owner reads.
fn read_private(key: &str, file: &Path) -> Outcome<SecretString> {
    let what = format!("{key}_url_file cannot be read");
    let mode = fs::metadata(file).map_err(|e| Failure::io(&what, &e))?;
    if mode.permissions().mode() & 0o077 != 0 {
        let what = format!("others can read the file that {key}_url_file names");
        return Err(Failure::new(Kind::Usage, what).hint("chmod 600 it"));
    }
    let text = fs::read_to_string(file).map_err(|e| Failure::io(&what, &e))?;
    Ok(text.trim().into())
}

/// A database of a server.
#[derive(Clone)]
pub(crate) struct Server(Url);

impl Server {
    fn parse(text: &str) -> Result<Self, ()> {
        let url = Url::parse(text).map_err(|_| ())?;
        let known = matches!(url.scheme(), "postgres" | "postgresql");
        let named = url.path().len() > 1;
        if known && named {
            Ok(Self(url))
        } else {
            Err(())
        }
    }

    fn has_password(&self) -> bool {
        self.0.password().is_some() || self.0.query_pairs().any(|(key, _)| key == "password")
    }

    /// Whether both are the same database of the same server, whoever asks.
    pub(crate) fn is_where(&self, other: &Self) -> bool {
        let place = |url: &Url| {
            let host = url.host_str().map(str::to_ascii_lowercase);
            (host, url.port().unwrap_or(5432), url.path().to_owned())
        };
        place(&self.0) == place(&other.0)
    }

    /// The whole address, for the engine alone.
    pub(crate) fn url(&self) -> &str {
        self.0.as_str()
    }

    /// The address without its password, to be written down.
    pub(crate) fn lasting(&self) -> String {
        let mut url = self.0.clone();
        // Refused for addresses without a host, which have no password there.
        let _ = url.set_password(None);
        let kept: Vec<(String, String)> = self
            .0
            .query_pairs()
            .filter(|(key, _)| key != "password")
            .map(|(key, value)| (key.into_owned(), value.into_owned()))
            .collect();
        url.set_query(None);
        if !kept.is_empty() {
            url.query_pairs_mut().extend_pairs(kept);
        }
        url.into()
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.0.host_str().unwrap_or_default();
        let port = self.0.port().map(|port| format!(":{port}"));
        let port = port.unwrap_or_default();
        write!(f, "postgres://{host}{port}{}", self.0.path())
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// As an argument gives it, to be refused by [`unseen`] where it holds a password: what reads the
/// command line would say it back.
impl From<String> for Told {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// Refuses an argument that holds a password.
pub(crate) fn unseen(told: &Told) -> Outcome<()> {
    if !told.has_password() {
        return Ok(());
    }
    let what =
        "an address in the command holds a password, and other users of this machine see arguments";
    Err(Failure::new(Kind::Usage, what).hint(
        "change that password, and give it in a variable (CONATUS_STORE_PASSWORD, \
         CONATUS_SHARES_PASSWORD)",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITH: &str = "postgres://role:hunter2@db.example.org:5433/conatus?sslmode=verify-full";

    fn said(text: &str) -> Outcome<Option<Address>> {
        let told = Told(text.into());
        let saying = Saying {
            key: "store",
            told: Some(&told),
            file: None,
        };
        saying.address(Path::new("/data"))
    }

    #[test]
    fn addresses_are_read_as_they_are_written() {
        let file = said("other.db").unwrap().unwrap();
        assert_eq!(file.to_string(), "/data/other.db");
        let server = said(WITH).unwrap().unwrap();
        assert_eq!(server.to_string(), "postgres://db.example.org:5433/conatus");
        let Address::Server(server) = server else {
            unreachable!()
        };
        assert_eq!(server.url(), WITH);
        for wrong in ["", "mysql://host/db", "postgres://host", "postgres:///"] {
            assert!(said(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_printed_or_written_down_holds_no_password() {
        let both = format!("{WITH}&password=hunter2");
        for text in [
            WITH,
            &both,
            "postgres://role:hunter2@",
            "http://role:hunter2@host/db",
        ] {
            let told = Told(text.into());
            let shown = format!("{told:?} {} {:?}", told.without_password(), said(text));
            assert!(!shown.contains("hunter2"), "{shown}");
        }
        let lasting = Told(both).without_password();
        let expected = "postgres://role@db.example.org:5433/conatus?sslmode=verify-full";
        assert_eq!(lasting, expected);
        assert!(unseen(&Told(WITH.into())).is_err());
        assert!(unseen(&Told(lasting)).is_ok());
    }

    #[test]
    fn the_file_of_an_address_is_its_owner_s_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("url");
        fs::write(&file, format!("{WITH}\n")).unwrap();
        let saying = Saying {
            key: "shares",
            told: None,
            file: Some(&file),
        };
        for (mode, right) in [(0o644, false), (0o600, true)] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(saying.address(folder.path()).is_ok(), right);
        }
    }
}
