//! What was said for rights to look at: which holds, and what cannot be said.

use super::*;
use crate::{
    Compartment,
    entry::{Author, Content, Entry, EntryBody, Side},
    id::AccountId,
    procedure::Amount,
    record::Record,
};
use jiff::civil::date;

const TODAY: Date = date(2026, 12, 1);

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn months(from: &str, to: &str) -> Span {
    Span::Months {
        from: month(from),
        to: month(to),
    }
}

fn said(whom: Whom, fact: &str, span: Span, answer: Answer) -> Said {
    Said {
        about: FactRef {
            whom,
            fact: fact.into(),
            span,
        },
        answer,
        confirmed: None,
    }
}

fn amount(cents: u64) -> Answer {
    Answer::Value(FactValue::Amount(Amount::from_cents(cents).unwrap()))
}

fn member(number: u16, tie: MemberTie, born: Date) -> Member {
    Member {
        number,
        tie,
        born,
        name: String::new(),
    }
}

fn composed(members: Vec<Member>) -> LookedEvent {
    LookedEvent::Composed(Composition { members })
}

fn entries(events: &[(Compartment, LookedEvent)]) -> Vec<Entry> {
    let numbered = (1..).zip(events);
    numbered
        .map(|(sequence, (compartment, event))| Entry {
            sequence,
            compartment: *compartment,
            body: EntryBody {
                at: jiff::Timestamp::UNIX_EPOCH,
                author: Author {
                    account: AccountId::from_bytes([1; 16]),
                    side: Side::Worker,
                    name: "Zoé".into(),
                    job: String::new(),
                    team: None,
                },
                content: Content::Looked {
                    event: event.clone(),
                },
            },
        })
        .collect()
}

fn folded(events: &[LookedEvent]) -> Looked {
    let events: Vec<_> = events
        .iter()
        .map(|e| (Compartment::Social, e.clone()))
        .collect();
    Record::fold(entries(&events)).looked
}

#[test]
fn the_latest_answer_holds_over_its_period_and_one_taken_back_over_none() {
    let wage = |span, answer| said(Whom::Person, "salaire_net", span, answer);
    let whole = months("2026-09", "2026-11");
    let rent = said(Whom::Home, "loyer", months("2026-12", "2026-12"), amount(1));
    let looked = folded(&[
        LookedEvent::Said(vec![wage(whole, amount(120_000)), rent.clone()]),
        LookedEvent::Said(vec![wage(months("2026-11", "2026-11"), Answer::Nothing)]),
    ]);
    // A part was said anew: both stand, the later over the earlier.
    let kept: Vec<_> = looked.facts.iter().map(|f| &f.what.answer).collect();
    assert_eq!(kept, [&amount(120_000), &amount(1), &Answer::Nothing]);

    let back = FactRef {
        whom: Whom::Person,
        fact: "salaire_net".into(),
        span: Span::Year(2026),
    };
    let looked = folded(&[
        LookedEvent::Said(vec![wage(whole, amount(120_000)), rent.clone()]),
        LookedEvent::Said(vec![wage(whole, Answer::Unknown)]),
        LookedEvent::TakenBack(vec![back]),
    ]);
    let kept: Vec<_> = looked.facts.iter().map(|f| &f.what).collect();
    assert_eq!(kept, [&rent]);
}

#[test]
fn a_decision_is_the_last_one_of_its_right() {
    let decided = |right: &str, decision| {
        LookedEvent::Decided(Decided {
            right: right.into(),
            decision,
            why: String::new(),
            on: TODAY,
            again: None,
        })
    };
    let looked = folded(&[
        decided("rsa", Decision::Thinking),
        decided("ppa", Decision::Asked),
        decided("rsa", Decision::WillNotAsk),
    ]);
    let of = |right| looked.decision(right).map(|d| d.what.decision);
    assert_eq!(of("rsa"), Some(Decision::WillNotAsk));
    assert_eq!(of("ppa"), Some(Decision::Asked));
    assert_eq!(of("aah"), None);
}

#[test]
fn what_stands_elsewhere_than_in_the_follow_up_is_not_counted() {
    let event = composed(vec![]);
    let record = Record::fold(entries(&[(Compartment::Health, event)]));
    assert_eq!(record.looked, Looked::default());
}

#[test]
fn a_number_stays_with_whom_it_was_given_to() {
    let child = member(1, MemberTie::Child, date(2015, 1, 1));
    let looked = folded(&[composed(vec![child.clone()]), composed(vec![])]);
    assert_eq!(looked.next_number(), 2);
    let other = composed(vec![member(1, MemberTie::Partner, date(1990, 1, 1))]);
    assert_eq!(other.check(TODAY, &looked), Err(LookedError::Number));
    let mended = composed(vec![member(1, MemberTie::Child, date(2015, 1, 2))]);
    assert_eq!(mended.check(TODAY, &looked), Ok(()));
    let twice = composed(vec![child.clone(), child]);
    assert_eq!(twice.check(TODAY, &looked), Err(LookedError::Number));
}

#[test]
fn households_facts_and_decisions_that_cannot_be_are_refused() {
    let none = Looked::default();
    let check = |event: LookedEvent| event.check(TODAY, &none);
    let fact = |span, answer| LookedEvent::Said(vec![said(Whom::Person, "loyer", span, answer)]);
    let born = |tie, born| composed(vec![member(1, tie, born)]);
    let partner = |n| member(n, MemberTie::Partner, date(1990, 1, 1));
    let decided = |on, again| {
        LookedEvent::Decided(Decided {
            right: "rsa".into(),
            decision: Decision::Later,
            why: String::new(),
            on,
            again,
        })
    };
    let two = vec![Amount::from_cents(1).unwrap(); 2];
    let named = |name: &str| {
        let said = said(Whom::Person, name, Span::Always, Answer::Nothing);
        LookedEvent::Said(vec![said])
    };
    let stranger = said(Whom::Member(4), "loyer", Span::Always, Answer::Nothing);
    let three = months("2026-01", "2026-03");
    for (event, expected) in [
        (LookedEvent::Said(vec![]), Err(LookedError::HowMany)),
        (named(""), Err(LookedError::Name)),
        (named("loyer; x"), Err(LookedError::Name)),
        (named("caseP"), Ok(())),
        (
            LookedEvent::Said(vec![stranger]),
            Err(LookedError::NoSuchMember),
        ),
        (
            fact(months("2026-03", "2026-01"), Answer::Nothing),
            Err(LookedError::Period),
        ),
        (
            fact(months("2020-01", "2026-01"), Answer::Nothing),
            Err(LookedError::Period),
        ),
        (
            fact(Span::Year(2031), Answer::Nothing),
            Err(LookedError::Period),
        ),
        (
            fact(three, Answer::EachMonth(two.clone())),
            Err(LookedError::Answer),
        ),
        (
            fact(Span::Year(2024), Answer::EachMonth(two.clone())),
            Err(LookedError::Answer),
        ),
        (
            fact(months("2026-01", "2026-02"), Answer::EachMonth(two)),
            Ok(()),
        ),
        (fact(three, amount(100)), Ok(())),
        (
            born(MemberTie::Partner, date(2027, 1, 1)),
            Err(LookedError::Birth),
        ),
        (born(MemberTie::Child, date(2027, 5, 1)), Ok(())),
        (
            born(MemberTie::Child, date(2028, 5, 1)),
            Err(LookedError::Birth),
        ),
        (
            composed(vec![partner(1), partner(2)]),
            Err(LookedError::Household),
        ),
        (decided(date(2026, 12, 2), None), Err(LookedError::Future)),
        (
            decided(TODAY, Some(date(2026, 11, 1))),
            Err(LookedError::AgainPassed),
        ),
        (decided(TODAY, Some(date(2027, 1, 1))), Ok(())),
    ] {
        assert_eq!(check(event.clone()), expected, "{event:?}");
    }
}

#[test]
fn what_is_sealed_comes_back() {
    let each = vec![
        Amount::from_cents(1).unwrap(),
        Amount::from_cents(2).unwrap(),
    ];
    let facts = vec![
        said(
            Whom::Member(2),
            "a",
            Span::Always,
            Answer::Value(FactValue::Day(TODAY)),
        ),
        said(
            Whom::Home,
            "b",
            Span::Since(month("2026-12")),
            Answer::Value(FactValue::Word("x".into())),
        ),
        said(
            Whom::TaxReturn,
            "c",
            Span::Year(2024),
            Answer::Value(FactValue::Number(50)),
        ),
        said(
            Whom::Family,
            "d",
            months("2026-01", "2026-02"),
            Answer::EachMonth(each),
        ),
        said(Whom::Person, "e", Span::Always, Answer::Some),
    ];
    for event in [
        composed(vec![member(1, MemberTie::Child, TODAY)]),
        LookedEvent::TakenBack(facts.iter().map(|f| f.about.clone()).collect()),
        LookedEvent::Said(facts),
    ] {
        let content = Content::Looked { event };
        let text = serde_json::to_string(&content).unwrap();
        assert_eq!(serde_json::from_str::<Content>(&text).unwrap(), content);
    }
    assert!("2026-13".parse::<Month>().is_err());
    assert_eq!(month("2026-12").plus(2), month("2027-02"));
}

#[test]
fn codes_of_facts_come_back() {
    for (whom, span, code) in [
        (Whom::Person, Span::Always, "loyer.person.always"),
        (Whom::Member(12), Span::Year(2024), "loyer.member-12.2024"),
        (
            Whom::Home,
            Span::Since(month("2026-12")),
            "loyer.home.since-2026-12",
        ),
        (
            Whom::TaxReturn,
            months("2026-01", "2026-03"),
            "loyer.tax_return.2026-01_2026-03",
        ),
        (Whom::Family, Span::Always, "loyer.family.always"),
    ] {
        let fact = said(whom, "loyer", span, Answer::Nothing).about;
        assert_eq!(fact.to_string(), code);
        assert_eq!(FactRef::from_code(code), Some(fact));
    }
    for wrong in [
        "",
        "loyer",
        "loyer.home",
        "loyer.home.always.x",
        "a b.home.always",
        "loyer.home.2026-13_2026-14",
    ] {
        assert_eq!(FactRef::from_code(wrong), None, "{wrong}");
    }
}
