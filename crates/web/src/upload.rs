//! Taking a document from a form as it comes: it is sealed while it arrives and never held whole.
//! The fields about it come before the file, so that they are known when it ends.

use crate::{form::Form, page::PageError};
use axum::extract::Multipart;
use domain::{Compartment, document::DocumentFacts, words::DocumentKind};
use service::{NewDocument, Service, ServiceError, Who};

/// The most bytes of one field that is no file.
const LARGEST_FIELD: usize = 16 * 1024;

/// What the form gave.
pub(crate) enum Taken {
    /// The document was put in.
    Done(domain::id::DocumentId),
    /// It was not; the form says why.
    Failed(Box<Form>),
}

fn refused(error: domain::document::RefusedFile) -> &'static str {
    use domain::document::RefusedFile as R;
    match error {
        R::Empty => "error-file-empty",
        R::TooLong => "error-file-long",
        R::Program => "error-file-program",
        R::Markup => "error-file-markup",
        R::Archive => "error-file-archive",
        R::Unknown => "error-file-unknown",
    }
}

/// What a form says of a document.
pub(crate) fn facts(form: &mut Form) -> Option<DocumentFacts> {
    let kind = DocumentKind::from_word(form.get("kind"));
    if kind.is_none() {
        form.fail("kind", "error-kind");
    }
    let title = form.get("title").trim().chars().take(120).collect();
    let issued = form.day("issued");
    let valid_until = form.day("valid_until");
    if let (Some(a), Some(b)) = (issued, valid_until)
        && b < a
    {
        form.fail("valid_until", "error-valid-until");
    }
    let kind = kind?;
    (!form.failed()).then_some(DocumentFacts {
        kind,
        title,
        issued,
        valid_until,
    })
}

/// Takes a multipart form with one file.
pub(crate) async fn take(
    service: &Service,
    who: Who<'_>,
    form_token: &str,
    mut parts: Multipart,
) -> Result<Taken, PageError> {
    let taken = take_parts(service, who, form_token, &mut parts).await;
    if !matches!(taken, Ok(Taken::Done(_))) {
        take_the_rest(&mut parts).await;
    }
    taken
}

/// Lets what is still being sent arrive, as far as a form may be long: a browser whose connection
/// ends while it sends says that it was cut, and never shows why.
pub(crate) async fn take_the_rest(parts: &mut Multipart) {
    while let Ok(Some(_)) = parts.next_field().await {}
}

async fn take_parts(
    service: &Service,
    who: Who<'_>,
    form_token: &str,
    parts: &mut Multipart,
) -> Result<Taken, PageError> {
    let mut form = Form::default();
    loop {
        let mut field = match parts.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(_) => return Err(PageError::TooLarge),
        };
        let name = field.name().unwrap_or_default().to_owned();
        if name != "file" {
            let mut value = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(|_| PageError::TooLarge)? {
                value.extend_from_slice(&chunk);
                if value.len() > LARGEST_FIELD {
                    return Err(PageError::TooLarge);
                }
            }
            form.add(&name, String::from_utf8_lossy(&value).into_owned());
            continue;
        }
        if form.get("form_token") != form_token {
            return Err(PageError::Stale);
        }
        let file_name = field.file_name().unwrap_or_default().to_owned();
        let compartment = Compartment::from_word(form.get("compartment"));
        let Some(compartment) = compartment else {
            form.fail("compartment", "error-compartment");
            return Ok(Taken::Failed(Box::new(form)));
        };
        let Some(facts) = facts(&mut form) else {
            return Ok(Taken::Failed(Box::new(form)));
        };
        let stored = async {
            let mut upload = service.begin_upload(&who, compartment).await?;
            while let Some(chunk) = field.chunk().await.map_err(|_| Interrupted::Body)? {
                upload.push(&chunk).await?;
            }
            let new = NewDocument {
                name: file_name.clone(),
                facts,
            };
            Ok::<_, Interrupted>(service.finish_upload(&who, upload, new).await?)
        };
        return match stored.await {
            Ok(id) => Ok(Taken::Done(id)),
            Err(Interrupted::Body) => Err(PageError::TooLarge),
            Err(Interrupted::Service(ServiceError::File(error))) => {
                let why = crate::Language::french().t1(refused(error), "name", &file_name);
                form.fail_with("file", why);
                Ok(Taken::Failed(Box::new(form)))
            }
            Err(Interrupted::Service(error)) => Err(error.into()),
        };
    }
    form.fail("file", "error-file-none");
    Ok(Taken::Failed(Box::new(form)))
}

enum Interrupted {
    Body,
    Service(ServiceError),
}

impl From<ServiceError> for Interrupted {
    fn from(error: ServiceError) -> Self {
        Self::Service(error)
    }
}
