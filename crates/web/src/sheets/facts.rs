//! What of a record is offered to forms and letters.

use crate::page::Shell;
use domain::{record::Record, words::TieKind};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Facts by the names that mappings know them under; days as 2026-01-31. What the reader does not
/// open is not there.
pub(crate) fn facts(s: &Shell, record: &Record, today: Date) -> BTreeMap<&'static str, String> {
    let mut facts = BTreeMap::new();
    facts.insert("today", today.to_string());
    if let Some(p) = &record.profile {
        let title = p.title.map(|t| t.word().to_owned()).unwrap_or_default();
        facts.extend([
            ("title", title),
            ("birth_name", p.birth_name.clone()),
            ("given_names", p.given_names.clone()),
            ("usual_name", p.usual_name.clone()),
            ("born", p.born.map(|d| d.to_string()).unwrap_or_default()),
            ("birth_place", p.birth_place.clone()),
            ("phone", p.phone.clone()),
            ("email", p.email.clone()),
            ("address", p.address.clone()),
            ("outside_id", p.outside_id.clone()),
        ]);
    }
    // Children only: whom else a request covers is for the person to say.
    let children = record.ties.iter();
    let children = children.filter(|t| t.kind == TieKind::Child && !t.ended);
    let lines: Vec<String> = children
        .map(|t| match t.born {
            Some(born) => {
                s.l.t2("sheet-child", ("name", &t.name), ("day", &slashed(born)))
            }
            None => t.name.clone(),
        })
        .collect();
    facts.insert("household", lines.join("\n"));
    facts
}

/// A day as forms write it.
fn slashed(day: Date) -> String {
    format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year())
}
