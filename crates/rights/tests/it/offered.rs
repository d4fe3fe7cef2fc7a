//! What the record holds already: offered with where it stands, and nothing until it is confirmed.

use crate::LAW;
use crate::asking::{TODAY, composed, entries};
use domain::{
    document::{Document, DocumentFacts, FileType},
    entry::{Content, Profile, Tie},
    id::{DocumentId, FileId, ProcedureId},
    looked::{Answer, FactRef, FactSource, FactValue, LookedEvent, MemberTie, Said, Span, Whom},
    procedure::{
        Amount, AmountPer, PageTaken, ProcedureEntry, ProcedureEvent, ProcedureFacts,
        ProcedureState,
    },
    record::Record,
    step::Step,
    words::{Conduct, ContactMode, DocumentKind, Theme, TieKind},
};
use jiff::civil::{Date, date};
use rights::asking::{Household, Offer, OfferedMember, offered, offered_household};

fn document(kind: DocumentKind, issued: Option<Date>, valid_until: Option<Date>) -> Content {
    Content::DocumentAdded(Document {
        id: DocumentId::from_bytes([u8::try_from(issued.map_or(1, Date::month)).unwrap(); 16]),
        file: FileId::from_bytes([1; 16]),
        file_key: String::new(),
        length: 1,
        content_hash: String::new(),
        file_type: FileType::Pdf,
        name: "papier.pdf".into(),
        facts: DocumentFacts {
            kind,
            title: String::new(),
            issued,
            valid_until,
        },
    })
}

fn record(contents: Vec<Content>) -> Record {
    Record::fold(entries(contents))
}

fn offers(contents: Vec<Content>) -> Vec<Offer> {
    offered(&LAW, &record(contents), TODAY)
}

fn value(offer: &Offer, at: usize) -> (&str, &FactValue) {
    let said = &offer.said[at];
    let Answer::Value(value) = &said.answer else {
        panic!("{said:?}")
    };
    (&said.about.fact, value)
}

fn born(day: Date) -> Content {
    Content::Profile(Profile {
        born: Some(day),
        ..Profile::default()
    })
}

#[test]
fn a_birth_is_offered_and_is_not_known_before_it_is_confirmed() {
    let contents = vec![
        born(date(1990, 3, 1)),
        Content::Looked {
            event: composed(None, &[]),
        },
    ];
    let all = record(contents.clone());
    let told = offered(&LAW, &all, TODAY);
    let offer = &told[0];
    assert_eq!(offer.source, FactSource::Profile);
    assert_eq!(offer.label, "Date de naissance");
    assert_eq!(
        value(offer, 0),
        ("date_naissance", &FactValue::Day(date(1990, 3, 1)))
    );
    let asked = |record: &Record| {
        let home = Household::of(&LAW, &record.looked, TODAY).unwrap();
        home.questions(&["rsa"])[0].id.clone()
    };
    assert_eq!(asked(&all), "date_naissance.person.always");

    let mut confirmed = contents;
    confirmed.push(Content::Looked {
        event: LookedEvent::Said(offer.said.clone()),
    });
    let all = record(confirmed);
    assert!(!offered(&LAW, &all, TODAY).contains(offer));
    assert_ne!(asked(&all), "date_naissance.person.always");
    let said = &all.looked.facts[0].what;
    assert_eq!(said.confirmed, Some(FactSource::Profile));
}

#[test]
fn those_tied_to_the_person_may_be_of_the_household() {
    let tie = |kind, name: &str, born| {
        Content::Tie(Tie {
            kind,
            name: name.into(),
            born,
            person: None,
            ended: false,
        })
    };
    let all = record(vec![
        tie(TieKind::Child, "Léa", Some(date(2015, 5, 1))),
        tie(TieKind::Partner, "Sam", None),
        tie(TieKind::Parent, "Nour", None),
    ]);
    let member = |tie, name: &str, born| OfferedMember {
        tie,
        name: name.into(),
        born,
    };
    let expected = [
        member(MemberTie::Child, "Léa", Some(date(2015, 5, 1))),
        member(MemberTie::Partner, "Sam", None),
    ];
    assert_eq!(offered_household(&all), expected);
}

#[test]
fn titles_of_residence_tell_since_when_and_ended_ones_nothing() {
    let permit = DocumentKind::ResidencePermit;
    let old = document(permit, Some(date(2020, 2, 1)), Some(date(2024, 1, 31)));
    assert_eq!(offers(vec![old.clone()]), []);
    let valid = document(permit, Some(date(2024, 3, 1)), Some(date(2028, 2, 28)));
    let told = offers(vec![old, valid]);
    let facts: Vec<_> = told.iter().map(|offer| value(offer, 0)).collect();
    let stay = FactValue::Word("titre".into());
    let expected = [
        ("duree_possession_titre_sejour", &FactValue::Number(600)),
        ("sejour", &stay),
    ];
    assert_eq!(facts, expected);
    assert_eq!(told[0].on, Some(date(2020, 2, 1)));
    assert_eq!(told[0].words, "papier.pdf");
    let receipt = document(
        DocumentKind::ResidenceReceipt,
        None,
        Some(date(2027, 2, 28)),
    );
    let told = offers(vec![receipt]);
    assert_eq!(
        value(&told[0], 0),
        ("sejour", &FactValue::Word("demande".into()))
    );
}

#[test]
fn a_domiciliation_in_force_is_offered() {
    let paper = document(DocumentKind::Domiciliation, None, Some(date(2027, 2, 28)));
    let told = offers(vec![paper]);
    assert_eq!(
        value(&told[0], 0),
        ("election_domicile_en_cours", &FactValue::Truth(true))
    );
}

#[test]
fn housing_benefit_that_was_granted_is_offered_once_accepted() {
    let id = ProcedureId::from_bytes([2; 16]);
    let amount = Amount::from_cents(21_000).unwrap();
    let event = |event| {
        Content::Procedure(ProcedureEntry {
            procedure: id,
            event,
        })
    };
    let opened = event(ProcedureEvent::Opened {
        facts: ProcedureFacts {
            title: "Aide au logement".into(),
            theme: Theme::Housing,
            right: String::new(),
            organisation: String::new(),
            reference: String::new(),
            asked: None,
            granted: Some(amount),
            per: AmountPer::Month,
        },
        page: Some(PageTaken {
            page: "F12006".into(),
            edition: date(2026, 1, 1),
            title: "Aides".into(),
        }),
        pieces: Vec::new(),
        ways: Vec::new(),
        follower: None,
    });
    assert_eq!(offers(vec![opened.clone()]), []);
    let moved = |to| {
        event(ProcedureEvent::Moved {
            to,
            step: Step {
                on: date(2026, 11, 1),
                theme: Theme::Housing,
                contact: ContactMode::Office,
                conduct: Conduct::WithHelp,
                in_place: None,
                text: "fait".into(),
                next_time: None,
            },
            refusal: None,
        })
    };
    let told = offers(vec![
        opened,
        moved(ProcedureState::Submitted),
        moved(ProcedureState::Accepted),
    ]);
    assert_eq!(told.len(), 1);
    assert_eq!(
        value(&told[0], 0),
        ("aide_logement_recue", &FactValue::Amount(amount))
    );
    assert_eq!(
        value(&told[0], 1),
        ("aide_logement_connue", &FactValue::Truth(true))
    );
    assert_eq!(told[0].words, "Aide au logement");
}

#[test]
fn an_answer_offers_what_follows_from_it_to_another_question() {
    let child = date(2015, 5, 1);
    let expected = date(2027, 5, 1);
    let event = |event| Content::Looked { event };
    let nationality = |word: &str| {
        event(LookedEvent::Said(vec![Said {
            about: FactRef {
                whom: Whom::Person,
                fact: "nationalite".into(),
                span: Span::Since("2026-12".parse().unwrap()),
            },
            answer: Answer::Value(FactValue::Word(word.into())),
            confirmed: None,
        }]))
    };
    let home = event(composed(None, &[child, expected]));
    let told = offers(vec![home.clone(), nationality("FR")]);
    let facts: Vec<_> = told.iter().map(|offer| value(offer, 0)).collect();
    let french = FactValue::Word("francais".into());
    // A child to be born is on no tax return yet.
    let people = FactValue::Number(200);
    assert_eq!(facts, [("sejour", &french), ("personnes_foyer", &people)]);
    assert!(told.iter().all(|offer| offer.source == FactSource::Answer));
    let told = offers(vec![home, nationality("FR"), nationality("DZ")]);
    let facts: Vec<_> = told.iter().map(|offer| value(offer, 0)).collect();
    assert_eq!(facts, [("personnes_foyer", &people)]);
}
