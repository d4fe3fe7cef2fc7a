//! Opening the keys of a record: the one place where a reader's rights become keys.
//!
//! Storage gives only the wraps this account may use now; here each wrap's grant, and the key inside
//! it, must prove themselves by signatures that chain to the root (`proof`).

use crate::{Inner, Result, ServiceError, secret::Secrets};
use domain::{
    Compartment, Compartments,
    id::{AccountId, GrantId, OrganisationId, PersonId, TeamId},
};
use futures_util::future::join;
use seal::{Binding, ContentType, ErasureShare, Key};
use std::collections::BTreeMap;
use storage::{PersonRow, Recipient, Transaction, WrapMethod, WrapRow};

/// The opened keys of one record.
pub(crate) struct RecordKeys {
    pub(crate) organisation: OrganisationId,
    pub(crate) person: PersonId,
    /// The compartments' own keys, needed to give access on.
    raw: BTreeMap<(Compartment, u32), Key>,
    /// The keys that seal content: made of the above and the erasure share.
    effective: BTreeMap<(Compartment, u32), Key>,
    /// Through which teams it was opened, with the grant each rests on.
    pub(crate) through: Vec<(TeamId, GrantId)>,
    /// The head of the chain of statements under which they were proved.
    pub(crate) statement_hash: [u8; 32],
}

impl RecordKeys {
    pub(crate) fn new(
        organisation: OrganisationId,
        person: PersonId,
        raw: BTreeMap<(Compartment, u32), Key>,
        share: &ErasureShare,
    ) -> Self {
        let effective = raw
            .iter()
            .map(|(at, k)| (*at, seal::effective_key(k, share)))
            .collect();
        Self {
            organisation,
            person,
            raw,
            effective,
            through: Vec::new(),
            statement_hash: [0; 32],
        }
    }

    /// Tells these keys and the head under which they were proved from others, for that purpose.
    pub(crate) fn digest(&self, purpose: &'static str) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key(purpose);
        hasher.update(self.person.as_bytes());
        hasher.update(&self.statement_hash);
        for (compartment, epoch) in self.raw.keys() {
            hasher.update(&[compartment.code()]);
            hasher.update(&epoch.to_le_bytes());
        }
        *hasher.finalize().as_bytes()
    }

    /// Takes one more key.
    pub(crate) fn insert(&mut self, at: (Compartment, u32), key: Key, share: &ErasureShare) {
        self.effective.insert(at, seal::effective_key(&key, share));
        self.raw.insert(at, key);
    }

    pub(crate) fn open_compartments(&self) -> Compartments {
        self.raw.keys().map(|(c, _)| *c).collect()
    }

    /// The latest key that seals content of that compartment, and its epoch.
    pub(crate) fn latest(&self, compartment: Compartment) -> Option<(u32, &Key)> {
        let range = (compartment, 0)..=(compartment, u32::MAX);
        self.effective
            .range(range)
            .next_back()
            .map(|((_, epoch), key)| (*epoch, key))
    }

    /// The key that seals content of that compartment at that epoch.
    pub(crate) fn at(&self, compartment: Compartment, epoch: u32) -> Option<&Key> {
        self.effective.get(&(compartment, epoch))
    }

    /// The compartments' own keys, every epoch: to wrap them to someone else.
    pub(crate) fn raw_all(&self) -> impl Iterator<Item = ((Compartment, u32), &Key)> {
        self.raw.iter().map(|(at, key)| (*at, key))
    }
}

/// What a wrapped compartment key is bound to.
pub(crate) fn wrap_binding(
    organisation: OrganisationId,
    person: PersonId,
    compartment: Compartment,
    epoch: u32,
    grant: GrantId,
) -> Binding {
    Binding::new(ContentType::CompartmentKey)
        .organisation(organisation)
        .person(person)
        .compartment(compartment)
        .object(grant.as_bytes())
        .epoch(epoch)
}

/// What a wrapped team key is bound to.
pub(crate) fn team_wrap_binding(
    organisation: OrganisationId,
    team: TeamId,
    account: AccountId,
    compartment: Compartment,
    epoch: u32,
) -> Binding {
    Binding::new(ContentType::TeamKey)
        .organisation(organisation)
        .person_bytes(*account.as_bytes())
        .compartment(compartment)
        .object(team.as_bytes())
        .epoch(epoch)
}

/// The secret that wraps compartment keys inside a team, from the team's key.
pub(crate) fn team_secret(team_key: &Key) -> Key {
    team_key.derive("conatus 2026 team wrapping key v1", &[])
}

/// The key pair to which anyone can wrap for a team, from the team's key.
pub(crate) fn team_kem(team_key: &Key) -> seal::KemSecret {
    let seed = team_key.derive("conatus 2026 team key pair v1", &[]);
    seal::KemSecret::from_seed(*seed.as_bytes())
}

/// What a record's wraps gave to one account.
struct Proved {
    row: PersonRow,
    raw: BTreeMap<(Compartment, u32), Key>,
    through: Vec<(TeamId, GrantId)>,
}

impl Inner {
    /// The erasure share of a person.
    pub(crate) async fn share(&self, person: PersonId) -> Result<ErasureShare> {
        let share = self
            .shares
            .share(person)
            .await?
            .ok_or(ServiceError::Erased)?;
        Ok(ErasureShare::from_bytes(share))
    }

    /// The keys of a record that this account may use now; [`ServiceError::NotFound`] where it may
    /// use none.
    pub(crate) async fn record_keys(
        &self,
        tx: &mut dyn Transaction,
        person: PersonId,
        account: AccountId,
        secrets: &Secrets,
    ) -> Result<RecordKeys> {
        // Two stores, asked at the same time; the share opens nothing alone, and is used after.
        let (proved, share) = join(
            self.prove_keys(tx, person, account, secrets),
            self.share(person),
        )
        .await;
        let Proved { row, raw, through } = proved?;
        let mut keys = RecordKeys::new(row.organisation, person, raw, &share?);
        keys.through = through;
        keys.statement_hash = row.statement_hash;
        Ok(keys)
    }

    /// The compartments' own keys that this account may use now, each proved.
    async fn prove_keys(
        &self,
        tx: &mut dyn Transaction,
        person: PersonId,
        account: AccountId,
        secrets: &Secrets,
    ) -> Result<Proved> {
        let row = tx.person(person).await?.ok_or(ServiceError::NotFound)?;
        let access = tx.access(person, account, self.now()).await?;
        let mut raw = BTreeMap::new();
        let mut through = Vec::new();
        for access in &access {
            let wrap = &access.wrap;
            let Some(key) = open_wrap(row.organisation, wrap, secrets)? else {
                continue;
            };
            self.prove_access(tx, &row.statement_hash, access, &key)
                .await?;
            if let Recipient::Team(team) = wrap.recipient
                && !through.contains(&(team, wrap.grant))
            {
                through.push((team, wrap.grant));
            }
            raw.insert((wrap.compartment, wrap.epoch), key);
        }
        if raw.is_empty() {
            return Err(ServiceError::NotFound);
        }
        Ok(Proved { row, raw, through })
    }
}

/// The signed recipient, as storage writes it.
pub(crate) fn recipient(recipient: seal::GrantRecipient) -> Recipient {
    match recipient {
        seal::GrantRecipient::Team(team) => Recipient::Team(team),
        seal::GrantRecipient::Account(account) => Recipient::Account(account),
        seal::GrantRecipient::Keepers => Recipient::Keepers,
    }
}

/// The key inside a wrap; `None` where the session does not hold what opens it (it was welcomed
/// after it signed in: the keys come with the next request that refreshes them).
pub(crate) fn open_wrap(
    organisation: OrganisationId,
    wrap: &WrapRow,
    secrets: &Secrets,
) -> Result<Option<Key>> {
    let binding = wrap_binding(
        organisation,
        wrap.person,
        wrap.compartment,
        wrap.epoch,
        wrap.grant,
    );
    if let Some(key) = secrets.own.get(&(wrap.compartment, wrap.epoch)) {
        return Ok(Some(key.clone()));
    }
    let team_key = |epoch| match wrap.recipient {
        Recipient::Team(team) => secrets.teams.get(&(team, wrap.compartment, epoch)),
        _ => None,
    };
    let bytes = match wrap.method {
        WrapMethod::TeamSecret { epoch } => match team_key(epoch) {
            Some(key) => seal::open(&team_secret(key), &binding, &wrap.wrapped)?,
            None => return Ok(None),
        },
        WrapMethod::TeamPublic { epoch } => match team_key(epoch) {
            Some(key) => seal::unwrap(&team_kem(key), &binding, &wrap.wrapped)?,
            None => return Ok(None),
        },
        WrapMethod::Public => seal::unwrap(&secrets.account.kem, &binding, &wrap.wrapped)?,
    };
    Ok(Some(Key::from_slice(&bytes)?))
}
