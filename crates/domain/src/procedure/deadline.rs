//! Deadlines and where each comes from: a rule with its text, a document, a paper that someone
//! read. A rule proposes a day; only a person makes a deadline of it.

use super::words::DeadlineKind;
use crate::{
    id::{DeadlineId, DocumentId},
    words::{AppointmentShow, words},
};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

words! {
    /// A rule from which a day is proposed. Its text, as shown, is in Fluent under the same word.
    DeadlineRule {
        /// Mandatory prior appeal, RSA: 2 months (CASF L.262-47).
        AppealRsa = "appeal_rsa",
        /// Mandatory prior appeal, housing aid: 2 months (CCH, known second-hand).
        AppealHousing = "appeal_housing",
        /// Mandatory prior appeal, prime d'activité: 2 months (CSS, known second-hand).
        AppealActivity = "appeal_activity",
        /// Silence of the administration: 2 months (CRPA L.231-1 and following).
        Silence = "silence",
        /// Declaration each quarter: 3 months, as the family and farmers' funds usually ask.
        Quarter = "quarter",
        /// Election of domicile: usually 1 year.
        Domiciliation = "domiciliation",
        /// Complémentaire santé solidaire: usually 1 year.
        HealthCover = "health_cover",
        /// Aide médicale de l'État: usually 1 year.
        Ame = "ame",
        /// Receipt of a residence application: usually 3 months.
        Receipt = "receipt",
    }
}

/// What a rule rests on, as pages say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A text of law that was read.
    Law,
    /// A text of law known second-hand: shown as a default, never as law.
    SecondHand,
    /// A usual duration, to be read on the paper itself.
    Usual,
}

impl DeadlineRule {
    /// The day that the rule gives, counted from that one: the notification of a decision, the
    /// filing, the last declaration, the day a document was made.
    #[must_use]
    pub fn day(self, from: Date) -> Date {
        match self {
            Self::AppealRsa | Self::AppealHousing | Self::AppealActivity | Self::Silence => {
                from.saturating_add(2.months())
            }
            Self::Quarter | Self::Receipt => from.saturating_add(3.months()),
            Self::Domiciliation | Self::HealthCover | Self::Ame => from.saturating_add(1.year()),
        }
    }

    /// What sort of deadline it makes.
    #[must_use]
    pub const fn kind(self) -> DeadlineKind {
        match self {
            Self::AppealRsa | Self::AppealHousing | Self::AppealActivity => DeadlineKind::Appeal,
            Self::Silence => DeadlineKind::Silence,
            Self::Quarter => DeadlineKind::Declaration,
            Self::Domiciliation | Self::HealthCover | Self::Ame | Self::Receipt => {
                DeadlineKind::Renewal
            }
        }
    }

    /// What it rests on.
    #[must_use]
    pub const fn standing(self) -> Standing {
        match self {
            Self::AppealRsa | Self::Silence => Standing::Law,
            Self::AppealHousing | Self::AppealActivity => Standing::SecondHand,
            _ => Standing::Usual,
        }
    }

    /// The rules of mandatory prior appeals.
    pub const APPEALS: [Self; 3] = [Self::AppealRsa, Self::AppealHousing, Self::AppealActivity];
}

/// Where a deadline's day comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineSource {
    /// A rule, counted from that day.
    Rule {
        /// Which.
        rule: DeadlineRule,
        /// From when.
        from: Date,
    },
    /// The end written on a document of the safe.
    Document(DocumentId),
    /// What someone read or was told: a letter, a summons, a call.
    Said(String),
}

/// A date that matters (échéance).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// Its identifier.
    pub id: DeadlineId,
    /// What it is.
    pub kind: DeadlineKind,
    /// The last day, or the day of it.
    pub on: Date,
    /// Where that day comes from.
    pub source: DeadlineSource,
    /// In more words; may be empty.
    #[serde(default)]
    pub words: String,
    /// How it appears on the person's side: with a reminder, without one, or not on shared phones.
    pub show: AppointmentShow,
}

/// How a deadline ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineEnd {
    /// What it asked for was done.
    Done,
    /// It no longer holds: another date replaced it, or it was a mistake.
    Cancelled,
}

impl Deadline {
    /// The one that follows it where it comes back: a declaration, each quarter.
    #[must_use]
    pub fn following(&self, id: DeadlineId) -> Option<Self> {
        let rule = DeadlineRule::Quarter;
        (self.kind == DeadlineKind::Declaration).then(|| Self {
            id,
            on: rule.day(self.on),
            source: DeadlineSource::Rule {
                rule,
                from: self.on,
            },
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_rule_counts_whole_months_from_the_day_it_is_given() {
        for (rule, from, day) in [
            (DeadlineRule::AppealRsa, date(2026, 3, 9), date(2026, 5, 9)),
            // A month without that day ends on its last one.
            (
                DeadlineRule::AppealHousing,
                date(2025, 12, 31),
                date(2026, 2, 28),
            ),
            (DeadlineRule::Silence, date(2026, 11, 15), date(2027, 1, 15)),
            (DeadlineRule::Quarter, date(2026, 1, 31), date(2026, 4, 30)),
            (DeadlineRule::Ame, date(2024, 2, 29), date(2025, 2, 28)),
        ] {
            assert_eq!(rule.day(from), day, "{rule:?}");
        }
    }

    #[test]
    fn only_what_was_read_in_the_law_is_shown_as_law() {
        let law = |r: &&DeadlineRule| r.standing() == Standing::Law;
        let found: Vec<_> = DeadlineRule::ALL.iter().filter(law).collect();
        assert_eq!(found, [&DeadlineRule::AppealRsa, &DeadlineRule::Silence]);
        for rule in DeadlineRule::APPEALS {
            assert_eq!(rule.kind(), DeadlineKind::Appeal);
        }
    }

    #[test]
    fn a_declaration_comes_back_a_quarter_later_and_nothing_else_does() {
        let id = |b| DeadlineId::from_bytes([b; 16]);
        let first = Deadline {
            id: id(1),
            kind: DeadlineKind::Declaration,
            on: date(2026, 4, 5),
            source: DeadlineSource::Said("la lettre de la caisse".into()),
            words: String::new(),
            show: AppointmentShow::Notified,
        };
        let next = first.following(id(2)).unwrap();
        assert_eq!((next.id, next.on), (id(2), date(2026, 7, 5)));
        let hearing = Deadline {
            kind: DeadlineKind::Hearing,
            ..first.clone()
        };
        assert_eq!(hearing.following(id(2)), None);
    }
}
