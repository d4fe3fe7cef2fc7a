//! Beginning an installation, and adding an organisation to one.

use crate::{
    config::Config,
    device::passphrase,
    error::{Failure, Kind, Outcome},
    installation::{Folder, SystemClock, pinned, seed, write_private},
    out::say,
    stores::Stores,
};
use clap::Args;
use secrecy::ExposeSecret;
use serde::Serialize;
use service::{Clock, InitRequest, RootFingerprint, RootKey, Service};
use std::process::ExitCode;

/// What begins an organisation.
#[derive(Debug, Args)]
pub(crate) struct First {
    /// The organisation's name
    #[arg(long, value_name = "NAME")]
    organisation: String,
    /// The first administrator's name, typed to sign in
    #[arg(long, value_name = "NAME")]
    administrator: String,
    /// The administrator's job title
    #[arg(long, value_name = "TITLE", default_value = "")]
    job: String,
    /// Read the administrator's passphrase from this file descriptor instead of asking
    #[arg(long, value_name = "N")]
    passphrase_fd: Option<u32>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// Begins an installation.
#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    #[command(flatten)]
    first: First,
    /// How many keepers there are (1 to 9)
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=9))]
    keepers: u8,
    /// How many of them open together
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=9))]
    threshold: u8,
}

/// Adds an organisation.
#[derive(Debug, Args)]
pub(crate) struct OrganisationArguments {
    #[command(flatten)]
    first: First,
    /// Read the root key from this file descriptor instead of asking
    #[arg(long, value_name = "N")]
    root_key_fd: Option<u32>,
}

#[derive(Serialize)]
struct Printed {
    root_fingerprint: String,
    root_key: String,
    sheets: Vec<String>,
    administrator: String,
    device_code: String,
}

impl First {
    fn request(&self, threshold: u8, keepers: u8) -> InitRequest {
        InitRequest {
            organisation: self.organisation.clone(),
            administrator: self.administrator.clone(),
            job: self.job.clone(),
            threshold,
            keepers,
        }
    }

    fn passphrase(&self) -> Outcome<secrecy::SecretString> {
        let prompt = "Passphrase of the administrator: ";
        chosen_passphrase(self.passphrase_fd, prompt, &self.administrator)
    }
}

/// A passphrase chosen now by whoever that name is of, hard enough to guess.
pub(crate) fn chosen_passphrase(
    fd: Option<u32>,
    prompt: &str,
    name: &str,
) -> Outcome<secrecy::SecretString> {
    let secret = passphrase(fd, prompt)?;
    if Service::passphrase_weakness(secret.expose_secret(), name).is_some() {
        return Err(
            Failure::new(Kind::Usage, "this passphrase is too easy to guess")
                .hint("use at least 12 characters: a few words that only you would put together"),
        );
    }
    Ok(secret)
}

pub(crate) async fn init(config: Config, arguments: InitArguments) -> Outcome<ExitCode> {
    let folder = Folder(config.data.clone());
    let stores = Stores::of(&config)?;
    if stores.installed() {
        return Err(
            Failure::new(Kind::Usage, "there is an installation in this data folder")
                .hint("give another folder with --data"),
        );
    }
    if arguments.threshold > arguments.keepers {
        return Err(Failure::new(
            Kind::Usage,
            "more keepers must open together than there are",
        ));
    }
    let secret = arguments.first.passphrase()?;
    folder.make()?;
    config.place()?.make()?;
    let pepper = folder.pepper_or_new()?;
    let (storage, shares) = stores.begin().await?;
    let request = arguments
        .first
        .request(arguments.threshold, arguments.keepers);
    let now = SystemClock.now();
    let made = service::init(
        &*storage,
        &pepper,
        seed()?,
        now,
        secret.expose_secret(),
        &request,
    )
    .await?;
    folder.write_server(made.server.0, &made.server.1)?;
    if !folder.config().exists() {
        let mut text = format!(
            "root_fingerprint = \"{}\"\nlisten = \"{}\"\npublic_url = \"{}\"\n",
            made.fingerprint, config.listen, config.public_url
        );
        text.push_str(&config.places_lines());
        write_private(&folder.config(), text.as_bytes())?;
    }
    storage.close().await;
    shares.close().await;
    let printed = Printed {
        root_fingerprint: made.fingerprint.to_string(),
        root_key: made.root.to_code(),
        sheets: made
            .sheets
            .iter()
            .map(service::RecoverySheet::to_code)
            .collect(),
        administrator: request.administrator,
        device_code: made.code,
    };
    print(&printed, arguments.first.json, arguments.threshold).map_err(|e| {
        e.unread("what was printed was not read: remove this data folder and begin again")
    })?;
    Ok(ExitCode::SUCCESS)
}

fn print(printed: &Printed, json: bool, threshold: u8) -> Outcome<()> {
    if json {
        return say!("{}", serde_json::to_string(printed).unwrap_or_default());
    }
    say!(
        "Root fingerprint (pinned in conatus.toml, keep a copy):\n  {}\n",
        printed.root_fingerprint
    )?;
    say!("Root key (keep it offline, on paper; it adds organisations and administrators):")?;
    say!("  {}\n", printed.root_key)?;
    say_sheets(&printed.sheets, threshold)?;
    say!("First administrator: {}", printed.administrator)?;
    say!(
        "Device code (once, within 72 hours): {}",
        printed.device_code
    )?;
    say!("\nThen: conatus serve, and enrol a device at /appareil.")
}

/// The keepers' sheets, as they go to paper.
pub(crate) fn say_sheets(sheets: &[String], threshold: u8) -> Outcome<()> {
    for (number, sheet) in (1..).zip(sheets) {
        say!(
            "──────── Recovery sheet {number} of {} ────────",
            sheets.len()
        )?;
        say!("Any {threshold} of these sheets together open what was sealed. Give each to one")?;
        say!("person you trust, on paper. Nobody keeps two.\n\n  {sheet}\n")?;
    }
    Ok(())
}

pub(crate) async fn organisation(
    config: Config,
    arguments: OrganisationArguments,
) -> Outcome<ExitCode> {
    let folder = Folder(config.data.clone());
    let storage = Stores::of(&config)?.main().await?;
    pinned(&config)?;
    let root = passphrase(arguments.root_key_fd, "Root key: ")?;
    let root = RootKey::parse(root.expose_secret())
        .map_err(|e| Failure::new(Kind::SignIn, "this is not a root key").cause(&e))?;
    if service::root_of(&*storage).await? != RootFingerprint::of(&root.signing().verifying()) {
        return Err(Failure::new(
            Kind::SignIn,
            "this is not the root key of this installation",
        ));
    }
    let secret = arguments.first.passphrase()?;
    let pepper = folder.pepper_or_new()?;
    let request = arguments.first.request(1, 1);
    let now = SystemClock.now();
    let (_, code) = service::add_organisation(
        &*storage,
        &pepper,
        &root,
        seed()?,
        now,
        secret.expose_secret(),
        &request,
    )
    .await?;
    storage.close().await;
    print_code(&request.administrator, &code, arguments.first.json)
        .map_err(|e| e.unread("the device code was not read: give the administrator new keys"))?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn print_code(administrator: &str, code: &str, json: bool) -> Outcome<()> {
    if json {
        let line = serde_json::json!({ "administrator": administrator, "device_code": code });
        say!("{line}")
    } else {
        say!("Administrator: {administrator}")?;
        say!("Device code (once, within 72 hours): {code}")
    }
}
