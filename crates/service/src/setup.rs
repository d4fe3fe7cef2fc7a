//! The beginning of an installation, and what only the root may add to it.

mod administrator;

pub use administrator::{NewAdministrator, SignInName};

use crate::{
    Result, ServiceError,
    account::{AccountProfile, name_binding, organisation_key_binding},
    again::again,
    session::ENROLMENT,
};
use domain::{
    id::{AccountId, OrganisationId, ServerId},
    words::Role,
};
use jiff::Timestamp;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use seal::{
    ContentType, Key, Pepper, Possession, RecoveryKeys, RecoverySheet, RootFingerprint, RootKey,
    Signed, SigningKey, Statement,
};
use storage::{AccountRow, AccountState, EnrolmentRow, OrganisationRow, Storage, Transaction};

/// What to begin an installation with.
#[derive(Debug, Clone)]
pub struct InitRequest {
    /// The first organisation's name.
    pub organisation: String,
    /// Its first administrator's name, typed to sign in.
    pub administrator: String,
    /// Their job title.
    pub job: String,
    /// How many keepers open together.
    pub threshold: u8,
    /// How many keepers there are.
    pub keepers: u8,
}

/// What an installation begins with: shown once, kept by people.
#[derive(Debug)]
pub struct Initialised {
    /// The root's key, to be kept offline.
    pub root: RootKey,
    /// Its fingerprint, to be pinned in the configuration.
    pub fingerprint: RootFingerprint,
    /// One sheet a keeper.
    pub sheets: Vec<RecoverySheet>,
    /// The code with which the first administrator enrols a device and chooses a passphrase.
    pub code: String,
    /// The organisation.
    pub organisation: OrganisationId,
    /// The server's seed and identifier, kept beside the pepper.
    pub server: (ServerId, [u8; 32]),
}

/// Begins an installation in an empty store.
///
/// The first administrator's keys are made here, stated by the root while its key is at hand, and
/// sealed under the passphrase and a code with which they enrol their device.
///
/// # Errors
/// [`ServiceError::Setup`] where the store already has a root or the numbers are not possible.
pub async fn init(
    storage: &dyn Storage,
    pepper: &Pepper,
    seed: [u8; 32],
    now: Timestamp,
    passphrase: &str,
    request: &InitRequest,
) -> Result<Initialised> {
    let mut chance = ChaCha20Rng::from_seed(seed);
    let mut tx = storage.write().await?;
    if !tx.statements_after(0, 1).await?.is_empty() {
        return Err(ServiceError::Setup("this data folder already has a root"));
    }
    let root = RootKey::generate(&mut chance);
    let recovery_seed = Key::generate(&mut chance);
    let sheets = seal::split(
        &recovery_seed,
        request.threshold,
        request.keepers,
        &mut chance,
    )
    .map_err(|_| ServiceError::Setup("keepers: from 1 of 1 to 9 of 9 are possible"))?;
    let (kem, verifying) = RecoveryKeys::from_seed(&recovery_seed).public();
    let mut server_seed = [0; 32];
    chance.fill_bytes(&mut server_seed);
    let server = ServerId::from_bytes(bytes(&mut chance));
    let server_key = SigningKey::from_seed(&server_seed).verifying();
    let statements = [
        Statement::Root {
            key: root.signing().verifying(),
            issued_at: now,
        },
        Statement::Server {
            server,
            key: server_key,
            issued_at: now,
        },
        Statement::Recovery {
            kem,
            verifying,
            threshold: request.threshold,
            keepers: request.keepers,
            issued_at: now,
        },
    ];
    for statement in statements {
        let signed = Signed::sign(statement, root.signing());
        tx.add_statement(signed.id(), &signed.to_bytes()).await?;
    }
    let (organisation, code) = add_organisation_in(
        &mut *tx,
        pepper,
        &root,
        &mut chance,
        now,
        passphrase,
        request,
    )
    .await?;
    tx.save().await?;
    let fingerprint = RootFingerprint::of(&root.signing().verifying());
    Ok(Initialised {
        root,
        fingerprint,
        sheets,
        code: code.to_code(),
        organisation,
        server: (server, server_seed),
    })
}

/// Adds an organisation with its first administrator, with the root key in hand; gives the code
/// with which they enrol their device.
///
/// # Errors
/// [`ServiceError::Setup`] where the key is not the root's, or the sign-in name is taken.
pub async fn add_organisation(
    storage: &dyn Storage,
    pepper: &Pepper,
    root: &RootKey,
    seed: [u8; 32],
    now: Timestamp,
    passphrase: &str,
    request: &InitRequest,
) -> Result<(OrganisationId, String)> {
    let stream = |number| {
        let mut chance = ChaCha20Rng::from_seed(seed);
        chance.set_stream(number);
        chance
    };
    // Of a try that was overtaken nothing was kept: the next may make the same keys.
    again(
        || stream(1),
        || async {
            let mut tx = storage.write().await?;
            if !is_root(&mut *tx, root).await? {
                return Err(OTHER_ROOT);
            }
            let (organisation, code) = add_organisation_in(
                &mut *tx,
                pepper,
                root,
                &mut stream(0),
                now,
                passphrase,
                request,
            )
            .await?;
            tx.save().await?;
            Ok((organisation, code.to_code()))
        },
    )
    .await
}

pub(crate) const OTHER_ROOT: ServiceError =
    ServiceError::Setup("this is not the root key of this installation");

/// Whether that key is the one of the store's first statement.
pub(crate) async fn is_root(tx: &mut dyn Transaction, root: &RootKey) -> Result<bool> {
    let first = tx.statements_after(0, 1).await?;
    let first = first.first().map(|row| Signed::parse(&row.signed));
    let stated = first.transpose()?.and_then(|s| s.root_key());
    Ok(stated == Some(root.signing().verifying()))
}

fn bytes(chance: &mut ChaCha20Rng) -> [u8; 16] {
    let mut bytes = [0; 16];
    chance.fill_bytes(&mut bytes);
    bytes
}

async fn add_organisation_in(
    tx: &mut dyn Transaction,
    pepper: &Pepper,
    root: &RootKey,
    chance: &mut ChaCha20Rng,
    now: Timestamp,
    passphrase: &str,
    request: &InitRequest,
) -> Result<(OrganisationId, Possession)> {
    let organisation = OrganisationId::from_bytes(bytes(chance));
    let account = AccountId::from_bytes(bytes(chance));
    let key = Key::generate(chance);
    let keys = seal::AccountKeys::generate(chance);
    let signed = Signed::sign(
        Statement::Administrator {
            organisation,
            account,
            keys: keys.public(),
            issued_at: now,
        },
        root.signing(),
    );
    tx.add_statement(signed.id(), &signed.to_bytes()).await?;
    let binding = name_binding(
        ContentType::OrganisationName,
        organisation,
        organisation.as_bytes(),
    );
    let name = seal::seal(&key, &binding, request.organisation.as_bytes(), chance)?;
    tx.add_organisation(&OrganisationRow {
        id: organisation,
        name,
    })
    .await?;
    let profile = AccountProfile {
        name: request.administrator.clone(),
        job: request.job.clone(),
        role: Role::Administrator,
    };
    let lookup = crate::account::name_lookup(pepper, &request.administrator);
    if tx.account_by_lookup(&lookup).await?.is_some() {
        return Err(ServiceError::Setup(
            "this sign-in name is taken on this server",
        ));
    }
    tx.add_account(&AccountRow {
        id: account,
        organisation,
        lookup,
        profile: profile.seal(&key, organisation, account, chance)?,
        administrator: true,
        state: AccountState::Active,
        public: keys.public().to_bytes(),
        organisation_key: seal::wrap_to(
            &keys.public().kem,
            &organisation_key_binding(organisation, account),
            key.as_bytes(),
            chance,
        )?,
    })
    .await?;
    let code = Possession::generate(chance);
    let salt = bytes(chance);
    let stretched = seal::stretch(
        passphrase.as_bytes(),
        &salt,
        &seal::StretchParameters::DEFAULT,
    )?;
    let unlock = seal::unlock_key(&code, &stretched, pepper);
    let device = crate::enrolment::code_device(&code.lookup());
    tx.add_enrolment(&EnrolmentRow {
        lookup: code.lookup(),
        account,
        salt,
        sealed: seal::seal_account(&unlock, account, device, &keys, chance)?,
        until: now.saturating_add(ENROLMENT).unwrap_or(now),
        uses_left: 1,
        tries: 0,
    })
    .await?;
    Ok((organisation, code))
}
