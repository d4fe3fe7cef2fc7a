//! Who is who, according to statements that chain to the pinned root: kept in memory, fed with what
//! arrived since.

use crate::{Inner, Result, ServiceError};
use seal::{Checkpoint, RootFingerprint, Signed, Trust};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use storage::{Storage, Transaction};

const PAGE: u32 = 500;

pub(crate) struct TrustCache {
    state: RwLock<State>,
}

#[derive(Clone)]
struct State {
    trust: Arc<Trust>,
    sequence: u64,
    chain: Chain,
}

/// How many statements there are, and the hash of them all in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chain {
    pub(crate) count: u64,
    pub(crate) hash: [u8; 32],
}

impl Chain {
    pub(crate) const EMPTY: Self = Self {
        count: 0,
        hash: [0; 32],
    };

    pub(crate) fn with(self, signed: &[u8]) -> Self {
        Self {
            count: self.count + 1,
            hash: seal::statement_link(&self.hash, signed),
        }
    }
}

impl TrustCache {
    /// Reads every statement; the first must be the root's own key that the fingerprint pins, and
    /// the last checkpoint must have seen no other.
    pub(crate) async fn load(storage: &dyn Storage, pinned: &RootFingerprint) -> Result<Self> {
        let mut tx = storage.read().await?;
        let first = tx.statements_after(0, 1).await?;
        let root = match first.first() {
            Some(row) => Signed::parse(&row.signed)?.root_key(),
            None => return Err(ServiceError::Setup("no root: run `conatus init` first")),
        };
        let root = root.ok_or_else(|| ServiceError::Integrity {
            what: "the first statement is not the root's".into(),
        })?;
        let mut state = State {
            trust: Arc::new(Trust::new(root, pinned)?),
            sequence: 0,
            chain: Chain::EMPTY,
        };
        let seen = last_seen(&mut *tx).await?;
        let mut found = seen.is_none();
        admit_new(&mut state, &mut *tx, |chain| found |= Some(chain) == seen).await?;
        if !found {
            // An ending taken out would give back what it took.
            return Err(ServiceError::Integrity {
                what: "statements: the last checkpoint saw others".into(),
            });
        }
        Ok(Self {
            state: RwLock::new(state),
        })
    }

    pub(crate) fn current(&self) -> Arc<Trust> {
        Arc::clone(&self.state().trust)
    }

    /// The statements admitted so far.
    pub(crate) fn chain(&self) -> Chain {
        self.state().chain
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The statements that the last checkpoint saw.
async fn last_seen(tx: &mut dyn Transaction) -> Result<Option<Chain>> {
    let Some(row) = tx.last_checkpoint().await? else {
        return Ok(None);
    };
    let checkpoint = Checkpoint::parse(&row.bytes)?;
    Ok(Some(Chain {
        count: checkpoint.statements,
        hash: checkpoint.statement_hash,
    }))
}

async fn admit_new(
    state: &mut State,
    tx: &mut dyn Transaction,
    mut passed: impl FnMut(Chain),
) -> Result<()> {
    loop {
        let rows = tx.statements_after(state.sequence, PAGE).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let trust = Arc::make_mut(&mut state.trust);
        for row in rows {
            let signed = Signed::parse(&row.signed)?;
            trust.admit(&signed).map_err(|e| ServiceError::Integrity {
                what: format!("statement {}: {e}", row.id),
            })?;
            state.sequence = row.sequence;
            state.chain = state.chain.with(&row.signed);
            passed(state.chain);
        }
    }
}

impl Inner {
    /// The trust that holds now.
    pub(crate) fn trust(&self) -> Arc<Trust> {
        self.trust.current()
    }

    /// Admits the statements that arrived since, through any node.
    pub(crate) async fn refresh_trust(&self) -> Result<()> {
        let mut tx = self.storage.read().await?;
        self.refresh_trust_in(&mut *tx).await
    }

    /// The same, inside a transaction under way.
    pub(crate) async fn refresh_trust_in(&self, tx: &mut dyn Transaction) -> Result<()> {
        let mut state = self.trust.state().clone();
        let before = state.sequence;
        admit_new(&mut state, tx, |_| ()).await?;
        if state.sequence > before {
            let mut current = self
                .trust
                .state
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            if state.sequence > current.sequence {
                *current = state;
            }
        }
        Ok(())
    }

    /// A transaction in which something is stated: others who state wait for its end, so that what
    /// is decided here still holds when it is stated.
    pub(crate) async fn begin_stating(&self) -> Result<Box<dyn Transaction>> {
        let mut tx = self.storage.write().await?;
        tx.hold_statements().await?;
        self.refresh_trust_in(&mut *tx).await?;
        Ok(tx)
    }

    /// Keeps what is stated, if it would be believed after everything stated so far, in this
    /// transaction too. The trust that holds changes only once the transaction is saved and
    /// [`Inner::refresh_trust`] is asked for: a statement undone must not be believed.
    pub(crate) async fn state(&self, tx: &mut dyn Transaction, signed: &Signed) -> Result<()> {
        let mut probe = self.trust.state().clone();
        admit_new(&mut probe, tx, |_| ()).await?;
        Arc::make_mut(&mut probe.trust).admit(signed)?;
        tx.add_statement(signed.id(), &signed.to_bytes()).await?;
        Ok(())
    }
}
