//! Bringing people in from the spreadsheet that another tool exported: read, understood, checked as
//! a whole, then brought in; running it again brings nobody in twice.

mod columns;
mod sheet;

pub use columns::Mapping;
pub use sheet::{SheetError, read_sheet};

use crate::{NewPerson, Result, Service, ServiceError, WorkerSession, people::check_profile};
use columns::{Field, KNOWN};
use domain::{
    Compartment,
    entry::{Content, Household, Profile, Tie},
    id::{HouseholdId, PersonId, TeamId},
    search::{parse_day, plain},
    words::{TieKind, Title},
};
use jiff::civil::Date;
use seal::ErasureShare;
use std::collections::{BTreeMap, BTreeSet};

/// People brought in by one transaction.
const BATCH: usize = 20;

/// A column of the sheet and what it was understood as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportColumn {
    /// Its heading.
    pub heading: String,
    /// What it holds; `None` where it is only kept with the record.
    pub field: Option<&'static str>,
}

/// A row of the sheet and what would be done with it.
#[derive(Debug, Clone)]
pub struct PlannedRow {
    /// Its number in the sheet, from 1.
    pub row: usize,
    /// The name shown.
    pub name: String,
    /// Whether the person was brought in before.
    pub there: bool,
    faulty: bool,
    profile: Profile,
    ties: Vec<Tie>,
    facts: Vec<(String, String)>,
    mark: [u8; 16],
}

/// Something wrong in the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFault {
    /// The row, from 1 (0 for the sheet itself).
    pub row: usize,
    /// The column: its letter and heading.
    pub column: String,
    /// What is wrong: `name-missing`, `date`, `date-order`, `value`, `phone`, `email`,
    /// `column-missing`, `duplicate`.
    pub kind: &'static str,
    /// The value found.
    pub value: String,
}

/// What was understood of a sheet.
#[derive(Debug, Clone)]
pub struct ImportPlan {
    /// The columns.
    pub columns: Vec<ImportColumn>,
    /// The people.
    pub rows: Vec<PlannedRow>,
    /// Everything wrong.
    pub faults: Vec<ImportFault>,
    team: TeamId,
}

/// What was brought in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportDone {
    /// People brought in.
    pub created: usize,
    /// People who had been brought in before.
    pub already: usize,
    /// Rows left out because something was wrong in them.
    pub skipped: usize,
}

/// The letter of a column: `A`, `Z`, `AA`…
fn letter(mut index: usize) -> String {
    let mut text = String::new();
    loop {
        let digit = u8::try_from(index % 26).unwrap_or(0);
        text.insert(0, char::from(b'A' + digit));
        if index < 26 {
            return text;
        }
        index = index / 26 - 1;
    }
}

/// A sheet whose columns were matched to what is known.
struct Understood {
    headings: Vec<String>,
    fields: Vec<Option<Field>>,
    rows: Vec<(usize, Vec<String>)>,
}

/// What a sheet says, without any key: what `--dry-run` shows.
///
/// # Errors
/// [`SheetError`] where the file cannot be read as a sheet.
pub fn understand(
    name: &str,
    bytes: &[u8],
    mapping: Option<&Mapping>,
    today: Date,
    team: TeamId,
) -> Result<ImportPlan, SheetError> {
    let sheet = read_sheet(name, bytes)?;
    let mut rows = sheet.into_iter();
    let (_, headings) = rows.next().ok_or(SheetError::Empty)?;
    let fields: Vec<Option<Field>> = headings
        .iter()
        .map(|h| columns::field(h, mapping))
        .collect();
    let understood = Understood {
        headings,
        fields,
        rows: rows.collect(),
    };
    let mut plan = ImportPlan {
        columns: understood
            .headings
            .iter()
            .zip(&understood.fields)
            .filter(|(h, _)| !h.trim().is_empty())
            .map(|(h, f)| ImportColumn {
                heading: one_line(h),
                field: f.map(Field::word),
            })
            .collect(),
        rows: Vec::new(),
        faults: Vec::new(),
        team,
    };
    for field in [Field::BirthName, Field::GivenNames] {
        if !understood.fields.contains(&Some(field)) {
            plan.faults.push(ImportFault {
                row: 0,
                column: field.word().to_owned(),
                kind: "column-missing",
                value: String::new(),
            });
        }
    }
    if plan.faults.is_empty() {
        let mut seen = BTreeMap::new();
        for (number, cells) in &understood.rows {
            if cells.iter().all(|c| c.trim().is_empty()) {
                continue;
            }
            understood.row(*number, cells, today, &mut plan, &mut seen);
        }
    }
    Ok(plan)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Understood {
    #[expect(
        clippy::too_many_lines,
        reason = "one arm a column reads as the table it is"
    )]
    fn row(
        &self,
        number: usize,
        cells: &[String],
        today: Date,
        plan: &mut ImportPlan,
        seen: &mut BTreeMap<String, usize>,
    ) {
        let before = plan.faults.len();
        let mut profile = Profile::default();
        let mut facts = Vec::new();
        let mut ties: BTreeMap<u8, Tie> = BTreeMap::new();
        let mut dates: BTreeMap<Field, Date> = BTreeMap::new();
        for (at, heading) in self.headings.iter().enumerate() {
            let value = one_line(cells.get(at).map_or("", String::as_str));
            if value.is_empty() {
                continue;
            }
            let column = format!("{} « {} »", letter(at), one_line(heading));
            let mut wrong = |kind: &'static str| {
                let (column, value) = (column.clone(), value.clone());
                plan.faults.push(ImportFault {
                    row: number,
                    column,
                    kind,
                    value,
                });
            };
            let Some(field) = self.fields.get(at).copied().flatten() else {
                facts.push((one_line(heading), value));
                continue;
            };
            if let Some(allowed) = field.allowed()
                && !allowed.contains(&value.as_str())
            {
                wrong("value");
                continue;
            }
            if field.is_date() {
                match parse_day(&value) {
                    Some(day) if field.must_be_past() && day > today => wrong("date-future"),
                    Some(day) => {
                        dates.insert(field, day);
                    }
                    None => {
                        wrong("date");
                        continue;
                    }
                }
            }
            match field {
                Field::OutsideId => profile.outside_id = value,
                Field::Title => {
                    profile.title = Some(if value == "F" {
                        Title::Madam
                    } else {
                        Title::Sir
                    });
                }
                Field::BirthName => profile.birth_name = value,
                Field::GivenNames => profile.given_names = value,
                Field::UsualName => profile.usual_name = value,
                Field::Born => profile.born = parse_day(&value),
                Field::BirthPlace => profile.birth_place = value,
                Field::Phone => match phone(&value) {
                    Some(phone) => profile.phone = phone,
                    None => wrong("phone"),
                },
                Field::Email => {
                    if email(&value) {
                        profile.email = value;
                    } else {
                        wrong("email");
                    }
                }
                Field::TieName(n) => tie(&mut ties, n).name.push_str(&value),
                Field::TieGiven(n) => {
                    let name = &mut tie(&mut ties, n).name;
                    let whole = format!("{value} {name}");
                    whole.trim().clone_into(name);
                }
                Field::TieBorn(n) => tie(&mut ties, n).born = parse_day(&value),
                Field::TieKind(n) => {
                    tie(&mut ties, n).kind = match value.as_str() {
                        "ENFANT" => TieKind::Child,
                        "CONJOINT" => TieKind::Partner,
                        "PARENT" => TieKind::Parent,
                        _ => TieKind::Other,
                    };
                }
                _ => facts.push((one_line(heading), value)),
            }
        }
        self.whole_row(number, cells, &dates, plan);
        let name = profile.shown_name();
        let key = identity(&profile);
        if let Some(earlier) = seen.get(&key) {
            let value = format!("{name} ({earlier})");
            let column = String::from("A");
            plan.faults.push(ImportFault {
                row: number,
                column,
                kind: "duplicate",
                value,
            });
        } else {
            seen.insert(key, number);
        }
        plan.rows.push(PlannedRow {
            row: number,
            name,
            there: false,
            faulty: plan.faults.len() > before,
            profile,
            ties: ties
                .into_values()
                .filter(|t| !t.name.trim().is_empty())
                .collect(),
            facts,
            mark: [0; 16],
        });
    }

    /// What only the row as a whole can tell.
    fn whole_row(
        &self,
        number: usize,
        cells: &[String],
        dates: &BTreeMap<Field, Date>,
        plan: &mut ImportPlan,
    ) {
        let place = |field: Field| {
            let at = self.fields.iter().position(|f| *f == Some(field))?;
            Some((
                at,
                format!("{} « {} »", letter(at), one_line(&self.headings[at])),
            ))
        };
        let cell = |field: Field| {
            place(field).map(|(at, _)| one_line(cells.get(at).map_or("", String::as_str)))
        };
        let mut wrong = |field: Field, kind: &'static str, value: String| {
            let column = place(field).map(|(_, c)| c).unwrap_or_default();
            plan.faults.push(ImportFault {
                row: number,
                column,
                kind,
                value,
            });
        };
        for field in KNOWN.iter().filter(|f| f.is_required()) {
            if cell(*field).is_some_and(|v| v.is_empty()) {
                wrong(*field, "missing", String::new());
            }
        }
        let valid = cell(Field::Status).as_deref() == Some("VALIDE");
        for field in [Field::Start, Field::End] {
            if valid && cell(field).is_some_and(|v| v.is_empty()) {
                wrong(field, "missing", String::new());
            }
        }
        if let (Some(start), Some(end)) = (dates.get(&Field::Start), dates.get(&Field::End))
            && valid
            && end < start
        {
            wrong(Field::End, "date-order", end.to_string());
        }
    }
}

fn tie(ties: &mut BTreeMap<u8, Tie>, number: u8) -> &mut Tie {
    ties.entry(number).or_insert_with(|| Tie {
        kind: TieKind::Other,
        name: String::new(),
        born: None,
        person: None,
        ended: false,
    })
}

/// A telephone number: digits as typed, with the zero that spreadsheets drop put back.
fn phone(value: &str) -> Option<String> {
    let digits: String = value
        .chars()
        .filter(|c| !matches!(c, ' ' | '.' | '-' | '(' | ')'))
        .collect();
    let bare = digits.strip_prefix('+').unwrap_or(&digits);
    if !(6..=15).contains(&bare.len()) || !bare.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if digits.len() == 9 && !digits.starts_with('0') {
        Some(format!("0{digits}"))
    } else {
        Some(digits)
    }
}

fn email(value: &str) -> bool {
    let Some((name, host)) = value.split_once('@') else {
        return false;
    };
    !name.is_empty()
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && !value.contains(char::is_whitespace)
}

/// By what a row is the same person as another: the other tool's identifier, else names and day.
fn identity(profile: &Profile) -> String {
    let born = profile.born.map(|d| d.to_string()).unwrap_or_default();
    format!(
        "{}|{}|{}|{born}",
        profile.outside_id.trim(),
        plain(&profile.birth_name),
        plain(&profile.given_names)
    )
}

impl Service {
    /// What a sheet would bring into a team; everything wrong is told at once.
    pub async fn check_import(
        &self,
        session: &WorkerSession,
        team: TeamId,
        name: &str,
        bytes: &[u8],
        mapping: Option<&Mapping>,
    ) -> Result<ImportPlan> {
        let mine = session.membership(team).ok_or(ServiceError::NotFound)?;
        if !mine.lead && !session.administrator {
            return Err(ServiceError::Forbidden);
        }
        let mut plan = understand(name, bytes, mapping, self.today(), team).map_err(|e| {
            ServiceError::Invalid {
                field: "file",
                key: e.key(),
            }
        })?;
        let key = self.inner.pepper.derive("conatus 2026 import mark v1");
        for row in &mut plan.rows {
            let identity = identity(&row.profile);
            let parts: [&[u8]; 2] = [team.as_bytes(), identity.as_bytes()];
            let hash = key.derive("conatus 2026 import mark v1", &parts);
            row.mark.copy_from_slice(&hash.as_bytes()[..16]);
        }
        let marks: Vec<[u8; 16]> = plan.rows.iter().map(|r| r.mark).collect();
        let mut tx = self.inner.storage.read().await?;
        let known: BTreeSet<[u8; 16]> = tx
            .import_marks(&marks)
            .await?
            .into_iter()
            .map(|(mark, _)| mark)
            .collect();
        for row in &mut plan.rows {
            row.there = known.contains(&row.mark);
        }
        Ok(plan)
    }

    /// Brings in what a plan holds. Nothing is brought in unless all is right, or the faulty rows
    /// may be left out. `progress` is told (rows done, rows in all).
    pub async fn run_import(
        &self,
        session: &WorkerSession,
        plan: &ImportPlan,
        skip_invalid: bool,
        progress: &(dyn Fn(usize, usize) + Send + Sync),
    ) -> Result<ImportDone> {
        let sheet_fault = plan.faults.iter().any(|f| f.row == 0);
        if sheet_fault || (!plan.faults.is_empty() && !skip_invalid) {
            return Err(ServiceError::Invalid {
                field: "file",
                key: "error-import-faults",
            });
        }
        let inner = &self.inner;
        inner.refresh_trust().await?;
        let mut done = ImportDone {
            already: plan.rows.iter().filter(|r| r.there && !r.faulty).count(),
            skipped: plan.rows.iter().filter(|r| r.faulty).count(),
            created: 0,
        };
        let new: Vec<&PlannedRow> = plan.rows.iter().filter(|r| !r.there && !r.faulty).collect();
        for batch in new.chunks(BATCH) {
            let people: Vec<(PersonId, ErasureShare)> = batch
                .iter()
                .map(|_| {
                    let share = ErasureShare::generate(&mut inner.chance());
                    (PersonId::from_bytes(inner.new_id()), share)
                })
                .collect();
            let shares: Vec<_> = people.iter().map(|(p, s)| (*p, *s.as_bytes())).collect();
            inner.shares.add_shares(&shares).await?;
            let created = inner
                .again(|| async {
                    let mut tx = inner.storage.write().await?;
                    inner.refresh_trust_in(&mut *tx).await?;
                    let mut created = 0;
                    for (row, (person, share)) in batch.iter().zip(&people) {
                        // Another import of the same sheet may have come first.
                        if !tx.import_marks(&[row.mark]).await?.is_empty() {
                            continue;
                        }
                        check_profile(&row.profile, self.today())?;
                        let new = NewPerson {
                            profile: row.profile.clone(),
                            recovery: true,
                            referent: false,
                        };
                        let more = inner.rest_of(row);
                        let of = (*person, share);
                        let beginning = inner.beginning(session, plan.team, of, &new, more)?;
                        tx.begin_records(&[beginning]).await?;
                        tx.add_import_mark(*person, &row.mark).await?;
                        created += 1;
                    }
                    tx.save().await?;
                    Ok(created)
                })
                .await?;
            done.created += created;
            done.already += batch.len() - created;
            progress(done.created, new.len());
        }
        Ok(done)
    }
}

impl crate::Inner {
    /// What a row brings beside the profile.
    fn rest_of(&self, row: &PlannedRow) -> Vec<(Compartment, Content)> {
        let mut more = Vec::new();
        if !row.ties.is_empty() {
            let mut members = vec![row.name.clone()];
            members.extend(row.ties.iter().map(|t| t.name.clone()));
            more.push((
                Compartment::Identity,
                Content::Household(Household {
                    id: HouseholdId::from_bytes(self.new_id()),
                    members,
                    composition: String::new(),
                }),
            ));
        }
        let ties = row
            .ties
            .iter()
            .map(|t| (Compartment::Identity, Content::Tie(t.clone())));
        more.extend(ties);
        if !row.facts.is_empty() {
            more.push((
                Compartment::Social,
                Content::Imported {
                    facts: row.facts.clone(),
                },
            ));
        }
        more
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_lettered_as_spreadsheets_do() {
        for (index, expected) in [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA")] {
            assert_eq!(letter(index), expected);
        }
    }

    #[test]
    fn telephones_get_back_the_zero_that_spreadsheets_drop() {
        for (typed, kept) in [
            ("609090909", Some("0609090909")),
            ("06 01 01 01 01", Some("0601010101")),
            ("+33601010101", Some("+33601010101")),
            ("0142424", Some("0142424")),
            ("demander", None),
        ] {
            assert_eq!(phone(typed).as_deref(), kept, "{typed}");
        }
    }
}
