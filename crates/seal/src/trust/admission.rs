//! What is admitted and remembered: who holds which keys, who belongs where, who was welcomed to
//! what. What is judged without being kept is in `persons`.

use super::{History, KnownAccount, KnownKey, RecoveryPublic, Trust, of_account, untrusted};
use crate::{AccountPublic, KemPublic, SealError, Signed, Statement, TeamRole};
use domain::{
    Compartment, Compartments,
    id::{AccountId, OrganisationId, TeamId},
};
use jiff::Timestamp;

impl Trust {
    /// Admits a statement about organisations, teams, members or servers, if its signer had the
    /// right to it when it was stated. Admitting the same one again changes nothing.
    ///
    /// # Errors
    /// [`SealError::Signature`] or [`SealError::Untrusted`] saying which right was missing.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm a kind of statement reads as the table it is"
    )]
    pub fn admit(&mut self, signed: &Signed) -> Result<(), SealError> {
        let at = signed.statement.issued_at();
        match &signed.statement {
            Statement::Root { key, .. } => {
                if *key != self.root {
                    return untrusted("another root");
                }
                signed.verify(&self.root)
            }
            Statement::Administrator {
                organisation,
                account,
                keys,
                ..
            } => {
                self.by_root(signed)?;
                self.put_account(*organisation, *account, keys, true, at)
            }
            Statement::Server { server, key, .. } => {
                self.by_root(signed)?;
                if self.servers.get(server).is_some_and(|(_, last)| at < *last) {
                    return untrusted("a newer key of that server was stated");
                }
                self.servers.insert(*server, (*key, at));
                Ok(())
            }
            Statement::Recovery {
                kem,
                verifying,
                threshold,
                keepers,
                ..
            } => {
                self.by_root(signed)?;
                if self.recovery.as_ref().is_some_and(|(_, last)| at < *last) {
                    return untrusted("newer keepers were stated");
                }
                let recovery = RecoveryPublic {
                    kem: kem.clone(),
                    verifying: *verifying,
                    threshold: *threshold,
                    keepers: *keepers,
                };
                if let Some((earlier, _)) = self.recovery.replace((recovery, at)) {
                    let key = earlier.verifying;
                    self.earlier_keepers.insert(key.key_id(), key);
                }
                Ok(())
            }
            Statement::Member {
                organisation,
                account,
                keys,
                ..
            } => {
                self.by_administrator(signed, *organisation)?;
                if self.accounts.get(account).is_some_and(|a| a.administrator) {
                    return untrusted("only the root states an administrator's keys");
                }
                self.put_account(*organisation, *account, keys, false, at)
            }
            Statement::Team {
                organisation, team, ..
            } => {
                self.by_administrator(signed, *organisation)?;
                match self.teams.insert(*team, *organisation) {
                    Some(other) if other != *organisation => {
                        self.teams.insert(*team, other);
                        untrusted("the team belongs to another organisation")
                    }
                    _ => Ok(()),
                }
            }
            Statement::Membership {
                organisation,
                team,
                account,
                role,
                ..
            } => {
                self.by_administrator(signed, *organisation)?;
                self.same_organisation(*organisation, *team, *account)?;
                self.begin_membership(*team, *account, *role, at)
            }
            Statement::MembershipEnd {
                organisation,
                team,
                account,
                ..
            } => {
                if self.by_administrator(signed, *organisation).is_err() {
                    self.by_lead(signed, *team)?;
                }
                if self.teams.get(team) != Some(organisation) {
                    return untrusted("the team belongs to another organisation");
                }
                self.end_membership(*team, *account, at)
            }
            Statement::TeamKey {
                organisation,
                team,
                compartment,
                epoch,
                key,
                ..
            } => {
                self.by_lead(signed, *team)?;
                if self.teams.get(team) != Some(organisation) {
                    return untrusted("the team belongs to another organisation");
                }
                self.put_team_key(*team, *compartment, *epoch, key)
            }
            Statement::Welcome {
                organisation,
                team,
                account,
                compartments,
                ..
            } => {
                self.by_lead(signed, *team)?;
                self.same_organisation(*organisation, *team, *account)?;
                if compartments.contains(Compartment::Vault) {
                    return untrusted("the vault is the person's alone");
                }
                self.put_welcome(*team, *account, *compartments, at)
            }
            Statement::AccountEnd {
                organisation,
                account,
                ..
            } => {
                self.by_administrator(signed, *organisation)?;
                self.end_account(*organisation, *account, at)
            }
            Statement::PersonKeys { .. }
            | Statement::Grant { .. }
            | Statement::GrantEnd { .. }
            | Statement::CompartmentKeys { .. } => {
                untrusted("statements about a person are checked on their own")
            }
        }
    }

    fn put_account(
        &mut self,
        organisation: OrganisationId,
        account: AccountId,
        keys: &AccountPublic,
        administrator: bool,
        at: Timestamp,
    ) -> Result<(), SealError> {
        let id = keys.key_id();
        match self.keys.get(&id) {
            Some(key) if key.account != account => {
                return untrusted("those keys are another account's");
            }
            Some(key) if key.until.is_some() => return untrusted("those keys had ended"),
            _ => {}
        }
        let known = self.accounts.get(&account);
        match known {
            Some(known) if known.organisation != organisation => {
                return untrusted("the account belongs to another organisation");
            }
            Some(known) if known.ended => return untrusted("the account had ended"),
            Some(known) if at < known.stated => {
                return untrusted("newer keys of the account were stated");
            }
            _ => {}
        }
        let administrator = administrator || known.is_some_and(|a| a.administrator);
        let old = known.map(|a| a.public.key_id()).filter(|old| *old != id);
        if let Some(old) = old {
            if let Some(key) = self.keys.get_mut(&old) {
                key.until.get_or_insert(at);
            }
            // What was wrapped to the old keys is not theirs: a lead looks again.
            self.end_welcomes(account, at);
        }
        self.keys.entry(id).or_insert(KnownKey {
            key: keys.verifying,
            account,
            from: at,
            until: None,
        });
        self.accounts.insert(
            account,
            KnownAccount {
                organisation,
                public: keys.clone(),
                administrator,
                ended: false,
                stated: at,
            },
        );
        Ok(())
    }

    fn end_account(
        &mut self,
        organisation: OrganisationId,
        account: AccountId,
        at: Timestamp,
    ) -> Result<(), SealError> {
        let known = self.accounts.get_mut(&account);
        let Some(known) = known.filter(|a| a.organisation == organisation) else {
            return untrusted("the account belongs to another organisation");
        };
        known.ended = true;
        if let Some(key) = self.keys.get_mut(&known.public.key_id()) {
            key.until.get_or_insert(at);
        }
        for (_, history) in self.memberships.range_mut(of_account(account)) {
            history.end(at);
        }
        self.end_welcomes(account, at);
        Ok(())
    }

    fn begin_membership(
        &mut self,
        team: TeamId,
        account: AccountId,
        role: TeamRole,
        at: Timestamp,
    ) -> Result<(), SealError> {
        if self.account(account).is_none() {
            return untrusted("the account had ended");
        }
        let history = self.memberships.entry((account, team)).or_default();
        if history.last_is(role, at) {
            return Ok(());
        }
        if history.is_newer_than(at) {
            return untrusted("something newer was stated of this membership");
        }
        history.begin(role, at);
        Ok(())
    }

    fn end_membership(
        &mut self,
        team: TeamId,
        account: AccountId,
        at: Timestamp,
    ) -> Result<(), SealError> {
        if let Some(history) = self.memberships.get_mut(&(account, team)) {
            if history.began().is_some_and(|from| at < from) {
                return untrusted("something newer was stated of this membership");
            }
            history.end(at);
        }
        self.leave(account, team, Compartments::NONE);
        if let Some(history) = self.welcomes.get_mut(&(account, team)) {
            history.end(at);
        }
        Ok(())
    }

    fn put_team_key(
        &mut self,
        team: TeamId,
        compartment: Compartment,
        epoch: u32,
        key: &KemPublic,
    ) -> Result<(), SealError> {
        if compartment == Compartment::Vault {
            return untrusted("the vault is the person's alone");
        }
        let epochs = self.team_keys.entry((team, compartment)).or_default();
        match epochs.get(&epoch) {
            Some(known) if known == key => return Ok(()),
            Some(_) => return untrusted("that epoch of the team's key was stated"),
            None => {}
        }
        let last = epochs.keys().next_back().copied().unwrap_or(0);
        if last.checked_add(1) != Some(epoch) {
            return untrusted("epochs of a team's key follow each other");
        }
        epochs.insert(epoch, key.clone());
        self.left.remove(&(team, compartment));
        Ok(())
    }

    /// Notes that someone no longer opens a team's compartments: its keys are to be made anew.
    fn leave(&mut self, account: AccountId, team: TeamId, keeping: Compartments) {
        let had = self.welcome(team, account);
        let lost = had
            .iter()
            .filter(|compartment| !keeping.contains(*compartment));
        self.left
            .extend(lost.map(|compartment| (team, compartment)));
    }

    fn put_welcome(
        &mut self,
        team: TeamId,
        account: AccountId,
        compartments: Compartments,
        at: Timestamp,
    ) -> Result<(), SealError> {
        let member_since = self
            .memberships
            .get(&(account, team))
            .and_then(History::since);
        let Some(member_since) = member_since else {
            return untrusted("only a member is welcomed");
        };
        let keys_since = self
            .account(account)
            .and_then(|public| self.keys.get(&public.key_id()))
            .map(|key| key.from);
        let had = self.welcome(team, account);
        let history = self.welcomes.entry((account, team)).or_default();
        if history.now() == Some(compartments) && history.since() == Some(at) {
            return Ok(());
        }
        if at < member_since || keys_since.is_none_or(|from| at < from) || history.is_newer_than(at)
        {
            return untrusted("the membership, its keys or another welcome is newer");
        }
        history.begin(compartments, at);
        let lost = had.iter().filter(|c| !compartments.contains(*c));
        self.left.extend(lost.map(|c| (team, c)));
        Ok(())
    }

    fn end_welcomes(&mut self, account: AccountId, at: Timestamp) {
        let teams: Vec<TeamId> = self
            .welcomes
            .range(of_account(account))
            .map(|((_, team), _)| *team)
            .collect();
        for team in teams {
            self.leave(account, team, Compartments::NONE);
        }
        for (_, history) in self.welcomes.range_mut(of_account(account)) {
            history.end(at);
        }
    }

    fn by_root(&self, signed: &Signed) -> Result<(), SealError> {
        if signed.signer != self.root.key_id() {
            return untrusted("only the root states this");
        }
        signed.verify(&self.root)
    }

    /// The account whose key signed, if the signature holds and the key is believed now: the date
    /// is the signer's word, so a key that ended admits nothing more, whatever the date.
    fn living_signer(&self, signed: &Signed) -> Result<AccountId, SealError> {
        let Some(known) = self.keys.get(&signed.signer) else {
            return untrusted("the signer is unknown");
        };
        signed.verify(&known.key)?;
        if known.until.is_some() {
            return untrusted("the signer's key had ended");
        }
        Ok(known.account)
    }

    fn by_administrator(
        &self,
        signed: &Signed,
        organisation: OrganisationId,
    ) -> Result<(), SealError> {
        let account = self.living_signer(signed)?;
        if self.is_administrator(account) == Some(organisation) {
            Ok(())
        } else {
            untrusted("only an administrator of the organisation states this")
        }
    }

    fn by_lead(&self, signed: &Signed, team: TeamId) -> Result<(), SealError> {
        let account = self.living_signer(signed)?;
        let then = self.role_at(team, account, signed.statement.issued_at());
        let lead = Some(TeamRole::Lead);
        if then == lead && self.member(team, account) == lead {
            Ok(())
        } else {
            untrusted("only a lead of the team states this")
        }
    }

    fn same_organisation(
        &self,
        organisation: OrganisationId,
        team: TeamId,
        account: AccountId,
    ) -> Result<(), SealError> {
        let team = self.teams.get(&team) == Some(&organisation);
        let account = self
            .accounts
            .get(&account)
            .is_some_and(|a| a.organisation == organisation);
        if team && account {
            Ok(())
        } else {
            untrusted("the team or the account belongs to another organisation")
        }
    }
}
