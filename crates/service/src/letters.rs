//! Letters: the templates an organisation wrote in place of the usual ones, sealed under its key.
//! What a letter says of a person is made for a page and never kept.

use crate::{Result, Service, ServiceError, WorkerSession};
use domain::{
    id::OrganisationId,
    letter::{LetterKind, Template, TemplateError},
};
use seal::{Binding, ContentType, Key};
use storage::LetterRow;

/// A template as an organisation has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterTemplate {
    /// Which letter.
    pub kind: LetterKind,
    /// Its text.
    pub text: String,
    /// Whether the organisation wrote it; else it is the usual one.
    pub own: bool,
}

/// Why a template is not kept.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// It is no template.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The use case failed.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<storage::StorageError> for LetterError {
    fn from(error: storage::StorageError) -> Self {
        Self::Service(error.into())
    }
}

/// What a template is bound to: its organisation and its kind, padded to an identifier's length.
fn binding(organisation: OrganisationId, kind: LetterKind) -> Binding {
    let mut object = [0; 16];
    for (to, from) in object.iter_mut().zip(kind.word().bytes()) {
        *to = from;
    }
    Binding::new(ContentType::Letter)
        .organisation(organisation)
        .object(&object)
}

fn key(session: &WorkerSession) -> Result<&Key> {
    let key = session.secrets.organisation.as_ref();
    key.ok_or(ServiceError::Forbidden)
}

fn open_letter(session: &WorkerSession, row: &LetterRow) -> Result<LetterTemplate> {
    let wrong = || ServiceError::Integrity {
        what: format!("a letter of organisation {}", row.organisation),
    };
    let kind = LetterKind::from_word(&row.kind).ok_or_else(wrong)?;
    let bytes = seal::open(key(session)?, &binding(row.organisation, kind), &row.sealed)
        .map_err(|_| wrong())?;
    let text = String::from_utf8(bytes.to_vec()).map_err(|_| wrong())?;
    Ok(LetterTemplate {
        kind,
        text,
        own: true,
    })
}

impl Service {
    /// The templates of the asker's organisation, in order of their kinds.
    pub async fn letters(&self, session: &WorkerSession) -> Result<Vec<LetterTemplate>> {
        let mut tx = self.inner.storage.read().await?;
        let mut own = Vec::new();
        for row in tx.letters(session.organisation).await? {
            own.push(open_letter(session, &row)?);
        }
        let usual = |kind: LetterKind| LetterTemplate {
            kind,
            text: kind.usual().to_owned(),
            own: false,
        };
        let letter = |kind| {
            let mut own = own.iter();
            let found = own.find(|l: &&LetterTemplate| l.kind == kind).cloned();
            found.unwrap_or_else(|| usual(kind))
        };
        Ok(LetterKind::ALL.into_iter().map(letter).collect())
    }

    /// One of them.
    pub async fn letter(
        &self,
        session: &WorkerSession,
        kind: LetterKind,
    ) -> Result<LetterTemplate> {
        let letters = self.letters(session).await?;
        let mut letters = letters.into_iter();
        letters
            .find(|l| l.kind == kind)
            .ok_or(ServiceError::NotFound)
    }

    /// Writes the organisation's own template; an administrator alone may.
    ///
    /// # Errors
    /// [`LetterError::Template`], with the line, where it is no template: nothing is written then.
    pub async fn write_letter(
        &self,
        session: &WorkerSession,
        kind: LetterKind,
        text: &str,
    ) -> std::result::Result<(), LetterError> {
        if !session.administrator {
            return Err(ServiceError::Forbidden.into());
        }
        Template::parse(text)?;
        let text = text.replace("\r\n", "\n");
        let inner = &self.inner;
        let binding = binding(session.organisation, kind);
        let sealed = seal::seal(
            key(session)?,
            &binding,
            text.as_bytes(),
            &mut inner.chance(),
        )
        .map_err(ServiceError::from)?;
        let row = LetterRow {
            organisation: session.organisation,
            kind: kind.word().to_owned(),
            sealed,
        };
        let written = inner.again(|| async {
            let mut tx = inner.storage.write().await?;
            tx.put_letter(&row).await?;
            Ok(tx.save().await?)
        });
        Ok(written.await?)
    }

    /// Takes the organisation's own template out: the usual one holds again.
    pub async fn usual_letter(&self, session: &WorkerSession, kind: LetterKind) -> Result<()> {
        if !session.administrator {
            return Err(ServiceError::Forbidden);
        }
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                tx.remove_letter(session.organisation, kind.word()).await?;
                Ok(tx.save().await?)
            })
            .await
    }
}
