//! Procedures: opened from a page or free, carried from state to state by steps that say who did
//! them. Inside a procedure, acting in the person's place needs a live mandate on its theme or a
//! stated emergency, as anywhere else. Everything is sealed in the procedure's own compartment.

mod deadlines;
mod digest;
mod letter;
mod pieces;
mod reminders;

pub use deadlines::NewDeadline;
pub use digest::{DIGEST_DAYS, Digest, OwnDeadline};
pub use reminders::ComingDeadline;
pub(crate) use reminders::KEPT_DAYS;

use crate::{
    Inner, Result, Service, ServiceError, Who, WorkerSession, keyring::RecordKeys,
    record::check_text,
};
use domain::{
    Compartment,
    entry::{Content, LONGEST_TEXT, Referent},
    id::{AccountId, PersonId, PieceId, ProcedureId},
    procedure::{
        Brake, LONGEST_LINE, PageTaken, Piece, Procedure, ProcedureEntry, ProcedureEvent,
        ProcedureFacts, ProcedureState, Refusal, Way,
    },
    record::Record,
    step::Step,
    words::Theme,
};
use jiff::civil::Date;
use storage::{BrakeCounted, Transaction};

/// What a page of the catalogue offers to a procedure. Web fills it; this crate never reads the
/// catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The page's identifier.
    pub page: String,
    /// The date of its edition.
    pub edition: Date,
    /// Its title.
    pub title: String,
    /// The theme that suits it, where one does; a person may choose another.
    pub theme: Option<Theme>,
    /// Its lists of pieces, in order.
    pub pieces: Vec<OfferedPiece>,
    /// Its ways to ask, online or not.
    pub ways: Vec<Way>,
}

/// A piece of a page's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedPiece {
    /// What is asked for.
    pub label: String,
    /// The case it belongs to; empty where it is asked of everyone.
    pub case: String,
}

/// A procedure to open.
#[derive(Debug, Clone)]
pub struct NewProcedure {
    /// Where it is written.
    pub compartment: Compartment,
    /// What is known of it.
    pub facts: ProcedureFacts,
    /// The page it is opened from.
    pub offer: Option<Offer>,
    /// Whether the worker who opens it follows it.
    pub follow: bool,
}

/// A change of state.
#[derive(Debug, Clone)]
pub struct NewMove {
    /// The state to go to.
    pub to: ProcedureState,
    /// What was done for it; its theme is the procedure's, whatever it says.
    pub step: Step,
    /// The refusal, where it was refused.
    pub refusal: Option<Refusal>,
}

/// The most pieces and ways kept from a page.
const MOST_OFFERED: usize = 120;

/// A procedure about to be written in, in a transaction of its own.
pub(crate) struct Begun {
    pub(crate) tx: Box<dyn Transaction>,
    pub(crate) keys: RecordKeys,
    pub(crate) record: Record,
    id: ProcedureId,
}

impl Begun {
    /// The procedure as it stands.
    pub(crate) fn procedure(&self) -> Result<&Procedure> {
        self.record.procedure(self.id).ok_or(ServiceError::NotFound)
    }
}

/// A line that a procedure takes.
pub(crate) fn check_line(field: &'static str, line: &str, required: bool) -> Result<()> {
    let key = if required && line.trim().is_empty() {
        "error-line-empty"
    } else if line.chars().count() > LONGEST_LINE {
        "error-line-long"
    } else {
        return Ok(());
    };
    Err(ServiceError::Invalid { field, key })
}

/// A text that may be empty.
pub(crate) fn check_words(field: &'static str, text: &str) -> Result<()> {
    if text.chars().count() > LONGEST_TEXT {
        let key = "error-text-long";
        return Err(ServiceError::Invalid { field, key });
    }
    Ok(())
}

fn check_facts(facts: &ProcedureFacts) -> Result<()> {
    check_line("title", &facts.title, true)?;
    check_line("right", &facts.right, false)?;
    check_line("organisation", &facts.organisation, false)?;
    check_line("reference", &facts.reference, false)
}

fn check_way(way: &Way) -> Result<()> {
    check_line("way_words", &way.words, true)?;
    check_line("way_address", &way.address, false)
}

/// At most that many characters of a page's line.
fn short(line: &str) -> String {
    line.trim().chars().take(LONGEST_LINE).collect()
}

impl Inner {
    /// A transaction that writes in that procedure, with the record as it stands.
    pub(crate) async fn begin_in(&self, who: &Who<'_>, id: ProcedureId) -> Result<Begun> {
        let mut tx = self.storage.write().await?;
        let keys = self.keys_to_write(&mut *tx, who).await?;
        let record = self.standing(&mut *tx, &keys).await?;
        let begun = Begun {
            tx,
            keys,
            record,
            id,
        };
        begun.procedure()?;
        Ok(begun)
    }

    /// Counts a brake, apart from the record: counters lie elsewhere and nothing ties them to it.
    /// What was written in the record stands, whatever becomes of the count.
    async fn count_brake(&self, counted: &BrakeCounted) {
        let count = self.again(|| async {
            let mut tx = self.storage.write().await?;
            tx.count_brake(counted).await?;
            Ok(tx.save().await?)
        });
        if let Err(error) = count.await {
            tracing::error!(%error, "a brake could not be counted");
        }
    }

    /// Writes what happens to a procedure as it stands, in one transaction, and all of it anew where
    /// another was first; gives the sequence of the entry.
    pub(crate) async fn tell_of(
        &self,
        who: &Who<'_>,
        id: ProcedureId,
        event: impl Fn(&Begun) -> Result<ProcedureEvent> + Sync,
    ) -> Result<u64> {
        self.again(|| async {
            let mut begun = self.begin_in(who, id).await?;
            let event = event(&begun)?;
            let sequence = self.tell(who, &mut begun, event).await?;
            begun.tx.save().await?;
            Ok(sequence)
        })
        .await
    }

    /// Writes what happened to the procedure; gives the sequence of the entry.
    pub(crate) async fn tell(
        &self,
        who: &Who<'_>,
        begun: &mut Begun,
        event: ProcedureEvent,
    ) -> Result<u64> {
        let compartment = begun.procedure()?.compartment;
        let content = Content::Procedure(ProcedureEntry {
            procedure: begun.id,
            event,
        });
        self.append_as(&mut *begun.tx, who, &begun.keys, compartment, content)
            .await
    }
}

/// A step of this procedure, after the rules of its conduct.
fn conducted(begun: &Begun, mut step: Step, today: Date) -> Result<Step> {
    check_text("text", &step.text)?;
    step.theme = begun.procedure()?.facts.theme;
    step.check(today, |id, theme, day| {
        begun.record.mandate_allows(id, theme, day)
    })?;
    Ok(step)
}

impl Service {
    /// Opens a procedure, to be started. What the page said is copied into it, and stays whatever
    /// becomes of the page.
    pub async fn open_procedure(
        &self,
        session: &WorkerSession,
        person: PersonId,
        new: NewProcedure,
    ) -> Result<ProcedureId> {
        check_facts(&new.facts)?;
        if new.compartment == Compartment::Vault {
            return Err(ServiceError::CompartmentClosed(new.compartment));
        }
        let inner = &self.inner;
        let id = ProcedureId::from_bytes(inner.new_id());
        let piece = |p: OfferedPiece| Piece {
            id: PieceId::from_bytes(inner.new_id()),
            label: short(&p.label),
            case: short(&p.case),
            from_page: true,
        };
        let (mut page, mut pieces, mut ways) = (None, Vec::new(), Vec::new());
        if let Some(offer) = new.offer {
            page = Some(PageTaken {
                page: short(&offer.page),
                edition: offer.edition,
                title: short(&offer.title),
            });
            let asked = offer
                .pieces
                .into_iter()
                .filter(|p| !p.label.trim().is_empty());
            pieces = asked.take(MOST_OFFERED).map(piece).collect();
            let told = offer.ways.into_iter().take(MOST_OFFERED);
            ways = told
                .map(|way| Way {
                    words: short(&way.words),
                    address: short(&way.address),
                    ..way
                })
                .collect();
        }
        let follower = new.follow.then(|| Referent {
            account: session.account,
            name: session.name.clone(),
        });
        let content = Content::Procedure(ProcedureEntry {
            procedure: id,
            event: ProcedureEvent::Opened {
                facts: new.facts,
                page,
                pieces,
                ways,
                follower,
            },
        });
        let who = Who::Worker(session, person);
        inner.write_one(&who, new.compartment, content).await?;
        Ok(id)
    }

    /// Mends what is known of a procedure.
    pub async fn change_procedure(
        &self,
        session: &WorkerSession,
        person: PersonId,
        id: ProcedureId,
        facts: ProcedureFacts,
    ) -> Result<()> {
        check_facts(&facts)?;
        let who = Who::Worker(session, person);
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut begun = inner.begin_in(&who, id).await?;
                if begun.procedure()?.facts != facts {
                    let event = ProcedureEvent::Changed(facts.clone());
                    inner.tell(&who, &mut begun, event).await?;
                }
                Ok(begun.tx.save().await?)
            })
            .await
    }

    /// Takes a procedure to another state by a step; gives the sequence of the entry.
    pub async fn move_procedure(
        &self,
        session: &WorkerSession,
        person: PersonId,
        id: ProcedureId,
        new: NewMove,
    ) -> Result<u64> {
        if let Some(refusal) = &new.refusal {
            check_words("refusal_reason", &refusal.reason)?;
            check_words("refusal_way", &refusal.way)?;
        }
        let who = Who::Worker(session, person);
        let today = self.today();
        let inner = &self.inner;
        let (sequence, ended) = inner
            .again(|| async {
                let mut begun = inner.begin_in(&who, id).await?;
                let step = conducted(&begun, new.step.clone(), today)?;
                begun
                    .procedure()?
                    .check_move(new.to, new.refusal.as_ref(), step.on, today)?;
                let event = ProcedureEvent::Moved {
                    to: new.to,
                    step,
                    refusal: new.refusal.clone(),
                };
                let sequence = inner.tell(&who, &mut begun, event).await?;
                let ended = inner.end_moot(&who, &mut begun, new.to).await?;
                begun.tx.save().await?;
                Ok((sequence, ended))
            })
            .await?;
        if ended > 0 {
            inner.prepare_reminders(&who, id).await;
        }
        Ok(sequence)
    }

    /// Records something done for a procedure that does not change its state; gives the sequence of
    /// the entry.
    pub async fn act_in_procedure(
        &self,
        session: &WorkerSession,
        person: PersonId,
        id: ProcedureId,
        step: Step,
    ) -> Result<u64> {
        let who = Who::Worker(session, person);
        let today = self.today();
        self.inner
            .tell_of(&who, id, |begun| {
                Ok(ProcedureEvent::Acted(conducted(
                    begun,
                    step.clone(),
                    today,
                )?))
            })
            .await
    }

    /// Takes back the last change of state, written by mistake; it stays in the journal.
    pub async fn take_back_move(
        &self,
        session: &WorkerSession,
        person: PersonId,
        id: ProcedureId,
        reason: &str,
    ) -> Result<()> {
        check_line("mistake", reason, true)?;
        let who = Who::Worker(session, person);
        let taken_back = |begun: &Begun| {
            begun.procedure()?.check_take_back()?;
            let reason = reason.trim().to_owned();
            Ok(ProcedureEvent::TakenBack { reason })
        };
        self.inner.tell_of(&who, id, taken_back).await?;
        Ok(())
    }

    /// The workers who may follow a procedure of that record: welcomed members of the asker's teams
    /// through which it is open.
    pub async fn possible_followers(
        &self,
        session: &WorkerSession,
        person: PersonId,
    ) -> Result<Vec<Referent>> {
        let who = Who::Worker(session, person);
        let mut tx = self.inner.storage.read().await?;
        let keys = self.inner.keys_of(&mut *tx, &who).await?;
        drop(tx);
        let mut found = vec![Referent {
            account: session.account,
            name: session.name.clone(),
        }];
        for (team, _) in &keys.through {
            found.extend(self.possible_referents(session, *team).await?);
        }
        found.sort_by(|a, b| (&a.name, a.account).cmp(&(&b.name, b.account)));
        found.dedup_by_key(|r| r.account);
        Ok(found)
    }

    /// Names the worker who follows a procedure: the reminders of its deadlines go to them.
    pub async fn follow_procedure(
        &self,
        session: &WorkerSession,
        person: PersonId,
        id: ProcedureId,
        account: AccountId,
    ) -> Result<()> {
        let possible = self.possible_followers(session, person).await?;
        let follower = possible.into_iter().find(|r| r.account == account);
        let follower = follower.ok_or(ServiceError::NotFound)?;
        let who = Who::Worker(session, person);
        let followed = |_: &Begun| Ok(ProcedureEvent::Followed(follower.clone()));
        self.inner.tell_of(&who, id, followed).await?;
        self.inner.prepare_reminders(&who, id).await;
        Ok(())
    }

    /// Writes what blocked; its kind and service are counted for the observatory, without any name.
    pub async fn note_brake(
        &self,
        session: &WorkerSession,
        person: PersonId,
        id: ProcedureId,
        brake: Brake,
    ) -> Result<()> {
        check_words("words", &brake.words)?;
        if brake.on > self.today() {
            return Err(ServiceError::Invalid {
                field: "on",
                key: "error-step-future",
            });
        }
        let who = Who::Worker(session, person);
        let counted = BrakeCounted {
            organisation: session.organisation,
            month: brake.on.first_of_month(),
            service: brake.service,
            kind: brake.kind,
        };
        let met = |_: &Begun| Ok(ProcedureEvent::BrakeMet(brake.clone()));
        self.inner.tell_of(&who, id, met).await?;
        self.inner.count_brake(&counted).await;
        Ok(())
    }

    /// Writes a way that the team knows.
    pub async fn note_way(
        &self,
        session: &WorkerSession,
        person: PersonId,
        id: ProcedureId,
        way: Way,
    ) -> Result<()> {
        check_way(&way)?;
        let who = Who::Worker(session, person);
        let noted = |_: &Begun| Ok(ProcedureEvent::WayNoted(way.clone()));
        self.inner.tell_of(&who, id, noted).await?;
        Ok(())
    }
}
