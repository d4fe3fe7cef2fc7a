//! Templates of letters that an organisation wrote in place of the usual ones, sealed to it.

use crate::StorageError;
use async_trait::async_trait;
use domain::id::OrganisationId;

/// A template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterRow {
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The word of its kind.
    pub kind: String,
    /// Its text, sealed under the organisation's key.
    pub sealed: Vec<u8>,
}

/// Templates of letters.
#[async_trait]
pub trait LetterRepository {
    /// Writes a template, in place of that organisation's of that kind if there is one.
    async fn put_letter(&mut self, row: &LetterRow) -> Result<(), StorageError>;
    /// The templates of an organisation, in order of their kinds.
    async fn letters(
        &mut self,
        organisation: OrganisationId,
    ) -> Result<Vec<LetterRow>, StorageError>;
    /// Takes a template out: the usual one holds again.
    async fn remove_letter(
        &mut self,
        organisation: OrganisationId,
        kind: &str,
    ) -> Result<(), StorageError>;
}
