//! Statements with their signatures; says nothing of whether they are to be believed (`trust`).

use crate::{
    SealError, Signature, SigningKey, Statement, VerifyingKey,
    encoding::{Reader, Writer},
};
use domain::id::{KeyId, StatementId};

const SIGN: &str = "conatus 2026 statement signature v1";
const SIGN_SECOND: &str = "conatus 2026 statement second signature v1";
const SIGNED: u8 = 0x3f;

/// The hash of a chain of signed statements once that one is added: nothing can be taken out, put in
/// or moved without changing it.
#[must_use]
pub fn statement_link(previous: &[u8; 32], signed: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("conatus 2026 statement chain v1");
    hasher.update(previous).update(signed);
    *hasher.finalize().as_bytes()
}

/// A statement with its signature, and a second one where two must agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// What is stated.
    pub statement: Statement,
    /// The key that signed.
    pub signer: KeyId,
    /// Its signature.
    pub signature: Signature,
    /// The second key and its signature.
    pub second: Option<(KeyId, Signature)>,
}

impl Signed {
    /// Signs a statement.
    #[must_use]
    pub fn sign(statement: Statement, key: &SigningKey) -> Self {
        let signature = key.sign(SIGN, &statement.to_bytes());
        Self {
            statement,
            signer: key.verifying().key_id(),
            signature,
            second: None,
        }
    }

    /// Adds the second signature.
    pub fn countersign(&mut self, key: &SigningKey) {
        let signature = Self::second_signature(&self.statement, key);
        self.second = Some((key.verifying().key_id(), signature));
    }

    /// What the second signer signs, for one who is not there when the first does.
    #[must_use]
    pub fn second_signature(statement: &Statement, key: &SigningKey) -> Signature {
        key.sign(SIGN_SECOND, &statement.to_bytes())
    }

    /// The root's own key, where this is its statement.
    #[must_use]
    pub const fn root_key(&self) -> Option<VerifyingKey> {
        match &self.statement {
            Statement::Root { key, .. } => Some(*key),
            _ => None,
        }
    }

    pub(crate) fn verify(&self, key: &VerifyingKey) -> Result<(), SealError> {
        key.verify(SIGN, &self.statement.to_bytes(), &self.signature)
    }

    pub(crate) fn verify_second(&self, key: &VerifyingKey) -> Result<(), SealError> {
        let (_, signature) = self.second.as_ref().ok_or(SealError::Signature)?;
        key.verify(SIGN_SECOND, &self.statement.to_bytes(), signature)
    }

    /// Its canonical bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer = Writer::new(SIGNED)
            .field(&self.statement.to_bytes())
            .field(self.signer.as_bytes())
            .field(self.signature.as_bytes());
        match &self.second {
            Some((key, signature)) => writer
                .u8(1)
                .field(key.as_bytes())
                .field(signature.as_bytes()),
            None => writer.u8(0),
        }
        .finish()
    }

    /// The signed statement of those bytes; says nothing of whether it is to be believed.
    ///
    /// # Errors
    /// [`SealError`] where they are not the canonical form of one.
    pub fn parse(bytes: &[u8]) -> Result<Self, SealError> {
        let (tag, mut r) = Reader::new(bytes, "signed statement")?;
        if tag != SIGNED {
            return Err(r.wrong());
        }
        let signed = Self {
            statement: Statement::parse(r.field()?)?,
            signer: KeyId::from_bytes(r.array()?),
            signature: Signature::from_bytes(r.array()?),
            second: match r.u8()? {
                0 => None,
                1 => Some((
                    KeyId::from_bytes(r.array()?),
                    Signature::from_bytes(r.array()?),
                )),
                _ => return Err(r.wrong()),
            },
        };
        r.finish()?;
        Ok(signed)
    }

    /// The hash it is known by.
    #[must_use]
    pub fn id(&self) -> StatementId {
        let hash = blake3::derive_key("conatus 2026 statement identifier v1", &self.to_bytes());
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        StatementId::from_bytes(id)
    }
}
