//! People of one's teams: finding them, bringing a new one in, warning of a possible duplicate.

use crate::{
    Inner, Result, Service, ServiceError, Who, WorkerSession,
    keyring::{RecordKeys, recipient, team_secret, wrap_binding},
    record::check_text,
};
use domain::{
    Compartment, Compartments,
    entry::{Content, Household, Profile, Tie},
    id::{GrantId, HouseholdId, OrganisationId, PersonId, TeamId},
    search::{Query, Searchable, plain},
};
use jiff::civil::Date;
use seal::{Basis, ErasureShare, GrantRecipient, Key, Signed, Statement};
use std::collections::BTreeMap;
use storage::{GrantRow, Recipient, Transaction, WrapMethod, WrapRow};

/// The most lines a page of people shows; typing a name finds the others.
pub const PEOPLE_SHOWN: usize = 100;

/// A person in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonLine {
    /// The person.
    pub person: PersonId,
    /// Given names and birth name.
    pub name: String,
    /// Name in use or nickname.
    pub usual_name: String,
    /// Day of birth.
    pub born: Option<Date>,
    /// The team through which they are listed; `None` where the person gave access to the worker
    /// alone.
    pub team: Option<TeamId>,
}

/// A page of people.
#[derive(Debug, Clone, Default)]
pub struct PeoplePage {
    /// The people: nearest to what was typed first, or by name.
    pub lines: Vec<PersonLine>,
    /// How many there are in all.
    pub total: usize,
}

/// What is said when a new person may already be known.
#[derive(Debug, Clone, Default)]
pub struct Duplicates {
    /// Records open to the asker that may be the same person's.
    pub mine: Vec<PersonLine>,
    /// Whether another record on this server may be the same person's; nothing else is told.
    pub elsewhere: bool,
}

/// A person to bring in.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Who they are.
    pub profile: Profile,
    /// Whether the keepers may open the record together; false where the person declines.
    pub recovery: bool,
    /// Whether the worker becomes their referent.
    pub referent: bool,
}

/// Where compartment keys are wrapped and by whom the grant is signed.
pub(crate) struct GrantTo<'a> {
    pub(crate) recipient: GrantRecipient,
    pub(crate) compartments: Compartments,
    pub(crate) basis: Basis,
    pub(crate) purpose: Vec<u8>,
    pub(crate) until: Option<jiff::Timestamp>,
    pub(crate) signer: &'a seal::SigningKey,
}

/// Compartment keys by compartment and epoch.
pub(crate) type RawKeys = BTreeMap<(Compartment, u32), Key>;

impl Inner {
    /// Signs a grant, keeps it, and wraps to its recipient every key of its compartments that is
    /// held; nothing is wrapped to a public key that does not chain to the root.
    pub(crate) async fn give(
        &self,
        tx: &mut dyn Transaction,
        organisation: OrganisationId,
        person: PersonId,
        to: GrantTo<'_>,
        raw: &RawKeys,
        team_keys: Option<&BTreeMap<(TeamId, Compartment, u32), Key>>,
    ) -> Result<GrantId> {
        let grant = GrantId::from_bytes(self.new_id());
        let statement = Statement::Grant {
            grant,
            person,
            recipient: to.recipient,
            compartments: to.compartments,
            basis: to.basis,
            purpose: to.purpose,
            until: to.until,
            issued_at: self.now(),
        };
        let signed = Signed::sign(statement, to.signer);
        let about = self.state_about(tx, person, &signed).await?;
        let trust = self.trust();
        let row_recipient = recipient(to.recipient);
        tx.add_grant(&GrantRow {
            person,
            grant,
            recipient: row_recipient,
            compartments: to.compartments,
            until: to.until,
            ended: None,
        })
        .await?;
        for ((compartment, epoch), key) in raw {
            if to.compartments.contains(*compartment) {
                let at = WrapAt {
                    organisation,
                    person,
                    compartment: *compartment,
                    epoch: *epoch,
                    grant,
                };
                let wrap = self.wrap(&trust, about.cards(), at, row_recipient, key, team_keys)?;
                tx.put_wrap(&wrap).await?;
            }
        }
        Ok(grant)
    }

    /// A compartment key wrapped to a recipient whose public key chains to the root.
    pub(crate) fn wrap(
        &self,
        trust: &seal::Trust,
        cards: &[seal::PersonAccount],
        at: WrapAt,
        recipient: Recipient,
        key: &Key,
        team_keys: Option<&BTreeMap<(TeamId, Compartment, u32), Key>>,
    ) -> Result<WrapRow> {
        let binding = wrap_binding(
            at.organisation,
            at.person,
            at.compartment,
            at.epoch,
            at.grant,
        );
        let mut chance = self.chance();
        let unknown = || ServiceError::Setup("the recipient has no key stated for this rubric yet");
        let (method, wrapped) = match recipient {
            Recipient::Team(team) => {
                let (epoch, public) = trust.team_key(team, at.compartment).ok_or_else(unknown)?;
                let held = team_keys.and_then(|keys| keys.get(&(team, at.compartment, epoch)));
                match held {
                    Some(team_key) => (
                        WrapMethod::TeamSecret { epoch },
                        seal::seal(
                            &team_secret(team_key),
                            &binding,
                            key.as_bytes(),
                            &mut chance,
                        )?,
                    ),
                    None => (
                        WrapMethod::TeamPublic { epoch },
                        seal::wrap_to(public, &binding, key.as_bytes(), &mut chance)?,
                    ),
                }
            }
            Recipient::Account(account) => {
                let card = cards
                    .iter()
                    .find(|c| c.account == account)
                    .map(|c| &c.public);
                let public = card
                    .or_else(|| trust.account(account))
                    .ok_or_else(unknown)?;
                let wrapped = seal::wrap_to(&public.kem, &binding, key.as_bytes(), &mut chance)?;
                (WrapMethod::Public, wrapped)
            }
            Recipient::Keepers => {
                let keepers = trust.recovery().ok_or_else(unknown)?;
                let wrapped = seal::wrap_to(&keepers.kem, &binding, key.as_bytes(), &mut chance)?;
                (WrapMethod::Public, wrapped)
            }
        };
        Ok(WrapRow {
            person: at.person,
            compartment: at.compartment,
            epoch: at.epoch,
            recipient,
            grant: at.grant,
            method,
            wrapped,
        })
    }

    /// Keyed hashes by which the server can tell that two records may be the same person's while
    /// everything is locked: names as heard, with the day of birth.
    pub(crate) fn name_marks(&self, profile: &Profile) -> Vec<[u8; 16]> {
        let Some(born) = profile.born else {
            return Vec::new();
        };
        let mut names: Vec<String> = [&profile.birth_name, &profile.given_names]
            .iter()
            .flat_map(|n| plain(n).split(' ').map(str::to_owned).collect::<Vec<_>>())
            .filter(|n| n.chars().count() > 1)
            .collect();
        names.sort();
        names.dedup();
        let key = self.pepper.derive("conatus 2026 possible duplicate v1");
        let day = born.to_string();
        let mark = |parts: &[&[u8]]| {
            let hash = key.derive("conatus 2026 possible duplicate v1", parts);
            let mut mark = [0; 16];
            mark.copy_from_slice(&hash.as_bytes()[..16]);
            mark
        };
        let whole = names.join(" ");
        let mut marks = vec![mark(&[whole.as_bytes(), day.as_bytes()])];
        for pair in names
            .iter()
            .enumerate()
            .flat_map(|(i, a)| names[i + 1..].iter().map(move |b| (a, b)))
        {
            marks.push(mark(&[
                pair.0.as_bytes(),
                pair.1.as_bytes(),
                day.as_bytes(),
            ]));
        }
        marks.sort_unstable();
        marks.dedup();
        marks
    }

    /// Everyone listed for that worker, opened.
    pub(crate) async fn listed(
        &self,
        session: &WorkerSession,
    ) -> Result<Vec<(PersonLine, Profile)>> {
        let mut tx = self.storage.read().await?;
        let rows = tx.listed(session.account, self.now()).await?;
        let people: Vec<PersonId> = rows.iter().map(|r| r.profile.person).collect();
        let shares: BTreeMap<PersonId, [u8; 32]> =
            self.shares.shares(&people).await?.into_iter().collect();
        let mut listed = Vec::with_capacity(rows.len());
        for row in &rows {
            let person = row.profile.person;
            let Some(share) = shares.get(&person) else {
                continue;
            };
            let wrap = &row.access.wrap;
            let organisation = row.organisation;
            let Some(key) = crate::keyring::open_wrap(organisation, wrap, &session.secrets)? else {
                continue;
            };
            self.prove_access(&mut *tx, &row.statement_hash, &row.access, &key)
                .await?;
            let raw = BTreeMap::from([((wrap.compartment, wrap.epoch), key)]);
            let share = ErasureShare::from_bytes(*share);
            let keys = RecordKeys::new(organisation, person, raw, &share);
            let entry = crate::journal::open_entry(&row.profile, &keys)?;
            let Content::Profile(profile) = entry.body.content else {
                return Err(ServiceError::Integrity {
                    what: format!("profile of person {person}"),
                });
            };
            let line = PersonLine {
                person,
                name: format!("{} {}", profile.given_names, profile.birth_name)
                    .trim()
                    .to_owned(),
                usual_name: profile.usual_name.clone(),
                born: profile.born,
                team: match wrap.recipient {
                    Recipient::Team(team) => Some(team),
                    _ => None,
                },
            };
            listed.push((line, profile));
        }
        Ok(listed)
    }
}

/// Where a wrapped compartment key belongs.
#[derive(Clone, Copy)]
pub(crate) struct WrapAt {
    pub(crate) organisation: OrganisationId,
    pub(crate) person: PersonId,
    pub(crate) compartment: Compartment,
    pub(crate) epoch: u32,
    pub(crate) grant: GrantId,
}

/// What a profile must say to be taken.
pub(crate) fn check_profile(profile: &Profile, today: Date) -> Result<()> {
    if profile.birth_name.trim().is_empty()
        && profile.given_names.trim().is_empty()
        && profile.usual_name.trim().is_empty()
    {
        return Err(ServiceError::Invalid {
            field: "birth_name",
            key: "error-name-empty",
        });
    }
    if profile.born.is_some_and(|b| b > today || b.year() < 1890) {
        return Err(ServiceError::Invalid {
            field: "born",
            key: "error-born",
        });
    }
    Ok(())
}

impl Service {
    /// The people of the worker's teams and those who gave them access: nearest to what was typed
    /// first, or by name.
    pub async fn people(
        &self,
        session: &WorkerSession,
        query: &str,
        team: Option<TeamId>,
    ) -> Result<PeoplePage> {
        let query = Query::parse(query);
        let mut found = Vec::new();
        for (line, profile) in self.inner.listed(session).await? {
            if team.is_some() && line.team != team {
                continue;
            }
            if let Some(distance) = Searchable::new(&profile).distance(&query) {
                found.push((
                    distance,
                    plain(&profile.birth_name),
                    plain(&line.name),
                    line,
                ));
            }
        }
        found.sort_by(|a, b| (a.0, &a.1, &a.2).cmp(&(b.0, &b.1, &b.2)));
        let total = found.len();
        let lines = found.into_iter().take(PEOPLE_SHOWN).map(|f| f.3).collect();
        Ok(PeoplePage { lines, total })
    }

    /// Whether a person about to be brought in may already be known.
    pub async fn duplicates(
        &self,
        session: &WorkerSession,
        profile: &Profile,
    ) -> Result<Duplicates> {
        let wanted = Searchable::new(profile);
        let listed = self.inner.listed(session).await?;
        let mine: Vec<PersonLine> = listed
            .iter()
            .filter(|(_, p)| wanted.may_be_same(&Searchable::new(p)))
            .map(|(line, _)| line.clone())
            .collect();
        let marks = self.inner.name_marks(profile);
        let mut tx = self.inner.storage.read().await?;
        let marked = tx.import_marks(&marks).await?;
        let elsewhere = marked
            .iter()
            .any(|(_, person)| !listed.iter().any(|(line, _)| line.person == *person));
        Ok(Duplicates { mine, elsewhere })
    }

    /// Brings a person in, in a team of the worker's.
    pub async fn new_person(
        &self,
        session: &WorkerSession,
        team: TeamId,
        new: NewPerson,
    ) -> Result<PersonId> {
        check_profile(&new.profile, self.today())?;
        let inner = &self.inner;
        let person = PersonId::from_bytes(inner.new_id());
        let share = ErasureShare::generate(&mut inner.chance());
        // The share first: a share without a record is harmless, a record without a share is lost.
        inner
            .shares
            .add_shares(&[(person, *share.as_bytes())])
            .await?;
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                inner.refresh_trust_in(&mut *tx).await?;
                let of = (person, &share);
                let beginning = inner.beginning(session, team, of, &new, Vec::new())?;
                tx.begin_records(&[beginning]).await?;
                tx.save().await?;
                Ok(person)
            })
            .await
    }

    /// Changes who the person is said to be; the earlier writing stays in the journal.
    pub async fn change_profile(
        &self,
        session: &WorkerSession,
        person: PersonId,
        profile: Profile,
    ) -> Result<u64> {
        check_profile(&profile, self.today())?;
        let who = Who::Worker(session, person);
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                let keys = inner.keys_to_write(&mut *tx, &who).await?;
                let marks = inner.name_marks(&profile);
                let content = Content::Profile(profile.clone());
                let sequence = inner
                    .append_as(&mut *tx, &who, &keys, Compartment::Identity, content)
                    .await?;
                for mark in marks {
                    tx.add_import_mark(person, &mark).await?;
                }
                tx.save().await?;
                Ok(sequence)
            })
            .await
    }

    /// Says who the person lives with.
    pub async fn set_household(
        &self,
        session: &WorkerSession,
        person: PersonId,
        members: Vec<String>,
        composition: String,
    ) -> Result<u64> {
        let who = Who::Worker(session, person);
        let household = Household {
            id: HouseholdId::from_bytes(self.inner.new_id()),
            members,
            composition,
        };
        self.inner
            .write_one(&who, Compartment::Identity, Content::Household(household))
            .await
    }

    /// Writes a tie with another person, or its end.
    pub async fn set_tie(
        &self,
        session: &WorkerSession,
        person: PersonId,
        tie: Tie,
    ) -> Result<u64> {
        check_text("name", &tie.name)?;
        let who = Who::Worker(session, person);
        self.inner
            .write_one(&who, Compartment::Identity, Content::Tie(tie))
            .await
    }
}
