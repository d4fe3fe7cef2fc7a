//! What leads and administrators do: teams, members, statements, sessions, imports.

mod import;
mod letters;
mod organisation;
mod team;

use crate::routes::Route;

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = organisation::routes();
    routes.extend(team::routes());
    routes.extend(import::routes());
    routes.extend(letters::routes());
    routes
}
