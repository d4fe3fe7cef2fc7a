//! The program: command line, configuration, composition, background jobs.

mod address;
mod administrator;
mod bench;
mod binding;
mod blanks;
mod catalogue;
mod config;
mod demo;
mod device;
mod doctor;
mod error;
mod import;
mod init;
mod installation;
mod keepers;
mod memory;
mod migrate;
mod out;
mod progress;
mod relocation;
mod rights;
mod safekeeping;
mod serve;
mod stores;

use clap::{CommandFactory, Parser, Subcommand};
use error::{Failure, Outcome};
use std::{path::PathBuf, process::ExitCode};

/// Freed memory is wiped: copies of what was opened do not stay behind.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

/// A shared record for social work that gives the hand back.
#[derive(Debug, Parser)]
#[command(name = "conatus", version, about, max_term_width = 100)]
struct Arguments {
    /// The data folder
    #[arg(long, global = true, value_name = "DIR", env = "CONATUS_DATA")]
    data: Option<PathBuf>,
    /// The configuration file (`conatus.toml` in the data folder unless given)
    #[arg(long, global = true, value_name = "FILE", env = "CONATUS_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Begin an installation: root, recovery sheets, first organisation and administrator
    Init(init::InitArguments),
    /// Serve pages
    Serve(serve::ServeArguments),
    /// Serve an invented association in a fresh data folder
    Demo(demo::DemoArguments),
    /// People
    #[command(subcommand)]
    Person(PersonCommand),
    /// Organisations
    #[command(subcommand)]
    Organisation(OrganisationCommand),
    /// This device
    #[command(subcommand)]
    Device(DeviceCommand),
    /// Keepers
    #[command(subcommand)]
    Keepers(KeepersCommand),
    /// Write a backup, sealed to the keepers' key, while serving
    Backup(safekeeping::BackupArguments),
    /// Restore a backup into a new data folder, with enough keepers' sheets
    Restore(safekeeping::RestoreArguments),
    /// Move an installation: to another engine, another machine, a bucket
    Move(relocation::MoveArguments),
    /// Check every signature, chain, grant, wrap, checkpoint, sealed value and file
    Verify(doctor::VerifyArguments),
    /// Say what this installation is and what it lacks
    Doctor(doctor::DoctorArguments),
    /// Make the tables of a `PostgreSQL` database, or bring them up to date
    Migrate(migrate::MigrateArguments),
    /// The official pages of rights and procedures
    #[command(subcommand)]
    Catalogue(catalogue::CatalogueCommand),
    /// Rights that may be due: check law files, calculate situations
    #[command(subcommand)]
    Rights(rights::RightsCommand),
    /// Forms on paper that can be filled
    #[command(subcommand)]
    Forms(blanks::FormsCommand),
    /// Measure
    #[command(subcommand)]
    Bench(bench::BenchCommand),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Subcommand)]
enum PersonCommand {
    /// Bring people in from a spreadsheet (xlsx, ods, csv)
    Import(import::ImportArguments),
}

#[derive(Debug, Subcommand)]
enum OrganisationCommand {
    /// Add an organisation, with the root key in hand
    Add(init::OrganisationArguments),
    /// Make an administrator, or give one new keys, with the root key in hand
    Administrator(administrator::AdministratorArguments),
}

#[derive(Debug, Subcommand)]
enum DeviceCommand {
    /// Enrol this machine for commands that sign in as a worker
    Enrol(device::EnrolArguments),
}

#[derive(Debug, Subcommand)]
enum KeepersCommand {
    /// Open one sealed record together, with a reason that the record shows
    Open(keepers::OpenArguments),
    /// Make new recovery sheets, with the root key in hand and enough old sheets
    Renew(keepers::renewal::RenewArguments),
}

fn main() -> ExitCode {
    memory::protect();
    let arguments = Arguments::parse();
    // Before any thread: their stacks would count against what reading a form may take.
    match arguments.command {
        Command::Forms(blanks::FormsCommand::Held) => return blanks::held(),
        Command::Forms(blanks::FormsCommand::Bind) => return binding::held(),
        _ => {}
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return Failure::io("the program cannot start", &error).report(),
    };
    match runtime.block_on(run(arguments)) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

async fn run(arguments: Arguments) -> Outcome<ExitCode> {
    let Arguments {
        data,
        config,
        command,
    } = arguments;
    let load = || config::Config::load(data.as_deref(), config.as_deref());
    match command {
        Command::Init(a) => init::init(load()?, a).await,
        Command::Serve(a) => serve::serve(load()?, a).await,
        Command::Demo(a) => Box::pin(demo::demo(data, a)).await,
        Command::Person(PersonCommand::Import(a)) => import::import(load()?, a).await,
        Command::Organisation(OrganisationCommand::Add(a)) => init::organisation(load()?, a).await,
        Command::Organisation(OrganisationCommand::Administrator(a)) => {
            administrator::administrator(load()?, a).await
        }
        Command::Device(DeviceCommand::Enrol(a)) => device::enrol(load()?, a).await,
        Command::Keepers(KeepersCommand::Open(a)) => keepers::open(load()?, a).await,
        Command::Keepers(KeepersCommand::Renew(a)) => keepers::renewal::renew(load()?, a).await,
        Command::Backup(a) => safekeeping::backup(load()?, a).await,
        Command::Restore(a) => safekeeping::restore(data, config, a).await,
        Command::Move(a) => relocation::relocate(a).await,
        Command::Verify(a) => doctor::verify(load()?, a).await,
        Command::Doctor(a) => doctor::doctor(load()?, a).await,
        Command::Migrate(a) => migrate::migrate(load()?, a).await,
        Command::Catalogue(command) => Box::pin(catalogue::catalogue(load()?, command)).await,
        Command::Rights(command) => rights::rights(load, command),
        Command::Forms(command) => blanks::forms(&load()?, command),
        Command::Bench(command) => Box::pin(bench::bench(data, command)).await,
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "conatus", &mut script);
            out::bytes(&script)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
