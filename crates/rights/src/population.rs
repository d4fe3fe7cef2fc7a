//! Many households from a table, one row a person: for studies of who could have a right and does not
//! ask. Headings say which columns are whose role and which are facts; rows of one household follow
//! each other, so that a table of any length is answered household by household, and nothing of one is
//! kept for the next.

mod columns;

pub use columns::{ColumnFault, Columns};

use crate::evaluate::Room;
use crate::explain::{Status, judged};
use crate::json::{self, Stated};
use crate::model::{Entity, Law, Right};
use crate::period::{Period, Rhythm};
use crate::prepare::Prepared;
use crate::ratio::Ratio;
use crate::situation::{Absent, Situation};
use columns::Role;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A row of the table: a cell for each heading, `null` where it is empty.
pub type Row = Vec<Json>;

/// What is wrong in a household's rows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("row {row}, column {column}: {what}")]
pub struct RowFault {
    /// Which of the table's rows, the first below the headings being 1.
    pub row: usize,
    /// The heading.
    pub column: String,
    /// What is wrong, without what stood there.
    pub what: &'static str,
}

/// What is said of one right for one of its entity.
#[derive(Debug, Clone)]
pub struct Found<'a> {
    /// The right.
    pub right: &'a Right,
    /// Whom it is about: the person's or group's name in the table.
    pub name: String,
    /// What can be said.
    pub status: Status,
    /// The amount in cents over the right's period; none where it is not known, or there is none.
    pub amount: Option<Ratio>,
    /// Names of the facts that are missing, each once.
    pub missing: Vec<&'a str>,
}

/// The law, made ready for a table's households.
#[derive(Debug)]
pub struct Population<'a> {
    law: &'a Law,
    columns: &'a Columns,
    rights: Vec<&'a Right>,
    month: Period,
    absent: Absent,
    prepared: Prepared<'a>,
    room: Room,
}

impl<'a> Population<'a> {
    /// Ready to answer about those rights in that month; what no cell states is `absent`.
    #[must_use]
    pub fn new(
        law: &'a Law,
        columns: &'a Columns,
        rights: Vec<&'a Right>,
        month: Period,
        absent: Absent,
    ) -> Self {
        let like = columns.like(law);
        Self {
            law,
            columns,
            rights,
            month,
            absent,
            prepared: Prepared::new(law, &like),
            room: Room::default(),
        }
    }

    /// Answers about the household of those rows, the first being the table's row `first`.
    ///
    /// # Errors
    /// The first cell that cannot be used, with its row and heading.
    pub fn answer(&mut self, first: usize, rows: &[Row]) -> Result<Vec<Found<'a>>, RowFault> {
        let situation = Reading {
            law: self.law,
            columns: self.columns,
            first,
            situation: Situation::new(self.absent),
        }
        .household(rows)?;
        let mut evaluation = self
            .prepared
            .evaluation(&situation, std::mem::take(&mut self.room));
        let mut all = Vec::new();
        for right in &self.rights {
            let period = match (right.rhythm, self.month.year()) {
                (Rhythm::Year, Some(year)) => Period::Year(year),
                _ => self.month,
            };
            for place in 0..situation.count(right.entity) {
                let Ok(place) = u16::try_from(place) else {
                    continue;
                };
                let (status, amount, _, missing) = judged(&mut evaluation, right, place, period);
                let mut names: Vec<&str> = missing
                    .iter()
                    .filter_map(|key| self.law.variables.get(usize::from(key.variable())))
                    .map(|variable| variable.name.as_str())
                    .collect();
                names.sort_unstable();
                names.dedup();
                all.push(Found {
                    right,
                    name: situation.name_of(right.entity, place).to_owned(),
                    status,
                    amount,
                    missing: names,
                });
            }
        }
        self.room = evaluation.leave();
        Ok(all)
    }
}

/// A household being read.
struct Reading<'a> {
    law: &'a Law,
    columns: &'a Columns,
    first: usize,
    situation: Situation,
}

/// Members of groups by the groups' names, in the order they came.
type Groups = Vec<(String, Vec<(u16, u8)>)>;

impl Reading<'_> {
    fn fault(&self, row: usize, column: usize, what: &'static str) -> RowFault {
        RowFault {
            row: self.first + row,
            column: self.columns.heading(column).to_owned(),
            what,
        }
    }

    fn household(mut self, rows: &[Row]) -> Result<Situation, RowFault> {
        for (number, row) in rows.iter().enumerate() {
            let name = match self.columns.person {
                Some(at) => columns::text(row.get(at)),
                None => None,
            };
            let name = name.unwrap_or_else(|| (number + 1).to_string());
            self.situation
                .add_person(&name)
                .map_err(|_| self.fault(number, self.columns.household, "too many people"))?;
        }
        let roles = self.roles(rows)?;
        for entity in [Entity::Menage, Entity::Famille, Entity::FoyerFiscal] {
            self.groups(entity, rows, &roles)?;
        }
        let whole = self.situation.complete_groups();
        whole.map_err(|_| self.fault(0, self.columns.household, "too many groups"))?;
        self.facts(rows)?;
        Ok(self.situation)
    }

    /// Each person's role in the household.
    fn roles(&self, rows: &[Row]) -> Result<Vec<Role>, RowFault> {
        let mut roles = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            let Some(at) = self.columns.role else {
                // Without a column that says so, whoever comes first speaks for the household.
                roles.push(if number == 0 {
                    Role::First
                } else {
                    Role::Other
                });
                continue;
            };
            let said = columns::text(row.get(at)).and_then(|word| Role::read(&word));
            let what = "a role is personne_de_reference, conjoint, enfant or autre";
            roles.push(said.ok_or_else(|| self.fault(number, at, what))?);
        }
        let firsts = roles.iter().filter(|role| **role == Role::First).count();
        if firsts != 1 {
            let at = self.columns.role.unwrap_or(self.columns.household);
            let what = "a household has one personne_de_reference";
            return Err(self.fault(0, at, what));
        }
        Ok(roles)
    }

    /// The groups of one kind: as the table's columns say, or as the household's roles do.
    fn groups(&mut self, entity: Entity, rows: &[Row], roles: &[Role]) -> Result<(), RowFault> {
        let mut groups: Groups = Vec::new();
        let own = self.columns.groups(entity);
        for (number, (row, role)) in rows.iter().zip(roles).enumerate() {
            let Ok(person) = u16::try_from(number) else {
                continue;
            };
            let placed = match own {
                None => role.within(entity).map(|role| (String::new(), role)),
                Some((group, of)) => match columns::text(row.get(group)) {
                    None => None,
                    Some(name) => {
                        let said = columns::text(row.get(of));
                        let role = said.and_then(|word| columns::role_in(entity, &word));
                        let what = "this is no role in that group";
                        Some((name, role.ok_or_else(|| self.fault(number, of, what))?))
                    }
                },
            };
            let Some((name, role)) = placed else {
                continue;
            };
            match groups.iter_mut().find(|(known, _)| *known == name) {
                Some((_, members)) => members.push((person, role)),
                None => groups.push((name, vec![(person, role)])),
            }
        }
        let household = rows
            .first()
            .and_then(|row| columns::text(row.get(self.columns.household)))
            .unwrap_or_default();
        for (name, members) in groups {
            let at = own.map_or(self.columns.household, |(group, _)| group);
            if !members.iter().any(|(_, role)| *role == 0) {
                let what = "this group has nobody in its first role";
                return Err(self.fault(0, at, what));
            }
            let name = if name.is_empty() { &household } else { &name };
            let added = self.situation.add_group(entity, name, &members);
            added.map_err(|_| self.fault(0, at, "this group cannot be formed"))?;
        }
        Ok(())
    }

    fn facts(&mut self, rows: &[Row]) -> Result<(), RowFault> {
        let law = self.law;
        let (mut named, mut usual) = (Vec::new(), Vec::new());
        // What is said of a group is said by any of its members, and by none otherwise.
        let mut heard: BTreeMap<(usize, u16), Json> = BTreeMap::new();
        for (number, row) in rows.iter().enumerate() {
            let Ok(person) = u16::try_from(number) else {
                continue;
            };
            for fact in &self.columns.facts {
                let at = fact.column;
                let about = law.variables.get(usize::from(fact.variable));
                let (Some(cell), Some(about)) = (row.get(at), about) else {
                    continue;
                };
                let Some(cell) = columns::value(about.kind, cell, self.columns.comma) else {
                    continue;
                };
                let place = match about.entity {
                    Entity::Individu => Some(person),
                    entity => self.situation.group_of(entity, person),
                };
                let Some(place) = place else { continue };
                if about.entity != Entity::Individu {
                    match heard.get(&(at, place)) {
                        Some(before) if *before == cell => continue,
                        Some(_) => {
                            let what = "another row of the same group says something else";
                            return Err(self.fault(number, at, what));
                        }
                        None => {
                            heard.insert((at, place), cell.clone());
                        }
                    }
                }
                let value = json::scalar(law, &mut self.situation, about, &cell);
                let what = "this is no value of that variable";
                let value = value.ok_or_else(|| self.fault(number, at, what))?;
                let stated = |periods: Vec<Period>| Stated {
                    variable: fact.variable,
                    place,
                    periods,
                    value,
                };
                if fact.throughout {
                    usual.extend(fact.periods.iter().map(|period| stated(vec![*period])));
                } else {
                    named.push(stated(fact.periods.clone()));
                }
            }
        }
        // What is said of a period holds there rather than what is said of none.
        json::state(law, &mut self.situation, named);
        json::state(law, &mut self.situation, usual);
        Ok(())
    }
}
