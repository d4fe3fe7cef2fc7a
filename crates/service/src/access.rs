//! Who may read: access given with the person's consent, for chosen compartments, a purpose and an
//! end, and taken back in one act.

use crate::{
    CardSignInError, Inner, PersonSession, Result, Service, ServiceError, Who, WorkerSession,
    people::{GrantTo, RawKeys},
    secret::{Names, Secrets},
};
use domain::{
    Compartment, Compartments,
    entry::{Content, GrantGiven},
    id::{AccountId, GrantId, PersonId, TeamId},
    words::ConsentForm,
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use seal::{Basis, Binding, ContentType, GrantRecipient, ShortCode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use storage::{ShortCodeRow, Transaction};

/// How long a short code may be used.
pub const SHORT_CODE: SignedDuration = SignedDuration::from_mins(15);

/// Whom a short code points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeFor {
    /// The worker who shows it.
    Me,
    /// One of their teams.
    Team(TeamId),
}

/// A short code to show.
#[derive(Debug, Clone)]
pub struct ShownCode {
    /// The code, in two groups.
    pub code: String,
    /// Until when.
    pub until: Timestamp,
    /// The name the person will be asked to confirm.
    pub name: String,
}

/// Whom a short code points to, as the person must see before consenting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeTarget {
    /// The worker or team.
    pub name: String,
    /// Their organisation.
    pub organisation: String,
    /// Whether it is a whole team.
    pub team: bool,
    pub(crate) recipient: GrantRecipient,
}

/// What access to give.
#[derive(Debug, Clone)]
pub struct NewAccess {
    /// Which compartments; the vault cannot be given.
    pub compartments: Compartments,
    /// What for.
    pub purpose: String,
    /// The last day.
    pub until: Date,
}

/// An access, as shown to whoever may see it.
#[derive(Debug, Clone)]
pub struct MayRead {
    /// The grant.
    pub grant: GrantId,
    /// To whom.
    pub to: String,
    /// What it opens, among what the asker may open.
    pub compartments: Compartments,
    /// What for.
    pub purpose: String,
    /// When it was given.
    pub from: Timestamp,
    /// The last day, where there is one.
    pub until: Option<Date>,
    /// Whether it holds now.
    pub live: bool,
    /// Whether it is the mission of the team that accompanies, rather than a consent.
    pub mission: bool,
    /// Whether it lets in one of the asker's own teams.
    pub mine: bool,
}

#[derive(Serialize, Deserialize)]
struct Label {
    team: Option<TeamId>,
    account: Option<AccountId>,
    name: String,
    organisation: String,
}

fn wrong_code() -> ServiceError {
    ServiceError::Invalid {
        field: "code",
        key: "error-short-code",
    }
}

impl Inner {
    async fn read_code(&self, tx: &mut dyn Transaction, typed: &str) -> Result<CodeTarget> {
        let code = ShortCode::parse(typed).map_err(|_| wrong_code())?;
        let lookup = code.lookup(&self.pepper);
        let row = tx
            .short_code(&lookup, self.now())
            .await?
            .ok_or_else(wrong_code)?;
        let binding = Binding::new(ContentType::ShortCode).object(&lookup);
        let json =
            seal::open(&code.key(&self.pepper), &binding, &row.sealed).map_err(|_| wrong_code())?;
        let label: Label = serde_json::from_slice(&json).map_err(|_| wrong_code())?;
        let recipient = match (label.team, label.account) {
            (Some(team), _) => GrantRecipient::Team(team),
            (None, Some(account)) => GrantRecipient::Account(account),
            (None, None) => return Err(wrong_code()),
        };
        Ok(CodeTarget {
            name: label.name,
            organisation: label.organisation,
            team: label.team.is_some(),
            recipient,
        })
    }

    /// Gives access in the person's name: signed with their keys, wrapped with the keys they hold,
    /// written in each compartment it opens.
    async fn consent(
        &self,
        who: &Who<'_>,
        code: &str,
        access: &NewAccess,
        consent: ConsentForm,
    ) -> Result<GrantId> {
        self.check_access(access)?;
        self.again(|| async {
            let mut tx = self.storage.write().await?;
            self.refresh_trust_in(&mut *tx).await?;
            let target = self.read_code(&mut *tx, code).await?;
            let keys = self.keys_to_write(&mut *tx, who).await?;
            let trust = self.trust();
            let reachable = |c: Compartment| match target.recipient {
                GrantRecipient::Team(team) => trust.team_key(team, c).is_some(),
                _ => true,
            };
            if !access
                .compartments
                .iter()
                .all(|c| keys.latest(c).is_some() && reachable(c))
            {
                return Err(ServiceError::Invalid {
                    field: "compartments",
                    key: "error-compartments-unreachable",
                });
            }
            let raw: RawKeys = keys
                .raw_all()
                .filter(|((c, _), _)| access.compartments.contains(*c))
                .map(|(at, key)| (at, key.clone()))
                .collect();
            let end = access.until.tomorrow().unwrap_or(access.until);
            let until = end
                .to_zoned_datetime(self.zone.clone())
                .map(|z| z.timestamp())
                .ok();
            let to = GrantTo {
                recipient: target.recipient,
                compartments: access.compartments,
                basis: Basis::Consent,
                purpose: Vec::new(),
                until,
                signer: who.signing(),
            };
            let grant = self
                .give(&mut *tx, keys.organisation, keys.person, to, &raw, None)
                .await?;
            let to = if target.organisation.is_empty() {
                target.name
            } else {
                format!("{} ({})", target.name, target.organisation)
            };
            for compartment in access.compartments.iter() {
                let content = Content::GrantGiven(GrantGiven {
                    grant,
                    to: to.clone(),
                    compartments: [compartment].into_iter().collect(),
                    purpose: access.purpose.clone(),
                    until: Some(access.until),
                    consent: Some(consent),
                });
                self.append_as(&mut *tx, who, &keys, compartment, content)
                    .await?;
            }
            tx.save().await?;
            Ok(grant)
        })
        .await
    }

    fn check_access(&self, access: &NewAccess) -> Result<()> {
        if access.compartments.is_empty() || access.compartments.contains(Compartment::Vault) {
            return Err(ServiceError::Invalid {
                field: "compartments",
                key: "error-compartments-empty",
            });
        }
        if access.purpose.trim().is_empty() {
            return Err(ServiceError::Invalid {
                field: "purpose",
                key: "error-purpose-empty",
            });
        }
        let longest = self.today().saturating_add(jiff::Span::new().years(2));
        if access.until < self.today() || access.until > longest {
            return Err(ServiceError::Invalid {
                field: "until",
                key: "error-until",
            });
        }
        Ok(())
    }

    async fn end_access(&self, who: &Who<'_>, grant: GrantId) -> Result<()> {
        self.again(|| async {
            let mut tx = self.storage.write().await?;
            // New keys are wrapped to the keepers of now.
            self.refresh_trust_in(&mut *tx).await?;
            let mut keys = self.keys_to_write(&mut *tx, who).await?;
            let grants = tx.grants(keys.person).await?;
            let row = grants
                .iter()
                .find(|g| g.grant == grant)
                .ok_or(ServiceError::NotFound)?;
            if row.ended.is_some() {
                return Ok(());
            }
            let allowed = match who {
                Who::Person(session) => {
                    row.recipient != storage::Recipient::Account(session.account)
                }
                Who::Worker(session, _) => match row.recipient {
                    storage::Recipient::Team(team) => session.membership(team).is_some(),
                    storage::Recipient::Account(account) => account == session.account,
                    storage::Recipient::Keepers => false,
                },
            };
            if !allowed {
                return Err(ServiceError::Forbidden);
            }
            // Written before it ends: afterwards a worker giving up access could write no more.
            for compartment in row
                .compartments
                .iter()
                .filter(|c| keys.latest(*c).is_some())
            {
                let content = Content::GrantTakenBack { grant };
                self.append_as(&mut *tx, who, &keys, compartment, content)
                    .await?;
            }
            self.end_grant(&mut *tx, keys.person, grant, who.signing())
                .await?;
            // Whoever gives up their own access opens nothing afterwards: the next one who writes makes
            // the new keys.
            self.renew(&mut *tx, who, &mut keys, row.compartments)
                .await?;
            Ok(tx.save().await?)
        })
        .await
    }

    /// The person's session for one act in a worker's office, by their card and PIN.
    async fn person_for_one_act(
        &self,
        person: PersonId,
        card_code: &str,
        pin: &str,
    ) -> Result<PersonSession, CardSignInError> {
        let (card, account) = self.open_card(card_code, pin).await?;
        if card.person != person {
            return Err(CardSignInError::Service(ServiceError::Invalid {
                field: "card",
                key: "error-card-other-person",
            }));
        }
        let mut secrets = Secrets {
            account,
            organisation: None,
            teams: BTreeMap::new(),
            own: BTreeMap::new(),
            names: Names::default(),
        };
        let mut tx = self.storage.read().await?;
        self.open_own_keys(&mut *tx, person, card.account, &mut secrets)
            .await?;
        let now = self.now();
        Ok(PersonSession {
            id: domain::id::SessionId::from_bytes(self.new_id()),
            account: card.account,
            person,
            card: card.card,
            opened: now,
            ends: now,
            idle_ends: now,
            form_token: String::new(),
            signing: std::sync::Arc::new(secrets.account.signing.clone()),
            secrets,
        })
    }
}

impl Service {
    /// A short code that the worker shows, so that a person can let them or their team in.
    pub async fn short_code(
        &self,
        session: &WorkerSession,
        code_for: CodeFor,
    ) -> Result<ShownCode> {
        let inner = &self.inner;
        let label = match code_for {
            CodeFor::Me => Label {
                team: None,
                account: Some(session.account),
                name: session.name.clone(),
                organisation: session.organisation_name.clone(),
            },
            CodeFor::Team(id) => {
                let team = session.membership(id).ok_or(ServiceError::NotFound)?;
                Label {
                    team: Some(id),
                    account: None,
                    name: team.team.name.clone(),
                    organisation: session.organisation_name.clone(),
                }
            }
        };
        let code = ShortCode::generate(&mut inner.chance());
        let lookup = code.lookup(&inner.pepper);
        let json = serde_json::to_vec(&label).map_err(|_| wrong_code())?;
        let binding = Binding::new(ContentType::ShortCode).object(&lookup);
        let sealed = seal::seal(
            &code.key(&inner.pepper),
            &binding,
            &json,
            &mut inner.chance(),
        )?;
        let until = inner
            .now()
            .saturating_add(SHORT_CODE)
            .unwrap_or(inner.now());
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                tx.add_short_code(&ShortCodeRow {
                    lookup,
                    sealed: sealed.clone(),
                    until,
                })
                .await?;
                Ok(tx.save().await?)
            })
            .await?;
        Ok(ShownCode {
            code: code.to_string(),
            until,
            name: label.name,
        })
    }

    /// Whom a short code points to: shown to the person before they consent.
    pub async fn read_short_code(&self, code: &str) -> Result<CodeTarget> {
        let mut tx = self.inner.storage.read().await?;
        self.inner.read_code(&mut *tx, code).await
    }

    /// The person gives access from their own space.
    pub async fn give_access(
        &self,
        session: &PersonSession,
        code: &str,
        access: &NewAccess,
    ) -> Result<GrantId> {
        self.inner
            .consent(&Who::Person(session), code, access, ConsentForm::OwnSpace)
            .await
    }

    /// The person gives access with their card in a worker's office; their keys are opened for
    /// that act only.
    pub async fn give_access_in_office(
        &self,
        session: &WorkerSession,
        person: PersonId,
        card_code: &str,
        pin: &str,
        code: &str,
        access: &NewAccess,
    ) -> Result<GrantId, CardSignInError> {
        let mut tx = self.inner.storage.read().await?;
        self.inner
            .keys_of(&mut *tx, &Who::Worker(session, person))
            .await?;
        drop(tx);
        let own = self
            .inner
            .person_for_one_act(person, card_code, pin)
            .await?;
        Ok(self
            .inner
            .consent(&Who::Person(&own), code, access, ConsentForm::Card)
            .await?)
    }

    /// The person takes an access back, or a worker gives up their own or their team's. What was
    /// read stays read; what is written from then on is sealed under new keys.
    pub async fn take_back(&self, who: &Who<'_>, grant: GrantId) -> Result<()> {
        self.inner.end_access(who, grant).await
    }

    /// The person takes an access back with their card in a worker's office.
    pub async fn take_back_in_office(
        &self,
        session: &WorkerSession,
        person: PersonId,
        card_code: &str,
        pin: &str,
        grant: GrantId,
    ) -> Result<(), CardSignInError> {
        let mut tx = self.inner.storage.read().await?;
        self.inner
            .keys_of(&mut *tx, &Who::Worker(session, person))
            .await?;
        drop(tx);
        let own = self
            .inner
            .person_for_one_act(person, card_code, pin)
            .await?;
        Ok(self.inner.end_access(&Who::Person(&own), grant).await?)
    }

    /// Who may read what, among the compartments the asker may open; live accesses first.
    pub async fn who_may_read(&self, who: &Who<'_>) -> Result<Vec<MayRead>> {
        let inner = &self.inner;
        let mut tx = inner.storage.read().await?;
        let keys = inner.keys_of(&mut *tx, who).await?;
        let record = inner.standing(&mut *tx, &keys).await?;
        let about = inner.trust_about(&mut *tx, keys.person).await?;
        let open = keys.open_compartments();
        let now = inner.now();
        let mut all = Vec::new();
        for standing in about.grants() {
            let facts = &standing.facts;
            let shown = facts.compartments.intersection(open);
            if facts.basis == Basis::Own || shown.is_empty() {
                continue;
            }
            let view = record.grants.iter().find(|g| g.given.grant == facts.grant);
            let team_name = |team| {
                record
                    .accompaniments
                    .iter()
                    .find(|a| a.team.id == team)
                    .map(|a| format!("{} ({})", a.team.name, a.team.organisation))
            };
            let (to, mine) = match (facts.recipient, who) {
                (GrantRecipient::Team(team), _) => (
                    view.map(|v| v.given.to.clone()).or_else(|| team_name(team)),
                    matches!(who, Who::Worker(s, _) if s.membership(team).is_some()),
                ),
                (GrantRecipient::Account(account), who) => {
                    (view.map(|v| v.given.to.clone()), who.account() == account)
                }
                (GrantRecipient::Keepers, _) => (Some(String::new()), false),
            };
            all.push(MayRead {
                grant: facts.grant,
                to: to.unwrap_or_default(),
                compartments: shown,
                purpose: view.map(|v| v.given.purpose.clone()).unwrap_or_default(),
                from: facts.issued_at,
                until: view.and_then(|v| v.given.until),
                live: standing.holds(now),
                mission: facts.basis == Basis::Mission,
                mine,
            });
        }
        all.sort_by_key(|m| (!m.live, std::cmp::Reverse(m.from)));
        Ok(all)
    }
}
