//! Filling a store fast: whole records sealed, chained and signed apart from any transaction, as many
//! at once as there are processors, then added many in one. The same rules, statements, keys and
//! entries as a record that a page begins. Not reachable from any page.

use crate::{
    Result, Service, ServiceError, Who, WorkerSession,
    journal::{NewEntry, seal_row},
    keyring::{RecordKeys, recipient},
    people::{GrantTo, NewPerson, RawKeys, WrapAt, check_profile},
    record::check_text,
};
use domain::{
    Compartment, Compartments,
    entry::{Content, EntryBody, Referent},
    id::{AccompanimentId, GrantId, PersonId, TeamId},
};
use seal::{Basis, ErasureShare, GrantRecipient, Key, KeyFact, PersonTrust, Signed, Statement};
use storage::{GrantRow, PersonRow, PersonStatementRow, RecordBeginning};

/// A record to begin whole.
#[derive(Debug, Clone)]
pub struct NewRecord {
    /// Whose it is: one of [`Service::new_people`].
    pub person: PersonId,
    /// The team whose mission it is, one of the sealing worker's.
    pub team: TeamId,
    /// Who they are, as a new person is brought in.
    pub new: NewPerson,
    /// What is written after that, in order: writings and steps.
    pub written: Vec<(Compartment, Content)>,
}

/// A record sealed and not yet kept.
pub struct SealedRecord {
    beginning: RecordBeginning,
    share: ErasureShare,
}

impl std::fmt::Debug for SealedRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedRecord")
            .field("person", &self.beginning.person.person)
            .finish_non_exhaustive()
    }
}

/// The chain of statements about one person, as it grows.
struct Stated {
    about: PersonTrust,
    rows: Vec<PersonStatementRow>,
}

impl Stated {
    /// States it, if it would be believed: what this server would refuse must never be written.
    fn state(&mut self, trust: &seal::Trust, person: PersonId, signed: &Signed) -> Result<()> {
        let previous = self.about.head();
        self.about.admit(trust, signed)?;
        self.rows.push(PersonStatementRow {
            person,
            number: self.about.count(),
            previous,
            hash: self.about.head(),
            signed: signed.to_bytes(),
        });
        Ok(())
    }
}

/// What a record's entry may say here: the other kinds have rules that look at the whole record.
fn check_written(content: &Content, today: jiff::civil::Date) -> Result<()> {
    match content {
        Content::Writing(writing) if writing.about.is_none() => check_text("text", &writing.text),
        Content::Step(step) => {
            check_text("text", &step.text)?;
            // Nobody gave a mandate in a record that begins.
            Ok(step.check(today, |_, _, _| false)?)
        }
        _ => Err(ServiceError::Forbidden),
    }
}

impl Service {
    /// Identifiers of that many new people, in order: rows that follow each other are written fast,
    /// and people who came together lie as far apart as any.
    #[must_use]
    pub fn new_people(&self, count: usize) -> Vec<PersonId> {
        use rand_core::Rng;
        let mut chance = self.inner.chance();
        let mut people: Vec<PersonId> = (0..count)
            .map(|_| {
                let mut id = [0; 16];
                chance.fill_bytes(&mut id);
                PersonId::from_bytes(id)
            })
            .collect();
        people.sort_unstable();
        people
    }

    /// Seals a whole record as that worker. Takes some milliseconds of a processor and waits for
    /// nothing: call it where blocking is allowed.
    #[expect(
        clippy::too_many_lines,
        reason = "a record begins with all of these at once, in their order"
    )]
    pub fn seal_record(&self, session: &WorkerSession, record: &NewRecord) -> Result<SealedRecord> {
        let inner = &self.inner;
        let (person, team, new) = (record.person, record.team, &record.new);
        let (now, today) = (self.now(), self.today());
        check_profile(&new.profile, today)?;
        let mine = session.membership(team).ok_or(ServiceError::NotFound)?;
        if !mine.compartments.contains(Compartment::Identity) {
            return Err(ServiceError::CompartmentClosed(Compartment::Identity));
        }
        let organisation = session.organisation;
        let mut chance = inner.chance();
        let trust = inner.trust();
        let share = ErasureShare::generate(&mut chance);
        let raw: RawKeys = Compartment::SHARED
            .into_iter()
            .map(|c| ((c, 1), Key::generate(&mut chance)))
            .collect();
        let mut stated = Stated {
            about: PersonTrust::new(person),
            rows: Vec::new(),
        };
        let (mut grants, mut wraps) = (Vec::new(), Vec::new());
        let mut give = |to: GrantTo<'_>, stated: &mut Stated| -> Result<GrantId> {
            let grant = GrantId::from_bytes(inner.new_id());
            let statement = Statement::Grant {
                grant,
                person,
                recipient: to.recipient,
                compartments: to.compartments,
                basis: to.basis,
                purpose: to.purpose,
                until: to.until,
                issued_at: now,
            };
            stated.state(&trust, person, &Signed::sign(statement, to.signer))?;
            let to_whom = recipient(to.recipient);
            grants.push(GrantRow {
                person,
                grant,
                recipient: to_whom,
                compartments: to.compartments,
                until: to.until,
                ended: None,
            });
            for ((compartment, epoch), key) in &raw {
                if to.compartments.contains(*compartment) {
                    let at = WrapAt {
                        organisation,
                        person,
                        compartment: *compartment,
                        epoch: *epoch,
                        grant,
                    };
                    let teams = Some(&session.secrets.teams);
                    wraps.push(inner.wrap(&trust, &[], at, to_whom, key, teams)?);
                }
            }
            Ok(grant)
        };
        let mission = GrantTo {
            recipient: GrantRecipient::Team(team),
            compartments: Compartment::SHARED
                .into_iter()
                .filter(|c| trust.team_key(team, *c).is_some())
                .collect::<Compartments>(),
            basis: Basis::Mission,
            purpose: Vec::new(),
            until: None,
            signer: &session.signing,
        };
        let grant = give(mission, &mut stated)?;
        let keys = raw.iter().map(|((compartment, epoch), key)| KeyFact {
            compartment: *compartment,
            epoch: *epoch,
            commitment: key.commitment(person, *compartment, *epoch),
        });
        let statement = Statement::CompartmentKeys {
            person,
            keys: keys.collect(),
            issued_at: now,
        };
        stated.state(&trust, person, &Signed::sign(statement, &session.signing))?;
        if new.recovery {
            let keepers = GrantTo {
                recipient: GrantRecipient::Keepers,
                compartments: Compartment::SHARED.into_iter().collect(),
                basis: Basis::Recovery,
                purpose: Vec::new(),
                until: None,
                signer: &session.signing,
            };
            give(keepers, &mut stated)?;
        }
        let mut keys = RecordKeys::new(organisation, person, raw, &share);
        keys.through.push((team, grant));
        let who = Who::Worker(session, person);
        let author = who.author(&keys);
        let begun = [
            Content::Profile(new.profile.clone()),
            Content::AccompanimentOpened {
                id: AccompanimentId::from_bytes(inner.new_id()),
                team: mine.team.clone(),
                referent: new.referent.then(|| Referent {
                    account: session.account,
                    name: session.name.clone(),
                }),
                on: today,
            },
        ];
        let mut contents: Vec<_> = begun.map(|c| (Compartment::Identity, c)).into();
        for (compartment, content) in &record.written {
            check_written(content, today)?;
            contents.push((*compartment, content.clone()));
        }
        let genesis = seal::genesis(person);
        let mut head = (0, genesis);
        let mut entries = Vec::with_capacity(contents.len());
        for (compartment, content) in contents {
            let key = keys
                .latest(compartment)
                .ok_or(ServiceError::CompartmentClosed(compartment))?;
            let body = EntryBody {
                at: now,
                author: author.clone(),
                content,
            };
            let entry = NewEntry::new(compartment, body);
            let row = seal_row(&keys, key, &who.signer(), &entry, head, &mut chance)?;
            head = (row.sequence, row.hash);
            entries.push(row);
        }
        let beginning = RecordBeginning {
            person: PersonRow {
                person,
                organisation,
                active: today.first_of_month(),
                entries: head.0,
                entry_hash: head.1,
                readings: 0,
                reading_hash: genesis,
                statements: stated.about.count(),
                statement_hash: stated.about.head(),
            },
            statements: stated.rows,
            grants,
            wraps,
            entries,
            marks: inner.name_marks(&new.profile),
        };
        Ok(SealedRecord { beginning, share })
    }

    /// Keeps sealed records, all or none; gives how many entries they hold.
    pub async fn keep_records(&self, records: Vec<SealedRecord>) -> Result<u64> {
        let inner = &self.inner;
        // Shares first: a share without a record is harmless, a record without a share is lost.
        let shares: Vec<_> = records
            .iter()
            .map(|r| (r.beginning.person.person, *r.share.as_bytes()))
            .collect();
        inner.shares.add_shares(&shares).await?;
        let rows: Vec<RecordBeginning> = records.into_iter().map(|r| r.beginning).collect();
        let mut tx = inner.storage.write().await?;
        tx.begin_records(&rows).await?;
        tx.save().await?;
        Ok(rows.iter().map(|r| r.person.entries).sum())
    }

    /// How many people there are.
    pub async fn count_people(&self) -> Result<u64> {
        Ok(self.inner.storage.read().await?.count_people().await?)
    }

    /// Some of the people there are, whoever they are, as far apart as chance puts them.
    pub async fn some_people(&self, count: usize) -> Result<Vec<PersonId>> {
        let mut people = Vec::with_capacity(count);
        for start in self.new_people(count) {
            let mut tx = self.inner.storage.read().await?;
            let next = tx.people_after(Some(start), 1).await?;
            people.extend(next.first().map(|row| row.person));
        }
        people.dedup();
        Ok(people)
    }
}
