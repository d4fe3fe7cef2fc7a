//! The keys a bucket asks for: from variables, or from a file that only its owner reads. Never from
//! an argument, which other users of the machine can see, nor from the configuration, which backups
//! hold.

use crate::PlaceError;
use secrecy::SecretString;
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

/// The variable that holds the access key.
const ACCESS: &str = "CONATUS_BUCKET_ACCESS_KEY";
/// The variable that holds the secret key.
const SECRET: &str = "CONATUS_BUCKET_SECRET_KEY";

/// An access key and its secret.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Names the key; signed requests say it.
    pub access_key: String,
    /// Signs requests; never sent.
    pub secret_key: SecretString,
}

impl Credentials {
    /// From the variables `CONATUS_BUCKET_ACCESS_KEY` and `CONATUS_BUCKET_SECRET_KEY`, or else from
    /// that file.
    ///
    /// # Errors
    /// [`PlaceError::Credentials`] where neither gives both, or others can read the file.
    pub fn find(file: Option<&Path>) -> Result<Self, PlaceError> {
        let given = (std::env::var(ACCESS).ok(), std::env::var(SECRET).ok());
        match (given, file) {
            ((Some(access_key), Some(secret)), _) => Ok(Self {
                access_key,
                secret_key: secret.into(),
            }),
            ((None, None), Some(file)) => Self::read(file),
            ((None, None), None) => Err(PlaceError::Credentials(
                "give bucket_credentials, or both variables of the bucket's keys",
            )),
            _ => Err(PlaceError::Credentials(
                "one of the two variables is missing",
            )),
        }
    }

    /// From a file of two lines: the access key, then the secret key.
    ///
    /// # Errors
    /// [`PlaceError::Credentials`] where it is not such a file or others can read it.
    pub fn read(file: &Path) -> Result<Self, PlaceError> {
        let unread = |_| PlaceError::Credentials("their file cannot be read");
        let mode = fs::metadata(file).map_err(unread)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(PlaceError::Credentials(
                "others can read their file: chmod 600 it",
            ));
        }
        let text = SecretString::from(fs::read_to_string(file).map_err(unread)?);
        let mut lines = secrecy::ExposeSecret::expose_secret(&text)
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty());
        match (lines.next(), lines.next(), lines.next()) {
            (Some(access), Some(secret), None) => Ok(Self {
                access_key: access.to_owned(),
                secret_key: secret.to_owned().into(),
            }),
            _ => Err(PlaceError::Credentials(
                "their file holds two lines: the access key, then the secret key",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn read(text: &str, mode: u32) -> Result<Credentials, PlaceError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys");
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        Credentials::read(&file)
    }

    #[test]
    fn two_lines_that_only_the_owner_reads() {
        let keys = read("access\n secret \n", 0o600).unwrap();
        assert_eq!(keys.access_key, "access");
        assert_eq!(keys.secret_key.expose_secret(), "secret");
        assert!(!format!("{keys:?}").contains("secret\""));
        for (text, mode) in [
            ("access\nsecret", 0o640),
            ("access\nsecret", 0o604),
            ("access", 0o600),
            ("access\nsecret\nmore", 0o600),
            ("", 0o400),
        ] {
            let refused = read(text, mode).unwrap_err();
            assert!(matches!(refused, PlaceError::Credentials(_)), "{text:?}");
        }
    }
}
