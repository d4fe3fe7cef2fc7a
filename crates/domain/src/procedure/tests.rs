//! A procedure told entry by entry: what holds after each, and what no order of entries can break.

use super::*;
use crate::{
    Compartment,
    document::{Document, DocumentFacts, FileType, Validity},
    entry::{Author, Content, Entry, EntryBody, Side},
    id::{AccountId, DocumentId, FileId},
    record::Record,
    words::{AppointmentShow, Conduct, ContactMode, DocumentKind},
};
use jiff::{Timestamp, civil::date};
use proptest::prelude::*;

const ID: ProcedureId = ProcedureId::from_bytes([9; 16]);

fn piece_id(n: u8) -> PieceId {
    PieceId::from_bytes([n; 16])
}

fn deadline_id(n: u8) -> DeadlineId {
    DeadlineId::from_bytes([n; 16])
}

fn step(on: Date) -> Step {
    Step {
        on,
        theme: Theme::Money,
        contact: ContactMode::Office,
        conduct: Conduct::WithHelp,
        in_place: None,
        text: "Demande envoyée ensemble".into(),
        next_time: None,
    }
}

fn facts() -> ProcedureFacts {
    ProcedureFacts {
        title: "RSA".into(),
        theme: Theme::Money,
        right: String::new(),
        organisation: "CAF".into(),
        reference: String::new(),
        asked: None,
        granted: None,
        per: AmountPer::Month,
    }
}

fn proposed(n: u8) -> Piece {
    Piece {
        id: piece_id(n),
        label: format!("pièce {n}"),
        case: String::new(),
        from_page: true,
    }
}

fn opened() -> ProcedureEvent {
    ProcedureEvent::Opened {
        facts: facts(),
        page: None,
        pieces: vec![proposed(1), proposed(2)],
        ways: Vec::new(),
        follower: None,
    }
}

fn moved(to: ProcedureState, on: Date, refusal: Option<Refusal>) -> ProcedureEvent {
    ProcedureEvent::Moved {
        to,
        step: step(on),
        refusal,
    }
}

fn refusal(notified: Date) -> Refusal {
    Refusal {
        reason: "Ressources trop hautes".into(),
        notified,
        rule: Some(DeadlineRule::AppealRsa),
        way: String::new(),
    }
}

fn content(content: Content, sequence: u64) -> Entry {
    let at: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
    Entry {
        sequence,
        compartment: Compartment::Social,
        body: EntryBody {
            at,
            author: Author {
                account: AccountId::from_bytes([3; 16]),
                side: Side::Worker,
                name: "Marc Aubin".into(),
                job: String::new(),
                team: None,
            },
            content,
        },
    }
}

fn told(events: impl IntoIterator<Item = ProcedureEvent>) -> Record {
    let entries = (1..).zip(events).map(|(sequence, event)| {
        let said = ProcedureEntry {
            procedure: ID,
            event,
        };
        content(Content::Procedure(said), sequence)
    });
    Record::fold(entries.collect())
}

fn only(record: &Record) -> &Procedure {
    record.procedure(ID).unwrap()
}

#[test]
fn what_is_sealed_comes_back_as_it_was() {
    let day = date(2026, 3, 2);
    let events = [
        opened(),
        ProcedureEvent::Changed(ProcedureFacts {
            asked: Amount::parse("559,42").ok(),
            ..facts()
        }),
        moved(ProcedureState::Refused, day, Some(refusal(day))),
        ProcedureEvent::Acted(step(day)),
        ProcedureEvent::PieceMet {
            piece: piece_id(1),
            met: Met::GivenOn(day),
        },
        ProcedureEvent::PieceMet {
            piece: piece_id(1),
            met: Met::NotYet,
        },
        ProcedureEvent::DeadlineSet(Deadline {
            id: deadline_id(1),
            kind: DeadlineKind::Appeal,
            on: day,
            source: DeadlineSource::Rule {
                rule: DeadlineRule::AppealRsa,
                from: day,
            },
            words: String::new(),
            show: AppointmentShow::Hidden,
        }),
        ProcedureEvent::BrakeMet(Brake {
            kind: BrakeKind::SiteDown,
            service: ServiceConcerned::Caf,
            words: "Page blanche".into(),
            on: day,
        }),
    ];
    for event in events {
        let said = Content::Procedure(ProcedureEntry {
            procedure: ID,
            event,
        });
        let body = content(said, 1).body;
        let json = serde_json::to_string(&body).unwrap();
        assert_eq!(serde_json::from_str::<EntryBody>(&json).unwrap(), body);
    }
}

#[test]
fn a_refusal_says_why_and_proposes_the_day_of_its_appeal_until_someone_sets_it() {
    use ProcedureState as S;
    let (filed, told_on, today) = (date(2026, 1, 5), date(2026, 3, 9), date(2026, 3, 12));
    let record = told([opened(), moved(S::Submitted, filed, None)]);
    let before = only(&record);
    let check = |r: Option<Refusal>| before.check_move(S::Refused, r.as_ref(), told_on, today);
    assert_eq!(check(None), Err(ProcedureError::NoReason));
    let unsaid = Refusal {
        reason: " ".into(),
        ..refusal(told_on)
    };
    assert_eq!(check(Some(unsaid)), Err(ProcedureError::NoReason));
    let coming = refusal(date(2026, 3, 13));
    assert_eq!(check(Some(coming)), Err(ProcedureError::FutureRefusal));
    assert!(check(Some(refusal(told_on))).is_ok());
    let needless = before.check_move(S::Accepted, Some(&refusal(told_on)), told_on, today);
    assert_eq!(needless, Err(ProcedureError::NeedlessRefusal));
    // While it is looked at, silence is what is proposed.
    let silence = [Proposal {
        rule: DeadlineRule::Silence,
        from: filed,
        on: date(2026, 3, 5),
    }];
    assert_eq!(before.proposals(), silence);

    let mut events = vec![
        opened(),
        moved(S::Submitted, filed, None),
        moved(S::Refused, told_on, Some(refusal(told_on))),
    ];
    let appeal = Proposal {
        rule: DeadlineRule::AppealRsa,
        from: told_on,
        on: date(2026, 5, 9),
    };
    assert_eq!(only(&told(events.clone())).proposals(), [appeal]);
    events.push(ProcedureEvent::DeadlineSet(Deadline {
        id: deadline_id(1),
        kind: DeadlineKind::Appeal,
        on: date(2026, 5, 4),
        source: DeadlineSource::Said("la décision".into()),
        words: String::new(),
        show: AppointmentShow::Notified,
    }));
    assert!(only(&told(events.clone())).proposals().is_empty());
    events.push(moved(S::Appealed, date(2026, 4, 1), None));
    let record = told(events.clone());
    assert_eq!(only(&record).refusal(), Some(&refusal(told_on)));
    events.push(moved(S::Accepted, date(2026, 5, 1), None));
    let record = told(events);
    assert!(only(&record).refusal().is_none() && !only(&record).goes_on());
}

#[test]
fn a_mistaken_move_is_taken_back_and_stays_told() {
    use ProcedureState as S;
    let day = date(2026, 3, 2);
    let record = told([
        opened(),
        moved(S::Submitted, day, None),
        moved(S::Accepted, day, None),
        ProcedureEvent::Acted(step(day)),
        ProcedureEvent::TakenBack {
            reason: "C’était une autre lettre".into(),
        },
    ]);
    let p = only(&record);
    assert_eq!(p.standing().state(), S::Submitted);
    assert!(p.check_take_back().is_ok());
    assert_eq!(p.steps.len(), 3);
    assert!(p.steps[1].taken_back.is_some());
    assert_eq!(record.acts().len(), 2);
    assert_eq!(
        only(&told([opened()])).check_take_back(),
        Err(ProcedureError::NothingToTakeBack)
    );
}

fn document(n: u8, until: Option<Date>) -> Entry {
    let document = Document {
        id: DocumentId::from_bytes([n; 16]),
        file: FileId::from_bytes([n; 16]),
        file_key: String::new(),
        length: 1,
        content_hash: String::new(),
        file_type: FileType::Pdf,
        name: String::new(),
        facts: DocumentFacts {
            kind: DocumentKind::TaxNotice,
            title: String::new(),
            issued: None,
            valid_until: until,
        },
    };
    content(Content::DocumentAdded(document), 50 + u64::from(n))
}

#[test]
fn a_piece_counts_once_checked_and_stands_as_its_document_does() {
    let today = date(2026, 3, 12);
    let met = |n: u8, doc: u8| ProcedureEvent::PieceMet {
        piece: piece_id(n),
        met: Met::Document(DocumentId::from_bytes([doc; 16])),
    };
    let record = told([opened()]);
    let p = only(&record);
    assert!(p.to_check());
    assert_eq!(p.lacking(&[], today).count(), 0);
    assert_eq!(p.piece(piece_id(1)).err(), Some(ProcedureError::Unchecked));
    assert_eq!(
        p.piece(piece_id(7)).err(),
        Some(ProcedureError::NoSuchPiece)
    );

    let kept = vec![piece_id(1)];
    let events = [
        opened(),
        ProcedureEvent::PiecesChecked { kept },
        ProcedureEvent::PieceAsked(Piece {
            from_page: false,
            ..proposed(3)
        }),
        met(1, 1),
        met(3, 4),
    ];
    for (until, standing, lacks) in [
        (None, Validity::NoEnd, false),
        (Some(date(2027, 1, 1)), Validity::Valid, false),
        (Some(date(2026, 4, 1)), Validity::EndsSoon, false),
        (Some(date(2026, 3, 1)), Validity::Ended, true),
    ] {
        let mut entries = told(events.clone()).entries;
        entries.push(document(1, until));
        let record = Record::fold(entries);
        let p = only(&record);
        assert!(!p.to_check());
        let ids: Vec<_> = p.asked_pieces().map(|v| v.piece.id).collect();
        assert_eq!(ids, [piece_id(1), piece_id(3)]);
        let first = p.pieces[0].standing(&record.documents, today);
        let id = DocumentId::from_bytes([1; 16]);
        assert_eq!(first, PieceStanding::Document(id, standing));
        assert_eq!(first.lacks(), lacks);
        // One that the reader does not open is not said to be missing.
        let other = p.pieces[1].standing(&record.documents, today);
        assert_eq!(other, PieceStanding::DocumentElsewhere);
        let lacking = p.lacking(&record.documents, today).count();
        assert_eq!(lacking, usize::from(lacks));
    }
}

#[test]
fn another_compartment_says_nothing_of_it() {
    let mut entries = told([opened()]).entries;
    let mut foreign = content(
        Content::Procedure(ProcedureEntry {
            procedure: ID,
            event: moved(ProcedureState::Submitted, date(2026, 3, 2), None),
        }),
        2,
    );
    foreign.compartment = Compartment::Health;
    entries.push(foreign);
    let record = Record::fold(entries);
    assert_eq!(only(&record).standing().state(), ProcedureState::ToStart);
}

fn any_event() -> impl Strategy<Value = ProcedureEvent> {
    let day = (0..400i64).prop_map(|d| date(2026, 1, 1).saturating_add(jiff::ToSpan::days(d)));
    let states = (0..ProcedureState::ALL.len()).prop_map(|i| ProcedureState::ALL[i]);
    let small = 1..5u8;
    prop_oneof![
        4 => (states, day.clone(), any::<bool>()).prop_map(|(to, on, said)| {
            let refusal = (said && to == ProcedureState::Refused).then(|| refusal(on));
            moved(to, on, refusal)
        }),
        1 => day.clone().prop_map(|on| ProcedureEvent::Acted(step(on))),
        1 => Just(ProcedureEvent::TakenBack { reason: String::new() }),
        1 => small.clone().prop_map(|n| ProcedureEvent::PiecesChecked { kept: vec![piece_id(n)] }),
        1 => (small.clone(), any::<bool>()).prop_map(|(n, yet)| ProcedureEvent::PieceMet {
            piece: piece_id(n),
            met: if yet { Met::NotYet } else { Met::NotNeeded("autre".into()) },
        }),
        1 => (small.clone(), day).prop_map(|(n, on)| ProcedureEvent::DeadlineSet(Deadline {
            id: deadline_id(n),
            kind: DeadlineKind::ALL[usize::from(n)],
            on,
            source: DeadlineSource::Said("un appel".into()),
            words: String::new(),
            show: AppointmentShow::Silent,
        })),
        1 => small.prop_map(|n| ProcedureEvent::DeadlineEnded {
            deadline: deadline_id(n),
            end: DeadlineEnd::Done,
        }),
        1 => Just(opened()),
    ]
}

proptest! {
    #[test]
    fn whatever_the_entries_the_state_is_where_its_kept_moves_lead(
        events in proptest::collection::vec(any_event(), 0..60)
    ) {
        let all = std::iter::once(opened()).chain(events.clone());
        let record = told(all);
        let p = only(&record);
        let mut standing = Standing::default();
        for step in p.steps.iter().filter(|s| s.taken_back.is_none()) {
            if let Some(to) = step.to {
                standing = standing.go(to, step.step.on).unwrap();
            }
        }
        prop_assert_eq!(p.standing(), standing);
        // Nothing that was done is lost, whatever came with it.
        let done = events.iter().filter(|e| {
            matches!(e, ProcedureEvent::Moved { .. } | ProcedureEvent::Acted(_))
        });
        prop_assert_eq!(p.steps.len(), done.count());
        let days: Vec<_> = p.deadlines.iter().map(|d| d.deadline.on).collect();
        prop_assert!(days.is_sorted());
        for proposal in p.proposals() {
            prop_assert_eq!(proposal.on, proposal.rule.day(proposal.from));
        }
        prop_assert!(p.refusal().is_none() || p.goes_on());
    }
}
