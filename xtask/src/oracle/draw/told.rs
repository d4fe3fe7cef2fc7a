//! How a fact is told: which periods are named. Whoever calls the interface names months, years, or
//! only what the rights need; each way must give the same answers as the reference.

use serde_json::{Map, Value as Json, json};

/// A way of telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Every month of the four last years.
    Months,
    /// A key a year.
    Years,
    /// The months and years that the rights ask of, no other.
    Needed,
}

/// All of them.
pub(crate) const STYLES: [Style; 3] = [Style::Months, Style::Years, Style::Needed];

/// The month asked, and how it is told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    pub style: Style,
    pub year: i32,
    pub month: u32,
    /// Whether dwellings are told by their commune, or by their zone: one simulation holds all
    /// households, and a zone told for one is told for all.
    pub by_commune: bool,
}

impl Told {
    /// The month asked, counted from year 0.
    pub(crate) fn now(self) -> i32 {
        self.year * 12 + i32::try_from(self.month).unwrap_or(1) - 1
    }

    fn months(self) -> Vec<i32> {
        match self.style {
            Style::Needed => (self.now() - 13..=self.now()).collect(),
            _ => ((self.year - 3) * 12..(self.year + 1) * 12).collect(),
        }
    }

    /// A state that does not move: a status, a place, a right.
    pub(crate) fn state(self, value: &Json) -> Json {
        let keys: Vec<String> = match self.style {
            Style::Months => self.months().into_iter().map(key).collect(),
            Style::Years => (self.year - 3..=self.year).map(|y| y.to_string()).collect(),
            Style::Needed => vec![key(self.now())],
        };
        Json::Object(keys.into_iter().map(|k| (k, value.clone())).collect())
    }

    /// A state the reference takes only month by month.
    pub(crate) fn monthly_state(self, value: &Json) -> Json {
        let months = match self.style {
            Style::Needed => vec![self.now()],
            _ => self.months(),
        };
        let keys = months.into_iter().map(key);
        Json::Object(keys.map(|k| (k, value.clone())).collect())
    }

    /// An amount that comes every month and does not move.
    pub(crate) fn amount(self, monthly: f64) -> Json {
        self.moving(|_| monthly)
    }

    /// An amount by month, counted from year 0.
    pub(crate) fn moving(self, of: impl Fn(i32) -> f64) -> Json {
        let years = self.year - 3..=self.year;
        let total = |year: i32| (year * 12..(year + 1) * 12).map(&of).sum::<f64>();
        let mut all = Map::new();
        if self.style == Style::Years {
            // One simulation holds all households: what is told by years for one is for all.
            all.extend(years.map(|year| (year.to_string(), json!(total(year)))));
            return Json::Object(all);
        }
        all.extend(self.months().into_iter().map(|m| (key(m), json!(of(m)))));
        if self.style == Style::Needed {
            // Two years before is asked as a whole; the year before where no month of it is named.
            all.insert((self.year - 2).to_string(), json!(total(self.year - 2)));
        }
        Json::Object(all)
    }
}

fn key(month: i32) -> String {
    format!("{}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)
}
