//! What an entry about rights to look at says, in lines of the record's and the person's pages.

use super::words;
use crate::page::Shell;
use domain::{
    looked::{LookedEvent, MemberTie},
    record::Record,
};
use jiff::civil::Date;
use rights::Law;

/// The lines of that entry; `today` tells a child who is expected from one who is born.
pub(crate) fn told(
    s: &Shell,
    law: &Law,
    record: &Record,
    today: Date,
    event: &LookedEvent,
) -> Vec<String> {
    let looked = &record.looked;
    match event {
        LookedEvent::Composed(composition) => {
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
        LookedEvent::Said(facts) => {
            let line = |said: &domain::looked::Said| {
                let fact = words::fact(s, law, looked, today, &said.about);
                format!("{fact}\u{a0}: {}", words::answer(s, law, said))
            };
            facts.iter().map(line).collect()
        }
        LookedEvent::TakenBack(facts) => {
            let line = |about| {
                let fact = words::fact(s, law, looked, today, about);
                s.t1("event-looked-withdrawn", "fact", fact)
            };
            facts.iter().map(line).collect()
        }
        LookedEvent::Decided(decided) => {
            let right = words::right(law, &decided.right);
            let decision = s.w(&format!("looked-decision-{}", decided.decision.word()));
            let day = s.l.day(decided.on);
            let mut lines = vec![s.l.t3(
                "event-looked-decided",
                ("right", &right),
                ("decision", &decision),
                ("day", &day),
            )];
            lines.extend((!decided.why.is_empty()).then(|| decided.why.clone()));
            lines
        }
    }
}
