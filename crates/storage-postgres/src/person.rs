//! People, their cards, the statements about them, marks of imports.

use crate::{
    PostgresTransaction,
    row::{Column, engine, micros},
};
use async_trait::async_trait;
use domain::id::{AccountId, DeviceId, OrganisationId, PersonId, TeamId};
use jiff::Timestamp;
use storage::{CardRow, PersonRepository, PersonRow, PersonStatementRow, StorageError};

/// The columns of a person that the contract knows.
pub(crate) struct RawPerson {
    pub(crate) person_id: Vec<u8>,
    pub(crate) organisation: Vec<u8>,
    pub(crate) active: String,
    pub(crate) entries: i64,
    pub(crate) entry_hash: Vec<u8>,
    pub(crate) readings: i64,
    pub(crate) reading_hash: Vec<u8>,
    pub(crate) statements: i64,
    pub(crate) statement_hash: Vec<u8>,
}

impl TryFrom<RawPerson> for PersonRow {
    type Error = StorageError;
    fn try_from(raw: RawPerson) -> Result<Self, StorageError> {
        let of = |column| Column("persons", column);
        let organisation = of("organisation").bytes(&raw.organisation)?;
        Ok(Self {
            person: PersonId::from_bytes(of("person_id").bytes(&raw.person_id)?),
            organisation: OrganisationId::from_bytes(organisation),
            active: of("active").date(&raw.active)?,
            entries: of("entries").count(raw.entries)?,
            entry_hash: of("entry_hash").bytes(&raw.entry_hash)?,
            readings: of("readings").count(raw.readings)?,
            reading_hash: of("reading_hash").bytes(&raw.reading_hash)?,
            statements: of("statements").count(raw.statements)?,
            statement_hash: of("statement_hash").bytes(&raw.statement_hash)?,
        })
    }
}

struct RawCard {
    person_id: Vec<u8>,
    card: Vec<u8>,
    account: Vec<u8>,
    lookup: Vec<u8>,
    salt: Vec<u8>,
    sealed: Vec<u8>,
    made: i64,
    tries: i64,
    dead: Option<i64>,
    team: Vec<u8>,
}

impl TryFrom<RawCard> for CardRow {
    type Error = StorageError;
    fn try_from(raw: RawCard) -> Result<Self, StorageError> {
        let of = |column| Column("cards", column);
        Ok(Self {
            person: PersonId::from_bytes(of("person_id").bytes(&raw.person_id)?),
            card: DeviceId::from_bytes(of("card").bytes(&raw.card)?),
            account: AccountId::from_bytes(of("account").bytes(&raw.account)?),
            lookup: of("lookup").bytes(&raw.lookup)?,
            salt: of("salt").bytes(&raw.salt)?,
            sealed: raw.sealed,
            made: of("made").instant(raw.made)?,
            tries: of("tries").small(raw.tries)?,
            dead: of("dead").instant_if(raw.dead)?,
            team: TeamId::from_bytes(of("team").bytes(&raw.team)?),
        })
    }
}

/// The first identifier to look after: nothing sorts before no bytes.
pub(crate) fn after_bytes(after: Option<&PersonId>) -> &[u8] {
    after.map_or(&[], |person| person.as_bytes())
}

#[async_trait]
impl PersonRepository for PostgresTransaction {
    async fn add_person(&mut self, row: &PersonRow) -> Result<(), StorageError> {
        let (person, organisation) = (&row.person.as_bytes()[..], &row.organisation.as_bytes()[..]);
        let active = row.active.to_string();
        let entries = Column("persons", "entries").stored(row.entries)?;
        let readings = Column("persons", "readings").stored(row.readings)?;
        let statements = Column("persons", "statements").stored(row.statements)?;
        let (entry_hash, reading_hash) = (&row.entry_hash[..], &row.reading_hash[..]);
        let statement_hash = &row.statement_hash[..];
        sqlx::query!(
            "INSERT INTO persons
                 (person_id, organisation, active, entries, entry_hash, readings, reading_hash,
                  statements, statement_hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            person,
            organisation,
            active,
            entries,
            entry_hash,
            readings,
            reading_hash,
            statements,
            statement_hash
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        self.has_turn(row.person);
        Ok(())
    }

    async fn person(&mut self, person: PersonId) -> Result<Option<PersonRow>, StorageError> {
        let id = &person.as_bytes()[..];
        // Its turn and its row in one question: what most writing begins with.
        let found = if self.needs_turn(person) {
            let found = sqlx::query_as!(
                RawPerson,
                "SELECT person_id, organisation, active, entries, entry_hash, readings,
                     reading_hash, statements, statement_hash
                 FROM persons WHERE person_id = $1 FOR NO KEY UPDATE",
                id
            )
            .fetch_optional(self.ask())
            .await;
            self.has_turn(person);
            found
        } else {
            sqlx::query_as!(
                RawPerson,
                "SELECT person_id, organisation, active, entries, entry_hash, readings,
                     reading_hash, statements, statement_hash
                 FROM persons WHERE person_id = $1",
                id
            )
            .fetch_optional(self.ask())
            .await
        };
        found.map_err(engine)?.map(PersonRow::try_from).transpose()
    }

    async fn people_after(
        &mut self,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<Vec<PersonRow>, StorageError> {
        let after = after_bytes(after.as_ref());
        sqlx::query_as!(
            RawPerson,
            "SELECT person_id, organisation, active, entries, entry_hash, readings, reading_hash,
                 statements, statement_hash
             FROM persons WHERE person_id > $1 ORDER BY person_id LIMIT $2",
            after,
            i64::from(limit)
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(PersonRow::try_from)
        .collect()
    }

    async fn count_people(&mut self) -> Result<u64, StorageError> {
        let count = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM persons"#)
            .fetch_one(self.ask())
            .await
            .map_err(engine)?;
        Column("persons", "count").count(count)
    }

    async fn add_card(&mut self, row: &CardRow) -> Result<(), StorageError> {
        self.turn(row.person).await?;
        let (person, card) = (&row.person.as_bytes()[..], &row.card.as_bytes()[..]);
        let (account, team) = (&row.account.as_bytes()[..], &row.team.as_bytes()[..]);
        let (lookup, salt) = (&row.lookup[..], &row.salt[..]);
        let (made, dead) = (micros(row.made), row.dead.map(micros));
        sqlx::query!(
            "INSERT INTO cards (person_id, card, account, lookup, salt, sealed, made, tries,
                 dead, team)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            person,
            card,
            account,
            lookup,
            salt,
            row.sealed,
            made,
            i64::from(row.tries),
            dead,
            team
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn card(&mut self, lookup: &[u8; 16]) -> Result<Option<CardRow>, StorageError> {
        let lookup = &lookup[..];
        sqlx::query_as!(
            RawCard,
            "SELECT person_id, card, account, lookup, salt, sealed, made, tries, dead, team
             FROM cards WHERE lookup = $1",
            lookup
        )
        .fetch_optional(self.ask())
        .await
        .map_err(engine)?
        .map(CardRow::try_from)
        .transpose()
    }

    async fn cards(&mut self, person: PersonId) -> Result<Vec<CardRow>, StorageError> {
        self.turn(person).await?;
        let person = &person.as_bytes()[..];
        sqlx::query_as!(
            RawCard,
            "SELECT person_id, card, account, lookup, salt, sealed, made, tries, dead, team
             FROM cards WHERE person_id = $1 ORDER BY made, card",
            person
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(CardRow::try_from)
        .collect()
    }

    async fn count_card_try(
        &mut self,
        person: PersonId,
        card: DeviceId,
    ) -> Result<u32, StorageError> {
        let (person, card) = (&person.as_bytes()[..], &card.as_bytes()[..]);
        let tries = sqlx::query_scalar!(
            "UPDATE cards SET tries = tries + 1 WHERE person_id = $1 AND card = $2 RETURNING tries",
            person,
            card
        )
        .fetch_optional(self.ask())
        .await
        .map_err(engine)?
        .ok_or(StorageError::Conflict("card"))?;
        Column("cards", "tries").small(tries)
    }

    async fn clear_card_tries(
        &mut self,
        person: PersonId,
        card: DeviceId,
    ) -> Result<(), StorageError> {
        let (person, card) = (&person.as_bytes()[..], &card.as_bytes()[..]);
        sqlx::query!(
            "UPDATE cards SET tries = 0 WHERE person_id = $1 AND card = $2",
            person,
            card
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn locked_cards(
        &mut self,
        organisation: OrganisationId,
        tries: u32,
    ) -> Result<Vec<CardRow>, StorageError> {
        let organisation = &organisation.as_bytes()[..];
        // Few cards were ever tried wrongly: the partial index holds those alone.
        sqlx::query_as!(
            RawCard,
            "SELECT c.person_id, c.card, c.account, c.lookup, c.salt, c.sealed, c.made, c.tries,
                 c.dead, c.team
             FROM cards c JOIN teams t ON t.id = c.team
             WHERE c.tries > 0 AND c.tries >= $2 AND c.dead IS NULL AND t.organisation = $1
             ORDER BY c.made, c.card",
            organisation,
            i64::from(tries)
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(CardRow::try_from)
        .collect()
    }

    async fn kill_card(
        &mut self,
        person: PersonId,
        card: DeviceId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        self.turn(person).await?;
        let (person, card) = (&person.as_bytes()[..], &card.as_bytes()[..]);
        let at = micros(at);
        // Its keys leave with it; a card dies once, and the first date stays.
        sqlx::query!(
            "UPDATE cards SET dead = coalesce(dead, $3), sealed = ''
             WHERE person_id = $1 AND card = $2",
            person,
            card,
            at
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn reseal_card(
        &mut self,
        person: PersonId,
        card: DeviceId,
        salt: &[u8; 16],
        sealed: &[u8],
    ) -> Result<(), StorageError> {
        self.turn(person).await?;
        let (person, card) = (&person.as_bytes()[..], &card.as_bytes()[..]);
        let salt = &salt[..];
        sqlx::query!(
            "UPDATE cards SET salt = $3, sealed = $4 WHERE person_id = $1 AND card = $2",
            person,
            card,
            salt,
            sealed
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn append_person_statement(
        &mut self,
        row: &PersonStatementRow,
    ) -> Result<(), StorageError> {
        let person = &row.person.as_bytes()[..];
        let number = Column("person_statements", "number").stored(row.number)?;
        let (previous, hash) = (&row.previous[..], &row.hash[..]);
        let moved = sqlx::query!(
            "UPDATE persons SET statements = $2, statement_hash = $3
             WHERE person_id = $1 AND statements = $4 AND statement_hash = $5",
            person,
            number,
            hash,
            number - 1,
            previous
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        if moved.rows_affected() != 1 {
            return Err(StorageError::Conflict("the chain of statements"));
        }
        self.has_turn(row.person);
        sqlx::query!(
            "INSERT INTO person_statements (person_id, number, signed) VALUES ($1, $2, $3)",
            person,
            number,
            row.signed
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn person_statements(&mut self, person: PersonId) -> Result<Vec<Vec<u8>>, StorageError> {
        self.turn(person).await?;
        let person = &person.as_bytes()[..];
        sqlx::query_scalar!(
            "SELECT signed FROM person_statements WHERE person_id = $1 ORDER BY number",
            person
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)
    }

    async fn add_import_mark(
        &mut self,
        person: PersonId,
        mark: &[u8; 16],
    ) -> Result<(), StorageError> {
        self.turn(person).await?;
        let (person, mark) = (&person.as_bytes()[..], &mark[..]);
        sqlx::query!(
            "INSERT INTO person_marks (person_id, mark) VALUES ($1, $2)
             ON CONFLICT (person_id, mark) DO NOTHING",
            person,
            mark
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn import_marks(
        &mut self,
        marks: &[[u8; 16]],
    ) -> Result<Vec<([u8; 16], PersonId)>, StorageError> {
        let marks: Vec<Vec<u8>> = marks.iter().map(|mark| mark.to_vec()).collect();
        let of = |column| Column("person_marks", column);
        sqlx::query!(
            "SELECT mark, person_id FROM person_marks WHERE mark = ANY($1)
             ORDER BY mark, person_id",
            &marks
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(|row| {
            let person = of("person_id").bytes(&row.person_id)?;
            Ok((of("mark").bytes(&row.mark)?, PersonId::from_bytes(person)))
        })
        .collect()
    }
}
