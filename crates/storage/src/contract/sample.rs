//! Rows to tell stories with: random-looking values from a seed, the same at every run.

use crate::{
    AccountRow, AccountState, CardRow, DeviceRow, EnrolmentRow, EntryRow, FileFactRow, FileRow,
    GrantRow, MembershipRow, OrganisationRow, PersonRow, PersonStatementRow, ReadingRow, Recipient,
    SessionRow, Storage, StorageError, TeamRow, WrapMethod, WrapRow,
};
use domain::{
    Compartment, Compartments,
    id::{
        AccountId, DeviceId, FileId, GrantId, KeyId, OrganisationId, PersonId, ReadingId,
        SessionId, StatementId, TeamId,
    },
};
use jiff::{SignedDuration, Timestamp, civil::Date};

/// A source of rows.
#[derive(Debug, Clone)]
pub struct Sample(u64);

impl Sample {
    /// A source whose values are those of that story alone.
    #[must_use]
    pub fn new(story: &str) -> Self {
        // FNV-1a: stories differ by name, and that is all that is asked of it.
        Self(story.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }))
    }

    /// A source whose values are those of that story and that run: for a database that is kept from
    /// one run to the next.
    #[must_use]
    pub fn of_run(story: &str, run: &str) -> Self {
        Self::new(&format!("{story} {run}"))
    }

    /// Identifiers that follow each other with nobody's between, after the first: whoever walks in
    /// order from there meets these alone, however many others a database holds.
    pub(super) fn neighbours<const N: usize>(&mut self) -> ([u8; 16], [[u8; 16]; N]) {
        let mut before: [u8; 16] = self.bytes();
        before[15] = 0;
        let mut after = [before; N];
        for (number, id) in (1_u8..).zip(&mut after) {
            id[15] = number;
        }
        (before, after)
    }

    /// The next bytes (splitmix64).
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
        bytes
    }

    pub(super) fn sealed(&mut self) -> Vec<u8> {
        self.bytes::<96>().to_vec()
    }

    pub(super) fn statement(&mut self) -> (StatementId, Vec<u8>) {
        (StatementId::from_bytes(self.bytes()), self.sealed())
    }

    /// An organisation already added.
    pub async fn organisation(&mut self, storage: &dyn Storage) -> Result<Told, StorageError> {
        let row = OrganisationRow {
            id: OrganisationId::from_bytes(self.bytes()),
            name: self.sealed(),
        };
        let mut tx = storage.write().await?;
        tx.add_organisation(&row).await?;
        tx.save().await?;
        Ok(Told { organisation: row })
    }

    pub(super) fn reading_id(&mut self) -> ReadingId {
        ReadingId::from_bytes(self.bytes())
    }

    pub(super) fn enrolment(&mut self, account: AccountId, uses_left: u32) -> EnrolmentRow {
        EnrolmentRow {
            lookup: self.bytes(),
            account,
            salt: self.bytes(),
            sealed: self.sealed(),
            until: at(60),
            uses_left,
            tries: 0,
        }
    }

    pub(super) fn device(&mut self, account: AccountId) -> DeviceRow {
        DeviceRow {
            id: DeviceId::from_bytes(self.bytes()),
            account,
            lookup: self.bytes(),
            salt: self.bytes(),
            sealed: self.sealed(),
            enrolled: at(1),
            tries: 0,
        }
    }

    pub(super) fn session(&mut self, account: AccountId, device: DeviceId) -> SessionRow {
        SessionRow {
            id: SessionId::from_bytes(self.bytes()),
            account,
            person: None,
            device,
            sealed: self.sealed(),
            opened: at(0),
            seen: at(0),
            ends: at(600),
        }
    }

    pub(super) fn card(&mut self, person: PersonId, team: TeamId) -> CardRow {
        CardRow {
            person,
            card: DeviceId::from_bytes(self.bytes()),
            account: AccountId::from_bytes(self.bytes()),
            lookup: self.bytes(),
            salt: self.bytes(),
            sealed: self.sealed(),
            made: at(2),
            tries: 0,
            dead: None,
            team,
        }
    }

    /// The entry that comes after what `person` says is the last.
    pub(super) fn entry(&mut self, person: &PersonRow, compartment: Compartment) -> EntryRow {
        EntryRow {
            person: person.person,
            sequence: person.entries + 1,
            compartment,
            epoch: 1,
            profile: false,
            author: AccountId::from_bytes(self.bytes()),
            key: KeyId::from_bytes(self.bytes()),
            previous: person.entry_hash,
            hash: self.bytes(),
            sealed: self.sealed(),
            signature: self.bytes(),
            file: None,
        }
    }

    pub(super) fn file_fact(&mut self) -> FileFactRow {
        FileFactRow {
            file: FileId::from_bytes(self.bytes()),
            sealed_hash: self.bytes(),
            sealed_length: 1 << 40,
        }
    }

    /// The reading that comes after what `person` says is the last.
    pub(super) fn reading(&mut self, person: &PersonRow, compartment: Compartment) -> ReadingRow {
        ReadingRow {
            person: person.person,
            sequence: person.readings + 1,
            reading: self.reading_id(),
            compartment,
            epoch: 1,
            reader: AccountId::from_bytes(self.bytes()),
            key: KeyId::from_bytes(self.bytes()),
            previous: person.reading_hash,
            hash: self.bytes(),
            sealed: self.sealed(),
            signature: self.bytes(),
        }
    }

    /// The statement that comes after what `person` says is the last.
    pub(super) fn person_statement(&mut self, person: &PersonRow) -> PersonStatementRow {
        PersonStatementRow {
            person: person.person,
            number: person.statements + 1,
            previous: person.statement_hash,
            hash: self.bytes(),
            signed: self.sealed(),
        }
    }

    pub(super) fn file(&mut self, person: PersonId, begun: Timestamp) -> FileRow {
        FileRow {
            person,
            file: FileId::from_bytes(self.bytes()),
            begun,
            kept: false,
        }
    }

    pub(super) fn grant(
        &mut self,
        person: PersonId,
        recipient: Recipient,
        compartments: Compartments,
    ) -> GrantRow {
        GrantRow {
            person,
            grant: GrantId::from_bytes(self.bytes()),
            recipient,
            compartments,
            until: None,
            ended: None,
        }
    }

    /// A wrap that rests on that grant.
    pub(super) fn wrap(
        &mut self,
        grant: &GrantRow,
        compartment: Compartment,
        epoch: u32,
    ) -> WrapRow {
        WrapRow {
            person: grant.person,
            compartment,
            epoch,
            recipient: grant.recipient,
            grant: grant.grant,
            method: WrapMethod::Public,
            wrapped: self.sealed(),
        }
    }
}

/// An organisation that a story made, to add more to it.
#[derive(Debug)]
pub struct Told {
    pub(super) organisation: OrganisationRow,
}

impl Told {
    pub(super) fn team_row(&self, sample: &mut Sample) -> TeamRow {
        TeamRow {
            id: TeamId::from_bytes(sample.bytes()),
            organisation: self.organisation.id,
            name: sample.sealed(),
        }
    }

    pub(super) fn account_row(&self, sample: &mut Sample) -> AccountRow {
        AccountRow {
            id: AccountId::from_bytes(sample.bytes()),
            organisation: self.organisation.id,
            lookup: sample.bytes(),
            profile: sample.sealed(),
            administrator: false,
            state: AccountState::Active,
            public: sample.sealed(),
            organisation_key: sample.sealed(),
        }
    }

    pub(super) fn person_row(&self, sample: &mut Sample) -> PersonRow {
        PersonRow {
            person: PersonId::from_bytes(sample.bytes()),
            organisation: self.organisation.id,
            active: january(),
            entries: 0,
            entry_hash: sample.bytes(),
            readings: 0,
            reading_hash: sample.bytes(),
            statements: 0,
            statement_hash: sample.bytes(),
        }
    }

    pub(super) async fn team(
        &self,
        storage: &dyn Storage,
        sample: &mut Sample,
    ) -> Result<TeamId, StorageError> {
        let row = self.team_row(sample);
        let mut tx = storage.write().await?;
        tx.add_team(&row).await?;
        tx.save().await?;
        Ok(row.id)
    }

    pub(super) async fn account(
        &self,
        storage: &dyn Storage,
        sample: &mut Sample,
    ) -> Result<AccountId, StorageError> {
        let row = self.account_row(sample);
        let mut tx = storage.write().await?;
        tx.add_account(&row).await?;
        tx.save().await?;
        Ok(row.id)
    }

    /// An account that is a member of the team, welcomed to those compartments.
    pub(super) async fn member(
        &self,
        storage: &dyn Storage,
        sample: &mut Sample,
        team: TeamId,
        compartments: Compartments,
    ) -> Result<MembershipRow, StorageError> {
        let account = self.account(storage, sample).await?;
        let row = MembershipRow {
            team,
            account,
            lead: false,
            compartments,
            ended: None,
        };
        let mut tx = storage.write().await?;
        tx.put_membership(&row).await?;
        tx.save().await?;
        Ok(row)
    }

    pub(super) async fn person(
        &self,
        storage: &dyn Storage,
        sample: &mut Sample,
    ) -> Result<PersonRow, StorageError> {
        let row = self.person_row(sample);
        let mut tx = storage.write().await?;
        tx.add_person(&row).await?;
        tx.save().await?;
        Ok(row)
    }
}

/// So many minutes into the story.
pub(super) fn at(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(29_460_000 + minutes)
}

pub(super) fn january() -> Date {
    Date::constant(2026, 1, 1)
}

pub(super) fn february() -> Date {
    Date::constant(2026, 2, 1)
}

/// Moves a person's row as appending that entry moves it.
pub(super) fn advance(person: &mut PersonRow, entry: &EntryRow) {
    person.entries = entry.sequence;
    person.entry_hash = entry.hash;
}

/// Moves a person's row as appending that reading moves it.
pub(super) fn advance_readings(person: &mut PersonRow, reading: &ReadingRow) {
    person.readings = reading.sequence;
    person.reading_hash = reading.hash;
}

/// Holds that the engine said someone else was first.
#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "it ends the borrow of the transaction that was refused"
)]
pub(super) fn refused<T: std::fmt::Debug>(result: Result<T, StorageError>) {
    assert!(
        matches!(result, Err(StorageError::Conflict(_))),
        "a conflict was expected: {result:?}"
    );
}

pub(super) fn set(compartments: &[Compartment]) -> Compartments {
    compartments.iter().copied().collect()
}
