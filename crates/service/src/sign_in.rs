//! Signing in and out: a worker by name, passphrase and device; a person by card and PIN. Tries are
//! counted before they are judged.

use crate::{
    CARD_TRIES, DEVICE_TRIES, Inner, PERSON_WHOLE, Result, Service, ServiceError, Session,
    SessionToken, WorkerSession,
    account::name_lookup,
    again::Attempted,
    secret::{Names, Secrets},
};
use seal::{AccountKeys, CodeError, Key, Pin, Possession, StretchParameters};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use storage::{AccountState, CardRow, DeviceRow, Transaction};
use unicode_normalization::UnicodeNormalization;

/// Why a worker could not sign in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The name, the passphrase or the device is wrong; never told which.
    #[error("the name, the passphrase or the device is wrong")]
    Wrong,
    /// Too many wrong passphrases on this device: it must be enrolled again.
    #[error("this device is locked: enrol it again")]
    Locked,
    /// The account's keys wait for an administrator's statement.
    #[error("the account waits for an administrator")]
    NotYet,
    /// Something else.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// Why a card did not let in.
#[derive(Debug, thiserror::Error)]
pub enum CardSignInError {
    /// The code was not typed right.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The code or the PIN is wrong.
    #[error("the code or the PIN is wrong; {left} tries left")]
    Wrong {
        /// Tries left before the card is locked.
        left: u32,
    },
    /// The card is locked until a worker with access unlocks it.
    #[error("the card is locked")]
    Locked,
    /// Something else.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

macro_rules! from_lower {
    ($($outer:ident)*) => {$(
        impl From<storage::StorageError> for $outer {
            fn from(error: storage::StorageError) -> Self {
                Self::Service(error.into())
            }
        }
        impl From<seal::SealError> for $outer {
            fn from(error: seal::SealError) -> Self {
                Self::Service(error.into())
            }
        }
    )*};
}
pub(crate) use from_lower;
from_lower!(SignInError CardSignInError);

impl Attempted for SignInError {
    fn was_overtaken(&self) -> bool {
        matches!(self, Self::Service(error) if error.was_overtaken())
    }
}

impl Attempted for CardSignInError {
    fn was_overtaken(&self) -> bool {
        matches!(self, Self::Service(error) if error.was_overtaken())
    }
}

impl Service {
    /// Signs a worker in on an enrolled device.
    pub async fn sign_in_worker(
        &self,
        name: &str,
        passphrase: &SecretString,
        device: &Possession,
    ) -> Result<SessionToken, SignInError> {
        let inner = &self.inner;
        let tried = inner
            .again_or::<_, SignInError, _>(|| async {
                let mut tx = inner.storage.write().await?;
                let account = tx.account_by_lookup(&inner.name_lookup(name)).await?;
                let Some(account) = account else {
                    return Ok(None);
                };
                let Some(row) = tx.device(account.id, &device.lookup()).await? else {
                    return Ok(None);
                };
                inner.count_device_try(tx, &row).await?;
                Ok(Some((account, row)))
            })
            .await?;
        let Some((account, row)) = tried else {
            // As long as a wrong passphrase takes, so that names and devices cannot be told.
            inner.stretch(passphrase.expose_secret(), [0; 16]).await?;
            return Err(SignInError::Wrong);
        };
        let unlock = inner
            .unlock(device, passphrase.expose_secret(), row.salt)
            .await?;
        let Ok(keys) = seal::open_account(&unlock, account.id, row.id, &row.sealed) else {
            return Err(SignInError::Wrong);
        };
        match account.state {
            AccountState::Active => {}
            AccountState::Enrolled => return Err(SignInError::NotYet),
            AccountState::Invited | AccountState::Ended => return Err(SignInError::Wrong),
        }
        let token = inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                tx.clear_device_tries(row.id).await?;
                let token = inner
                    .open_worker_session(&mut *tx, &account, row.id, keys.clone())
                    .await?;
                tx.save().await?;
                Ok(token)
            })
            .await?;
        // A lead who comes in makes the keys of a new team, and new ones where someone left.
        if let Some(Session::Worker(session)) = inner.resume(&token).await? {
            self.keep_team_keys(&session).await?;
        }
        Ok(token)
    }

    /// Lets a person in by their card's code and their PIN.
    pub async fn sign_in_card(
        &self,
        code: &str,
        pin: &str,
    ) -> Result<SessionToken, CardSignInError> {
        let inner = &self.inner;
        let (card, keys) = inner.open_card(code, pin).await?;
        inner
            .again_or::<_, CardSignInError, _>(|| async {
                let mut tx = inner.storage.write().await?;
                let mut secrets = Secrets {
                    account: keys.clone(),
                    organisation: None,
                    teams: BTreeMap::new(),
                    own: BTreeMap::new(),
                    names: Names::default(),
                };
                inner.refresh_trust_in(&mut *tx).await?;
                inner
                    .open_own_keys(&mut *tx, card.person, card.account, &mut secrets)
                    .await?;
                inner
                    .hand_on(&mut *tx, card.person, card.account, &secrets)
                    .await?;
                let token = inner
                    .keep_session(
                        &mut *tx,
                        card.account,
                        Some(card.person),
                        card.card,
                        &secrets,
                        PERSON_WHOLE,
                    )
                    .await?;
                tx.save().await?;
                Ok(token)
            })
            .await
    }

    /// Ends a session.
    pub async fn sign_out(&self, token: &SessionToken) -> Result<()> {
        self.inner
            .again(|| async {
                let mut tx = self.inner.storage.write().await?;
                tx.end_session(token.session()).await?;
                Ok(tx.save().await?)
            })
            .await
    }
}

impl Inner {
    pub(crate) fn name_lookup(&self, name: &str) -> [u8; 16] {
        name_lookup(&self.pepper, name)
    }

    /// Stretches a passphrase or PIN away from the async threads, two at once at most.
    pub(crate) async fn stretch(&self, secret: &str, salt: [u8; 16]) -> Result<Key> {
        let busy = |_| ServiceError::Busy;
        let permit = self.stretches.acquire().await.map_err(busy)?;
        let secret = zeroize::Zeroizing::new(secret.nfc().collect::<String>());
        let stretched = tokio::task::spawn_blocking(move || {
            seal::stretch(secret.as_bytes(), &salt, &StretchParameters::DEFAULT)
        })
        .await
        .map_err(|_| ServiceError::Busy)?;
        drop(permit);
        Ok(stretched?)
    }

    pub(crate) async fn unlock(
        &self,
        possession: &Possession,
        secret: &str,
        salt: [u8; 16],
    ) -> Result<Key> {
        let stretched = self.stretch(secret, salt).await?;
        Ok(seal::unlock_key(possession, &stretched, &self.pepper))
    }

    /// Opens a person's card; counts the try before it is judged, so that neither a restart nor
    /// parallel tries give more of them.
    pub(crate) async fn open_card(
        &self,
        code: &str,
        pin: &str,
    ) -> Result<(CardRow, AccountKeys), CardSignInError> {
        let possession = Possession::parse(code)?;
        let lookup = possession.lookup();
        let tried = self
            .again(|| async {
                let mut tx = self.storage.write().await?;
                let card = tx.card(&lookup).await?.filter(|c| c.dead.is_none());
                let Some(card) = card else {
                    return Ok(None);
                };
                let tries = tx.count_card_try(card.person, card.card).await?;
                tx.save().await?;
                Ok(Some((card, tries)))
            })
            .await?;
        let Some((card, tries)) = tried else {
            self.stretch(pin, [0; 16]).await?;
            return Err(CardSignInError::Wrong {
                left: CARD_TRIES - 1,
            });
        };
        if tries > CARD_TRIES {
            return Err(CardSignInError::Locked);
        }
        let left = CARD_TRIES - tries;
        let wrong = || {
            if left == 0 {
                CardSignInError::Locked
            } else {
                CardSignInError::Wrong { left }
            }
        };
        let Ok(pin) = Pin::parse(pin) else {
            return Err(wrong());
        };
        let unlock = self.unlock(&possession, pin.as_str(), card.salt).await?;
        let Ok(keys) = seal::open_account(&unlock, card.account, card.card, &card.sealed) else {
            return Err(wrong());
        };
        self.again(|| async {
            let mut tx = self.storage.write().await?;
            tx.clear_card_tries(card.person, card.card).await?;
            Ok(tx.save().await?)
        })
        .await?;
        Ok((card, keys))
    }

    /// Counts a try on a device, saved before it is judged.
    async fn count_device_try(
        &self,
        mut tx: Box<dyn Transaction>,
        row: &DeviceRow,
    ) -> Result<(), SignInError> {
        if tx.count_device_try(row.id).await? > DEVICE_TRIES {
            return Err(SignInError::Locked);
        }
        Ok(tx.save().await?)
    }

    /// Whether that is the passphrase of the signed-in worker on the device of this session, whose
    /// secret the browser sent.
    pub(crate) async fn check_passphrase(
        &self,
        session: &WorkerSession,
        device: &Possession,
        passphrase: &SecretString,
    ) -> Result<(), SignInError> {
        let row = self
            .again_or::<_, SignInError, _>(|| async {
                let mut tx = self.storage.write().await?;
                let row = tx.device(session.account, &device.lookup()).await?;
                let row = row
                    .filter(|d| d.id == session.device)
                    .ok_or(SignInError::Wrong)?;
                self.count_device_try(tx, &row).await?;
                Ok(row)
            })
            .await?;
        let unlock = self
            .unlock(device, passphrase.expose_secret(), row.salt)
            .await?;
        seal::open_account(&unlock, session.account, row.id, &row.sealed)
            .map_err(|_| SignInError::Wrong)?;
        self.again_or(|| async {
            let mut tx = self.storage.write().await?;
            tx.clear_device_tries(row.id).await?;
            Ok(tx.save().await?)
        })
        .await
    }
}
