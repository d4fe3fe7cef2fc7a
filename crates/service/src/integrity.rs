//! Verifying an installation without anyone's keys: every signature, chain, grant, wrap and
//! checkpoint, and the hash of every sealed value and file against what was signed.

use crate::{journal::header, keyring::recipient, reading::reading_header, safe::file_path};
use domain::id::{AccountId, KeyId, PersonId, TeamId};
use futures_util::StreamExt;
use object_store::{ObjectStore, ObjectStoreExt};
use seal::{
    AccountPublic, Basis, Checkpoint, GrantFacts, Head, PersonAccount, RootFingerprint, Signature,
    Signed, Trust, VerifyingKey, heads_hash,
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
    let Some(trust) = statements(&mut *tx, pinned, &mut report).await? else {
        return Ok(report);
    };
    organisation_rows(&mut *tx, &trust, &mut report).await?;
    let heads = checkpoints(&mut *tx, &trust, &mut report).await?;
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
) -> Result<Option<Trust>, StorageError> {
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
    loop {
        let rows = tx.statements_after(after, PAGE).await?;
        let Some(last) = rows.last() else {
            return Ok(Some(trust));
        };
        after = last.sequence;
        for row in &rows {
            report.statements += 1;
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
    let mut cards = Vec::new();
    for bytes in tx.person_statements(row.person).await? {
        let place = format!("person_statements {}", row.person);
        match Signed::parse(&bytes).and_then(|signed| trust.verify_person_keys(&signed)) {
            Ok(card) if card.person == row.person => cards.push(card),
            Ok(_) => report.fault(place, "about another person"),
            Err(error) => report.fault(place, error.to_string()),
        }
    }
    for card in tx.cards(row.person).await? {
        if !cards.iter().any(|c| c.account == card.account) {
            report.fault(
                format!("cards {} {}", row.person, card.card),
                "no stated keys",
            );
        }
    }
    grants(tx, trust, row, &cards, report).await?;
    entries(tx, files, trust, row, &cards, heads, report).await?;
    readings(tx, trust, row, &cards, heads, report).await
}

async fn grants(
    tx: &mut dyn Transaction,
    trust: &Trust,
    row: &PersonRow,
    cards: &[PersonAccount],
    report: &mut VerifyReport,
) -> Result<(), StorageError> {
    let grants = tx.grants(row.person).await?;
    for grant in &grants {
        report.grants += 1;
        let place = format!("grants {} {}", row.person, grant.grant);
        let facts = Signed::parse(&grant.signed).and_then(|s| trust.verify_grant(&s, cards));
        match &facts {
            Err(error) => report.fault(place.clone(), error.to_string()),
            Ok(facts) => {
                let until = facts.until.map(jiff::Timestamp::as_second);
                let same = facts.grant == grant.grant
                    && facts.person == grant.person
                    && recipient(facts.recipient) == grant.recipient
                    && facts.compartments == grant.compartments
                    && until == grant.until.map(jiff::Timestamp::as_second);
                if !same {
                    report.fault(place.clone(), "it says other than what was signed");
                }
                if facts.basis == Basis::Consent && cards.is_empty() {
                    report.fault(place.clone(), "consent without a card");
                }
            }
        }
        grant_end(trust, grant, facts.ok().as_ref(), cards, &place, report);
    }
    for wrap in tx.wraps(row.person).await? {
        report.wraps += 1;
        let grant = grants.iter().find(|g| g.grant == wrap.grant);
        wrapped(trust, &wrap, grant, report);
    }
    Ok(())
}

fn grant_end(
    trust: &Trust,
    grant: &GrantRow,
    facts: Option<&GrantFacts>,
    cards: &[PersonAccount],
    place: &str,
    report: &mut VerifyReport,
) {
    if grant.ended.is_none() {
        if !grant.end_signed.is_empty() {
            report.fault(place, "it was ended, and the row says it holds");
        }
        return;
    }
    // Who may end a grant that is not to be believed cannot be said: that fault is told already.
    let Some(facts) = facts else { return };
    let end =
        Signed::parse(&grant.end_signed).and_then(|s| trust.verify_grant_end(&s, cards, facts));
    match end {
        Ok((id, person)) if id == grant.grant && person == grant.person => {}
        Ok(_) => report.fault(place, "its end is about another grant"),
        Err(error) => report.fault(place, format!("its end: {error}")),
    }
}

fn wrapped(trust: &Trust, wrap: &WrapRow, grant: Option<&GrantRow>, report: &mut VerifyReport) {
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
        report.fault(place, "wrapped to a key that was not stated");
    }
}

fn stated_team_key(trust: &Trust, team: TeamId, wrap: &WrapRow, epoch: u32) -> bool {
    trust.team_key_at(team, wrap.compartment, epoch).is_some()
}

/// The key of that name, if that account may sign with it.
fn signer(
    trust: &Trust,
    cards: &[PersonAccount],
    account: AccountId,
    key: KeyId,
) -> Option<VerifyingKey> {
    let recovery = trust
        .recovery()
        .map(|r| r.verifying)
        .filter(|k| k.key_id() == key);
    if let Some(found) = recovery {
        return (account == crate::keepers::KEEPERS).then_some(found);
    }
    if trust.account_of_key(key) == Some(account) {
        return trust.key(key).copied();
    }
    cards
        .iter()
        .find(|c| c.account == account && c.public.key_id() == key)
        .map(|c| c.public.verifying)
}

async fn entries(
    tx: &mut dyn Transaction,
    files: &dyn ObjectStore,
    trust: &Trust,
    row: &PersonRow,
    cards: &[PersonAccount],
    heads: &[Head],
    report: &mut VerifyReport,
) -> Result<(), StorageError> {
    let mut previous = seal::genesis(row.person);
    let mut sequence = 0;
    let mut hashes = BTreeMap::from([(0, previous)]);
    loop {
        let page = tx.entries_after(row.person, sequence, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for entry in &page {
            report.entries += 1;
            let place = format!("entries {} {}", row.person, entry.sequence);
            if entry.sequence != sequence + 1 || entry.previous != previous {
                report.fault(place.clone(), "the chain is broken");
            }
            sequence = entry.sequence;
            let header = header(entry, row.organisation);
            if header.hash() != entry.hash {
                report.fault(place.clone(), "its header or sealed content was changed");
            }
            let signed = signer(trust, cards, entry.author, entry.key).is_some_and(|key| {
                header
                    .verify(&key, &Signature::from_bytes(entry.signature))
                    .is_ok()
            });
            if !signed {
                report.fault(place.clone(), "its signature");
            }
            if let Some(fact) = &entry.file {
                report.files += 1;
                if let Err(what) = file(files, row.person, fact).await {
                    report.fault(format!("files {} {}", row.person, fact.file), what);
                }
            }
            previous = entry.hash;
            hashes.insert(sequence, previous);
        }
    }
    if (sequence, previous) != (row.entries, row.entry_hash) {
        report.fault(
            format!("persons {}", row.person),
            "its head is not its last entry",
        );
    }
    for head in heads
        .iter()
        .filter(|h| hashes.get(&h.entries) != Some(&h.entry_hash))
    {
        let place = format!("persons {}", row.person);
        report.fault(
            place,
            format!("a checkpoint saw entry {} otherwise", head.entries),
        );
    }
    Ok(())
}

async fn file(
    store: &dyn ObjectStore,
    person: PersonId,
    fact: &storage::FileFactRow,
) -> Result<(), String> {
    let found = store.get(&file_path(person, fact.file)).await;
    let found = found.map_err(|e| files::explain(&e).to_owned())?;
    let mut hasher = blake3::Hasher::new();
    let mut length = 0;
    let mut stream = found.into_stream();
    while let Some(bytes) = stream.next().await {
        let bytes = bytes.map_err(|_| "it cannot be read".to_owned())?;
        length += bytes.len() as u64;
        hasher.update(&bytes);
    }
    if length == fact.sealed_length && *hasher.finalize().as_bytes() == fact.sealed_hash {
        Ok(())
    } else {
        Err("its bytes are not those signed".into())
    }
}

async fn readings(
    tx: &mut dyn Transaction,
    trust: &Trust,
    row: &PersonRow,
    cards: &[PersonAccount],
    heads: &[Head],
    report: &mut VerifyReport,
) -> Result<(), StorageError> {
    let mut previous = seal::genesis(row.person);
    let mut sequence = 0;
    let mut hashes = BTreeMap::from([(0, previous)]);
    loop {
        let page = tx.readings_after(row.person, sequence, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for reading in &page {
            report.readings += 1;
            let place = format!("readings {} {}", row.person, reading.sequence);
            if reading.sequence != sequence + 1 || reading.previous != previous {
                report.fault(place.clone(), "the chain is broken");
            }
            sequence = reading.sequence;
            let header = reading_header(reading, row.organisation);
            if header.hash() != reading.hash {
                report.fault(place.clone(), "its header or sealed content was changed");
            }
            let signed = signer(trust, cards, reading.reader, reading.key).is_some_and(|key| {
                header
                    .verify(&key, &Signature::from_bytes(reading.signature))
                    .is_ok()
            });
            if !signed {
                report.fault(place, "its signature");
            }
            previous = reading.hash;
            hashes.insert(sequence, previous);
        }
    }
    if (sequence, previous) != (row.readings, row.reading_hash) {
        report.fault(
            format!("persons {}", row.person),
            "its head is not its last reading",
        );
    }
    for head in heads
        .iter()
        .filter(|h| hashes.get(&h.readings) != Some(&h.reading_hash))
    {
        let place = format!("persons {}", row.person);
        report.fault(
            place,
            format!("a checkpoint saw reading {} otherwise", head.readings),
        );
    }
    Ok(())
}
