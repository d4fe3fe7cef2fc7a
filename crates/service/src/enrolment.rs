//! Devices and the codes that enrol them; passphrases.

use crate::{
    DEVICE_TRIES, ENROLMENT, Inner, Result, Service, ServiceError, SessionToken, SignInError,
    WorkerSession, again::Attempted,
};
use domain::id::{AccountId, DeviceId};
use jiff::Timestamp;
use seal::{AccountKeys, CodeError, Key, Possession};
use secrecy::{ExposeSecret, SecretString};
use storage::{AccountRow, AccountState, DeviceRow, EnrolmentRow, Transaction};

/// Why a device was not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The code was not typed right.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The name, the code or the passphrase is wrong, or the code was used or is over.
    #[error("the name, the code or the passphrase is wrong, or the code is over")]
    Wrong,
    /// The passphrase chosen is too weak; the Fluent key that says why.
    #[error("the passphrase is too weak")]
    Weak {
        /// Why.
        key: &'static str,
    },
    /// Something else.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

crate::sign_in::from_lower!(EnrolError);

/// A device enrolled.
#[derive(Debug)]
pub struct Enrolled {
    /// The secret the device keeps.
    pub device: Possession,
    /// A session, unless the account still waits for an administrator's statement.
    pub token: Option<SessionToken>,
}

/// A code to type on a new device.
#[derive(Debug, Clone)]
pub struct EnrolmentCode {
    /// The code, in groups.
    pub code: String,
    /// Until when.
    pub until: Timestamp,
}

impl Attempted for EnrolError {
    fn was_overtaken(&self) -> bool {
        matches!(self, Self::Service(error) if error.was_overtaken())
    }
}

impl Service {
    /// The Fluent key that says why a passphrase is too weak; `None` where it is strong enough.
    /// Nothing leaves the server to know it.
    #[must_use]
    pub fn passphrase_weakness(passphrase: &str, name: &str) -> Option<&'static str> {
        if passphrase.chars().count() < 12 {
            return Some("error-passphrase-short");
        }
        let guessable = zxcvbn::zxcvbn(passphrase, &[name, "conatus"]).guesses_log10() < 10.0;
        guessable.then_some("error-passphrase-weak")
    }

    /// Enrols a device with a code: makes the account's keys where it was invited, or brings them
    /// over from the device that made the code.
    pub async fn enrol(
        &self,
        name: &str,
        code: &str,
        passphrase: &SecretString,
    ) -> Result<Enrolled, EnrolError> {
        let inner = &self.inner;
        let code = Possession::parse(code)?;
        let (enrolment, account) = inner
            .again_or::<_, EnrolError, _>(|| async {
                let mut tx = inner.storage.write().await?;
                let enrolment = tx.enrolment(&code.lookup()).await?;
                let account = tx.account_by_lookup(&inner.name_lookup(name)).await?;
                let (Some(enrolment), Some(account)) = (enrolment, account) else {
                    return Err(EnrolError::Wrong);
                };
                let over = enrolment.until <= inner.now() || enrolment.uses_left == 0;
                if over || enrolment.account != account.id || account.state == AccountState::Ended {
                    return Err(EnrolError::Wrong);
                }
                if enrolment.sealed.is_empty()
                    && let Some(key) = Self::passphrase_weakness(passphrase.expose_secret(), name)
                {
                    return Err(EnrolError::Weak { key });
                }
                if tx.count_enrolment_try(&enrolment.lookup).await? > DEVICE_TRIES {
                    return Err(EnrolError::Wrong);
                }
                tx.save().await?;
                Ok((enrolment, account))
            })
            .await?;
        let keys = if enrolment.sealed.is_empty() {
            AccountKeys::generate(&mut inner.chance())
        } else {
            let unlock = inner
                .unlock(&code, passphrase.expose_secret(), enrolment.salt)
                .await?;
            seal::open_account(
                &unlock,
                account.id,
                code_device(&enrolment.lookup),
                &enrolment.sealed,
            )
            .map_err(|_| EnrolError::Wrong)?
        };
        inner
            .finish_enrolment(&enrolment, account, keys, passphrase)
            .await
    }

    /// A code to enrol another device of the signed-in worker, sealed under their passphrase.
    pub async fn new_device_code(
        &self,
        session: &WorkerSession,
        device: &Possession,
        passphrase: &SecretString,
    ) -> Result<EnrolmentCode, SignInError> {
        self.inner
            .check_passphrase(session, device, passphrase)
            .await?;
        let until = self
            .now()
            .saturating_add(ENROLMENT)
            .unwrap_or_else(|_| self.now());
        let code = self
            .inner
            .add_device_code(
                session.account,
                &session.secrets.account,
                passphrase,
                until,
                1,
            )
            .await?;
        Ok(EnrolmentCode {
            code: code.to_code(),
            until,
        })
    }

    /// Changes the passphrase of the signed-in worker on this device; their other devices must be
    /// enrolled again, since they hold keys under the old one.
    pub async fn change_passphrase(
        &self,
        session: &WorkerSession,
        device: &Possession,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<(), EnrolError> {
        match self.inner.check_passphrase(session, device, old).await {
            Ok(()) => {}
            Err(SignInError::Service(e)) => return Err(e.into()),
            Err(_) => return Err(EnrolError::Wrong),
        }
        if let Some(key) = Self::passphrase_weakness(new.expose_secret(), &session.name) {
            return Err(EnrolError::Weak { key });
        }
        let inner = &self.inner;
        let salt = inner.new_id();
        let unlock = inner.unlock(device, new.expose_secret(), salt).await?;
        inner
            .again_or(|| async {
                let mut tx = inner.storage.write().await?;
                tx.device(session.account, &device.lookup())
                    .await?
                    .ok_or(EnrolError::Wrong)?;
                tx.remove_devices(session.account, None).await?;
                tx.remove_enrolments(session.account).await?;
                let keys = &session.secrets.account;
                inner
                    .add_device(
                        &mut *tx,
                        session.account,
                        session.device,
                        device,
                        &unlock,
                        salt,
                        keys,
                    )
                    .await?;
                Ok(tx.save().await?)
            })
            .await
    }
}

/// The place of an enrolment's sealed keys: they belong to a code, not to a device yet.
pub(crate) fn code_device(lookup: &[u8; 16]) -> DeviceId {
    DeviceId::from_bytes(*lookup)
}

impl Inner {
    #[expect(
        clippy::too_many_arguments,
        reason = "a device row is made of all of these"
    )]
    pub(crate) async fn add_device(
        &self,
        tx: &mut dyn Transaction,
        account: AccountId,
        device: DeviceId,
        possession: &Possession,
        unlock: &Key,
        salt: [u8; 16],
        keys: &AccountKeys,
    ) -> Result<()> {
        let sealed = seal::seal_account(unlock, account, device, keys, &mut self.chance())?;
        tx.add_device(&DeviceRow {
            id: device,
            account,
            lookup: possession.lookup(),
            salt,
            sealed,
            enrolled: self.now(),
            tries: 0,
        })
        .await?;
        Ok(())
    }

    /// Adds a code that brings an account's keys to another device.
    pub(crate) async fn add_device_code(
        &self,
        account: AccountId,
        keys: &AccountKeys,
        passphrase: &SecretString,
        until: Timestamp,
        uses: u32,
    ) -> Result<Possession> {
        let code = Possession::generate(&mut self.chance());
        let salt = self.new_id();
        let unlock = self.unlock(&code, passphrase.expose_secret(), salt).await?;
        let lookup = code.lookup();
        let sealed = seal::seal_account(
            &unlock,
            account,
            code_device(&lookup),
            keys,
            &mut self.chance(),
        )?;
        self.again(|| async {
            let mut tx = self.storage.write().await?;
            tx.add_enrolment(&EnrolmentRow {
                lookup,
                account,
                salt,
                sealed: sealed.clone(),
                until,
                uses_left: uses,
                tries: 0,
            })
            .await?;
            Ok(tx.save().await?)
        })
        .await?;
        Ok(code)
    }

    async fn finish_enrolment(
        &self,
        enrolment: &EnrolmentRow,
        account: AccountRow,
        keys: AccountKeys,
        passphrase: &SecretString,
    ) -> Result<Enrolled, EnrolError> {
        let device = DeviceId::from_bytes(self.new_id());
        let possession = Possession::generate(&mut self.chance());
        let salt = self.new_id();
        let unlock = self
            .unlock(&possession, passphrase.expose_secret(), salt)
            .await?;
        self.again_or::<_, EnrolError, _>(|| async {
            let mut tx = self.storage.write().await?;
            let mut account = account.clone();
            if !tx.use_enrolment(&enrolment.lookup).await? {
                return Err(EnrolError::Wrong);
            }
            if enrolment.sealed.is_empty() {
                account.public = keys.public().to_bytes();
                account.state = AccountState::Enrolled;
                tx.remove_devices(account.id, None).await?;
                tx.update_account(&account).await?;
            }
            self.add_device(
                &mut *tx,
                account.id,
                device,
                &possession,
                &unlock,
                salt,
                &keys,
            )
            .await?;
            let token = if account.state == AccountState::Active {
                Some(
                    self.open_worker_session(&mut *tx, &account, device, keys.clone())
                        .await?,
                )
            } else {
                None
            };
            tx.save().await?;
            Ok(Enrolled {
                device: possession.clone(),
                token,
            })
        })
        .await
    }
}
