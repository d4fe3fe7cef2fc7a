//! Having `PostgreSQL` at hand: Debian's binaries, installed where this user may.

use crate::run::{Done, install_missing};

/// No command of Debian's package is in the path, so whether it is here is asked otherwise.
const NOWHERE: &str = "a-command-of-postgresql";

/// Has the binaries be here; the error says why they are not.
pub(crate) fn present() -> Done {
    if postgres_fixture::binaries().is_some() {
        return Ok(());
    }
    install_missing(&[("postgresql", NOWHERE)])
}
