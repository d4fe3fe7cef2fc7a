//! Records that begin whole: one statement a table, however many records there are.

use crate::{
    PostgresTransaction,
    access::{method_columns, recipient_columns},
    row::{Column, engine, micros},
};
use async_trait::async_trait;
use storage::{
    BeginningRepository, EntryRow, GrantRow, PersonRow, PersonStatementRow, RecordBeginning,
    StorageError, WrapRow,
};

/// One column of many rows, of values that are bytes.
fn bytes<'a, T>(rows: &[&'a T], value: impl Fn(&'a T) -> &'a [u8]) -> Vec<Vec<u8>> {
    rows.iter().map(|row| value(row).to_vec()).collect()
}

/// One column of many rows, of values that are counted.
fn counts<T>(rows: &[&T], of: Column, value: impl Fn(&T) -> u64) -> Result<Vec<i64>, StorageError> {
    rows.iter().map(|row| of.stored(value(row))).collect()
}

impl PostgresTransaction {
    async fn insert_people(&mut self, rows: &[&PersonRow]) -> Result<(), StorageError> {
        let of = |column| Column("persons", column);
        let active: Vec<String> = rows.iter().map(|r| r.active.to_string()).collect();
        sqlx::query!(
            "INSERT INTO persons (person_id, organisation, active, entries, entry_hash, readings,
                 reading_hash, statements, statement_hash)
             SELECT r.person_id, r.organisation, r.active, r.entries, r.entry_hash, r.readings,
                 r.reading_hash, r.statements, r.statement_hash
             FROM unnest($1::bytea[], $2::bytea[], $3::text[], $4::bigint[], $5::bytea[],
                     $6::bigint[], $7::bytea[], $8::bigint[], $9::bytea[])
                 AS r (person_id, organisation, active, entries, entry_hash, readings,
                     reading_hash, statements, statement_hash)",
            &bytes(rows, |r| r.person.as_bytes()),
            &bytes(rows, |r| r.organisation.as_bytes()),
            &active,
            &counts(rows, of("entries"), |r| r.entries)?,
            &bytes(rows, |r| &r.entry_hash),
            &counts(rows, of("readings"), |r| r.readings)?,
            &bytes(rows, |r| &r.reading_hash),
            &counts(rows, of("statements"), |r| r.statements)?,
            &bytes(rows, |r| &r.statement_hash)
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        for row in rows {
            self.has_turn(row.person);
        }
        Ok(())
    }

    async fn insert_person_statements(
        &mut self,
        rows: &[&PersonStatementRow],
    ) -> Result<(), StorageError> {
        sqlx::query!(
            "INSERT INTO person_statements (person_id, number, signed)
             SELECT r.person_id, r.number, r.signed
             FROM unnest($1::bytea[], $2::bigint[], $3::bytea[]) AS r (person_id, number, signed)",
            &bytes(rows, |r| r.person.as_bytes()),
            &counts(rows, Column("person_statements", "number"), |r| r.number)?,
            &bytes(rows, |r| &r.signed)
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn insert_grants(&mut self, rows: &[&GrantRow]) -> Result<(), StorageError> {
        let kinds: Vec<i16> = rows
            .iter()
            .map(|r| recipient_columns(&r.recipient).0)
            .collect();
        let compartments: Vec<i16> = rows.iter().map(|r| r.compartments.bits().into()).collect();
        let until: Vec<Option<i64>> = rows.iter().map(|r| r.until.map(micros)).collect();
        let ended: Vec<Option<i64>> = rows.iter().map(|r| r.ended.map(micros)).collect();
        sqlx::query!(
            "INSERT INTO grants (person_id, grant_id, recipient_kind, recipient, compartments,
                 until, ended)
             SELECT r.person_id, r.grant_id, r.recipient_kind, r.recipient, r.compartments, r.until,
                 r.ended
             FROM unnest($1::bytea[], $2::bytea[], $3::smallint[], $4::bytea[], $5::smallint[],
                     $6::bigint[], $7::bigint[])
                 AS r (person_id, grant_id, recipient_kind, recipient, compartments, until, ended)",
            &bytes(rows, |r| r.person.as_bytes()),
            &bytes(rows, |r| r.grant.as_bytes()),
            &kinds,
            &bytes(rows, |r| recipient_columns(&r.recipient).1),
            &compartments,
            &until as &[Option<i64>],
            &ended as &[Option<i64>]
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn insert_wraps(&mut self, rows: &[&WrapRow]) -> Result<(), StorageError> {
        let compartments: Vec<i16> = rows.iter().map(|r| r.compartment.code().into()).collect();
        let epochs: Vec<i64> = rows.iter().map(|r| r.epoch.into()).collect();
        let kinds: Vec<i16> = rows
            .iter()
            .map(|r| recipient_columns(&r.recipient).0)
            .collect();
        let methods: Vec<i16> = rows.iter().map(|r| method_columns(r.method).0).collect();
        let team_epochs: Vec<i64> = rows.iter().map(|r| method_columns(r.method).1).collect();
        sqlx::query!(
            "INSERT INTO wraps (person_id, compartment, epoch, grant_id, recipient_kind, recipient,
                 method, team_epoch, wrapped)
             SELECT r.person_id, r.compartment, r.epoch, r.grant_id, r.recipient_kind, r.recipient,
                 r.method, r.team_epoch, r.wrapped
             FROM unnest($1::bytea[], $2::smallint[], $3::bigint[], $4::bytea[], $5::smallint[],
                     $6::bytea[], $7::smallint[], $8::bigint[], $9::bytea[])
                 AS r (person_id, compartment, epoch, grant_id, recipient_kind, recipient, method,
                     team_epoch, wrapped)",
            &bytes(rows, |r| r.person.as_bytes()),
            &compartments,
            &epochs,
            &bytes(rows, |r| r.grant.as_bytes()),
            &kinds,
            &bytes(rows, |r| recipient_columns(&r.recipient).1),
            &methods,
            &team_epochs,
            &bytes(rows, |r| &r.wrapped)
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    /// The rows of entries alone; whoever calls moves the heads of their records.
    pub(crate) async fn insert_entries(&mut self, rows: &[&EntryRow]) -> Result<(), StorageError> {
        let of = |column| Column("entries", column);
        let compartments: Vec<i16> = rows.iter().map(|r| r.compartment.code().into()).collect();
        let epochs: Vec<i64> = rows.iter().map(|r| r.epoch.into()).collect();
        let profiles: Vec<bool> = rows.iter().map(|r| r.profile).collect();
        let files: Vec<Option<Vec<u8>>> = rows
            .iter()
            .map(|r| r.file.map(|f| f.file.as_bytes().to_vec()))
            .collect();
        let file_hashes: Vec<Option<Vec<u8>>> = rows
            .iter()
            .map(|r| r.file.map(|f| f.sealed_hash.to_vec()))
            .collect();
        let file_lengths: Vec<Option<i64>> = rows
            .iter()
            .map(|r| {
                let length = r.file.map(|f| of("file_length").stored(f.sealed_length));
                length.transpose()
            })
            .collect::<Result<_, _>>()?;
        sqlx::query!(
            "INSERT INTO entries (person_id, sequence, compartment, epoch, profile, author, key,
                 previous, hash, sealed, signature, file, file_hash, file_length)
             SELECT r.person_id, r.sequence, r.compartment, r.epoch, r.profile, r.author, r.key,
                 r.previous, r.hash, r.sealed, r.signature, r.file, r.file_hash, r.file_length
             FROM unnest($1::bytea[], $2::bigint[], $3::smallint[], $4::bigint[], $5::boolean[],
                     $6::bytea[], $7::bytea[], $8::bytea[], $9::bytea[], $10::bytea[], $11::bytea[],
                     $12::bytea[], $13::bytea[], $14::bigint[])
                 AS r (person_id, sequence, compartment, epoch, profile, author, key, previous,
                     hash, sealed, signature, file, file_hash, file_length)",
            &bytes(rows, |r| r.person.as_bytes()),
            &counts(rows, of("sequence"), |r| r.sequence)?,
            &compartments,
            &epochs,
            &profiles,
            &bytes(rows, |r| r.author.as_bytes()),
            &bytes(rows, |r| r.key.as_bytes()),
            &bytes(rows, |r| &r.previous),
            &bytes(rows, |r| &r.hash),
            &bytes(rows, |r| &r.sealed),
            &bytes(rows, |r| &r.signature),
            &files as &[Option<Vec<u8>>],
            &file_hashes as &[Option<Vec<u8>>],
            &file_lengths as &[Option<i64>]
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }
}

#[async_trait]
impl BeginningRepository for PostgresTransaction {
    async fn begin_records(&mut self, records: &[RecordBeginning]) -> Result<(), StorageError> {
        if !records.iter().all(RecordBeginning::holds_together) {
            return Err(StorageError::Conflict("a record that begins"));
        }
        let people: Vec<&PersonRow> = records.iter().map(|r| &r.person).collect();
        self.insert_people(&people).await?;
        let statements: Vec<_> = records.iter().flat_map(|r| &r.statements).collect();
        self.insert_person_statements(&statements).await?;
        let grants: Vec<_> = records.iter().flat_map(|r| &r.grants).collect();
        self.insert_grants(&grants).await?;
        let wraps: Vec<_> = records.iter().flat_map(|r| &r.wraps).collect();
        self.insert_wraps(&wraps).await?;
        let entries: Vec<_> = records.iter().flat_map(|r| &r.entries).collect();
        self.insert_entries(&entries).await?;
        let (mut marked, mut marks) = (Vec::new(), Vec::new());
        for record in records {
            for mark in &record.marks {
                marked.push(record.person.person.as_bytes().to_vec());
                marks.push(mark.to_vec());
            }
        }
        sqlx::query!(
            "INSERT INTO person_marks (person_id, mark)
             SELECT r.person_id, r.mark FROM unnest($1::bytea[], $2::bytea[]) AS r (person_id, mark)
             ON CONFLICT (person_id, mark) DO NOTHING",
            &marked,
            &marks
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }
}
