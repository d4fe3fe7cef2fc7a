//! Cards: what lets a person in. A first card, a second one left with someone trusted, or one in
//! place of a lost card, for which two workers sign.

use crate::{
    Inner, PersonSession, Result, Service, ServiceError, Who, WorkerSession,
    keyring::RecordKeys,
    people::{GrantTo, RawKeys},
    session::CARD_TRIES,
};
use domain::{
    Compartment, Compartments,
    entry::{CardOccasion, Content},
    id::{AccountId, DeviceId, PersonId, TeamId},
};
use jiff::{SignedDuration, Timestamp};
use seal::{
    AccountKeys, Basis, Binding, CardReason, ContentType, GrantRecipient, Key, Pin, Possession,
    ShortCode, Signature, Signed, Statement,
};
use serde::{Deserialize, Serialize};
use storage::{CardRow, Recipient, ShortCodeRow, Transaction};

/// How long the second worker's presence code may be used.
pub const PRESENCE: SignedDuration = SignedDuration::from_mins(10);

/// A card just made: its code is shown once.
#[derive(Debug, Clone)]
pub struct MadeCard {
    /// The card.
    pub card: DeviceId,
    /// Its code, in groups.
    pub code: String,
}

/// A card in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardLine {
    /// The card.
    pub card: DeviceId,
    /// When it was made.
    pub made: Timestamp,
    /// Whether wrong PINs locked it.
    pub locked: bool,
    /// When it died.
    pub dead: Option<Timestamp>,
}

/// The keys and secret of a card about to be made.
struct NewCard {
    account: AccountId,
    keys: AccountKeys,
}

/// What a presence code seals: the card's keys to be stated, and the second worker's signature.
#[derive(Serialize, Deserialize)]
struct Presence {
    person: PersonId,
    account: AccountId,
    keys: String,
    issued_at: i64,
    signer: domain::id::KeyId,
    signature: String,
    name: String,
}

fn check_pin(typed: &str) -> Result<Pin> {
    let pin = Pin::parse(typed).map_err(|_| ServiceError::Invalid {
        field: "pin",
        key: "error-pin-form",
    })?;
    if pin.is_too_simple() {
        return Err(ServiceError::Invalid {
            field: "pin",
            key: "error-pin-simple",
        });
    }
    Ok(pin)
}

impl Inner {
    /// The team in whose name a worker makes a card.
    fn making_team(session: &WorkerSession, keys: &RecordKeys) -> Result<TeamId> {
        keys.through
            .iter()
            .map(|(team, _)| *team)
            .find(|team| session.membership(*team).is_some())
            .ok_or(ServiceError::Forbidden)
    }

    /// Keeps a card whose keys were stated, and wraps to it every compartment key that is held.
    async fn keep_card(
        &self,
        tx: &mut dyn Transaction,
        session: &WorkerSession,
        keys: &RecordKeys,
        new: &NewCard,
        signed: &Signed,
        pin: &Pin,
    ) -> Result<MadeCard> {
        let person = keys.person;
        self.state_about(tx, person, signed).await?;
        let card = DeviceId::from_bytes(self.new_id());
        let possession = Possession::generate(&mut self.chance());
        let salt = self.new_id();
        let unlock = self.unlock(&possession, pin.as_str(), salt).await?;
        tx.add_card(&CardRow {
            person,
            card,
            account: new.account,
            lookup: possession.lookup(),
            salt,
            sealed: seal::seal_account(&unlock, new.account, card, &new.keys, &mut self.chance())?,
            made: self.now(),
            tries: 0,
            dead: None,
            team: Self::making_team(session, keys)?,
        })
        .await?;
        let mut raw: RawKeys = keys.raw_all().map(|(at, key)| (at, key.clone())).collect();
        // A vault's key is made with the first card, and anew when the last card that opened it is
        // lost; otherwise the person's own session hands it to the new card.
        let about = self.trust_about(tx, person).await?;
        let vault = about.latest_epoch(Compartment::Vault).unwrap_or(0);
        let others = tx.cards(person).await?;
        if !others.iter().any(|c| c.dead.is_none() && c.card != card) {
            let key = Key::generate(&mut self.chance());
            let vaults = RawKeys::from([((Compartment::Vault, vault + 1), key)]);
            self.state_keys(tx, person, &vaults, &session.signing)
                .await?;
            raw.extend(vaults);
        }
        let own = GrantTo {
            recipient: GrantRecipient::Account(new.account),
            compartments: Compartment::ALL.into_iter().collect(),
            basis: Basis::Own,
            purpose: Vec::new(),
            until: None,
            signer: &session.signing,
        };
        self.give(tx, keys.organisation, person, own, &raw, None)
            .await?;
        Ok(MadeCard {
            card,
            code: possession.to_code(),
        })
    }

    /// The person's own session hands on to their other card what it misses, the vault first.
    pub(crate) async fn hand_on(
        &self,
        tx: &mut dyn Transaction,
        person: PersonId,
        account: AccountId,
        secrets: &crate::secret::Secrets,
    ) -> Result<()> {
        let live = tx
            .cards(person)
            .await?
            .iter()
            .filter(|c| c.dead.is_none())
            .count();
        if live < 2 {
            return Ok(());
        }
        let keys = self.record_keys(tx, person, account, secrets).await?;
        self.complete_cards(tx, &secrets.account.signing, &keys)
            .await?;
        Ok(())
    }

    /// Wraps to the person's cards the compartment keys they miss and the asker holds: a
    /// compartment that the maker of the card could not open, or the vault for a second card.
    pub(crate) async fn complete_cards(
        &self,
        tx: &mut dyn Transaction,
        signer: &seal::SigningKey,
        keys: &RecordKeys,
    ) -> Result<bool> {
        let wraps = tx.wraps(keys.person).await?;
        let cards = tx.cards(keys.person).await?;
        let mut completed = false;
        for card in cards.iter().filter(|c| c.dead.is_none()) {
            let held = |at: (Compartment, u32)| {
                wraps.iter().any(|w| {
                    w.recipient == Recipient::Account(card.account)
                        && (w.compartment, w.epoch) == at
                })
            };
            let missing: RawKeys = keys
                .raw_all()
                .filter(|(at, _)| !held(*at))
                .map(|(at, key)| (at, key.clone()))
                .collect();
            if missing.is_empty() {
                continue;
            }
            let compartments: Compartments = missing.keys().map(|(c, _)| *c).collect();
            let own = GrantTo {
                recipient: GrantRecipient::Account(card.account),
                compartments,
                basis: Basis::Own,
                purpose: Vec::new(),
                until: None,
                signer,
            };
            self.give(tx, keys.organisation, keys.person, own, &missing, None)
                .await?;
            completed = true;
        }
        Ok(completed)
    }
}

impl Service {
    /// Makes a person's first card, or a second one left with someone they trust.
    pub async fn make_card(
        &self,
        session: &WorkerSession,
        person: PersonId,
        pin: &str,
        second: bool,
    ) -> Result<MadeCard> {
        let pin = check_pin(pin)?;
        let who = Who::Worker(session, person);
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                inner.refresh_trust_in(&mut *tx).await?;
                let keys = inner.keys_to_write(&mut *tx, &who).await?;
                let live = tx
                    .cards(person)
                    .await?
                    .iter()
                    .filter(|c| c.dead.is_none())
                    .count();
                if (live == 0) == second || live > 1 {
                    return Err(ServiceError::Invalid {
                        field: "card",
                        key: "error-card-there",
                    });
                }
                let new = NewCard {
                    account: AccountId::from_bytes(inner.new_id()),
                    keys: AccountKeys::generate(&mut inner.chance()),
                };
                let statement = Statement::PersonKeys {
                    person,
                    account: new.account,
                    keys: new.keys.public(),
                    reason: if second {
                        CardReason::Second
                    } else {
                        CardReason::First
                    },
                    issued_at: inner.now(),
                };
                let signed = Signed::sign(statement, &session.signing);
                let made = inner
                    .keep_card(&mut *tx, session, &keys, &new, &signed, &pin)
                    .await?;
                let card = if second {
                    CardOccasion::Second
                } else {
                    CardOccasion::First
                };
                let content = Content::CardMade {
                    account: new.account,
                    card,
                    with: None,
                };
                inner
                    .append_as(&mut *tx, &who, &keys, Compartment::Identity, content)
                    .await?;
                tx.save().await?;
                Ok(made)
            })
            .await
    }

    /// The second worker's half of replacing a lost card: keys are made and signed in their own
    /// session, and a code for a few minutes lets the first worker use them. Gives the code.
    pub async fn presence_code(&self, session: &WorkerSession, person: PersonId) -> Result<String> {
        let who = Who::Worker(session, person);
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                inner.keys_of(&mut *tx, &who).await?;
                let keys = AccountKeys::generate(&mut inner.chance());
                let account = AccountId::from_bytes(inner.new_id());
                let issued_at =
                    Timestamp::from_second(inner.now().as_second()).unwrap_or(inner.now());
                let statement = Statement::PersonKeys {
                    person,
                    account,
                    keys: keys.public(),
                    reason: CardReason::Replaced,
                    issued_at,
                };
                let presence = Presence {
                    person,
                    account,
                    keys: crate::secret::hex(&keys.to_secret_bytes()),
                    issued_at: issued_at.as_second(),
                    signer: session.signing.verifying().key_id(),
                    signature: crate::secret::hex(
                        Signed::second_signature(&statement, &session.signing).as_bytes(),
                    ),
                    name: session.name.clone(),
                };
                let json =
                    zeroize::Zeroizing::new(serde_json::to_vec(&presence).map_err(|_| {
                        ServiceError::Integrity {
                            what: "a presence code".into(),
                        }
                    })?);
                let code = ShortCode::generate(&mut inner.chance());
                let lookup = code.lookup(&inner.pepper);
                let binding = Binding::new(ContentType::Invitation).object(&lookup);
                let sealed = seal::seal(
                    &code.key(&inner.pepper),
                    &binding,
                    &json,
                    &mut inner.chance(),
                )?;
                let until = inner.now().saturating_add(PRESENCE).unwrap_or(inner.now());
                tx.add_short_code(&ShortCodeRow {
                    lookup,
                    sealed,
                    until,
                })
                .await?;
                tx.save().await?;
                Ok(code.to_string())
            })
            .await
    }

    /// Replaces a lost card, with the presence code of a second worker who also holds the record;
    /// the lost one dies and the record shows both workers.
    pub async fn replace_card(
        &self,
        session: &WorkerSession,
        person: PersonId,
        lost: DeviceId,
        pin: &str,
        presence_code: &str,
    ) -> Result<MadeCard> {
        let pin = check_pin(pin)?;
        let wrong = || ServiceError::Invalid {
            field: "presence",
            key: "error-presence",
        };
        let code = ShortCode::parse(presence_code).map_err(|_| wrong())?;
        let who = Who::Worker(session, person);
        let inner = &self.inner;
        let lookup = code.lookup(&inner.pepper);
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                inner.refresh_trust_in(&mut *tx).await?;
                let keys = inner.keys_to_write(&mut *tx, &who).await?;
                let row = tx
                    .short_code(&lookup, inner.now())
                    .await?
                    .ok_or_else(wrong)?;
                let binding = Binding::new(ContentType::Invitation).object(&lookup);
                let json = seal::open(&code.key(&inner.pepper), &binding, &row.sealed)
                    .map_err(|_| wrong())?;
                let presence: Presence = serde_json::from_slice(&json).map_err(|_| wrong())?;
                if presence.person != person
                    || presence.signer == session.signing.verifying().key_id()
                {
                    return Err(wrong());
                }
                // One presence, one card: with the same code again, a worker alone would make another.
                let behind_cards = inner.person_accounts(&mut *tx, person).await?;
                if behind_cards.iter().any(|c| c.account == presence.account) {
                    return Err(wrong());
                }
                let secret = zeroize::Zeroizing::new(
                    crate::secret::unhex::<64>(&presence.keys).ok_or_else(wrong)?,
                );
                let new = NewCard {
                    account: presence.account,
                    keys: AccountKeys::from_secret_bytes(&*secret)?,
                };
                let statement = Statement::PersonKeys {
                    person,
                    account: new.account,
                    keys: new.keys.public(),
                    reason: CardReason::Replaced,
                    issued_at: Timestamp::from_second(presence.issued_at).map_err(|_| wrong())?,
                };
                let mut signed = Signed::sign(statement, &session.signing);
                let signature = crate::secret::unhex(&presence.signature).ok_or_else(wrong)?;
                signed.second = Some((presence.signer, Signature::from_bytes(signature)));
                let at = inner.now();
                let cards = tx.cards(person).await?;
                let old = cards.iter().find(|c| c.card == lost && c.dead.is_none());
                let old = old.ok_or(ServiceError::NotFound)?;
                tx.kill_card(person, old.card, at).await?;
                tx.end_sessions_of(old.account).await?;
                for grant in tx.grants(person).await? {
                    if grant.ended.is_none() && grant.recipient == Recipient::Account(old.account) {
                        inner
                            .end_grant(&mut *tx, person, grant.grant, &session.signing)
                            .await?;
                    }
                }
                let made = inner
                    .keep_card(&mut *tx, session, &keys, &new, &signed, &pin)
                    .await?;
                let content = Content::CardMade {
                    account: new.account,
                    card: CardOccasion::Replaced,
                    with: Some(presence.name),
                };
                inner
                    .append_as(&mut *tx, &who, &keys, Compartment::Identity, content)
                    .await?;
                tx.save().await?;
                Ok(made)
            })
            .await
    }

    /// The cards of a person.
    pub async fn cards(&self, session: &WorkerSession, person: PersonId) -> Result<Vec<CardLine>> {
        let mut tx = self.inner.storage.read().await?;
        self.inner
            .keys_of(&mut *tx, &Who::Worker(session, person))
            .await?;
        let cards = tx.cards(person).await?;
        Ok(cards
            .into_iter()
            .map(|c| CardLine {
                card: c.card,
                made: c.made,
                locked: c.dead.is_none() && c.tries >= CARD_TRIES,
                dead: c.dead,
            })
            .collect())
    }

    /// Unlocks a card that wrong PINs locked.
    pub async fn unlock_card(
        &self,
        session: &WorkerSession,
        person: PersonId,
        card: DeviceId,
    ) -> Result<()> {
        self.inner
            .again(|| async {
                let mut tx = self.inner.storage.write().await?;
                self.inner
                    .keys_of(&mut *tx, &Who::Worker(session, person))
                    .await?;
                tx.clear_card_tries(person, card).await?;
                Ok(tx.save().await?)
            })
            .await
    }

    /// Changes the PIN of the card the person signed in with; the card's code must be typed again,
    /// since nothing here keeps it.
    pub async fn change_pin(
        &self,
        session: &PersonSession,
        code: &str,
        old: &str,
        new: &str,
    ) -> Result<(), crate::CardSignInError> {
        let pin = check_pin(new)?;
        let inner = &self.inner;
        let (card, keys) = inner.open_card(code, old).await?;
        if card.person != session.person {
            return Err(ServiceError::NotFound.into());
        }
        let possession = Possession::parse(code)?;
        let salt = inner.new_id();
        let unlock = inner.unlock(&possession, pin.as_str(), salt).await?;
        let sealed =
            seal::seal_account(&unlock, card.account, card.card, &keys, &mut inner.chance())?;
        let resealed = inner.again(|| async {
            let mut tx = inner.storage.write().await?;
            tx.reseal_card(card.person, card.card, &salt, &sealed)
                .await?;
            Ok(tx.save().await?)
        });
        Ok(resealed.await?)
    }
}
