//! Who is who, according to statements that chain to the pinned root: kept in memory, fed with what
//! arrived since.

use crate::{Inner, Result, ServiceError};
use seal::{RootFingerprint, Signed, Trust};
use std::sync::{Arc, PoisonError, RwLock};
use storage::{Storage, Transaction};

const PAGE: u32 = 500;

pub(crate) struct TrustCache {
    state: RwLock<State>,
}

#[derive(Clone)]
struct State {
    trust: Arc<Trust>,
    sequence: u64,
}

impl TrustCache {
    /// Reads every statement; the first must be the root's own key that the fingerprint pins.
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
        };
        admit_new(&mut state, &mut *tx).await?;
        Ok(Self {
            state: RwLock::new(state),
        })
    }

    pub(crate) fn current(&self) -> Arc<Trust> {
        Arc::clone(
            &self
                .state
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .trust,
        )
    }
}

async fn admit_new(state: &mut State, tx: &mut dyn Transaction) -> Result<()> {
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
        let mut state = self
            .trust
            .state
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let before = state.sequence;
        admit_new(&mut state, tx).await?;
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

    /// Keeps what is stated, if it would be believed after everything stated so far, in this
    /// transaction too. The trust that holds changes only once the transaction is saved and
    /// [`Inner::refresh_trust`] is asked for: a statement undone must not be believed.
    pub(crate) async fn state(&self, tx: &mut dyn Transaction, signed: &Signed) -> Result<()> {
        let mut probe = self
            .trust
            .state
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        admit_new(&mut probe, tx).await?;
        Arc::make_mut(&mut probe.trust).admit(signed)?;
        tx.add_statement(signed.id(), &signed.to_bytes()).await?;
        Ok(())
    }
}
