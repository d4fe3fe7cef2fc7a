//! The person's authorisation to act in their place: what it covers, how long, and when it allows.

use crate::{
    id::MandateId,
    words::{ConsentForm, Theme},
};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

/// How long a mandate lasts, from the day it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "u16", try_from = "u16")]
pub enum MandateDuration {
    /// 1 day.
    Day,
    /// 31 days.
    Month,
    /// 182 days.
    HalfYear,
    /// 365 days.
    Year,
}

/// A number of days that no mandate lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a mandate lasts 1, 31, 182 or 365 days")]
pub struct InvalidDuration;

impl MandateDuration {
    /// Every duration, shortest first.
    pub const ALL: [Self; 4] = [Self::Day, Self::Month, Self::HalfYear, Self::Year];

    /// Its length in days.
    #[must_use]
    pub const fn days(self) -> u16 {
        match self {
            Self::Day => 1,
            Self::Month => 31,
            Self::HalfYear => 182,
            Self::Year => 365,
        }
    }
}

impl TryFrom<u16> for MandateDuration {
    type Error = InvalidDuration;
    fn try_from(days: u16) -> Result<Self, InvalidDuration> {
        Self::ALL
            .into_iter()
            .find(|d| d.days() == days)
            .ok_or(InvalidDuration)
    }
}

impl From<MandateDuration> for u16 {
    fn from(duration: MandateDuration) -> u16 {
        duration.days()
    }
}

/// What the person authorised, as written in the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mandate {
    /// Its identifier, named by the steps that rest on it and by its end.
    pub id: MandateId,
    /// What may be done in the person's place.
    pub themes: Vec<Theme>,
    /// The first day it allows.
    pub from: Date,
    /// How long it allows.
    pub duration: MandateDuration,
    /// How the person agreed.
    pub consent: ConsentForm,
    /// What exactly, in the person's or the worker's words; may be empty.
    #[serde(default)]
    pub words: String,
    /// Who may act: the name shown (a worker, a team).
    pub to: String,
}

/// Where a mandate stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MandateState {
    /// It starts later.
    Coming,
    /// It allows.
    Live,
    /// Its days are over.
    Expired,
    /// One side took it back.
    Revoked,
}

impl Mandate {
    /// The last day it allows.
    #[must_use]
    pub fn last_day(&self) -> Date {
        self.from
            .saturating_add((i64::from(self.duration.days()) - 1).days())
    }

    /// Where it stands on that day, given whether one side took it back.
    #[must_use]
    pub fn state(&self, revoked: bool, today: Date) -> MandateState {
        if revoked {
            MandateState::Revoked
        } else if today < self.from {
            MandateState::Coming
        } else if today > self.last_day() {
            MandateState::Expired
        } else {
            MandateState::Live
        }
    }

    /// Whether it lets someone act in the person's place on that theme, that day.
    #[must_use]
    pub fn allows(&self, theme: Theme, revoked: bool, today: Date) -> bool {
        self.themes.contains(&theme) && self.state(revoked, today) == MandateState::Live
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn mandate(duration: MandateDuration) -> Mandate {
        Mandate {
            id: MandateId::from_bytes([1; 16]),
            themes: vec![Theme::Papers],
            from: date(2026, 3, 1),
            duration,
            consent: ConsentForm::Signed,
            words: String::new(),
            to: "équipe".into(),
        }
    }

    #[test]
    fn allows_from_its_first_to_its_last_day_on_its_themes_only() {
        let m = mandate(MandateDuration::Month);
        for (theme, revoked, day, allows) in [
            (Theme::Papers, false, date(2026, 2, 28), false),
            (Theme::Papers, false, date(2026, 3, 1), true),
            (Theme::Papers, false, date(2026, 3, 31), true),
            (Theme::Papers, false, date(2026, 4, 1), false),
            (Theme::Papers, true, date(2026, 3, 2), false),
            (Theme::Housing, false, date(2026, 3, 2), false),
        ] {
            assert_eq!(
                m.allows(theme, revoked, day),
                allows,
                "{theme:?} {revoked} {day}"
            );
        }
        assert_eq!(mandate(MandateDuration::Day).last_day(), date(2026, 3, 1));
    }
}
