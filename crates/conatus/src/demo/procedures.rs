//! Procedures of the invented lives: each at another point of its way, with its pieces, its dates
//! and who did what.

use super::story::Teller;
use crate::error::Outcome;
use domain::{
    Compartment,
    id::{PersonId, ProcedureId},
    mandate::MandateDuration,
    procedure::{
        Amount, AmountPer, Brake, BrakeKind, DeadlineKind, DeadlineRule, DeadlineSource, Met,
        ProcedureFacts, ProcedureState, Refusal, ServiceConcerned, Way, WayKind,
    },
    step::{Ground, InPlace, NextTime, Step},
    words::{AppointmentShow, Conduct, ConsentForm, ContactMode, InPlaceReason, Theme},
};
use jiff::{SignedDuration, ToSpan};
use service::{Clock, NewDeadline, NewMandate, NewMove, NewProcedure, Which, Who, WorkerSession};

/// How far the story goes.
#[derive(Clone, Copy)]
enum Ends {
    /// Pieces are being found.
    Waiting,
    /// Filed, no answer yet.
    Filed,
    /// Refused; the day of the appeal is set.
    Refused,
    /// Accepted, with the rule of its next date.
    Accepted(DeadlineRule),
}

struct Plan {
    title: &'static str,
    theme: Theme,
    organisation: &'static str,
    service: ServiceConcerned,
    asked: Option<u64>,
    pieces: &'static [&'static str],
    counter: &'static str,
    online: &'static str,
    ends: Ends,
}

const PLANS: [Plan; 5] = [
    Plan {
        title: "Demande de RSA",
        theme: Theme::Money,
        organisation: "CAF",
        service: ServiceConcerned::Caf,
        asked: Some(64_652),
        pieces: &[
            "Pièce d’identité ou titre de séjour",
            "Attestation de domiciliation",
            "Relevé d’identité bancaire",
        ],
        counter: "Au guichet de la CAF, sur rendez-vous ; formulaire papier au CCAS",
        online: "Demande en ligne, avec un compte",
        ends: Ends::Refused,
    },
    Plan {
        title: "Renouvellement de la domiciliation",
        theme: Theme::Papers,
        organisation: "CCAS",
        service: ServiceConcerned::TownHall,
        asked: None,
        pieces: &["Pièce d’identité", "Ancienne attestation de domiciliation"],
        counter: "À l’accueil du CCAS, le matin",
        online: "",
        ends: Ends::Accepted(DeadlineRule::Domiciliation),
    },
    Plan {
        title: "Complémentaire santé solidaire",
        theme: Theme::Health,
        organisation: "Assurance maladie",
        service: ServiceConcerned::Cpam,
        asked: None,
        pieces: &["Avis d’impôt", "Attestation de droits"],
        counter: "Formulaire papier à l’accueil de la caisse",
        online: "Compte ameli",
        ends: Ends::Filed,
    },
    Plan {
        title: "Demande de logement social",
        theme: Theme::Housing,
        organisation: "Guichet de la métropole",
        service: ServiceConcerned::Housing,
        asked: None,
        pieces: &[
            "Pièce d’identité",
            "Avis d’impôt",
            "Livret de famille ou acte de naissance",
        ],
        counter: "",
        online: "Portail national de la demande",
        ends: Ends::Waiting,
    },
    Plan {
        title: "Prime d’activité",
        theme: Theme::Money,
        organisation: "CAF",
        service: ServiceConcerned::Caf,
        asked: Some(21_300),
        pieces: &[
            "Trois derniers bulletins de salaire",
            "Relevé d’identité bancaire",
        ],
        counter: "Borne et conseiller à l’accueil de la CAF",
        online: "Demande en ligne, avec un compte",
        ends: Ends::Accepted(DeadlineRule::Quarter),
    },
];

impl Teller<'_> {
    /// The procedures of someone: three for those whose cards are printed, one for most others.
    pub(super) async fn procedures(
        &mut self,
        session: &WorkerSession,
        person: PersonId,
        at: usize,
    ) -> Outcome<()> {
        if at >= 2 && at.is_multiple_of(7) {
            return Ok(());
        }
        // Of the last weeks, so that their dates are still to come.
        let begun = self.now.saturating_sub(SignedDuration::from_hours(24 * 48));
        let begun = begun.unwrap_or(self.now);
        if self.crew.clock.now() < begun {
            self.crew.clock.set(begun);
        }
        let plans: &[usize] = match at {
            0 => &[1, 0, 3],
            1 => &[4, 2, 3],
            _ => &[at % PLANS.len()],
        };
        for plan in plans {
            self.procedure(session, person, &PLANS[*plan]).await?;
        }
        Ok(())
    }

    fn done(&self, conduct: Conduct, text: &str, in_place: Option<InPlace>) -> Step {
        Step {
            on: self.today(),
            theme: Theme::Money,
            contact: ContactMode::Office,
            conduct,
            in_place,
            text: text.into(),
            next_time: (conduct == Conduct::WithHelp).then(|| NextTime {
                text: "Ouvrir le courrier et trouver la date".into(),
                on: None,
            }),
        }
    }

    async fn go(
        &mut self,
        session: &WorkerSession,
        person: PersonId,
        id: ProcedureId,
        to: ProcedureState,
        (step, refusal): (Step, Option<Refusal>),
    ) -> Outcome<()> {
        let new = NewMove { to, step, refusal };
        self.service
            .move_procedure(session, person, id, new)
            .await?;
        self.days_later(2, 6);
        Ok(())
    }

    async fn procedure(
        &mut self,
        session: &WorkerSession,
        person: PersonId,
        plan: &Plan,
    ) -> Outcome<()> {
        let facts = ProcedureFacts {
            title: plan.title.into(),
            theme: plan.theme,
            right: String::new(),
            organisation: plan.organisation.into(),
            reference: if matches!(plan.ends, Ends::Waiting) {
                String::new()
            } else {
                format!("2026-{:04}", self.below(9000) + 1000)
            },
            asked: plan.asked.and_then(|cents| Amount::from_cents(cents).ok()),
            granted: None,
            per: AmountPer::Month,
        };
        let new = NewProcedure {
            compartment: Compartment::Social,
            facts,
            offer: None,
            follow: true,
        };
        let id = self.service.open_procedure(session, person, new).await?;
        for (kind, words) in [
            (WayKind::Counter, plan.counter),
            (WayKind::Online, plan.online),
        ] {
            if !words.is_empty() {
                let way = Way {
                    kind,
                    words: words.into(),
                    address: String::new(),
                };
                self.service.note_way(session, person, id, way).await?;
            }
        }
        self.pieces(session, person, id, plan).await?;
        self.days_later(1, 4);
        match plan.ends {
            Ends::Waiting => self.waiting(session, person, id, plan).await,
            Ends::Filed => self.filed(session, person, id).await,
            Ends::Refused => {
                self.filed(session, person, id).await?;
                self.refused(session, person, id).await
            }
            Ends::Accepted(rule) => {
                self.filed(session, person, id).await?;
                self.accepted(session, person, id, rule).await
            }
        }
    }

    /// What is asked for, met by the safe where a document of that sort is there.
    async fn pieces(
        &mut self,
        session: &WorkerSession,
        person: PersonId,
        id: ProcedureId,
        plan: &Plan,
    ) -> Outcome<()> {
        let who = Who::Worker(session, person);
        for label in plan.pieces {
            self.service.ask_piece(session, person, id, label).await?;
        }
        let opened = self
            .service
            .open_record(session, person, Which::All)
            .await?;
        let Some(procedure) = opened.record.procedure(id) else {
            return Ok(());
        };
        for view in &procedure.pieces {
            let usual = view.piece.usual_kinds();
            let mut documents = opened.record.documents.iter().rev();
            let found = documents.find(|d| usual.contains(&d.document.facts.kind));
            let met = match found {
                Some(d) => Met::Document(d.document.id),
                // One is lacking where pieces are waited for.
                None if matches!(plan.ends, Ends::Waiting) || self.below(3) == 0 => continue,
                None => Met::GivenOn(self.today()),
            };
            self.service
                .meet_piece(&who, id, view.piece.id, met)
                .await?;
        }
        Ok(())
    }

    async fn waiting(
        &mut self,
        session: &WorkerSession,
        person: PersonId,
        id: ProcedureId,
        plan: &Plan,
    ) -> Outcome<()> {
        let step = self.done(Conduct::WithHelp, "Liste des pièces lue ensemble", None);
        let to = ProcedureState::AwaitingPieces;
        self.go(session, person, id, to, (step, None)).await?;
        let brake = Brake {
            kind: BrakeKind::AccountLocked,
            service: plan.service,
            words: "Le code arrive sur un ancien numéro de téléphone.".into(),
            on: self.today(),
        };
        self.service.note_brake(session, person, id, brake).await?;
        let new = NewDeadline {
            kind: DeadlineKind::Pieces,
            on: self.today().saturating_add(35.days()),
            source: DeadlineSource::Said("le courrier reçu".into()),
            words: String::new(),
            show: AppointmentShow::Notified,
        };
        self.service
            .set_deadline(session, person, id, None, new)
            .await?;
        Ok(())
    }

    async fn filed(
        &mut self,
        session: &WorkerSession,
        person: PersonId,
        id: ProcedureId,
    ) -> Outcome<()> {
        let new = NewMandate {
            themes: vec![Theme::Money, Theme::Papers, Theme::Health],
            from: self.today(),
            duration: MandateDuration::Month,
            consent: ConsentForm::Signed,
            words: "Pour déposer la demande en ligne".into(),
        };
        let mandate = self.service.give_mandate(session, person, new).await?;
        let in_place = InPlace {
            reason: InPlaceReason::OnlineOnly,
            ground: Ground::Mandate(mandate),
        };
        let step = self.done(Conduct::InPlace, "Demande déposée en ligne", Some(in_place));
        let to = ProcedureState::Submitted;
        self.go(session, person, id, to, (step, None)).await
    }

    async fn refused(
        &mut self,
        session: &WorkerSession,
        person: PersonId,
        id: ProcedureId,
    ) -> Outcome<()> {
        let notified = self.today();
        let refusal = Refusal {
            reason: "Le droit au séjour n’est pas établi par les pièces jointes.".into(),
            notified,
            rule: Some(DeadlineRule::AppealRsa),
            way: "Courrier au président du conseil départemental".into(),
        };
        let step = self.done(Conduct::WithHelp, "Lettre de refus lue ensemble", None);
        let to = ProcedureState::Refused;
        self.go(session, person, id, to, (step, Some(refusal)))
            .await?;
        let rule = DeadlineRule::AppealRsa;
        self.date(session, person, id, rule, notified).await
    }

    async fn accepted(
        &mut self,
        session: &WorkerSession,
        person: PersonId,
        id: ProcedureId,
        rule: DeadlineRule,
    ) -> Outcome<()> {
        let step = self.done(
            Conduct::Alone,
            "La personne a ouvert la lettre d’accord",
            None,
        );
        let to = ProcedureState::Accepted;
        let from = self.today();
        self.go(session, person, id, to, (step, None)).await?;
        self.date(session, person, id, rule, from).await
    }

    async fn date(
        &mut self,
        session: &WorkerSession,
        person: PersonId,
        id: ProcedureId,
        rule: DeadlineRule,
        from: jiff::civil::Date,
    ) -> Outcome<()> {
        let new = NewDeadline {
            kind: rule.kind(),
            on: rule.day(from),
            source: DeadlineSource::Rule { rule, from },
            words: String::new(),
            show: AppointmentShow::Notified,
        };
        self.service
            .set_deadline(session, person, id, None, new)
            .await?;
        Ok(())
    }
}
