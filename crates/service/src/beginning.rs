//! A record as it begins, whole: its keys, the team's grant, the keepers' unless declined, the first
//! entries, sealed, chained and signed apart from any transaction. Every way to bring someone in
//! goes through here: a page, a spreadsheet, filling a store fast.

use crate::{
    Inner, Result, ServiceError, Who, WorkerSession,
    journal::{NewEntry, seal_row},
    keyring::{RecordKeys, recipient},
    people::{GrantTo, NewPerson, RawKeys, WrapAt},
};
use domain::{
    Compartment, Compartments,
    entry::{Content, EntryBody, Referent},
    id::{AccompanimentId, GrantId, PersonId, TeamId},
};
use seal::{Basis, ErasureShare, GrantRecipient, Key, KeyFact, PersonTrust, Signed, Statement};
use storage::{GrantRow, PersonRow, PersonStatementRow, RecordBeginning};

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

impl Inner {
    /// All rows of a person's record, as that worker begins it in one of their teams; `more` follows
    /// the profile and the accompaniment. Takes some milliseconds of a processor and waits for
    /// nothing.
    #[expect(
        clippy::too_many_lines,
        reason = "a record begins with all of these at once, in their order"
    )]
    pub(crate) fn beginning(
        &self,
        session: &WorkerSession,
        team: TeamId,
        (person, share): (PersonId, &ErasureShare),
        new: &NewPerson,
        more: Vec<(Compartment, Content)>,
    ) -> Result<RecordBeginning> {
        let mine = session.membership(team).ok_or(ServiceError::NotFound)?;
        if !mine.compartments.contains(Compartment::Identity) {
            return Err(ServiceError::CompartmentClosed(Compartment::Identity));
        }
        let (now, today) = (self.now(), self.today());
        let organisation = session.organisation;
        let mut chance = self.chance();
        let trust = self.trust();
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
            let grant = GrantId::from_bytes(self.new_id());
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
                    wraps.push(self.wrap(&trust, &[], at, to_whom, key, teams)?);
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
        let mut keys = RecordKeys::new(organisation, person, raw, share);
        keys.through.push((team, grant));
        let who = Who::Worker(session, person);
        let author = who.author(&keys);
        let begun = [
            Content::Profile(new.profile.clone()),
            Content::AccompanimentOpened {
                id: AccompanimentId::from_bytes(self.new_id()),
                team: mine.team.clone(),
                referent: new.referent.then(|| Referent {
                    account: session.account,
                    name: session.name.clone(),
                }),
                on: today,
            },
        ];
        let mut contents: Vec<_> = begun.map(|c| (Compartment::Identity, c)).into();
        contents.extend(more);
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
        Ok(RecordBeginning {
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
            marks: self.name_marks(&new.profile),
        })
    }
}
