//! Carrying rows, page by page in order of their keys, and walking both ends to say what differs.
//! A page is there whole or not at all, so a move that stopped goes on after the last row.

use crate::error::{Failure, Kind, Outcome};
use domain::id::PersonId;
use indicatif::ProgressBar;
use std::{cmp::Ordering, collections::VecDeque};
use storage::{CarriedRow, CarriedTable, Carrier, StorageError, Value};

const PAGE: u32 = 5_000;
/// So many differences are named; all are counted.
const NAMED: usize = 100;

/// What differs between both ends.
#[derive(Debug, Default)]
pub(super) struct Differences {
    pub(super) lines: Vec<String>,
    pub(super) count: u64,
}

impl Differences {
    pub(super) fn add(&mut self, line: impl FnOnce() -> String) {
        self.count += 1;
        if self.lines.len() < NAMED {
            self.lines.push(line());
        }
    }
}

/// Carries what is not there yet.
pub(super) async fn carry(
    from: &dyn Carrier,
    to: &dyn Carrier,
    tables: &[CarriedTable],
    bar: &ProgressBar,
) -> Outcome<()> {
    for table in tables {
        let there = to.last(table).await?;
        if there.is_some() {
            bar.inc(to.count(table).await?);
        }
        let mut page = from.page(table, there.as_deref(), PAGE).await?;
        while let Some(last) = page.last() {
            let (count, after) = (page.len() as u64, last[..table.key].to_vec());
            let (written, next) =
                tokio::join!(to.append(table, page), from.page(table, Some(&after), PAGE));
            written.map_err(|error| does_not_fit(error, table))?;
            page = next?;
            bar.inc(count);
        }
    }
    Ok(())
}

fn does_not_fit(error: StorageError, table: &CarriedTable) -> Failure {
    match error {
        StorageError::Conflict(_) => Failure::new(
            Kind::Differs,
            format!("rows of {} do not fit what was moved before", table.name),
        )
        .hint("was it served meanwhile? Empty the place to move to, and move again"),
        other => other.into(),
    }
}

/// A table read in order.
struct Walk<'a> {
    carrier: &'a dyn Carrier,
    table: &'a CarriedTable,
    page: VecDeque<CarriedRow>,
    after: Option<CarriedRow>,
    ended: bool,
}

impl<'a> Walk<'a> {
    fn new(carrier: &'a dyn Carrier, table: &'a CarriedTable) -> Self {
        Self {
            carrier,
            table,
            page: VecDeque::new(),
            after: None,
            ended: false,
        }
    }

    async fn fill(&mut self) -> Outcome<()> {
        if !self.page.is_empty() || self.ended {
            return Ok(());
        }
        let after = self.after.as_deref();
        self.page = self.carrier.page(self.table, after, PAGE).await?.into();
        match self.page.back() {
            Some(last) => self.after = Some(last[..self.table.key].to_vec()),
            None => self.ended = true,
        }
        Ok(())
    }
}

/// The row in words: of whom it is, and its number, by which nobody is known.
fn name(table: &CarriedTable, row: &[Value]) -> String {
    let mut name = table.name.to_owned();
    if !table.is_about_people() {
        return name;
    }
    for value in &row[..table.key] {
        match value {
            Value::Bytes(id) if name.len() == table.name.len() => {
                if let Ok(id) = <[u8; 16]>::try_from(&id[..]) {
                    name = format!("{name} {}", PersonId::from_bytes(id));
                }
            }
            Value::Number(number) => name = format!("{name} {number}"),
            _ => {}
        }
    }
    name
}

/// Walks a table of both ends; gives how many rows are where they come from.
pub(super) async fn compare(
    from: &dyn Carrier,
    to: &dyn Carrier,
    table: &CarriedTable,
    bar: &ProgressBar,
    differences: &mut Differences,
    mut learn: impl FnMut(&[Value]),
) -> Outcome<u64> {
    let (mut left, mut right) = (Walk::new(from, table), Walk::new(to, table));
    let mut count = 0;
    loop {
        let (one, other) = tokio::join!(left.fill(), right.fill());
        one.and(other)?;
        let order = match (left.page.front(), right.page.front()) {
            (None, None) => return Ok(count),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(one), Some(other)) => one[..table.key].cmp(&other[..table.key]),
        };
        let one = (order.is_le()).then(|| left.page.pop_front()).flatten();
        let other = (order.is_ge()).then(|| right.page.pop_front()).flatten();
        if let Some(row) = &one {
            count += 1;
            bar.inc(1);
            learn(row);
        }
        match (&one, &other) {
            (Some(row), None) => differences.add(|| format!("{}: is not there", name(table, row))),
            (None, Some(row)) => differences.add(|| format!("{}: is only there", name(table, row))),
            (Some(row), Some(there)) if row != there => {
                let differ = table.columns.iter().zip(row.iter().zip(there));
                let differ = differ.filter(|(_, (a, b))| a != b).map(|(c, _)| c.name);
                let columns: Vec<&str> = differ.collect();
                differences
                    .add(|| format!("{}: differs in {}", name(table, row), columns.join(", ")));
            }
            _ => {}
        }
    }
}
