//! The person's side: one thing a page, short sentences, neutral titles and addresses.

mod access;
mod dates;
mod home;
mod mandates;
mod papers;
mod procedures;
mod set;
mod sheets;
mod texts;

pub(crate) use access::{AccessLine, compartment_choices, ends, names, new_access};
pub(crate) use mandates::MandateLine;
pub(crate) use papers::{Paper, attachment, kinds, picture};
pub(crate) use texts::{Line, Read, who};

use crate::routes::Route;

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = home::routes();
    routes.extend(papers::routes());
    routes.extend(texts::routes());
    routes.extend(mandates::routes());
    routes.extend(access::routes());
    routes.extend(dates::routes());
    routes.extend(procedures::routes());
    routes.extend(set::routes());
    routes.extend(sheets::routes());
    routes
}
