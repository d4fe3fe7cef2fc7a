//! The worker's side: people of their teams, records, and what they write.

mod account;
mod acts;
mod card;
mod documents;
mod followup;
mod mandates;
mod people;
mod procedures;
mod profile;
mod readers;
mod record;
mod sheets;

pub(crate) use record::Side;

use crate::{page::PageError, routes::Route};
use domain::id::PersonId;

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = people::routes();
    routes.extend(record::routes());
    routes.extend(acts::routes());
    routes.extend(mandates::routes());
    routes.extend(documents::routes());
    routes.extend(followup::routes());
    routes.extend(readers::routes());
    routes.extend(profile::routes());
    routes.extend(card::routes());
    routes.extend(account::routes());
    routes.extend(procedures::routes());
    routes.extend(sheets::routes());
    routes
}

/// The person of an address.
pub(crate) fn person(text: &str) -> Result<PersonId, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}
