//! Signing in from the command line: the device's secret in a file only its owner can read, the
//! passphrase from a prompt or a file descriptor, never an argument.

use crate::{
    config::Config,
    error::{Failure, Kind, Outcome},
    installation::{self, SystemClock, write_private},
    out::tell,
};
use clap::Args;
use secrecy::SecretString;
use service::{Possession, Service, Session, SignInError, WorkerSession};
use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

/// Who signs in.
#[derive(Debug, Args)]
pub(crate) struct As {
    /// The name to sign in with
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) name: String,
    /// The file that holds this device's secret
    #[arg(long, value_name = "FILE", default_value = "conatus-device")]
    pub(crate) device_file: PathBuf,
    /// Read the passphrase from this file descriptor instead of asking
    #[arg(long, value_name = "N")]
    pub(crate) passphrase_fd: Option<u32>,
}

/// Enrols this machine.
#[derive(Debug, Args)]
pub(crate) struct EnrolArguments {
    #[command(flatten)]
    who: As,
    /// The device code; asked for where it is not given
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
}

/// A passphrase, from a descriptor or a prompt.
pub(crate) fn passphrase(fd: Option<u32>, prompt: &str) -> Outcome<SecretString> {
    let text = match fd {
        Some(fd) => {
            let path = format!("/proc/self/fd/{fd}");
            let file = File::open(&path)
                .map_err(|e| Failure::io(format!("descriptor {fd} cannot be read"), &e))?;
            let mut line = String::new();
            BufReader::new(file)
                .read_line(&mut line)
                .map_err(|e| Failure::io("the passphrase cannot be read", &e))?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        }
        None => rpassword::prompt_password(prompt).map_err(|e| {
            Failure::io("the passphrase cannot be asked for", &e)
                .hint("give it on a file descriptor with --passphrase-fd")
        })?,
    };
    Ok(SecretString::from(text))
}

fn read_device(path: &Path) -> Outcome<Possession> {
    let missing = |e: std::io::Error| {
        Failure::io(format!("{} cannot be read", path.display()), &e)
            .hint("enrol this machine first with `conatus device enrol`")
    };
    let mode = fs::metadata(path).map_err(missing)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(
            Failure::new(Kind::Usage, format!("others can read {}", path.display()))
                .hint("chmod 600 that file"),
        );
    }
    let text = fs::read_to_string(path).map_err(missing)?;
    Possession::parse(text.trim()).map_err(|_| {
        Failure::new(
            Kind::Usage,
            format!("{} holds no device secret", path.display()),
        )
    })
}

/// Signs a worker in; the session must be ended with [`Service::sign_out`].
pub(crate) async fn sign_in(
    service: &Service,
    who: &As,
) -> Outcome<(WorkerSession, service::SessionToken)> {
    let device = read_device(&who.device_file)?;
    let secret = passphrase(who.passphrase_fd, &format!("Passphrase of {}: ", who.name))?;
    let token = service
        .sign_in_worker(&who.name, &secret, &device)
        .await
        .map_err(|e| match e {
            SignInError::Service(error) => error.into(),
            other => Failure::new(Kind::SignIn, other.to_string()),
        })?;
    match service.resume(&token).await? {
        Some(Session::Worker(session)) => Ok((session, token)),
        _ => Err(Failure::new(Kind::SignIn, "the session did not open")),
    }
}

pub(crate) async fn enrol(config: Config, arguments: EnrolArguments) -> Outcome<ExitCode> {
    let service = installation::open(&config, Arc::new(SystemClock)).await?;
    let who = &arguments.who;
    if who.device_file.exists() {
        return Err(
            Failure::new(Kind::Usage, format!("{} exists", who.device_file.display()))
                .hint("give another with --device-file"),
        );
    }
    let code = match arguments.code {
        Some(code) => code,
        None => rpassword::prompt_password("Device code: ")
            .map_err(|e| Failure::io("the code cannot be asked for", &e))?,
    };
    let secret = passphrase(
        who.passphrase_fd,
        "Passphrase (chosen now, the first time): ",
    )?;
    let enrolled = service
        .enrol(&who.name, &code, &secret)
        .await
        .map_err(|e| Failure::new(Kind::SignIn, e.to_string()))?;
    write_private(&who.device_file, enrolled.device.to_code().as_bytes())?;
    if let Some(token) = &enrolled.token {
        service.sign_out(token).await?;
        tell!("Enrolled.");
    } else {
        tell!("Enrolled. An administrator must now state these keys.");
    }
    service.close().await;
    Ok(ExitCode::SUCCESS)
}
