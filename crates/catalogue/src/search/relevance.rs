//! How well searches answer, against a file of searches and the pages that would do: `query TAB kind
//! TAB id,id`. Only those who work on searches read it.

use crate::edition::Edition;
use std::collections::BTreeMap;

/// One search of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What is typed.
    pub query: String,
    /// What kind of search it is.
    pub kind: String,
    /// The pages that would do.
    pub wanted: Vec<String>,
}

/// The lines of a file; an error names the line that is not right.
pub fn cases(text: &str) -> Result<Vec<Case>, usize> {
    let mut cases = Vec::new();
    for (i, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let mut parts = line.split('\t');
        let (Some(query), Some(kind), Some(ids)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(i + 1);
        };
        cases.push(Case {
            query: query.to_owned(),
            kind: kind.to_owned(),
            wanted: ids.split(',').map(|id| id.trim().to_owned()).collect(),
        });
    }
    Ok(cases)
}

/// How well searches answered.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Measure {
    /// How many searches.
    pub searches: u32,
    /// How many had a page that would do first.
    pub first: u32,
    /// Among the first three.
    pub three: u32,
    /// Among the first ten.
    pub ten: u32,
    /// The sum of one over the place of the first page that would do, within ten.
    pub reciprocal: f64,
}

impl Measure {
    /// Adds a search whose first page that would do came at that place, from 1.
    pub fn add(&mut self, place: Option<usize>) {
        self.searches += 1;
        let Some(place) = place.filter(|r| *r <= 10) else {
            return;
        };
        self.ten += 1;
        self.three += u32::from(place <= 3);
        self.first += u32::from(place == 1);
        self.reciprocal += 1.0 / f64::from(u32::try_from(place).unwrap_or(u32::MAX));
    }

    /// A share of the searches.
    #[must_use]
    pub fn share(&self, count: u32) -> f64 {
        f64::from(count) / f64::from(self.searches.max(1))
    }

    /// The mean of one over the place.
    #[must_use]
    pub fn mean_reciprocal(&self) -> f64 {
        self.reciprocal / f64::from(self.searches.max(1))
    }
}

/// A search and where the first page that would do came, from 1, within ten.
pub type Placed<'a> = (&'a Case, Option<usize>);

/// Tries every search: over all, by kind, and each.
#[must_use]
pub fn measure<'a>(
    edition: &Edition,
    cases: &'a [Case],
) -> (Measure, BTreeMap<String, Measure>, Vec<Placed<'a>>) {
    let mut all = Measure::default();
    let mut kinds: BTreeMap<String, Measure> = BTreeMap::new();
    let mut each = Vec::new();
    for case in cases {
        let place = edition
            .search(&case.query, 10)
            .iter()
            .position(|f| case.wanted.iter().any(|id| id == f.page.id.as_str()))
            .map(|i| i + 1);
        all.add(place);
        kinds.entry(case.kind.clone()).or_default().add(place);
        each.push((case, place));
    }
    (all, kinds, each)
}
