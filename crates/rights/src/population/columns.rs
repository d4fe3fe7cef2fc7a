//! What the headings of a table say: whose row it is, their roles, and facts with their periods.

use crate::json::covered_by;
use crate::model::{Entity, Kind, Law, VariableId};
use crate::period::{Period, Rhythm};
use crate::situation::{Absent, Situation};
use serde_json::{Number, Value as Json};

/// How far back a fact holds whose heading names no period, in years before the month asked about.
const YEARS_BACK: i16 = 3;

/// A heading that says nothing the law knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {what}")]
pub struct ColumnFault {
    /// The heading.
    pub column: String,
    /// What is wrong with it.
    pub what: String,
}

/// A column that states a fact, over those periods.
#[derive(Debug)]
pub(super) struct Fact {
    pub column: usize,
    pub variable: VariableId,
    /// Those of the heading; an amount is shared between them. Without any in it, all that the law may
    /// look at, for each of which the cell holds whole.
    pub periods: Vec<Period>,
    /// Whether the heading names no period.
    pub throughout: bool,
}

/// The columns of a table.
#[derive(Debug)]
pub struct Columns {
    headings: Vec<String>,
    pub(super) household: usize,
    pub(super) person: Option<usize>,
    pub(super) role: Option<usize>,
    famille: Option<(usize, usize)>,
    foyer_fiscal: Option<(usize, usize)>,
    weight: Option<usize>,
    pub(super) facts: Vec<Fact>,
    /// Whether numbers are written with a comma, as where semicolons part the cells.
    pub(super) comma: bool,
}

/// The columns that are no facts.
const HOUSEHOLD: &str = "menage";
const PERSON: &str = "personne";
const ROLE: &str = "role";
const WEIGHT: &str = "poids";

impl Columns {
    /// What `headings` say, for questions about `month`. A fact is a variable's name, followed by `@`
    /// and a period as the interface writes it (`salaire_net@2025-10`, `salaire_imposable@2023`), or by
    /// none: then it holds as far back as the law looks. `comma`: numbers may be written with one.
    ///
    /// # Errors
    /// Every heading that is wrong.
    pub fn read(
        law: &Law,
        headings: &[String],
        month: Period,
        comma: bool,
    ) -> Result<Self, Vec<ColumnFault>> {
        let at = |name: &str| headings.iter().position(|heading| heading == name);
        let mut faults = Vec::new();
        let mut fault = |column: &str, what: &str| {
            faults.push(ColumnFault {
                column: column.to_owned(),
                what: what.to_owned(),
            });
        };
        let mut pair = |group: &str| {
            let role = format!("role_{group}");
            match (at(group), at(&role)) {
                (Some(group), Some(role)) => Some((group, role)),
                (None, None) => None,
                (Some(_), None) => {
                    fault(&role, "this column is missing beside its group's");
                    None
                }
                (None, Some(_)) => {
                    fault(group, "this column is missing beside its roles'");
                    None
                }
            }
        };
        let famille = pair("famille");
        let foyer_fiscal = pair("foyer_fiscal");
        let household = at(HOUSEHOLD);
        if household.is_none() {
            fault(
                HOUSEHOLD,
                "this column is missing: which household a row belongs to",
            );
        }
        let known = [HOUSEHOLD, PERSON, ROLE, WEIGHT, "famille", "role_famille"];
        let known = [&known[..], &["foyer_fiscal", "role_foyer_fiscal"]].concat();
        let mut facts: Vec<Fact> = Vec::new();
        for (column, heading) in headings.iter().enumerate() {
            if at(heading) != Some(column) {
                fault(heading, "this heading comes twice");
                continue;
            }
            if known.contains(&heading.as_str()) {
                continue;
            }
            let (name, period) = match heading.split_once('@') {
                Some((name, period)) => (name, Some(period)),
                None => (heading.as_str(), None),
            };
            let Some((variable, about)) = law.variable(name) else {
                fault(heading, "this variable is not modelled");
                continue;
            };
            let periods = match period {
                Some(period) => covered_by(period, about.rhythm),
                None => throughout(about.rhythm, month),
            };
            match periods {
                Some(periods) => facts.push(Fact {
                    column,
                    variable,
                    periods,
                    throughout: period.is_none(),
                }),
                None => fault(heading, "this period does not suit that variable"),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            headings: headings.to_vec(),
            household: household.unwrap_or_default(),
            person: at(PERSON),
            role: at(ROLE),
            famille,
            foyer_fiscal,
            weight: at(WEIGHT),
            facts,
            comma,
        })
    }

    /// The household that a row belongs to; none where the cell is empty.
    #[must_use]
    pub fn household(&self, row: &[Json]) -> Option<String> {
        text(row.get(self.household))
    }

    /// How many households that row's stands for; one without a column `poids`, none where the cell is
    /// no number.
    #[must_use]
    pub fn weight(&self, row: &[Json]) -> Option<f64> {
        let Some(at) = self.weight else {
            return Some(1.0);
        };
        let weight = match value(Kind::Number, row.get(at)?, self.comma)? {
            Json::Number(number) => number.as_f64(),
            Json::String(text) => text.parse().ok(),
            _ => None,
        };
        weight.filter(|weight: &f64| weight.is_finite() && *weight >= 0.0)
    }

    /// The heading of that column.
    #[must_use]
    pub fn heading(&self, column: usize) -> &str {
        self.headings.get(column).map_or("", String::as_str)
    }

    /// The columns of a kind of group and of the roles in it, where the table has them.
    pub(super) const fn groups(&self, entity: Entity) -> Option<(usize, usize)> {
        match entity {
            Entity::Famille => self.famille,
            Entity::FoyerFiscal => self.foyer_fiscal,
            Entity::Individu | Entity::Menage => None,
        }
    }

    /// A situation that states whatever the table may.
    pub(super) fn like(&self, law: &Law) -> Situation {
        let mut like = Situation::new(Absent::Default);
        for fact in &self.facts {
            if let Some(variable) = law.variables.get(usize::from(fact.variable)) {
                for period in &fact.periods {
                    like.state(fact.variable, 0, *period, variable.default);
                }
            }
        }
        like
    }
}

/// Every period of `rhythm` from some years before `month` to it.
fn throughout(rhythm: Rhythm, month: Period) -> Option<Vec<Period>> {
    let year = month.year()?;
    Some(match (rhythm, month) {
        (Rhythm::Always, _) => vec![Period::Always],
        (Rhythm::Year, _) => (year - YEARS_BACK..=year).map(Period::Year).collect(),
        (Rhythm::Month, Period::Month(last)) => (last - i32::from(YEARS_BACK) * 12..=last)
            .map(Period::Month)
            .collect(),
        (Rhythm::Month, _) => return None,
    })
}

/// A person's role in the household, from which the other groups follow where no column says them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    First,
    Partner,
    Child,
    Other,
}

impl Role {
    pub(super) fn read(word: &str) -> Option<Self> {
        match word {
            "personne_de_reference" => Some(Self::First),
            "conjoint" => Some(Self::Partner),
            "enfant" | "enfants" => Some(Self::Child),
            "autre" | "autres" => Some(Self::Other),
            _ => None,
        }
    }

    /// The role that follows in a group of that kind; none for whoever forms one alone.
    pub(super) const fn within(self, entity: Entity) -> Option<u8> {
        match (entity, self) {
            (Entity::Menage, Self::First)
            | (Entity::Famille | Entity::FoyerFiscal, Self::First | Self::Partner) => Some(0),
            (Entity::Menage, Self::Partner)
            | (Entity::Famille | Entity::FoyerFiscal, Self::Child) => Some(1),
            (Entity::Menage, Self::Child) => Some(2),
            (Entity::Menage, Self::Other) => Some(3),
            (Entity::Individu, _) | (_, Self::Other) => None,
        }
    }
}

/// The place of a role in its entity's, named in the plural as the interface does or in the singular.
pub(super) fn role_in(entity: Entity, word: &str) -> Option<u8> {
    let at = entity.roles().iter().position(|role| {
        let singular = match *role {
            "parents" => "parent",
            "enfants" => "enfant",
            "declarants" => "declarant",
            "personnes_a_charge" => "personne_a_charge",
            other => other,
        };
        *role == word || singular == word
    })?;
    u8::try_from(at).ok()
}

/// A cell as text; none where it is empty.
pub(super) fn text(cell: Option<&Json>) -> Option<String> {
    match cell? {
        Json::String(text) => {
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        }
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// A cell as the interface writes a value of that kind; none where it is empty.
pub(super) fn value(kind: Kind, cell: &Json, comma: bool) -> Option<Json> {
    let Json::String(_) = cell else {
        return (!cell.is_null()).then(|| cell.clone());
    };
    let text = text(Some(cell))?;
    Some(match kind {
        Kind::Truth => match text.to_lowercase().as_str() {
            "oui" | "vrai" | "true" | "1" => Json::Bool(true),
            "non" | "faux" | "false" | "0" => Json::Bool(false),
            _ => Json::String(text),
        },
        Kind::Amount | Kind::Number if comma => Json::String(text.replace(',', ".")),
        // A choice may be given by its place, as the interface allows.
        Kind::Choice(_) => match text.parse::<u64>() {
            Ok(place) => Json::Number(Number::from(place)),
            Err(_) => Json::String(text),
        },
        _ => Json::String(text),
    })
}
