//! Measuring, in one run with the floor beside it: machines are noisy, ratios are not.

mod catalogue;
mod crew;
mod load;
mod machine;
mod open_record;
mod rights;
mod scale;
mod seed;
mod upload;

use crate::error::Outcome;
use clap::Subcommand;
use std::{path::PathBuf, process::ExitCode};

/// What to measure.
#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// Opening a record through HTTP, against reading, opening and one insert alone
    OpenRecord(open_record::OpenRecord),
    /// Putting a document in, against sealing in memory and writing to disk
    Upload(upload::Upload),
    /// Fill an engine with invented sealed records; goes on where it was stopped
    Seed(seed::SeedArguments),
    /// Play a working hour in compressed time against an address of this machine
    Load(load::LoadArguments),
    /// Rights of one household with their trace, many households, the interface
    Rights(rights::RightsArguments),
    /// Taking an edition of the official catalogue in, and searching it
    Catalogue(catalogue::CatalogueBench),
    /// What opening, appending, listing and searching cost as people become many
    Scale(scale::ScaleArguments),
}

pub(crate) async fn bench(data: Option<PathBuf>, command: BenchCommand) -> Outcome<ExitCode> {
    match command {
        BenchCommand::OpenRecord(arguments) => open_record::open_record(arguments).await?,
        BenchCommand::Upload(arguments) => Box::pin(upload::upload(arguments)).await?,
        BenchCommand::Seed(arguments) => Box::pin(seed::seed(data, arguments)).await?,
        BenchCommand::Load(arguments) => load::load(arguments).await?,
        BenchCommand::Rights(arguments) => rights::rights(&arguments)?,
        BenchCommand::Catalogue(arguments) => catalogue::catalogue(&arguments)?,
        BenchCommand::Scale(arguments) => Box::pin(scale::scale(data, arguments)).await?,
    }
    Ok(ExitCode::SUCCESS)
}
