//! What a session holds opened, and how it is sealed under the cookie's token between requests.

use crate::{Result, ServiceError};
use domain::{
    Compartment,
    id::{AccountId, PersonId, SessionId, TeamId},
};
use rand_core::Rng;
use seal::{AccountKeys, Binding, ContentType, Key};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The secret of a session's cookie.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SessionToken([u8; 32]);

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

impl SessionToken {
    pub(crate) fn new(chance: &mut impl Rng) -> Self {
        let mut bytes = [0; 32];
        chance.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// Its text form, for the cookie.
    #[must_use]
    pub fn to_cookie(&self) -> String {
        hex(&self.0)
    }

    /// The token of a cookie's text; `None` where it is not one.
    #[must_use]
    pub fn from_cookie(text: &str) -> Option<Self> {
        unhex(text).map(Self)
    }

    /// What the database knows it by: tells nothing of the token.
    #[must_use]
    pub fn session(&self) -> SessionId {
        let hash = blake3::derive_key("conatus 2026 session identifier v1", &self.0);
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        SessionId::from_bytes(id)
    }

    pub(crate) fn key(&self) -> Key {
        Key::from_bytes(blake3::derive_key("conatus 2026 session key v1", &self.0))
    }

    /// The token that forms carry, for browsers that say nothing of where a request comes from.
    #[must_use]
    pub fn form_token(&self) -> String {
        hex(&blake3::derive_key("conatus 2026 form token v1", &self.0)[..16])
    }
}

/// Lower-case hexadecimal of those bytes.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The bytes of exactly that many hexadecimal digits.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(bytes)
}

/// Keys opened at sign-in, so that requests need no public-key operation.
pub(crate) struct Secrets {
    pub(crate) account: AccountKeys,
    pub(crate) organisation: Option<Key>,
    pub(crate) teams: BTreeMap<(TeamId, Compartment, u32), Key>,
    pub(crate) own: BTreeMap<(Compartment, u32), Key>,
    pub(crate) names: Names,
}

/// Names opened at sign-in.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Names {
    pub(crate) name: String,
    pub(crate) job: String,
    pub(crate) organisation: String,
    pub(crate) teams: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Packed {
    account: String,
    organisation: Option<String>,
    teams: Vec<(String, u8, u32, String)>,
    own: Vec<(u8, u32, String)>,
    #[zeroize(skip)]
    names: Names,
}

fn bound(session: SessionId, account: AccountId, person: Option<PersonId>) -> Binding {
    let binding = Binding::new(ContentType::Session).object(session.as_bytes());
    let binding = match person {
        Some(person) => binding.person(person),
        None => binding,
    };
    // The account stands where an organisation would: the row's own columns are all bound.
    binding.organisation_bytes(*account.as_bytes())
}

impl Secrets {
    pub(crate) fn seal(
        &self,
        token: &SessionToken,
        account: AccountId,
        person: Option<PersonId>,
        chance: &mut rand_chacha::ChaCha20Rng,
    ) -> Result<Vec<u8>> {
        let packed = Packed {
            account: hex(&self.account.to_secret_bytes()),
            organisation: self.organisation.as_ref().map(|k| hex(k.as_bytes())),
            teams: self
                .teams
                .iter()
                .map(|((t, c, e), k)| (t.to_string(), c.code(), *e, hex(k.as_bytes())))
                .collect(),
            own: self
                .own
                .iter()
                .map(|((c, e), k)| (c.code(), *e, hex(k.as_bytes())))
                .collect(),
            names: self.names.clone(),
        };
        let json = Zeroizing::new(serde_json::to_vec(&packed).map_err(|_| broken())?);
        Ok(seal::seal(
            &token.key(),
            &bound(token.session(), account, person),
            &json,
            chance,
        )?)
    }

    pub(crate) fn open(
        token: &SessionToken,
        account: AccountId,
        person: Option<PersonId>,
        sealed: &[u8],
    ) -> Result<Self> {
        let json = seal::open(
            &token.key(),
            &bound(token.session(), account, person),
            sealed,
        )?;
        let packed: Packed = serde_json::from_slice(&json).map_err(|_| broken())?;
        let mut secrets = Self {
            account: AccountKeys::from_secret_bytes(&*Zeroizing::new(
                unhex::<64>(&packed.account).ok_or_else(broken)?,
            ))?,
            organisation: packed.organisation.as_deref().map(key).transpose()?,
            teams: BTreeMap::new(),
            own: BTreeMap::new(),
            names: packed.names.clone(),
        };
        for (team, code, epoch, text) in &packed.teams {
            let team = team.parse().map_err(|_| broken())?;
            let compartment = Compartment::from_code(*code).ok_or_else(broken)?;
            secrets
                .teams
                .insert((team, compartment, *epoch), key(text)?);
        }
        for (code, epoch, text) in &packed.own {
            let compartment = Compartment::from_code(*code).ok_or_else(broken)?;
            secrets.own.insert((compartment, *epoch), key(text)?);
        }
        Ok(secrets)
    }
}

fn key(text: &str) -> Result<Key> {
    Ok(Key::from_bytes(unhex(text).ok_or_else(broken)?))
}

fn broken() -> ServiceError {
    ServiceError::Integrity {
        what: "a session's sealed keys".into(),
    }
}
