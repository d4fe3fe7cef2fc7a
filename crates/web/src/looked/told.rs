//! What entries about rights to look at say, in lines of the record's and the person's pages. Answers
//! written one after the other are told together: those that say something each by itself, those that
//! say there is none by their number. The pages of rights show each of them.

use super::{answers::is_none, words};
use crate::page::Shell;
use domain::{
    entry::{Content, Entry},
    looked::{Answer, Composition, LookedEvent, MemberTie, Said},
    record::Record,
};
use jiff::{civil::Date, tz::TimeZone};
use rights::Law;

/// Entries as pages tell them: answers that one hand wrote on one day, one after the other, stand
/// together.
pub(crate) fn gathered<'a>(
    entries: impl Iterator<Item = &'a Entry>,
    zone: &TimeZone,
) -> Vec<Vec<&'a Entry>> {
    let said = |entry: &Entry| match &entry.body.content {
        Content::Looked {
            event: LookedEvent::Said(_),
        } => Some((
            entry.body.author.account,
            zone.to_datetime(entry.body.at).date(),
        )),
        _ => None,
    };
    let mut groups: Vec<Vec<&Entry>> = Vec::new();
    for entry in entries {
        let hand = said(entry);
        match groups.last_mut() {
            Some(group) if hand.is_some() && group.last().and_then(|e| said(e)) == hand => {
                group.push(entry);
            }
            _ => groups.push(vec![entry]),
        }
    }
    groups
}

/// The lines of those entries, latest first, where they tell of rights; `today` tells a child who is
/// expected from one who is born.
pub(crate) fn told(
    s: &Shell,
    law: &Law,
    record: &Record,
    today: Date,
    entries: &[&Entry],
) -> Option<Vec<String>> {
    let looked = &record.looked;
    let mut facts: Vec<&Said> = Vec::new();
    for entry in entries.iter().rev() {
        match &entry.body.content {
            Content::Looked { event } => match event {
                LookedEvent::Said(said) => facts.extend(said),
                LookedEvent::Composed(composition) => return Some(composed(s, today, composition)),
                LookedEvent::TakenBack(facts) => {
                    let line = |about| {
                        let fact = words::fact(s, law, looked, today, about);
                        s.t1("event-looked-withdrawn", "fact", fact)
                    };
                    return Some(facts.iter().map(line).collect());
                }
                LookedEvent::Decided(decided) => {
                    let decision = s.w(&format!("looked-decision-{}", decided.decision.word()));
                    let mut lines = vec![s.l.t3(
                        "event-looked-decided",
                        ("right", &words::right(law, &decided.right)),
                        ("decision", &decision),
                        ("day", &s.l.day(decided.on)),
                    )];
                    lines.extend((!decided.why.is_empty()).then(|| decided.why.clone()));
                    return Some(lines);
                }
            },
            _ => return None,
        }
    }
    Some(said(s, law, record, today, &facts))
}

fn composed(s: &Shell, today: Date, composition: &Composition) -> Vec<String> {
    let mut lines = vec![s.t("event-looked-household")];
    if composition.members.is_empty() {
        lines.push(s.w("looked-household-alone"));
    }
    lines.extend(composition.members.iter().map(|m| {
        let key = match m.tie {
            MemberTie::Partner => "event-looked-partner",
            MemberTie::Child if m.born > today => "event-looked-expected",
            MemberTie::Child => "event-looked-child",
        };
        let line = s.t1(key, "day", s.l.day(m.born));
        if m.name.is_empty() {
            line
        } else {
            format!("{line} ({})", m.name)
        }
    }));
    lines
}

fn said(s: &Shell, law: &Law, record: &Record, today: Date, facts: &[&Said]) -> Vec<String> {
    let (mut lines, mut none, mut unknown) = (Vec::new(), 0_usize, 0_usize);
    for said in facts {
        if is_none(&said.answer) {
            none += 1;
        } else if said.answer == Answer::Unknown {
            unknown += 1;
        } else {
            let fact = words::fact(s, law, &record.looked, today, &said.about);
            lines.push(format!("{fact}\u{a0}: {}", words::answer(s, law, said)));
        }
    }
    lines.extend((none > 0).then(|| s.t1("event-looked-none", "count", none)));
    lines.extend((unknown > 0).then(|| s.t1("event-looked-unknown", "count", unknown)));
    lines
}
