//! New keys for what is written from now on. The rule: nothing is sealed under a key that someone
//! without a right to it may hold. Before something is written, a compartment whose latest key was
//! given under a grant that no longer holds (taken back, over, a lost card's), or under a team's
//! earlier key (someone left), gets a new one, wrapped to everyone whose grant still holds.

use crate::{
    Inner, Result, Who,
    keyring::RecordKeys,
    people::{RawKeys, WrapAt},
};
use domain::{Compartment, Compartments};
use seal::{Key, PersonTrust, Trust};
use storage::{HolderRow, Recipient, Transaction, WrapMethod};

impl Inner {
    /// The keys of a record that the asker may write under: those of [`Inner::keys_of`], the stale
    /// ones replaced.
    pub(crate) async fn keys_to_write(
        &self,
        tx: &mut dyn Transaction,
        who: &Who<'_>,
    ) -> Result<RecordKeys> {
        // Teams and keepers may have new keys, stated through another node.
        self.refresh_trust_in(tx).await?;
        let mut keys = self.keys_of(tx, who).await?;
        let holders = tx.holders(keys.person).await?;
        let stale = self.stale(tx, &keys, &holders).await?;
        if !stale.is_empty() {
            self.renew(tx, who, &mut keys, stale).await?;
        }
        Ok(keys)
    }

    /// The compartments whose latest key someone without a right may hold.
    async fn stale(
        &self,
        tx: &mut dyn Transaction,
        keys: &RecordKeys,
        holders: &[HolderRow],
    ) -> Result<Compartments> {
        let about = self.trust_about(tx, keys.person).await?;
        let trust = self.trust();
        let now = self.now();
        let fresh = |holder: &&HolderRow| {
            let holds = about.grant(holder.grant).is_some_and(|g| g.holds(now));
            let latest = match (holder.recipient, holder.method) {
                (
                    Recipient::Team(team),
                    WrapMethod::TeamSecret { epoch } | WrapMethod::TeamPublic { epoch },
                ) => {
                    let stated = trust.team_key(team, holder.compartment);
                    stated.is_some_and(|(latest, _)| latest == epoch)
                }
                (Recipient::Account(account), _) => {
                    about.cards().iter().any(|c| c.account == account)
                        || trust.account(account).is_some()
                }
                _ => true,
            };
            holds && latest
        };
        Ok(holders
            .iter()
            .filter(|holder| !fresh(holder))
            .map(|holder| holder.compartment)
            .collect())
    }

    /// Makes new keys of those compartments, as far as the asker opens them now.
    pub(crate) async fn renew(
        &self,
        tx: &mut dyn Transaction,
        who: &Who<'_>,
        keys: &mut RecordKeys,
        compartments: Compartments,
    ) -> Result<()> {
        let person = keys.person;
        let held = keys.open_compartments();
        let about = self.trust_about(tx, person).await?;
        let opens: Compartments = compartments
            .intersection(held)
            .iter()
            .filter(|c| *c != Compartment::Vault && self.may_renew(who, &about, *c))
            .collect();
        let fresh: RawKeys = opens
            .iter()
            .map(|c| {
                let epoch = about.latest_epoch(c).unwrap_or(0) + 1;
                ((c, epoch), Key::generate(&mut self.chance()))
            })
            .collect();
        if fresh.is_empty() {
            return Ok(());
        }
        let about = self.state_keys(tx, person, &fresh, who.signing()).await?;
        let trust = self.trust();
        let now = self.now();
        for ((compartment, epoch), key) in &fresh {
            let grants = about
                .grants()
                .filter(|g| g.holds(now) && g.facts.compartments.contains(*compartment));
            for grant in grants {
                let recipient = crate::keyring::recipient(grant.facts.recipient);
                if !reachable(&trust, &about, recipient, *compartment) {
                    continue;
                }
                let at = WrapAt {
                    organisation: keys.organisation,
                    person,
                    compartment: *compartment,
                    epoch: *epoch,
                    grant: grant.facts.grant,
                };
                let teams = Some(&who.secrets().teams);
                let wrap = self.wrap(&trust, about.cards(), at, recipient, key, teams)?;
                tx.put_wrap(&wrap).await?;
            }
        }
        let share = self.share(person).await?;
        for (at, key) in fresh {
            keys.insert(at, key, &share);
        }
        Ok(())
    }

    /// Whether the chain of statements would let the asker make that compartment's next key.
    fn may_renew(&self, who: &Who<'_>, about: &PersonTrust, compartment: Compartment) -> bool {
        let now = self.now();
        about.grants().any(|grant| {
            grant.holds(now)
                && grant.facts.compartments.contains(compartment)
                && match (grant.facts.recipient, who) {
                    (seal::GrantRecipient::Account(account), _) => account == who.account(),
                    (seal::GrantRecipient::Team(team), Who::Worker(session, _)) => self
                        .trust()
                        .welcome(team, session.account)
                        .contains(compartment),
                    _ => false,
                }
        })
    }
}

/// Whether a key can be wrapped to that recipient: some stated key stands behind it.
fn reachable(
    trust: &Trust,
    about: &PersonTrust,
    recipient: Recipient,
    compartment: Compartment,
) -> bool {
    match recipient {
        Recipient::Team(team) => trust.team_key(team, compartment).is_some(),
        Recipient::Account(account) => {
            about.cards().iter().any(|c| c.account == account) || trust.account(account).is_some()
        }
        Recipient::Keepers => trust.recovery().is_some(),
    }
}
