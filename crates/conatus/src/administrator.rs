//! A second administrator of an organisation, or new keys for one who lost theirs, with the root
//! key in hand.

use crate::{
    config::Config,
    device::{As, passphrase, sign_in},
    error::{Failure, Kind, Outcome},
    init::{chosen_passphrase, print_code},
    installation::{self, SystemClock},
    out::{say, tell},
};
use clap::Args;
use service::{NewAdministrator, RootKey, Service, SignInName};
use std::{path::PathBuf, process::ExitCode, sync::Arc};

/// Makes an administrator.
#[derive(Debug, Args)]
pub(crate) struct AdministratorArguments {
    /// Who administers: a member's name, an administrator's who lost their keys, or someone's new
    #[arg(long, value_name = "NAME")]
    administrator: String,
    /// The job title of someone new
    #[arg(long, value_name = "TITLE", default_value = "")]
    job: String,
    /// Read the root key from this file descriptor instead of asking
    #[arg(long, value_name = "N")]
    root_key_fd: Option<u32>,
    /// Read the new administrator's passphrase from this file descriptor instead of asking
    #[arg(long, value_name = "N")]
    administrator_passphrase_fd: Option<u32>,
    /// A member of the organisation, who signs in beside the root: not needed to promote a member
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    /// The file that holds that member's device secret
    #[arg(long, value_name = "FILE", default_value = "conatus-device")]
    device_file: PathBuf,
    /// Read that member's passphrase from this file descriptor instead of asking
    #[arg(long, value_name = "N")]
    passphrase_fd: Option<u32>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// The root key of this installation, from a descriptor or asked for.
pub(crate) async fn root_key(service: &Service, fd: Option<u32>) -> Outcome<RootKey> {
    let typed = passphrase(fd, "Root key: ")?;
    let root = RootKey::parse(secrecy::ExposeSecret::expose_secret(&typed))
        .map_err(|e| Failure::new(Kind::SignIn, "this is not a root key").cause(&e))?;
    if service.is_root(&root).await? {
        Ok(root)
    } else {
        Err(Failure::new(
            Kind::SignIn,
            "this is not the root key of this installation",
        )
        .hint("compare `root_fingerprint` in conatus.toml with the one beside the key"))
    }
}

pub(crate) async fn administrator(
    config: Config,
    arguments: AdministratorArguments,
) -> Outcome<ExitCode> {
    let service = installation::open(&config, Arc::new(SystemClock)).await?;
    let name = arguments.administrator.clone();
    let is = service.sign_in_name(&name).await?;
    let refused = |what: String, hint| Err(Failure::new(Kind::NotFound, what).hint(hint));
    match is {
        SignInName::Waiting => {
            return refused(
                format!("the keys of {name} wait for an administrator's word"),
                "confirm them first, or choose another member",
            );
        }
        SignInName::Ended => {
            return refused(
                format!("the account of {name} ended"),
                "choose another name: an ended account does not come back",
            );
        }
        SignInName::Free | SignInName::Administrator if arguments.name.is_none() => {
            return Err(Failure::new(
                Kind::Usage,
                format!("{name} is no member's name, or an administrator's who needs new keys"),
            )
            .hint(
                "give --as MEMBER: their organisation's names are sealed under a key the root does not \
                 hold. Where nobody else is left, see “The administrator was alone” in OPERATING.md",
            ));
        }
        _ => {}
    }
    let root = root_key(&service, arguments.root_key_fd).await?;
    if is == SignInName::Member {
        service.promote(&root, &name).await?;
        service.close().await;
        if arguments.json {
            say!(
                "{}",
                serde_json::json!({ "administrator": name, "device_code": null })
            )?;
        } else {
            tell!("{name} administers from now on, with the device and passphrase they have.");
        }
        return Ok(ExitCode::SUCCESS);
    }
    let who = As {
        name: arguments.name.unwrap_or_default(),
        device_file: arguments.device_file,
        passphrase_fd: arguments.passphrase_fd,
    };
    let (session, token) = sign_in(&service, &who).await?;
    let made = beside(
        &service,
        &session,
        &root,
        arguments.administrator_passphrase_fd,
        &NewAdministrator {
            name: name.clone(),
            job: arguments.job,
        },
    )
    .await;
    service.sign_out(&token).await?;
    service.close().await;
    print_code(&name, &made?, arguments.json).map_err(|e| {
        e.unread("the device code was not read: run the command again for new keys")
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn beside(
    service: &Service,
    session: &service::WorkerSession,
    root: &RootKey,
    passphrase_fd: Option<u32>,
    new: &NewAdministrator,
) -> Outcome<String> {
    let prompt = "Passphrase of the new administrator: ";
    let secret = chosen_passphrase(passphrase_fd, prompt, &new.name)?;
    Ok(service
        .make_administrator(root, session, new, &secret)
        .await?)
}
