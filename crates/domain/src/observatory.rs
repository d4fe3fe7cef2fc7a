//! What the observatory shows: counts of brakes over a year, without names, small counts withheld.
//!
//! A count under [`LEAST`] is not shown, nor told apart from none. A count that its line's total would
//! give away is withheld with it: what is withheld of a line adds up to nothing, or to [`LEAST`] at
//! least. What never lives here: anything that ties a count to a record.

use crate::procedure::{BrakeKind, ServiceConcerned};
use jiff::civil::Date;

/// The smallest count that is shown.
pub const LEAST: u64 = 5;

/// A count as it may be shown: `None` where it is withheld.
pub type Shown = Option<u64>;

/// Brakes counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// The first day of the month.
    pub month: Date,
    /// Where.
    pub service: ServiceConcerned,
    /// What blocked.
    pub kind: BrakeKind,
    /// How often.
    pub count: u64,
}

/// A year of brakes as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Year {
    /// All of them.
    pub all: Shown,
    /// By month, from January.
    pub months: [Shown; 12],
    /// By service.
    pub services: Vec<(ServiceConcerned, Shown)>,
    /// By what blocked.
    pub kinds: Vec<(BrakeKind, Shown)>,
    /// By service and by what blocked: those that may be shown, in the order of both lists.
    pub both: Vec<(ServiceConcerned, BrakeKind, u64)>,
}

impl Year {
    /// The year that these make; those of other years are left out.
    #[must_use]
    pub fn of(year: i16, counted: &[Counted]) -> Self {
        let mut months = [0_u64; 12];
        let mut cells = vec![vec![0_u64; BrakeKind::ALL.len()]; ServiceConcerned::ALL.len()];
        for c in counted.iter().filter(|c| c.month.year() == year) {
            let month = usize::try_from(c.month.month() - 1).ok();
            let service = ServiceConcerned::ALL.iter().position(|s| *s == c.service);
            let kind = BrakeKind::ALL.iter().position(|k| *k == c.kind);
            if let Some(month) = month.and_then(|m| months.get_mut(m)) {
                *month = month.saturating_add(c.count);
            }
            if let (Some(service), Some(kind)) = (service, kind)
                && let Some(cell) = cells.get_mut(service).and_then(|row| row.get_mut(kind))
            {
                *cell = cell.saturating_add(c.count);
            }
        }
        let total = |row: &Vec<u64>| row.iter().sum::<u64>();
        let by_service: Vec<u64> = cells.iter().map(total).collect();
        let by_kind: Vec<u64> = (0..BrakeKind::ALL.len())
            .map(|k| cells.iter().filter_map(|row| row.get(k)).sum())
            .collect();
        let all = by_service.iter().sum::<u64>();
        let (services, kinds) = (line(&by_service), line(&by_kind));
        let both = table(&cells, &services, &kinds);
        let mut shown = [None; 12];
        for (to, from) in shown.iter_mut().zip(line(&months)) {
            *to = from;
        }
        Self {
            all: (all >= LEAST).then_some(all),
            months: shown,
            services: ServiceConcerned::ALL
                .iter()
                .copied()
                .zip(services)
                .collect(),
            kinds: BrakeKind::ALL.iter().copied().zip(kinds).collect(),
            both,
        }
    }
}

/// The counts of a line whose total may be known.
fn line(counts: &[u64]) -> Vec<Shown> {
    let large = |n: &u64| (*n >= LEAST).then_some(*n);
    let mut shown: Vec<Shown> = counts.iter().map(large).collect();
    while let Some(place) = betrayed(counts, &shown) {
        shown[place] = None;
    }
    shown
}

/// Where the total of a line would give away what is withheld of it: the smallest count it shows,
/// which must be withheld too.
fn betrayed(counts: &[u64], shown: &[Shown]) -> Option<usize> {
    let pairs = || counts.iter().zip(shown);
    let withheld: u64 = pairs().filter(|(_, s)| s.is_none()).map(|(n, _)| n).sum();
    if withheld == 0 || withheld >= LEAST {
        return None;
    }
    let places = shown.iter().enumerate();
    let places = places.filter_map(|(place, s)| s.map(|n| (n, place)));
    places.min().map(|(_, place)| place)
}

/// The cells of a table whose totals of rows and columns are shown as these are.
fn table(
    cells: &[Vec<u64>],
    rows: &[Shown],
    columns: &[Shown],
) -> Vec<(ServiceConcerned, BrakeKind, u64)> {
    let mut shown: Vec<Vec<Shown>> = cells
        .iter()
        .zip(rows)
        .map(|(row, total)| {
            let cells = row.iter().zip(columns);
            // A cell of a line whose total is withheld would say something of it.
            let may = |(n, column): (&u64, &Shown)| {
                (*n >= LEAST && total.is_some() && column.is_some()).then_some(*n)
            };
            cells.map(may).collect()
        })
        .collect();
    loop {
        let mut changed = false;
        for (row, shown) in cells.iter().zip(&mut shown) {
            while let Some(place) = betrayed(row, shown) {
                shown[place] = None;
                changed = true;
            }
        }
        for k in 0..columns.len() {
            let column: Vec<u64> = cells.iter().map(|row| row[k]).collect();
            let seen: Vec<Shown> = shown.iter().map(|row| row[k]).collect();
            if let Some(place) = betrayed(&column, &seen) {
                shown[place][k] = None;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    let mut both = Vec::new();
    for (service, row) in ServiceConcerned::ALL.iter().zip(&shown) {
        for (kind, n) in BrakeKind::ALL.iter().zip(row) {
            both.extend(n.map(|n| (*service, *kind, n)));
        }
    }
    both
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn counted(month: i8, service: ServiceConcerned, kind: BrakeKind, count: u64) -> Counted {
        Counted {
            month: date(2026, month, 1),
            service,
            kind,
            count,
        }
    }

    #[test]
    fn small_counts_are_withheld_and_so_is_what_would_give_them_away() {
        use {BrakeKind as K, ServiceConcerned as S};
        let year = Year::of(
            2026,
            &[
                counted(1, S::Caf, K::SiteDown, 9),
                counted(1, S::Caf, K::NoSlot, 7),
                counted(2, S::Caf, K::Cost, 2),
                counted(2, S::Prefecture, K::NoSlot, 30),
                // Of another year.
                Counted {
                    month: date(2025, 12, 1),
                    ..counted(1, S::Caf, K::SiteDown, 100)
                },
            ],
        );
        assert_eq!(year.all, Some(48));
        assert_eq!(year.months[..3], [Some(16), Some(32), None]);
        let service = |s| year.services.iter().find(|(x, _)| *x == s).unwrap().1;
        assert_eq!(service(S::Caf), Some(18));
        assert_eq!(service(S::Prefecture), Some(30));
        let kind = |k| year.kinds.iter().find(|(x, _)| *x == k).unwrap().1;
        // 48 in all: 9 and 37 shown would tell the 2.
        assert_eq!(kind(K::NoSlot), Some(37));
        assert_eq!((kind(K::SiteDown), kind(K::Cost)), (None, None));
        // 7 shown of 18 says that 11 are withheld, and no more.
        let both = [(S::Caf, K::NoSlot, 7), (S::Prefecture, K::NoSlot, 30)];
        assert_eq!(year.both, both);
    }

    #[test]
    fn a_year_of_a_few_brakes_shows_none() {
        use {BrakeKind as K, ServiceConcerned as S};
        let year = Year::of(2026, &[counted(5, S::Bank, K::Language, LEAST - 1)]);
        assert_eq!(year.all, None);
        assert!(year.months.iter().all(Option::is_none));
        assert!(year.both.is_empty());
        assert!(year.services.iter().all(|(_, n)| n.is_none()));
    }

    proptest! {
        #[test]
        fn what_is_withheld_of_a_line_is_nothing_or_many(
            counts in prop::collection::vec((1..13_i8, 0..17_usize, 0..6_usize, 0..40_u64), 0..60)
        ) {
            let all: Vec<Counted> = counts
                .iter()
                .map(|(month, s, k, n)| {
                    counted(*month, ServiceConcerned::ALL[*s], BrakeKind::ALL[*k], *n)
                })
                .collect();
            let year = Year::of(2026, &all);
            let sum = |of: &dyn Fn(&Counted) -> bool| {
                all.iter().filter(|c| of(c)).map(|c| c.count).sum::<u64>()
            };
            let enough = |hidden: u64| hidden == 0 || hidden >= LEAST;
            if let Some(total) = year.all {
                for shown in [
                    year.months.iter().flatten().sum::<u64>(),
                    year.services.iter().filter_map(|(_, n)| *n).sum(),
                    year.kinds.iter().filter_map(|(_, n)| *n).sum(),
                ] {
                    prop_assert!(enough(total - shown), "{year:?}");
                }
            }
            for (service, total) in &year.services {
                prop_assert!(total.is_none_or(|n| n >= LEAST && n == sum(&|c| c.service == *service)));
                let cells = year.both.iter().filter(|(s, ..)| s == service);
                let shown: u64 = cells.map(|(.., n)| n).sum();
                match total {
                    Some(total) => prop_assert!(enough(total - shown), "{service:?} {year:?}"),
                    None => prop_assert_eq!(shown, 0),
                }
            }
            for (kind, total) in &year.kinds {
                let cells = year.both.iter().filter(|(_, k, _)| k == kind);
                let shown: u64 = cells.map(|(.., n)| n).sum();
                match total {
                    Some(total) => prop_assert!(enough(total - shown), "{kind:?} {year:?}"),
                    None => prop_assert_eq!(shown, 0),
                }
            }
            for (service, kind, n) in &year.both {
                prop_assert!(*n >= LEAST);
                prop_assert_eq!(*n, sum(&|c| c.service == *service && c.kind == *kind));
            }
        }
    }
}
