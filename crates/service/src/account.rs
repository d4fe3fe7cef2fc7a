//! A worker's account: what its row seals, how its names open, what it is found by.

use crate::{Result, ServiceError};
use domain::{
    id::{AccountId, OrganisationId},
    search::plain,
    words::Role,
};
use seal::{Binding, ContentType, Key};
use serde::{Deserialize, Serialize};
use storage::AccountRow;

/// What an account's row seals about its worker.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AccountProfile {
    pub(crate) name: String,
    pub(crate) job: String,
    pub(crate) role: Role,
}

impl AccountProfile {
    fn binding(organisation: OrganisationId, account: AccountId) -> Binding {
        Binding::new(ContentType::AccountName)
            .organisation(organisation)
            .object(account.as_bytes())
    }

    pub(crate) fn seal(
        &self,
        key: &Key,
        organisation: OrganisationId,
        account: AccountId,
        chance: &mut rand_chacha::ChaCha20Rng,
    ) -> Result<Vec<u8>> {
        let json = serde_json::to_vec(self).map_err(|_| ServiceError::Integrity {
            what: "an account's profile".into(),
        })?;
        Ok(seal::seal(
            key,
            &Self::binding(organisation, account),
            &json,
            chance,
        )?)
    }

    pub(crate) fn open(key: &Key, row: &AccountRow) -> Result<Self> {
        let json = seal::open(key, &Self::binding(row.organisation, row.id), &row.profile)?;
        serde_json::from_slice(&json).map_err(|_| ServiceError::Integrity {
            what: format!("profile of account {}", row.id),
        })
    }
}

/// What the wrapped organisation key is bound to.
pub(crate) fn organisation_key_binding(
    organisation: OrganisationId,
    account: AccountId,
) -> Binding {
    Binding::new(ContentType::OrganisationKey)
        .organisation(organisation)
        .object(account.as_bytes())
}

/// What a team's or organisation's sealed name is bound to.
pub(crate) fn name_binding(
    content: ContentType,
    organisation: OrganisationId,
    object: &[u8; 16],
) -> Binding {
    Binding::new(content)
        .organisation(organisation)
        .object(object)
}

/// A sealed name, opened.
pub(crate) fn open_name(
    key: &Key,
    content: ContentType,
    organisation: OrganisationId,
    object: &[u8; 16],
    sealed: &[u8],
) -> Result<String> {
    let bytes = seal::open(key, &name_binding(content, organisation, object), sealed)?;
    String::from_utf8(bytes.to_vec()).map_err(|_| ServiceError::Integrity {
        what: format!("name in organisation {organisation}"),
    })
}

/// The keyed hash of a name typed to sign in.
pub(crate) fn name_lookup(pepper: &seal::Pepper, name: &str) -> [u8; 16] {
    let key = pepper.derive("conatus 2026 sign-in name v1");
    let hash = key.derive("conatus 2026 sign-in name v1", &[plain(name).as_bytes()]);
    let mut lookup = [0; 16];
    lookup.copy_from_slice(&hash.as_bytes()[..16]);
    lookup
}
