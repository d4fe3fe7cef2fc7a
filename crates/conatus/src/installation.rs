//! A data folder and the use cases over it.

use crate::{
    config::Config,
    error::{Failure, Kind, Outcome},
    stores::Stores,
};
use domain::id::ServerId;
use jiff::{Timestamp, tz::TimeZone};
use object_store::ObjectStore;
use service::{Clock, Parts, Pepper, RootFingerprint, ServerKey, Service, SigningKey};
use std::{
    fs,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};
use storage::{ShareStore, Storage};

/// The machine's clock.
#[derive(Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the machine's clock is read"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Thirty-two bytes from the machine's secure generator.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the machine's chance is drawn"
)]
pub(crate) fn seed() -> Outcome<[u8; 32]> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|_| Failure::new(Kind::Io, "the machine gives no random bytes"))?;
    Ok(seed)
}

/// The places of a data folder.
#[derive(Debug, Clone)]
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn main(&self) -> PathBuf {
        self.0.join("main.db")
    }

    pub(crate) fn shares(&self) -> PathBuf {
        self.0.join("shares.db")
    }

    pub(crate) fn files(&self) -> PathBuf {
        self.0.join("files")
    }

    /// Where editions of the official catalogue lie.
    pub(crate) fn catalogue(&self) -> PathBuf {
        self.0.join("catalogue")
    }

    fn pepper(&self) -> PathBuf {
        self.0.join("pepper")
    }

    fn server(&self) -> PathBuf {
        self.0.join("server.key")
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.0.join("conatus.toml")
    }

    /// Makes it, for its owner only.
    pub(crate) fn make(&self) -> Outcome<()> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0)
            .and_then(|()| {
                fs::DirBuilder::new()
                    .recursive(true)
                    .mode(0o700)
                    .create(self.files())
            })
            .map_err(|e| Failure::io(format!("{} cannot be made", self.0.display()), &e))
    }

    /// The pepper, made where there is none.
    pub(crate) fn pepper_or_new(&self) -> Outcome<Pepper> {
        if !self.pepper().exists() {
            write_private(&self.pepper(), hex(&seed()?).as_bytes())?;
        }
        self.read_pepper()
    }

    fn read_pepper(&self) -> Outcome<Pepper> {
        let bytes = read_hex(&self.pepper())?;
        Ok(Pepper::from_bytes(bytes))
    }

    /// Whether an installation's key is here.
    pub(crate) fn has_server(&self) -> bool {
        self.server().exists()
    }

    pub(crate) fn write_server(&self, id: ServerId, seed: &[u8; 32]) -> Outcome<()> {
        write_private(&self.server(), format!("{id} {}", hex(seed)).as_bytes())
    }

    fn read_server(&self) -> Outcome<ServerKey> {
        let wrong = || Failure::new(Kind::Usage, "server.key is not one");
        let text = fs::read_to_string(self.server())
            .map_err(|e| Failure::io("server.key cannot be read", &e))?;
        let (id, seed) = text.trim().split_once(' ').ok_or_else(wrong)?;
        let seed = unhex(seed).ok_or_else(wrong)?;
        Ok(ServerKey {
            id: id.parse().map_err(|_| wrong())?,
            signing: SigningKey::from_seed(&seed),
        })
    }
}

/// The store of documents that the configuration names.
pub(crate) fn documents(config: &Config) -> Outcome<Arc<dyn ObjectStore>> {
    Ok(config.place()?.open(&config.bucket())?)
}

/// Writes a file that only its owner reads, durably.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> Outcome<()> {
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()));
    written.map_err(|e| Failure::io(format!("{} cannot be written", path.display()), &e))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(crate) fn unhex(text: &str) -> Option<[u8; 32]> {
    let text = text.trim();
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(bytes)
}

fn read_hex(path: &Path) -> Outcome<[u8; 32]> {
    let text = fs::read_to_string(path)
        .map_err(|e| Failure::io(format!("{} cannot be read", path.display()), &e))?;
    unhex(&text).ok_or_else(|| Failure::new(Kind::Usage, format!("{} is not one", path.display())))
}

/// The fingerprint that the configuration pins.
pub(crate) fn pinned(config: &Config) -> Outcome<RootFingerprint> {
    let text = config.root_fingerprint.as_deref().ok_or_else(|| {
        Failure::new(Kind::Usage, "the configuration pins no root fingerprint")
            .hint("write root_fingerprint = \"…\" as `conatus init` printed it")
    })?;
    text.parse()
        .map_err(|_| Failure::new(Kind::Usage, "root_fingerprint is not one").hint("copy it whole"))
}

/// The use cases over a data folder, with that clock.
pub(crate) async fn open(config: &Config, clock: Arc<dyn Clock>) -> Outcome<Service> {
    let stores = Stores::of(config)?.open().await?;
    over(config, stores, clock).await
}

/// The use cases over those stores and what else the data folder keeps.
pub(crate) async fn over(
    config: &Config,
    (storage, shares): (Arc<dyn Storage>, Arc<dyn ShareStore>),
    clock: Arc<dyn Clock>,
) -> Outcome<Service> {
    let folder = Folder(config.data.clone());
    let zone = TimeZone::get(&config.time_zone).map_err(|_| {
        Failure::new(
            Kind::Usage,
            format!("no time zone is called {}", config.time_zone),
        )
    })?;
    let parts = Parts {
        storage,
        shares,
        files: documents(config)?,
        pepper: folder.read_pepper()?,
        server: folder.read_server()?,
        root: pinned(config)?,
        clock,
        seed: seed()?,
        zone,
    };
    crate::relocation::is_whole(&*parts.storage).await?;
    Ok(Service::open(parts).await?)
}
