//! A second administrator of an organisation, or new keys for one who lost theirs, with the root
//! key in hand.
//!
//! A member whose keys were stated needs the root's word alone. Someone new, or an administrator
//! whose keys are lost, also needs a member of the organisation who is signed in: names are sealed
//! under the organisation's key, which the root does not hold.

use super::{OTHER_ROOT, is_root};
use crate::{
    Inner, Result, Service, ServiceError, WorkerSession,
    account::{AccountProfile, organisation_key_binding},
    enrolment::code_device,
    session::ENROLMENT,
};
use domain::{Compartments, id::AccountId, words::Role};
use seal::{AccountKeys, AccountPublic, Possession, RootKey, Signed, Statement};
use secrecy::{ExposeSecret, SecretString};
use storage::{AccountRow, AccountState, EnrolmentRow, MembershipRow, Transaction};

/// What a name to sign in with is, on this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInName {
    /// Nobody's.
    Free,
    /// A member's whose keys were stated: they can administer with the keys they have.
    Member,
    /// An administrator's: they can only be given new keys.
    Administrator,
    /// Someone's who was invited or enrolled and whose keys wait to be stated.
    Waiting,
    /// Someone's whose account ended.
    Ended,
}

/// Who is to administer.
#[derive(Debug, Clone)]
pub struct NewAdministrator {
    /// The name they sign in with.
    pub name: String,
    /// Their job title, where the name is nobody's yet.
    pub job: String,
}

impl Service {
    /// What that name is, on this server.
    pub async fn sign_in_name(&self, name: &str) -> Result<SignInName> {
        let mut tx = self.inner.storage.read().await?;
        let row = tx.account_by_lookup(&self.inner.name_lookup(name)).await?;
        Ok(match row {
            None => SignInName::Free,
            Some(row) if row.state == AccountState::Ended => SignInName::Ended,
            Some(row) if row.administrator => SignInName::Administrator,
            Some(row) if row.state == AccountState::Active => SignInName::Member,
            Some(_) => SignInName::Waiting,
        })
    }

    /// The root makes a member an administrator, with the keys stated for them.
    ///
    /// # Errors
    /// [`ServiceError::Setup`] where the key is not the root's or the name is no member's.
    pub async fn promote(&self, root: &RootKey, name: &str) -> Result<()> {
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.begin_stating().await?;
                let row = tx.account_by_lookup(&inner.name_lookup(name)).await?;
                let mut row = row
                    .filter(|r| r.state == AccountState::Active && !r.administrator)
                    .ok_or(ServiceError::Setup("this name is no member's"))?;
                // The keys stated, never those of the row: who writes in the store does not choose them.
                let keys = inner.trust().account(row.id).cloned();
                let keys =
                    keys.ok_or(ServiceError::Setup("no keys were stated for this member"))?;
                inner.administers_now(&mut *tx, root, &row, &keys).await?;
                row.administrator = true;
                tx.update_account(&row).await?;
                tx.save().await?;
                inner.refresh_trust().await
            })
            .await
    }

    /// The root makes an administrator of someone new, or gives new keys to one who lost theirs,
    /// beside a member of their organisation; gives the code with which they enrol a device under
    /// that passphrase. Devices, sessions and welcomes of lost keys end.
    ///
    /// # Errors
    /// [`ServiceError::Setup`] where the key is not the root's, or the name is a member's or
    /// another organisation's.
    pub async fn make_administrator(
        &self,
        root: &RootKey,
        beside: &WorkerSession,
        new: &NewAdministrator,
        passphrase: &SecretString,
    ) -> Result<String> {
        let inner = &self.inner;
        let shared = beside.secrets.organisation.as_ref();
        let shared = shared.ok_or(ServiceError::Forbidden)?;
        let name = new.name.trim();
        if !(2..=80).contains(&name.chars().count()) {
            return Err(ServiceError::Setup("a name has 2 to 80 characters"));
        }
        let organisation = beside.organisation;
        let keys = AccountKeys::generate(&mut inner.chance());
        let public = keys.public();
        let code = Possession::generate(&mut inner.chance());
        let salt = inner.new_id();
        let unlock = inner
            .unlock(&code, passphrase.expose_secret(), salt)
            .await?;
        inner
            .again(|| async {
                let mut tx = inner.begin_stating().await?;
                let found = tx.account_by_lookup(&inner.name_lookup(name)).await?;
                let id = match &found {
                    None => AccountId::from_bytes(inner.new_id()),
                    Some(row) if row.organisation != organisation => {
                        return Err(ServiceError::Setup(
                            "this sign-in name is taken in another organisation",
                        ));
                    }
                    Some(row) if !row.administrator || row.state != AccountState::Active => {
                        return Err(ServiceError::Setup("this sign-in name is a member's"));
                    }
                    Some(row) if row.id == beside.account => {
                        return Err(ServiceError::Setup(
                            "nobody stands beside themselves: another member signs in",
                        ));
                    }
                    Some(row) => row.id,
                };
                let wrapped = seal::wrap_to(
                    &public.kem,
                    &organisation_key_binding(organisation, id),
                    shared.as_bytes(),
                    &mut inner.chance(),
                )?;
                let row = match found {
                    Some(row) => {
                        inner.forget_keys(&mut *tx, id).await?;
                        let row = AccountRow {
                            public: public.to_bytes(),
                            organisation_key: wrapped,
                            ..row
                        };
                        tx.update_account(&row).await?;
                        row
                    }
                    None => {
                        let profile = AccountProfile {
                            name: name.to_owned(),
                            job: new.job.trim().to_owned(),
                            role: Role::Administrator,
                        };
                        let row = AccountRow {
                            id,
                            organisation,
                            lookup: inner.name_lookup(name),
                            profile: profile.seal(shared, organisation, id, &mut inner.chance())?,
                            administrator: true,
                            state: AccountState::Active,
                            public: public.to_bytes(),
                            organisation_key: wrapped,
                        };
                        tx.add_account(&row).await?;
                        row
                    }
                };
                inner.administers_now(&mut *tx, root, &row, &public).await?;
                let lookup = code.lookup();
                tx.add_enrolment(&EnrolmentRow {
                    lookup,
                    account: id,
                    salt,
                    sealed: seal::seal_account(
                        &unlock,
                        id,
                        code_device(&lookup),
                        &keys,
                        &mut inner.chance(),
                    )?,
                    until: inner.now().saturating_add(ENROLMENT).unwrap_or(inner.now()),
                    uses_left: 1,
                    tries: 0,
                })
                .await?;
                tx.save().await?;
                inner.refresh_trust().await?;
                Ok(code.to_code())
            })
            .await
    }
}

impl Inner {
    async fn administers_now(
        &self,
        tx: &mut dyn Transaction,
        root: &RootKey,
        row: &AccountRow,
        keys: &AccountPublic,
    ) -> Result<()> {
        if !is_root(tx, root).await? {
            return Err(OTHER_ROOT);
        }
        let statement = Statement::Administrator {
            organisation: row.organisation,
            account: row.id,
            keys: keys.clone(),
            issued_at: self.now(),
        };
        self.state(tx, &Signed::sign(statement, root.signing()))
            .await
    }

    /// Takes off everything that lost keys open: a lead welcomes the new ones.
    async fn forget_keys(&self, tx: &mut dyn Transaction, account: AccountId) -> Result<()> {
        tx.end_sessions_of(account).await?;
        tx.remove_devices(account, None).await?;
        tx.remove_enrolments(account).await?;
        tx.remove_team_wraps(account, None).await?;
        for membership in tx.memberships_of(account).await? {
            tx.put_membership(&MembershipRow {
                compartments: Compartments::NONE,
                ..membership
            })
            .await?;
        }
        Ok(())
    }
}
