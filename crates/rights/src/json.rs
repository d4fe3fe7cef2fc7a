//! Situations and answers as JSON, in the shape of the `OpenFisca` Web API: entities, variables,
//! periods, `null` where a value is asked. What is wrong is said with the way that leads to it.

mod read;
mod trace;
mod when;

use crate::evaluate::{Evaluation, Value, Why};
use crate::model::{Entity, Kind, Law, Scalar, VariableId};
use crate::period::{Period, Rhythm};
use crate::ratio::Ratio;
use crate::situation::Situation;
use serde_json::{Map, Number, Value as Json, json};

pub(crate) use read::{Asked, Stated, scalar, state};
pub use trace::{trace, trace_within};

/// The periods of `rhythm` that `text` covers; none where it is no period, or covers no whole one.
pub(crate) fn covered_by(text: &str, rhythm: Rhythm) -> Option<Vec<Period>> {
    when::covered(when::parse(text)?, rhythm)
}

/// How much one situation may hold: what is written in a few bytes can ask for a great deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// People.
    pub people: usize,
    /// Values stated, each month of a year counted.
    pub stated: usize,
    /// Values asked, counted likewise.
    pub asked: usize,
}

impl Bounds {
    /// For whoever calculates on a machine of their own.
    pub const OWN: Self = Self {
        people: 60_000,
        stated: 4_000_000,
        asked: 1_000_000,
    };
    /// For one request among others.
    pub const REQUEST: Self = Self {
        people: 500,
        stated: 100_000,
        asked: 5_000,
    };
}

/// Something wrong in what was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {what}", way.join("/"))]
pub struct JsonFault {
    /// The keys that lead to it.
    pub way: Vec<String>,
    /// What is wrong, without what was declared.
    pub what: String,
}

impl JsonFault {
    pub(crate) fn new(way: &[&str], what: impl Into<String>) -> Self {
        Self {
            way: way.iter().map(|w| (*w).to_owned()).collect(),
            what: what.into(),
        }
    }

    /// As the body of a refusal, nested as the reference does.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let last = Json::String(self.what.clone());
        self.way.iter().rev().fold(last, |inner, key| {
            let mut map = Map::new();
            map.insert(key.clone(), inner);
            Json::Object(map)
        })
    }
}

/// Answers what is `null` in `sent`, and gives it back filled. What cannot be computed stays `null`
/// and is named, with why, under `non_calcule`.
///
/// # Errors
/// The first thing that is wrong in `sent`: an unknown variable is named.
pub fn calculate(law: &Law, sent: &Json) -> Result<Json, JsonFault> {
    calculate_within(law, sent, Bounds::OWN)
}

/// The same, within those bounds.
///
/// # Errors
/// As [`calculate`], and where a bound is passed.
pub fn calculate_within(law: &Law, sent: &Json, bounds: Bounds) -> Result<Json, JsonFault> {
    let (situation, asked) = read::situation(law, sent, bounds)?;
    let mut evaluation = Evaluation::new(law, &situation);
    let mut filled = sent.clone();
    let mut refused = Map::new();
    for one in &asked {
        fill(&mut evaluation, &situation, one, &mut filled, &mut refused);
    }
    if let (false, Some(all)) = (refused.is_empty(), filled.as_object_mut()) {
        all.insert("non_calcule".to_owned(), Json::Object(refused));
    }
    Ok(filled)
}

fn fill(
    evaluation: &mut Evaluation<'_>,
    situation: &Situation,
    asked: &Asked,
    filled: &mut Json,
    refused: &mut Map<String, Json>,
) {
    let law = evaluation.law();
    let value = asked_value(evaluation, asked);
    let shown = shown(law, situation, asked.variable, value);
    let [entity, whom, variable, period] = &asked.way;
    if let Value::Refused(why) = value {
        let way = format!("{entity}/{whom}/{variable}/{period}");
        refused.insert(way, Json::String(reason(law, why)));
    }
    let place = filled
        .get_mut(entity)
        .and_then(|e| e.get_mut(whom))
        .and_then(|w| w.get_mut(variable))
        .and_then(|v| v.get_mut(period));
    if let Some(place) = place {
        *place = shown;
    }
}

/// The value asked; an amount asked over several months is their sum.
pub(crate) fn asked_value(evaluation: &mut Evaluation<'_>, asked: &Asked) -> Value {
    let mut sum: Option<Value> = None;
    for period in &asked.periods {
        let value = evaluation.value(asked.variable, asked.place, *period);
        sum = Some(match sum {
            None => value,
            Some(sum) => evaluation.sum(sum, value),
        });
    }
    sum.unwrap_or(Value::Refused(Why::NoNumber))
}

/// Why there is no value, in French.
#[must_use]
pub fn reason(law: &Law, why: Why) -> String {
    let text = |id: u32| law.reasons.get(id as usize).cloned().unwrap_or_default();
    match why {
        Why::Assessed(id) => format!("L'administration apprécie : {}", text(id)),
        Why::NotModelled(id) => format!("Non modélisé : {}", text(id)),
        Why::NotInForce(id) => {
            let name = law
                .figures
                .get(usize::from(id))
                .map_or("", |f| f.name.as_str());
            format!("Le paramètre {name} n'est pas en vigueur à cette date")
        }
        Why::Before(id) => {
            let name = law
                .variables
                .get(usize::from(id))
                .map_or("", |v| v.name.as_str());
            format!("La règle {name} n'est pas connue à cette date")
        }
        Why::NoNumber => "Un nombre est trop grand, ou divisé par zéro".to_owned(),
        Why::Endless => "Les règles tournent en rond à cette date".to_owned(),
        Why::Nobody => "Personne ne tient ce rôle".to_owned(),
    }
}

fn shown(law: &Law, situation: &Situation, variable: VariableId, value: Value) -> Json {
    let Some(variable) = law.variables.get(usize::from(variable)) else {
        return Json::Null;
    };
    let Value::Known(scalar) = value else {
        return Json::Null;
    };
    shown_scalar(law, situation, variable.kind, scalar)
}

fn shown_scalar(law: &Law, situation: &Situation, kind: Kind, scalar: Scalar) -> Json {
    match scalar {
        Scalar::Truth(value) => Json::Bool(value),
        Scalar::Number(value) => {
            let value = match kind {
                Kind::Amount => value.over(Ratio::whole(100)),
                _ => Some(value),
            };
            match value {
                Some(value) if value.bottom() == 1 => Json::Number(value.top().into()),
                Some(value) => Number::from_f64(value.to_f64()).map_or(Json::Null, Json::Number),
                None => Json::Null,
            }
        }
        Scalar::Day(day) => Json::String(day.to_string()),
        Scalar::Text(id) => Json::String(situation.text_of(law, id).to_owned()),
        Scalar::Choice(at) => {
            let choices = law.choices(kind);
            let name = choices.and_then(|c| c.variants.get(usize::from(at)));
            name.map_or(Json::Null, |(name, _)| Json::String(name.clone()))
        }
    }
}

/// Everything an answer may name, so that callers can say it: variables with whom and when.
#[must_use]
pub fn describe(law: &Law) -> Json {
    let one = |variable: &crate::Variable| {
        let choices = law.choices(variable.kind);
        json!({
            "entity": variable.entity.name(),
            "label": variable.label,
            "rule": variable.is_rule,
            "law": variable.law,
            "values": choices.map(|c| c.variants.iter().map(|(n, _)| n.clone()).collect::<Vec<_>>()),
        })
    };
    let all = law.variables.iter().map(|v| (v.name.clone(), one(v)));
    Json::Object(all.collect())
}

/// Which entity a plural names.
pub(crate) fn entity_of(plural: &str) -> Option<Entity> {
    Entity::ALL.into_iter().find(|e| e.plural() == plural)
}

/// Periods of a variable's rhythm that `text` covers, for tests and callers that name one.
#[must_use]
pub fn periods_of(law: &Law, variable: VariableId, text: &str) -> Vec<Period> {
    let Some(variable) = law.variables.get(usize::from(variable)) else {
        return Vec::new();
    };
    let Some(span) = when::parse(text) else {
        return Vec::new();
    };
    when::covered(span, variable.rhythm).unwrap_or_default()
}
