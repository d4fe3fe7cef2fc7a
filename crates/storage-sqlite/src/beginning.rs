//! Records that begin whole: the same statements as one row at a time, prepared once.

use crate::SqliteTransaction;
use async_trait::async_trait;
use storage::{
    AccessRepository, BeginningRepository, PersonRepository, RecordBeginning, StorageError,
};

#[async_trait]
impl BeginningRepository for SqliteTransaction {
    async fn begin_records(&mut self, records: &[RecordBeginning]) -> Result<(), StorageError> {
        for record in records {
            if !record.holds_together() {
                return Err(StorageError::Conflict("a record that begins"));
            }
            self.add_person(&record.person).await?;
            for row in &record.statements {
                self.insert_person_statement(row).await?;
            }
            for row in &record.grants {
                self.add_grant(row).await?;
            }
            for row in &record.wraps {
                self.put_wrap(row).await?;
            }
            for row in &record.entries {
                self.insert_entry(row).await?;
            }
            for mark in &record.marks {
                self.add_import_mark(record.person.person, mark).await?;
            }
        }
        Ok(())
    }
}
