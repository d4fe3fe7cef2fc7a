//! Verifying an installation without anyone's keys: every signature, chain, grant, wrap and
//! checkpoint, and the hash of every sealed value and file against what was signed.

mod chains;

use crate::{proof::says_as_signed, trust::Chain};
use domain::id::{PersonId, TeamId};
use object_store::ObjectStore;
use seal::{
    AccountPublic, Checkpoint, Head, PersonTrust, RootFingerprint, Signature, Signed, Trust,
    heads_hash,
};
use std::collections::BTreeMap;
use storage::{GrantRow, PersonRow, Storage, StorageError, Transaction, WrapMethod, WrapRow};

const PAGE: u32 = 500;
/// More faults than this are counted, not listed.
const LISTED: usize = 1000;

/// One thing wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyFault {
    /// Where, by table and identifiers.
    pub place: String,
    /// What is wrong there.
    pub what: String,
}

/// What was checked and what is wrong.
#[derive(Debug, Clone, Default)]
pub struct VerifyReport {
    /// Statements checked.
    pub statements: u64,
    /// People checked.
    pub people: u64,
    /// Entries checked.
    pub entries: u64,
    /// Readings checked.
    pub readings: u64,
    /// Grants checked.
    pub grants: u64,
    /// Wraps checked.
    pub wraps: u64,
    /// Files checked.
    pub files: u64,
    /// Checkpoints checked.
    pub checkpoints: u64,
    /// The last checkpoint: its place and its hash in hexadecimal, to be kept elsewhere.
    pub last: Option<(u64, String)>,
    /// What is wrong, at most a thousand.
    pub faults: Vec<VerifyFault>,
    /// How many things are wrong in all.
    pub wrong: u64,
}

impl VerifyReport {
    fn fault(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.wrong += 1;
        if self.faults.len() < LISTED {
            self.faults.push(VerifyFault {
                place: place.into(),
                what: what.into(),
            });
        }
    }
}

/// Checks everything that can be checked without a key. `progress` is told (people done, people in
/// all).
///
/// # Errors
/// [`StorageError`] where the engine itself fails; what is merely wrong is in the report.
pub async fn verify(
    storage: &dyn Storage,
    files: &dyn ObjectStore,
    pinned: &RootFingerprint,
    progress: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<VerifyReport, StorageError> {
    let mut report = VerifyReport::default();
    for fault in storage.check().await? {
        report.fault("engine", fault);
    }
    let mut tx = storage.read().await?;
    let Some((trust, stated)) = statements(&mut *tx, pinned, &mut report).await? else {
        return Ok(report);
    };
    organisation_rows(&mut *tx, &trust, &mut report).await?;
    let heads = checkpoints(&mut *tx, &trust, &stated, &mut report).await?;
    let all = tx.count_people().await?;
    let mut after = None;
    loop {
        let people = tx.people_after(after, PAGE).await?;
        let Some(last) = people.last() else { break };
        after = Some(last.person);
        for row in &people {
            let known = heads.get(&row.person).map_or(&[][..], Vec::as_slice);
            person(&mut *tx, files, &trust, row, known, &mut report).await?;
            report.people += 1;
            progress(report.people, all);
        }
    }
    for gone in heads.keys() {
        if tx.person(*gone).await?.is_none() {
            report.fault(
                format!("persons {gone}"),
                "a checkpoint names a record that is gone",
            );
        }
    }
    Ok(report)
}

async fn statements(
    tx: &mut dyn Transaction,
    pinned: &RootFingerprint,
    report: &mut VerifyReport,
) -> Result<Option<(Trust, Vec<Chain>)>, StorageError> {
    let first = tx.statements_after(0, 1).await?;
    let root = first
        .first()
        .and_then(|row| Signed::parse(&row.signed).ok()?.root_key());
    let Some(mut trust) = root.and_then(|root| Trust::new(root, pinned).ok()) else {
        report.fault(
            "statements 1",
            "the root is missing or is not the pinned one",
        );
        return Ok(None);
    };
    let mut after = 0;
    let mut stated = vec![Chain::EMPTY];
    let mut chain = Chain::EMPTY;
    loop {
        let rows = tx.statements_after(after, PAGE).await?;
        let Some(last) = rows.last() else {
            return Ok(Some((trust, stated)));
        };
        after = last.sequence;
        for row in &rows {
            report.statements += 1;
            chain = chain.with(&row.signed);
            stated.push(chain);
            let place = format!("statements {}", row.sequence);
            match Signed::parse(&row.signed) {
                Err(error) => report.fault(place, error.to_string()),
                Ok(signed) if signed.id() != row.id => report.fault(place, "its identifier"),
                Ok(signed) => {
                    if let Err(error) = trust.admit(&signed) {
                        report.fault(place, error.to_string());
                    }
                }
            }
        }
    }
}

/// Accounts, memberships and team wraps say no more than statements do.
async fn organisation_rows(
    tx: &mut dyn Transaction,
    trust: &Trust,
    report: &mut VerifyReport,
) -> Result<(), StorageError> {
    for organisation in tx.organisations().await? {
        for account in tx.accounts(organisation.id).await? {
            let place = format!("accounts {}", account.id);
            let stated = trust.account(account.id);
            if account.state == storage::AccountState::Active
                && stated.is_none_or(|s| AccountPublic::parse(&account.public).as_ref() != Ok(s))
            {
                report.fault(place.clone(), "its keys are not those stated for it");
            }
            if account.administrator
                != (trust.is_administrator(account.id) == Some(organisation.id))
                && account.state != storage::AccountState::Ended
            {
                report.fault(place, "only the root makes an administrator");
            }
            for m in tx.memberships_of(account.id).await? {
                membership(trust, &m, report);
            }
        }
    }
    for team in tx.teams().await? {
        if trust.team_organisation(team.id) != Some(team.organisation) {
            report.fault(
                format!("teams {}", team.id),
                "not stated for this organisation",
            );
        }
    }
    let mut after = None;
    loop {
        let rows = tx.all_team_wraps(after, PAGE).await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = Some((last.account, last.team, last.compartment.code(), last.epoch));
        for row in &rows {
            report.wraps += 1;
            let welcomed = trust.member(row.team, row.account).is_some()
                && trust
                    .welcome(row.team, row.account)
                    .contains(row.compartment);
            let stated = trust
                .team_key_at(row.team, row.compartment, row.epoch)
                .is_some();
            if !welcomed || !stated {
                let place = format!(
                    "team_wraps {} {} {} {}",
                    row.account,
                    row.team,
                    row.compartment.word(),
                    row.epoch
                );
                report.fault(place, "no welcome or no stated team key stands behind it");
            }
        }
    }
}

fn membership(trust: &Trust, row: &storage::MembershipRow, report: &mut VerifyReport) {
    if row.ended.is_some() {
        return;
    }
    let stated = trust.member(row.team, row.account);
    let lead = stated == Some(seal::TeamRole::Lead);
    let welcome = trust.welcome(row.team, row.account);
    if stated.is_none() || lead != row.lead || !welcome.covers(row.compartments) {
        let place = format!("memberships {} {}", row.account, row.team);
        report.fault(place, "it says more than what was stated");
    }
}

/// Where each record must have stood, by checkpoint.
type KnownHeads = BTreeMap<PersonId, Vec<Head>>;

async fn checkpoints(
    tx: &mut dyn Transaction,
    trust: &Trust,
    stated: &[Chain],
    report: &mut VerifyReport,
) -> Result<KnownHeads, StorageError> {
    let mut known = KnownHeads::new();
    let mut previous = [0; 32];
    let mut sequence = 0;
    loop {
        let rows = tx.checkpoints_after(sequence, PAGE).await?;
        if rows.is_empty() {
            return Ok(known);
        }
        for row in &rows {
            report.checkpoints += 1;
            let place = format!("checkpoints {}", row.sequence);
            if row.sequence != sequence + 1 {
                report.fault(place.clone(), "one before it is missing");
            }
            sequence = row.sequence;
            let Ok(checkpoint) = Checkpoint::parse(&row.bytes) else {
                report.fault(place, "malformed");
                continue;
            };
            let signed = trust.server_key(checkpoint.server).is_some_and(|key| {
                checkpoint
                    .verify(key, &Signature::from_bytes(row.signature))
                    .is_ok()
            });
            if !signed || checkpoint.sequence != row.sequence || checkpoint.previous != previous {
                report.fault(place.clone(), "its signature or its chain");
            }
            let seen = Chain {
                count: checkpoint.statements,
                hash: checkpoint.statement_hash,
            };
            if !stated.contains(&seen) {
                report.fault(place.clone(), "it saw other statements");
            }
            previous = checkpoint.hash();
            report.last = Some((row.sequence, crate::secret::hex(&previous)));
            let heads = heads_of(tx, row.sequence).await?;
            if heads.len() as u64 != checkpoint.changed
                || heads_hash(&heads) != checkpoint.heads_hash
            {
                report.fault(place, "its heads are not those signed");
            }
            for head in heads {
                known.entry(head.person).or_default().push(head);
            }
        }
    }
}

async fn heads_of(tx: &mut dyn Transaction, checkpoint: u64) -> Result<Vec<Head>, StorageError> {
    let mut heads: Vec<Head> = Vec::new();
    loop {
        let rows = tx
            .heads(checkpoint, heads.last().map(|h| h.person), PAGE)
            .await?;
        if rows.is_empty() {
            return Ok(heads);
        }
        heads.extend(rows.iter().map(|row| Head {
            person: row.person,
            entries: row.entries,
            entry_hash: row.entry_hash,
            readings: row.readings,
            reading_hash: row.reading_hash,
            statements: row.statements,
            statement_hash: row.statement_hash,
        }));
    }
}

async fn person(
    tx: &mut dyn Transaction,
    files: &dyn ObjectStore,
    trust: &Trust,
    row: &PersonRow,
    heads: &[Head],
    report: &mut VerifyReport,
) -> Result<(), StorageError> {
    let about = person_statements(tx, trust, row, heads, report).await?;
    let cards = about.cards();
    for card in tx.cards(row.person).await? {
        if !cards.iter().any(|c| c.account == card.account) {
            report.fault(
                format!("cards {} {}", row.person, card.card),
                "no stated keys",
            );
        }
    }
    grants(tx, trust, row, &about, report).await?;
    chains::entries(tx, files, trust, row, cards, heads, report).await?;
    chains::readings(tx, trust, row, cards, heads, report).await
}

/// What is stated about a person, as far as it proves itself.
async fn person_statements(
    tx: &mut dyn Transaction,
    trust: &Trust,
    row: &PersonRow,
    heads: &[Head],
    report: &mut VerifyReport,
) -> Result<PersonTrust, StorageError> {
    let mut about = PersonTrust::new(row.person);
    let mut chain = Chain {
        count: 0,
        hash: seal::genesis(row.person),
    };
    let mut passed = vec![chain];
    for bytes in tx.person_statements(row.person).await? {
        report.statements += 1;
        chain = chain.with(&bytes);
        passed.push(chain);
        let admitted = Signed::parse(&bytes).and_then(|signed| about.admit(trust, &signed));
        if let Err(error) = admitted {
            let place = format!("person_statements {} {}", row.person, chain.count);
            report.fault(place, error.to_string());
        }
    }
    if (chain.count, chain.hash) != (row.statements, row.statement_hash) {
        report.fault(
            format!("persons {}", row.person),
            "its head is not its last statement",
        );
    }
    let unseen = heads.iter().filter(|head| {
        !passed.contains(&Chain {
            count: head.statements,
            hash: head.statement_hash,
        })
    });
    for head in unseen {
        report.fault(
            format!("persons {}", row.person),
            format!("a checkpoint saw statement {} otherwise", head.statements),
        );
    }
    Ok(about)
}

async fn grants(
    tx: &mut dyn Transaction,
    trust: &Trust,
    row: &PersonRow,
    about: &PersonTrust,
    report: &mut VerifyReport,
) -> Result<(), StorageError> {
    let grants = tx.grants(row.person).await?;
    for grant in &grants {
        report.grants += 1;
        if !says_as_signed(grant, about) {
            let place = format!("grants {} {}", row.person, grant.grant);
            report.fault(place, "it says other than what was signed");
        }
    }
    for wrap in tx.wraps(row.person).await? {
        report.wraps += 1;
        let grant = grants.iter().find(|g| g.grant == wrap.grant);
        wrapped(trust, about, &wrap, grant, report);
    }
    Ok(())
}

fn wrapped(
    trust: &Trust,
    about: &PersonTrust,
    wrap: &WrapRow,
    grant: Option<&GrantRow>,
    report: &mut VerifyReport,
) {
    let place = format!(
        "wraps {} {} {} {}",
        wrap.person,
        wrap.compartment.word(),
        wrap.epoch,
        wrap.grant
    );
    let Some(grant) = grant else {
        report.fault(place, "no grant stands behind it");
        return;
    };
    if grant.recipient != wrap.recipient || !grant.compartments.contains(wrap.compartment) {
        report.fault(
            place.clone(),
            "its grant does not open this to this recipient",
        );
    }
    let team_key = match (wrap.method, wrap.recipient) {
        (
            WrapMethod::TeamSecret { epoch } | WrapMethod::TeamPublic { epoch },
            storage::Recipient::Team(team),
        ) => stated_team_key(trust, team, wrap, epoch),
        (WrapMethod::Public, storage::Recipient::Team(_)) => false,
        (WrapMethod::Public, _) => true,
        _ => false,
    };
    if !team_key {
        report.fault(place.clone(), "wrapped to a key that was not stated");
    }
    if about.latest_epoch(wrap.compartment) < Some(wrap.epoch) || wrap.epoch == 0 {
        report.fault(place, "no key was stated for this epoch");
    }
}

fn stated_team_key(trust: &Trust, team: TeamId, wrap: &WrapRow, epoch: u32) -> bool {
    trust.team_key_at(team, wrap.compartment, epoch).is_some()
}
