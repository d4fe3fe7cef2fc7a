//! The path of each theme towards acting alone: dated, drawn as a strip, with the same in a table.

use super::open_record;
use crate::{
    Access, Web,
    guard::AsWorker,
    page::{Page, Shell, show},
    procedures::strip::{self, paths},
    routes::{Route, on_get},
    worker::record::Side,
};
use askama::Template;
use axum::extract::{Path, State};

pub(super) fn routes() -> Vec<Route> {
    vec![on_get("/dossiers/{person}/chemin", Access::Record, path)]
}

#[derive(Template)]
#[template(path = "worker/procedures/path.html")]
struct PathPage {
    s: Shell,
    side: Side,
    paths: Vec<strip::Path>,
}

async fn path(State(web): State<Web>, session: AsWorker, Path(id): Path<String>) -> Page {
    let (s, opened, side) = open_record(&web, &session, &id, "path").await?;
    let paths = paths(&s, &opened.record.acts());
    Ok(show(&PathPage { s, side, paths }))
}
