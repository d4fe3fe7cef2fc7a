//! Procedures carried by a team and read by the person: who may write in them, what is reminded to
//! whom, and what is counted without any name.

use crate::app::App;
use domain::{
    Compartment,
    entry::Content,
    id::{DeadlineId, PersonId, PieceId, ProcedureId},
    procedure::{
        AmountPer, Brake, BrakeKind, Deadline, DeadlineEnd, DeadlineKind, DeadlineRule,
        DeadlineSource, Met, Procedure, ProcedureError, ProcedureFacts, ProcedureState, Refusal,
        ServiceConcerned, Way, WayKind,
    },
    step::{Ground, InPlace, Step, StepError},
    words::{AppointmentShow, Conduct, ContactMode, InPlaceReason, Theme},
};
use jiff::civil::{Date, date};
use service::{
    NewDeadline, NewMove, NewProcedure, Offer, OfferedPiece, ServiceError, Which, Who,
    WorkerSession,
};

fn facts() -> ProcedureFacts {
    ProcedureFacts {
        title: "Demande de RSA".into(),
        theme: Theme::Money,
        right: "RSA".into(),
        organisation: "CAF".into(),
        reference: String::new(),
        asked: None,
        granted: None,
        per: AmountPer::Month,
    }
}

fn offer() -> Offer {
    let piece = |label: &str, case: &str| OfferedPiece {
        label: label.into(),
        case: case.into(),
    };
    Offer {
        page: "F19778".into(),
        edition: date(2020, 10, 30),
        title: "Revenu de solidarité active (RSA)".into(),
        theme: Some(Theme::Money),
        pieces: vec![
            piece("Avis d’impôt", ""),
            piece("Titre de séjour", "Vous êtes étranger"),
            piece("", ""),
        ],
        ways: vec![Way {
            kind: WayKind::Online,
            words: "Demande en ligne".into(),
            address: "https://www.caf.fr".into(),
        }],
    }
}

pub(crate) fn new(compartment: Compartment) -> NewProcedure {
    NewProcedure {
        compartment,
        facts: facts(),
        offer: Some(offer()),
        follow: true,
    }
}

pub(crate) fn step(on: Date) -> Step {
    Step {
        on,
        // Whatever it says, a step of a procedure is on the procedure's theme.
        theme: Theme::Leisure,
        contact: ContactMode::Office,
        conduct: Conduct::WithHelp,
        in_place: None,
        text: "Demande remplie ensemble".into(),
        next_time: None,
    }
}

pub(crate) fn deadline(kind: DeadlineKind, on: Date, show: AppointmentShow) -> NewDeadline {
    NewDeadline {
        kind,
        on,
        source: DeadlineSource::Said("la lettre".into()),
        words: String::new(),
        show,
    }
}

impl App {
    pub(crate) async fn open(&self, person: PersonId) -> ProcedureId {
        let new = new(Compartment::Social);
        let opened = self.service.open_procedure(&self.workers[0], person, new);
        opened.await.unwrap()
    }

    async fn procedure(&self, person: PersonId, id: ProcedureId) -> Procedure {
        let record = self.opened(&self.workers[0], person).await;
        record.procedure(id).unwrap().clone()
    }

    async fn go(
        &self,
        person: PersonId,
        id: ProcedureId,
        to: ProcedureState,
        refusal: Option<Refusal>,
    ) -> Result<u64, ServiceError> {
        let new = NewMove {
            to,
            step: step(self.service.today()),
            refusal,
        };
        let worker = &self.workers[0];
        self.service.move_procedure(worker, person, id, new).await
    }

    pub(crate) async fn set(
        &self,
        person: PersonId,
        id: ProcedureId,
        new: NewDeadline,
    ) -> DeadlineId {
        let worker = &self.workers[0];
        let set = self.service.set_deadline(worker, person, id, None, new);
        set.await.unwrap()
    }

    async fn coming(&self, session: &WorkerSession) -> Vec<(Date, DeadlineKind, String)> {
        let all = self.service.my_deadlines(session).await.unwrap();
        all.into_iter().map(|d| (d.day, d.kind, d.name)).collect()
    }
}

fn pieces(p: &Procedure) -> Vec<PieceId> {
    p.pieces.iter().map(|v| v.piece.id).collect()
}

#[tokio::test]
async fn what_a_page_proposes_counts_once_someone_checked_it_and_stays_readable() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let worker = &app.workers[0];
    let id = app.open(person).await;
    let p = app.procedure(person, id).await;
    assert_eq!(p.page.as_ref().unwrap().edition, date(2020, 10, 30));
    assert_eq!(p.ways[0].way.address, "https://www.caf.fr");
    let [tax, permit] = pieces(&p)[..] else {
        panic!("{:?}", p.pieces)
    };
    assert!(p.to_check());
    let given = Met::GivenOn(app.service.today());
    let who = Who::Worker(worker, person);
    let unchecked = app.service.meet_piece(&who, id, tax, given.clone()).await;
    let expected = ServiceError::Procedure(ProcedureError::Unchecked);
    assert_eq!(unchecked.unwrap_err().to_string(), expected.to_string());
    let foreign = PieceId::from_bytes([9; 16]);
    app.service
        .check_pieces(worker, person, id, &[tax, foreign])
        .await
        .unwrap();
    let label = app.service.ask_piece(worker, person, id, "RIB");
    let bank = label.await.unwrap();
    let p = app.procedure(person, id).await;
    assert_eq!(pieces(&p), [tax, bank]);
    assert!(!pieces(&p).contains(&permit));
    app.service.meet_piece(&who, id, tax, given).await.unwrap();
    let today = app.service.today();
    let p = app.procedure(person, id).await;
    let lacking: Vec<_> = p.lacking(&[], today).map(|v| v.piece.id).collect();
    assert_eq!(lacking, [bank]);
    let later = app
        .service
        .meet_piece(&who, id, bank, Met::GivenOn(date(2030, 1, 1)))
        .await;
    assert!(matches!(later, Err(ServiceError::Invalid { .. })));

    // The person says that they gave one; that one is needless is not theirs to say.
    let card = app.card(person).await;
    let own = app.own(&card.code).await;
    let me = Who::Person(&own);
    let needless = Met::NotNeeded("je ne veux pas".into());
    let refused = app.service.meet_piece(&me, id, bank, needless).await;
    assert!(matches!(refused, Err(ServiceError::Forbidden)));
    app.service
        .meet_piece(&me, id, bank, Met::GivenOn(today))
        .await
        .unwrap();
    let p = app.procedure(person, id).await;
    assert_eq!(p.lacking(&[], today).count(), 0);
    app.sound().await;
}

#[tokio::test]
async fn inside_a_procedure_a_mandate_on_its_theme_is_needed_whatever_the_step_says() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let worker = &app.workers[0];
    let id = app.open(person).await;
    let today = app.service.today();
    let give = async |theme| {
        let new = service::NewMandate {
            themes: vec![theme],
            from: today,
            duration: domain::mandate::MandateDuration::Month,
            consent: domain::words::ConsentForm::Signed,
            words: String::new(),
        };
        app.service.give_mandate(worker, person, new).await.unwrap()
    };
    let act = async |mandate| {
        let step = Step {
            conduct: Conduct::InPlace,
            in_place: Some(InPlace {
                reason: InPlaceReason::OnlineOnly,
                ground: Ground::Mandate(mandate),
            }),
            ..step(today)
        };
        app.service.act_in_procedure(worker, person, id, step).await
    };
    // The step says leisure: the procedure is about money.
    let leisure = give(Theme::Leisure).await;
    let refused = act(leisure).await;
    assert!(matches!(
        refused,
        Err(ServiceError::Step(StepError::NoGround))
    ));
    let money = give(Theme::Money).await;
    let sequence = act(money).await.unwrap();
    let p = app.procedure(person, id).await;
    let last = p.last_step().unwrap();
    assert_eq!((last.sequence, last.step.theme), (sequence, Theme::Money));
    app.service
        .revoke_mandate(&Who::Worker(worker, person), money, String::new())
        .await
        .unwrap();
    assert!(matches!(
        act(money).await,
        Err(ServiceError::Step(StepError::NoGround))
    ));
}

#[tokio::test]
async fn whoever_has_no_right_finds_no_procedure_and_writes_nothing_in_it() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let other = app.person("Basile", true).await;
    let id = app.open(person).await;
    let today = app.service.today();
    let before = app.opened(&app.workers[0], person).await.entries.len();
    let stranger = &app.workers[1];
    let move_it = |session, person| {
        let to = ProcedureState::Submitted;
        let step = step(today);
        let refusal = None;
        let new = NewMove { to, step, refusal };
        app.service.move_procedure(session, person, id, new)
    };
    let nothing = |r: Result<(), ServiceError>| assert!(matches!(r, Err(ServiceError::NotFound)));
    nothing(move_it(stranger, person).await.map(drop));
    // Their own person's record does not lead there either.
    nothing(move_it(&app.workers[0], other).await.map(drop));
    let brake = Brake {
        kind: BrakeKind::Cost,
        service: ServiceConcerned::Caf,
        words: String::new(),
        on: today,
    };
    nothing(app.service.note_brake(stranger, person, id, brake).await);
    let new_deadline = deadline(DeadlineKind::Other, today, AppointmentShow::Silent);
    let set = app
        .service
        .set_deadline(stranger, person, id, None, new_deadline);
    nothing(set.await.map(drop));
    let account = stranger.account;
    let followed = app
        .service
        .follow_procedure(&app.workers[0], person, id, account);
    nothing(followed.await);
    let opened = app
        .service
        .open_procedure(stranger, person, new(Compartment::Social));
    nothing(opened.await.map(drop));
    // A compartment that is closed to the worker, and the person's own safe, take none.
    for compartment in [Compartment::Health, Compartment::Vault] {
        let opened = app
            .service
            .open_procedure(&app.workers[0], person, new(compartment));
        let refused = opened.await;
        assert!(matches!(refused, Err(ServiceError::CompartmentClosed(c)) if c == compartment));
    }
    // A document of another safe meets nothing.
    let worker = &app.workers[0];
    let piece = app.service.ask_piece(worker, person, id, "RIB");
    let piece = piece.await.unwrap();
    let foreign = Met::Document(domain::id::DocumentId::from_bytes([4; 16]));
    let who = Who::Worker(worker, person);
    nothing(app.service.meet_piece(&who, id, piece, foreign).await);
    let after = app.opened(worker, person).await.entries.len();
    assert_eq!(after, before + 1);
}

#[tokio::test]
async fn a_refusal_and_its_appeal_end_the_deadlines_they_leave_without_object() {
    use ProcedureState as S;
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let id = app.open(person).await;
    let today = app.service.today();
    let wrong = app.go(person, id, S::Accepted, None).await;
    assert!(matches!(
        wrong,
        Err(ServiceError::Procedure(ProcedureError::Transition(_)))
    ));
    app.go(person, id, S::Submitted, None).await.unwrap();
    let silence = app.procedure(person, id).await.proposals()[0];
    assert_eq!(silence.rule, DeadlineRule::Silence);
    let rule = |rule: DeadlineRule| NewDeadline {
        kind: rule.kind(),
        on: rule.day(today),
        source: DeadlineSource::Rule { rule, from: today },
        words: String::new(),
        show: AppointmentShow::Notified,
    };
    app.set(person, id, rule(DeadlineRule::Silence)).await;
    let refusal = Refusal {
        reason: "Dossier incomplet".into(),
        notified: today,
        rule: Some(DeadlineRule::AppealRsa),
        way: String::new(),
    };
    assert!(app.go(person, id, S::Refused, None).await.is_err());
    let refused = app.go(person, id, S::Refused, Some(refusal)).await;
    refused.unwrap();
    let p = app.procedure(person, id).await;
    assert_eq!(p.live_deadlines().count(), 0);
    assert_eq!(p.proposals()[0].rule, DeadlineRule::AppealRsa);
    app.set(person, id, rule(DeadlineRule::AppealRsa)).await;
    assert_eq!(app.coming(&app.workers[0]).await.len(), 1);
    app.go(person, id, S::Appealed, None).await.unwrap();
    let p = app.procedure(person, id).await;
    let ends: Vec<_> = p
        .deadlines
        .iter()
        .map(|d| d.ended.as_ref().map(|e| e.0))
        .collect();
    assert_eq!(
        ends,
        [Some(DeadlineEnd::Cancelled), Some(DeadlineEnd::Done)]
    );
    assert!(app.coming(&app.workers[0]).await.is_empty());
}

#[tokio::test]
async fn deadlines_come_to_whoever_follows_and_are_neutral_where_they_are_prepared() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let worker = &app.workers[0];
    let id = app.open(person).await;
    let card = app.card(person).await;
    let declared = deadline(
        DeadlineKind::Declaration,
        date(2026, 4, 5),
        AppointmentShow::Notified,
    );
    let declaration = app.set(person, id, declared).await;
    let hearing = deadline(
        DeadlineKind::Hearing,
        date(2026, 3, 20),
        AppointmentShow::Hidden,
    );
    app.set(person, id, hearing).await;
    let coming = app.coming(worker).await;
    let days: Vec<_> = coming.iter().map(|c| (c.0, c.1)).collect();
    assert_eq!(
        days,
        [
            (date(2026, 3, 20), DeadlineKind::Hearing),
            (date(2026, 4, 5), DeadlineKind::Declaration)
        ]
    );
    assert!(coming[0].2.contains("Aline"));
    // The person has one, that of which they are to be reminded. All weigh the same.
    let asked = async |query: &str| app.engine.numbers(query).await;
    assert_eq!(asked("SELECT count(*) FROM reminders").await, [3]);
    let lengths = "SELECT count(DISTINCT length(sealed)) FROM reminders";
    assert_eq!(asked(lengths).await, [1]);
    let accounts = "SELECT count(*) FROM reminders GROUP BY account ORDER BY 1";
    assert_eq!(asked(accounts).await, [1, 2]);
    drop(card);

    // Nobody else's list has them, until the procedure changes hands.
    let lead = &app.leads[0];
    assert!(app.coming(lead).await.is_empty());
    app.service
        .follow_procedure(worker, person, id, lead.account)
        .await
        .unwrap();
    assert!(app.coming(worker).await.is_empty());
    assert_eq!(app.coming(lead).await.len(), 2);

    // A declaration that was made gives the next; a hearing that is over is out of the list.
    app.service
        .end_deadline(worker, person, id, declaration, DeadlineEnd::Done)
        .await
        .unwrap();
    let again = app
        .service
        .end_deadline(worker, person, id, declaration, DeadlineEnd::Done)
        .await;
    assert!(matches!(
        again,
        Err(ServiceError::Procedure(ProcedureError::NoSuchDeadline))
    ));
    let days: Vec<_> = app.coming(lead).await.iter().map(|c| c.0).collect();
    assert_eq!(days, [date(2026, 3, 20), date(2026, 7, 5)]);
    let p = app.procedure(person, id).await;
    let next = p
        .live_deadlines()
        .find(|d| d.deadline.kind == DeadlineKind::Declaration);
    let Deadline { source, .. } = &next.unwrap().deadline;
    let rule = DeadlineRule::Quarter;
    let from = date(2026, 4, 5);
    assert_eq!(*source, DeadlineSource::Rule { rule, from });

    // Late ones are still seen, and what is long past is swept.
    app.hours(24 * 40);
    assert_eq!(app.coming(lead).await.len(), 2);
    app.hours(24 * 200);
    let swept = app.service.sweep().await.unwrap();
    assert_eq!(swept.reminders, 3);
}

#[tokio::test]
async fn a_worker_who_lost_the_record_is_told_of_no_date_in_it() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let session = &app.workers[0];
    let id = app.open(person).await;
    let when = date(2026, 4, 5);
    let renewal = deadline(DeadlineKind::Renewal, when, AppointmentShow::Silent);
    app.set(person, id, renewal).await;
    assert_eq!(app.coming(session).await.len(), 1);
    app.service
        .leave_team(&app.administrator, session.account, app.teams[0])
        .await
        .unwrap();
    assert!(app.coming(session).await.is_empty());
}

#[tokio::test]
async fn a_brake_keeps_its_words_in_the_record_and_is_counted_without_a_name() {
    let app = App::new().await;
    let worker = &app.workers[0];
    let mut opened = Vec::new();
    for name in ["Aline", "Basile"] {
        let person = app.person(name, true).await;
        opened.push((person, app.open(person).await));
    }
    let brake = |kind, on| Brake {
        kind,
        service: ServiceConcerned::Prefecture,
        words: "Aucun créneau depuis six semaines".into(),
        on,
    };
    let note = async |at: usize, kind, on| {
        let (person, id) = opened[at];
        let noted = app.service.note_brake(worker, person, id, brake(kind, on));
        noted.await
    };
    let (march, february) = (date(2026, 3, 2), date(2026, 2, 20));
    note(0, BrakeKind::NoSlot, march).await.unwrap();
    note(1, BrakeKind::NoSlot, march).await.unwrap();
    note(1, BrakeKind::SiteDown, february).await.unwrap();
    let later = note(0, BrakeKind::NoSlot, date(2026, 3, 3)).await;
    assert!(matches!(later, Err(ServiceError::Invalid { .. })));
    let asked = async |query: &str| app.engine.numbers(query).await;
    let counted = "SELECT CAST(count AS BIGINT) FROM brake_counts WHERE service = 'prefecture'";
    let of = |kind: &str| format!("{counted} AND kind = '{kind}'");
    assert_eq!(asked(&of("site_down")).await, [1]);
    assert_eq!(asked(&of("no_slot")).await, [2]);
    assert_eq!(asked("SELECT count(*) FROM brake_counts").await, [2]);
    let p = app.procedure(opened[0].0, opened[0].1).await;
    assert_eq!(p.brakes.len(), 1);
    assert_eq!(p.brakes[0].0.words, "Aucun créneau depuis six semaines");
}

#[tokio::test]
async fn a_mistaken_move_is_taken_back_once_and_both_stay_written() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let worker = &app.workers[0];
    let id = app.open(person).await;
    app.go(person, id, ProcedureState::Submitted, None)
        .await
        .unwrap();
    let back = async |why: &str| app.service.take_back_move(worker, person, id, why).await;
    assert!(matches!(back(" ").await, Err(ServiceError::Invalid { .. })));
    back("Mauvais dossier").await.unwrap();
    let again = back("Encore").await;
    assert!(matches!(
        again,
        Err(ServiceError::Procedure(ProcedureError::NothingToTakeBack))
    ));
    let opened = app
        .service
        .open_record(worker, person, Which::All)
        .await
        .unwrap();
    let told =
        opened.record.entries.iter().filter(
            |e| matches!(&e.body.content, Content::Procedure(said) if said.procedure == id),
        );
    assert_eq!(told.count(), 3);
    let p = opened.record.procedure(id).unwrap();
    assert_eq!(p.standing().state(), ProcedureState::ToStart);
}
