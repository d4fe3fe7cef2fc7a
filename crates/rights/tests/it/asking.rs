//! A household of a record: which question comes next, and what is said of each right.

use crate::LAW;
use domain::{
    Compartment,
    entry::{Author, Content, Entry, EntryBody, Side},
    id::AccountId,
    looked::{
        Answer, Composition, FactRef, FactValue, Looked, LookedEvent, Member, MemberTie, Said,
        Span, Whom,
    },
    procedure::Amount,
    record::Record,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use rights::asking::{Form, Given, Household, Question, Shown, Turned};
use rights::explain::Status;

pub(crate) const TODAY: Date = date(2026, 12, 1);

/// Entries of the follow-up, in that order.
pub(crate) fn entries(contents: Vec<Content>) -> Vec<Entry> {
    let numbered = (1..).zip(contents);
    let entries = numbered.map(|(sequence, content)| Entry {
        sequence,
        compartment: Compartment::Social,
        body: EntryBody {
            at: jiff::Timestamp::UNIX_EPOCH,
            author: Author {
                account: AccountId::from_bytes([1; 16]),
                side: Side::Person,
                name: String::new(),
                job: String::new(),
                team: None,
            },
            content,
        },
    });
    entries.collect()
}

/// What was said, in that order.
pub(crate) fn looked(events: &[LookedEvent]) -> Looked {
    let contents = events.iter().map(|event| Content::Looked {
        event: event.clone(),
    });
    Record::fold(entries(contents.collect())).looked
}

pub(crate) fn composed(partner: Option<Date>, children: &[Date]) -> LookedEvent {
    let partner = partner.map(|born| (MemberTie::Partner, born));
    let children = children.iter().map(|born| (MemberTie::Child, *born));
    let members = (1..).zip(partner.into_iter().chain(children));
    let members = members.map(|(number, (tie, born))| Member {
        number,
        tie,
        born,
        name: String::new(),
    });
    LookedEvent::Composed(Composition {
        members: members.collect(),
    })
}

/// A sure way of answering whatever is asked, chosen by a number.
fn answer_to(question: &Question, choice: u64) -> Given {
    let amount = |cents: u64| Amount::from_cents(cents).unwrap();
    let some = choice.is_multiple_of(3);
    match &question.form {
        Form::YesNo => Given::Truth(some),
        Form::Amount | Form::EachMonth { .. } if !some => Given::Nothing,
        Form::Amount => Given::Amount(amount(choice % 300_000)),
        Form::EachMonth { from, to } => {
            let months = u64::try_from(to.index() - from.index() + 1).unwrap();
            Given::EachMonth(
                (0..months)
                    .map(|m| amount((choice + m * 977) % 250_000))
                    .collect(),
            )
        }
        Form::Number(_) if question.nothing && !some => Given::Nothing,
        Form::Number(_) => Given::Number(u32::try_from(choice % 90).unwrap() + 1),
        Form::Day => Given::Day(date(i16::try_from(1950 + choice % 60).unwrap(), 5, 5)),
        Form::Choice(words) => {
            let at = usize::try_from(choice).unwrap() % words.len();
            let word = if words.len() > 100 && choice.is_multiple_of(2) {
                0
            } else {
                at
            };
            Given::Word(words[word].0.clone())
        }
        Form::Commune => {
            Given::Word(["35238", "75056", "97411"][usize::try_from(choice % 3).unwrap()].into())
        }
        Form::Ticks(ticks) => {
            let ticked = ticks
                .iter()
                .enumerate()
                .filter(|(at, _)| (choice >> (at % 60)) & 3 == 3);
            Given::Ticks(ticked.map(|(_, tick)| tick.word.clone()).collect())
        }
    }
}

/// More questions than a household is ever asked.
const MOST: usize = 250;

/// Answers all that is asked, the next question each time; gives what was said, step by step.
fn interview(
    composition: LookedEvent,
    rights: &[&str],
    seed: u64,
    unknown: u64,
) -> Vec<LookedEvent> {
    let mut events = vec![composition];
    let mut turn = seed;
    for _ in 0..MOST {
        let looked = looked(&events);
        let home = Household::of(&LAW, &looked, TODAY).unwrap();
        let Some(question) = home.questions(rights).into_iter().next() else {
            return events;
        };
        turn = turn
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let choice = turn >> 20;
        let given = if unknown > 0 && choice.is_multiple_of(unknown) {
            Given::Unknown
        } else {
            answer_to(&question, choice)
        };
        events.push(LookedEvent::Said(question.said(&given).unwrap()));
    }
    panic!("questions without end");
}

/// Status and amount of every right.
fn answers(events: &[LookedEvent]) -> Vec<(String, Status, Option<i64>)> {
    let looked = looked(events);
    let home = Household::of(&LAW, &looked, TODAY).unwrap();
    let answers = home.answers().into_iter();
    answers.map(|a| (a.right, a.status, a.amount)).collect()
}

/// Whether both say the same fact of the same moment.
fn meet(one: &FactRef, other: &FactRef) -> bool {
    let same = (one.whom, &one.fact) == (other.whom, &other.fact);
    same && match (one.span.bounds(), other.span.bounds()) {
        (Some((a, b)), Some((c, d))) => a <= d && c <= b,
        _ => true,
    }
}

fn household() -> impl Strategy<Value = LookedEvent> {
    let partner = proptest::option::of(1960_i16..2006);
    let children = proptest::collection::vec(2005_i16..2027, 0..4);
    (partner, children).prop_map(|(partner, children)| {
        let children: Vec<Date> = children.into_iter().map(|year| date(year, 7, 14)).collect();
        composed(partner.map(|year| date(year, 2, 3)), &children)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    /// The interview ends, and leaves nothing unknown; whatever was sure on the way stays so.
    #[test]
    fn answering_what_is_asked_ends_and_overturns_nothing(home in household(), seed in any::<u64>()) {
        let events = interview(home, &[], seed, 0);
        let last = answers(&events);
        for (right, status, _) in &last {
            prop_assert_ne!(status, &Status::Unknown, "{}", right);
        }
        for steps in (1..events.len()).step_by(7) {
            for (before, after) in answers(&events[..steps]).iter().zip(&last) {
                if matches!(before.1, Status::Likely | Status::Unlikely) {
                    prop_assert_eq!(before, after, "after {} answers", steps);
                }
            }
        }
    }

    /// What was said first changes nothing to the answers.
    #[test]
    fn the_order_in_which_facts_are_said_changes_nothing(
        home in household(), seed in any::<u64>(), turn in 1_usize..50,
    ) {
        let events = interview(home, &["rsa", "ppa", "af"], seed, 7);
        // What holds in the end, each fact by itself; that a later answer replaces an earlier one
        // over the same months is the point of correcting it.
        let mut held: Vec<Said> = Vec::new();
        for fact in looked(&events).facts.into_iter().rev().map(|fact| fact.what) {
            if !held.iter().any(|other| meet(&other.about, &fact.about)) {
                held.push(fact);
            }
        }
        let told = |facts: &[Said]| {
            let said = facts.iter().map(|fact| LookedEvent::Said(vec![fact.clone()]));
            answers(&std::iter::once(events[0].clone()).chain(said).collect::<Vec<_>>())
        };
        let before = told(&held);
        if !held.is_empty() {
            let by = turn % held.len();
            held.rotate_left(by);
            held.reverse();
        }
        prop_assert_eq!(before, told(&held));
    }

    /// Not to know is an answer: it is kept, stays unknown, and is not asked again.
    #[test]
    fn what_they_do_not_know_is_not_asked_again(home in household(), seed in any::<u64>()) {
        let events = interview(home, &["rsa", "aah"], seed, 2);
        let mut asked: Vec<FactRef> = Vec::new();
        for event in &events[1..] {
            let LookedEvent::Said(facts) = event else { continue };
            for said in facts.iter().filter(|s| s.answer == Answer::Unknown) {
                prop_assert!(!asked.contains(&said.about), "{}", said.about);
                asked.push(said.about.clone());
            }
        }
    }
}

pub(crate) fn home_of(events: &[LookedEvent]) -> Household<'static> {
    Household::of(&LAW, &looked(events), TODAY).unwrap()
}

fn say(whom: Whom, fact: &str, span: Span, answer: Answer) -> LookedEvent {
    let fact = fact.into();
    LookedEvent::Said(vec![Said {
        about: FactRef { whom, fact, span },
        answer,
        confirmed: None,
    }])
}

fn value(value: FactValue) -> Answer {
    Answer::Value(value)
}

#[test]
fn nothing_is_asked_before_someone_said_who_lives_there() {
    assert!(Household::of(&LAW, &Looked::default(), TODAY).is_none());
}

#[test]
fn questions_have_the_words_of_the_law_files_and_say_their_period() {
    let home = home_of(&[composed(None, &[])]);
    let first = home.questions(&["rsa"]).remove(0);
    assert_eq!(first.id, "date_naissance.person.always");
    assert_eq!(first.for_rights, ["Revenu de solidarité active (RSA)"]);
    let incomes = home
        .questions(&["rsa"])
        .into_iter()
        .find(|q| q.id.starts_with("revenus.person"));
    let incomes = incomes.unwrap();
    let Span::Months { to, .. } = incomes.span else {
        panic!("{incomes:?}")
    };
    assert_eq!(to.to_string(), "2026-12");
    let notice = home.questions(&["af"]);
    assert!(
        notice.is_empty(),
        "one person alone has no family allowance: {notice:?}"
    );
}

#[test]
fn one_answer_says_that_there_is_none_of_many_and_only_what_is_ticked_is_asked() {
    let mut events = vec![composed(None, &[])];
    let id = |home: &Household<'_>| {
        let mut questions = home.questions(&["rsa"]).into_iter();
        questions.find(|q| q.id.starts_with("revenus.person"))
    };
    let question = id(&home_of(&events)).unwrap();
    assert!(
        question
            .said(&Given::Ticks(vec!["inconnu".into()]))
            .is_err()
    );
    let said = question
        .said(&Given::Ticks(vec!["salaire_net".into()]))
        .unwrap();
    events.push(LookedEvent::Said(said));
    let home = home_of(&events);
    assert_eq!(id(&home), None);
    let questions = home.questions(&["rsa"]);
    let asked = |fact: &str| {
        questions.iter().any(|q| {
            q.facts()
                .iter()
                .any(|f| f.fact == fact && matches!(f.span, Span::Months { .. }))
        })
    };
    assert!(asked("salaire_net"));
    assert!(!asked("chomage_net") && !asked("retraite_nette"));
}

#[test]
fn young_childrens_incomes_are_asked_at_once_and_of_those_who_have_some_one_by_one() {
    let mut events = vec![composed(None, &[date(2016, 1, 1), date(2019, 1, 1)])];
    let money = |home: &Household<'_>| {
        let mut questions = home.questions(&["rsa"]).into_iter();
        questions.find(|q| q.id.starts_with("enfant_argent"))
    };
    let question = money(&home_of(&events)).unwrap();
    let said = question
        .said(&Given::Ticks(vec!["member-2".into()]))
        .unwrap();
    events.push(LookedEvent::Said(said));
    let home = home_of(&events);
    assert_eq!(money(&home), None);
    let whom: Vec<Whom> = home
        .questions(&["rsa"])
        .iter()
        .filter(|q| q.id.starts_with("revenus."))
        .map(|q| q.whom)
        .collect();
    assert_eq!(whom, [Whom::Person, Whom::Member(2)]);
}

#[test]
fn what_is_missing_is_not_asked_where_it_cannot_change_the_answer() {
    let month = |text: &str| text.parse().unwrap();
    let mut events = vec![composed(None, &[])];
    let rsa = |events: &[LookedEvent]| home_of(events).answer("rsa").unwrap();
    assert_eq!(rsa(&events).status, Status::Unknown);
    assert!(home_of(&events).questions(&["rsa"]).len() > 10);
    let span = Span::Months {
        from: month("2026-01"),
        to: month("2026-12"),
    };
    // What the law files leave out for some ages and dwellings must not be taken for an answer.
    let born = value(FactValue::Day(date(1980, 1, 1)));
    events.push(say(Whom::Person, "date_naissance", Span::Always, born));
    let hosted = value(FactValue::Word("loge_gratuitement".into()));
    events.push(say(
        Whom::Home,
        "statut_occupation_logement",
        Span::Since(month("2026-12")),
        hosted,
    ));
    let commune = value(FactValue::Word("35238".into()));
    events.push(say(
        Whom::Home,
        "depcom",
        Span::Since(month("2026-12")),
        commune,
    ));
    assert_eq!(rsa(&events).status, Status::Unknown);
    let wage = FactValue::Amount(Amount::from_cents(300_000).unwrap());
    events.push(say(Whom::Person, "salaire_net", span, value(wage)));
    // Whatever else they have, it is too much: other incomes could only add to it.
    let told = rsa(&events);
    assert_eq!((told.status, told.missing), (Status::Unlikely, Vec::new()));
    let enough = told.reasons.iter().find(|r| r.text.contains("Ressources"));
    assert_eq!(enough.unwrap().holds, Some(false));
    assert_eq!(home_of(&events).questions(&["rsa"]), []);
    assert_eq!(
        home_of(&events).answer("domiciliation").unwrap().status,
        Status::Unknown
    );
}

#[test]
fn a_child_to_be_born_opens_what_is_due_before_birth_and_nothing_else() {
    let none = interview_without_income();
    let mut expecting = none.clone();
    expecting[0] = composed(None, &[date(2027, 2, 10)]);
    answered(&mut expecting, &["rsa", "paje_naissance"]);
    let of = |events: &[LookedEvent], right: &str| home_of(events).answer(right).unwrap().amount;
    assert_eq!(of(&expecting, "rsa"), of(&none, "rsa"));
    assert_eq!(of(&none, "paje_naissance"), None);
    assert!(of(&expecting, "paje_naissance").is_some());
}

#[test]
fn how_things_stand_holds_a_year_and_is_then_asked_again_with_what_was_said() {
    let month = |text: &str| text.parse().unwrap();
    let said = |since: &str| {
        say(
            Whom::Person,
            "nationalite",
            Span::Since(month(since)),
            value(FactValue::Word("FR".into())),
        )
    };
    let born = say(
        Whom::Person,
        "date_naissance",
        Span::Always,
        value(FactValue::Day(date(1980, 1, 1))),
    );
    let asked = |since: &str| {
        let home = home_of(&[composed(None, &[]), born.clone(), said(since)]);
        let mut questions = home.questions(&["rsa"]).into_iter();
        questions.find(|q| q.facts()[0].fact == "nationalite")
    };
    assert_eq!(asked("2026-01"), None);
    let again = asked("2025-06").unwrap();
    assert_eq!(again.earlier, Some(value(FactValue::Word("FR".into()))));
}

#[test]
fn an_answer_tells_its_facts_its_law_and_the_wage_at_which_it_turns() {
    let events = interview_without_income();
    let home = home_of(&events);
    let rsa = home.answer("rsa").unwrap();
    assert_eq!(rsa.status, Status::Likely);
    assert!(rsa.amount.unwrap() > 50_000, "{:?}", rsa.amount);
    assert_eq!(rsa.fiche.as_deref(), Some("N19775"));
    assert!(rsa.laws.iter().any(|law| law.contains("L262-2")));
    assert!(
        rsa.figures
            .iter()
            .any(|f| f.label.contains("RSA") && f.since <= TODAY)
    );
    assert!(
        rsa.reasons
            .iter()
            .all(|r| r.assessed || r.holds == Some(true))
    );
    let born = rsa
        .facts
        .iter()
        .find(|f| f.about.fact == "date_naissance")
        .unwrap();
    assert_eq!(born.shown, Shown::Day(date(1980, 1, 1)));
    let change = rsa.change.unwrap();
    assert!(!change.likely);
    assert!(
        matches!(change.turned, Turned::AtLeast(cents) if cents > 0),
        "{change:?}"
    );
}

/// Someone born in 1980, alone, French, hosted for nothing, without income or savings.
pub(crate) fn interview_without_income() -> Vec<LookedEvent> {
    let mut events = vec![composed(None, &[])];
    answered(&mut events, &["rsa", "ppa", "paje_naissance"]);
    events
}

/// Answers what those rights still wait for: nothing of anything.
pub(crate) fn answered(events: &mut Vec<LookedEvent>, rights: &[&str]) {
    for _ in 0..MOST {
        let Some(question) = home_of(events).questions(rights).into_iter().next() else {
            return;
        };
        events.push(nothing(&question));
    }
    panic!("questions without end");
}

/// What someone without anything answers.
pub(crate) fn nothing(question: &Question) -> LookedEvent {
    let given = match &question.form {
        Form::YesNo => Given::Truth(false),
        Form::Day => Given::Day(date(1980, 1, 1)),
        Form::Commune => Given::Word("35238".into()),
        Form::Choice(words) => {
            let word = ["FR", "inactif", "loge_gratuitement", "celibataire"];
            let found = words.iter().find(|(w, _)| word.contains(&w.as_str()));
            Given::Word(found.unwrap().0.clone())
        }
        _ => Given::Nothing,
    };
    LookedEvent::Said(question.said(&given).unwrap())
}
