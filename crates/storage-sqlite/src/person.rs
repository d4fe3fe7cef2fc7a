//! People, their cards, the statements about those cards' keys.

use crate::{
    SqliteTransaction,
    row::{Columns, engine, stored},
};
use async_trait::async_trait;
use domain::id::{AccountId, DeviceId, OrganisationId, PersonId, StatementId, TeamId};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use storage::{CardRow, PersonRepository, PersonRow, StorageError};

pub(crate) fn person(row: &SqliteRow) -> Result<PersonRow, StorageError> {
    let c = Columns::of("persons", row);
    Ok(PersonRow {
        person: PersonId::from_bytes(c.array("person_id")?),
        organisation: OrganisationId::from_bytes(c.array("organisation")?),
        active: c.date("active")?,
        entries: c.u64("entries")?,
        entry_hash: c.array("entry_hash")?,
        readings: c.u64("readings")?,
        reading_hash: c.array("reading_hash")?,
    })
}

fn card(row: &SqliteRow) -> Result<CardRow, StorageError> {
    let c = Columns::of("cards", row);
    Ok(CardRow {
        person: PersonId::from_bytes(c.array("person_id")?),
        card: DeviceId::from_bytes(c.array("card")?),
        account: AccountId::from_bytes(c.array("account")?),
        lookup: c.array("lookup")?,
        salt: c.array("salt")?,
        sealed: c.bytes("sealed")?,
        made: c.time("made")?,
        tries: c.u32("tries")?,
        dead: c.optional_time("dead")?,
        team: TeamId::from_bytes(c.array("team")?),
    })
}

#[async_trait]
impl PersonRepository for SqliteTransaction {
    async fn add_person(&mut self, row: &PersonRow) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO persons
             (person_id, organisation, active, entries, entry_hash, readings, reading_hash)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&row.person.as_bytes()[..])
        .bind(&row.organisation.as_bytes()[..])
        .bind(row.active.to_string())
        .bind(stored(row.entries))
        .bind(&row.entry_hash[..])
        .bind(stored(row.readings))
        .bind(&row.reading_hash[..])
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn person(&mut self, id: PersonId) -> Result<Option<PersonRow>, StorageError> {
        let row = sqlx::query("SELECT * FROM persons WHERE person_id = ?")
            .bind(&id.as_bytes()[..])
            .fetch_optional(self.on())
            .await
            .map_err(engine)?;
        row.as_ref().map(person).transpose()
    }

    async fn people_after(
        &mut self,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<Vec<PersonRow>, StorageError> {
        let after = after.map_or_else(Vec::new, |p| p.as_bytes().to_vec());
        let rows =
            sqlx::query("SELECT * FROM persons WHERE person_id > ? ORDER BY person_id LIMIT ?")
                .bind(after)
                .bind(limit)
                .fetch_all(self.on())
                .await
                .map_err(engine)?;
        rows.iter().map(person).collect()
    }

    async fn count_people(&mut self) -> Result<u64, StorageError> {
        let row = sqlx::query("SELECT count(*) AS people FROM persons")
            .fetch_one(self.on())
            .await
            .map_err(engine)?;
        Columns::of("persons", &row).u64("people")
    }

    async fn add_card(&mut self, row: &CardRow) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO cards
             (person_id, card, account, lookup, salt, sealed, made, tries, dead, team)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&row.person.as_bytes()[..])
        .bind(&row.card.as_bytes()[..])
        .bind(&row.account.as_bytes()[..])
        .bind(&row.lookup[..])
        .bind(&row.salt[..])
        .bind(&row.sealed)
        .bind(row.made.as_microsecond())
        .bind(row.tries)
        .bind(row.dead.map(Timestamp::as_microsecond))
        .bind(&row.team.as_bytes()[..])
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn card(&mut self, lookup: &[u8; 16]) -> Result<Option<CardRow>, StorageError> {
        let row = sqlx::query("SELECT * FROM cards WHERE lookup = ?")
            .bind(&lookup[..])
            .fetch_optional(self.on())
            .await
            .map_err(engine)?;
        row.as_ref().map(card).transpose()
    }

    async fn cards(&mut self, person: PersonId) -> Result<Vec<CardRow>, StorageError> {
        let rows = sqlx::query("SELECT * FROM cards WHERE person_id = ? ORDER BY made")
            .bind(&person.as_bytes()[..])
            .fetch_all(self.on())
            .await
            .map_err(engine)?;
        rows.iter().map(card).collect()
    }

    async fn count_card_try(
        &mut self,
        person: PersonId,
        card: DeviceId,
    ) -> Result<u32, StorageError> {
        let row = sqlx::query(
            "UPDATE cards SET tries = tries + 1 WHERE person_id = ? AND card = ? RETURNING tries",
        )
        .bind(&person.as_bytes()[..])
        .bind(&card.as_bytes()[..])
        .fetch_one(self.on())
        .await
        .map_err(engine)?;
        Columns::of("cards", &row).u32("tries")
    }

    async fn clear_card_tries(
        &mut self,
        person: PersonId,
        card: DeviceId,
    ) -> Result<(), StorageError> {
        sqlx::query("UPDATE cards SET tries = 0 WHERE person_id = ? AND card = ?")
            .bind(&person.as_bytes()[..])
            .bind(&card.as_bytes()[..])
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(())
    }

    async fn locked_cards(
        &mut self,
        organisation: OrganisationId,
        tries: u32,
    ) -> Result<Vec<CardRow>, StorageError> {
        let rows = sqlx::query(
            "SELECT c.* FROM cards c JOIN teams t ON t.id = c.team
             WHERE c.tries >= ?1 AND c.tries > 0 AND c.dead IS NULL AND t.organisation = ?2
             ORDER BY c.made",
        )
        .bind(tries)
        .bind(&organisation.as_bytes()[..])
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        rows.iter().map(card).collect()
    }

    async fn kill_card(
        &mut self,
        person: PersonId,
        card: DeviceId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        sqlx::query("UPDATE cards SET dead = ?, sealed = x'' WHERE person_id = ? AND card = ?")
            .bind(at.as_microsecond())
            .bind(&person.as_bytes()[..])
            .bind(&card.as_bytes()[..])
            .execute(self.on())
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
        sqlx::query("UPDATE cards SET salt = ?, sealed = ? WHERE person_id = ? AND card = ?")
            .bind(&salt[..])
            .bind(sealed)
            .bind(&person.as_bytes()[..])
            .bind(&card.as_bytes()[..])
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(())
    }

    async fn add_person_statement(
        &mut self,
        person: PersonId,
        id: StatementId,
        signed: &[u8],
    ) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO person_statements (person_id, number, id, signed)
             VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM person_statements
                          WHERE person_id = ?1), ?2, ?3)",
        )
        .bind(&person.as_bytes()[..])
        .bind(&id.as_bytes()[..])
        .bind(signed)
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn person_statements(&mut self, person: PersonId) -> Result<Vec<Vec<u8>>, StorageError> {
        let rows =
            sqlx::query("SELECT signed FROM person_statements WHERE person_id = ? ORDER BY number")
                .bind(&person.as_bytes()[..])
                .fetch_all(self.on())
                .await
                .map_err(engine)?;
        rows.iter()
            .map(|row| Columns::of("person_statements", row).bytes("signed"))
            .collect()
    }

    async fn add_import_mark(
        &mut self,
        person: PersonId,
        mark: &[u8; 16],
    ) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO person_marks (person_id, mark) VALUES (?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(&person.as_bytes()[..])
        .bind(&mark[..])
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn import_marks(
        &mut self,
        marks: &[[u8; 16]],
    ) -> Result<Vec<([u8; 16], PersonId)>, StorageError> {
        let mut found = Vec::new();
        for mark in marks {
            let rows = sqlx::query("SELECT person_id FROM person_marks WHERE mark = ?")
                .bind(&mark[..])
                .fetch_all(self.on())
                .await
                .map_err(engine)?;
            for row in &rows {
                let id = Columns::of("person_marks", row).array("person_id")?;
                found.push((*mark, PersonId::from_bytes(id)));
            }
        }
        Ok(found)
    }
}
