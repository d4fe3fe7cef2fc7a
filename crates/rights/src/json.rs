//! Situations and answers as JSON, in the shape of the `OpenFisca` Web API: entities, variables,
//! periods, `null` where a value is asked. What is wrong is said with the way that leads to it.

mod read;
mod when;

use crate::evaluate::{Evaluation, Value, Why};
use crate::keys::Key;
use crate::model::{Entity, Kind, Law, Scalar, VariableId};
use crate::period::Period;
use crate::ratio::Ratio;
use crate::situation::Situation;
use serde_json::{Map, Number, Value as Json, json};

pub(crate) use read::Asked;

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
    let (situation, asked) = read::situation(law, sent)?;
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

/// The same, and every value that led to the answers, with what each came from, bounded in size.
///
/// # Errors
/// As [`calculate`].
pub fn trace(law: &Law, sent: &Json, limit: usize) -> Result<Json, JsonFault> {
    let (situation, asked) = read::situation(law, sent)?;
    let mut evaluation = Evaluation::traced(law, &situation);
    let mut near: Vec<Key> = Vec::new();
    for one in &asked {
        for period in &one.periods {
            evaluation.value(one.variable, one.place, *period);
            near.push(Key::new(one.variable, one.place, *period));
        }
    }
    let requested: Vec<Json> = near
        .iter()
        .map(|key| Json::String(name(law, &situation, *key)))
        .collect();
    let mut steps = Map::new();
    let mut size = requested
        .iter()
        .map(|r| r.to_string().len() + 1)
        .sum::<usize>()
        + 100;
    let (mut seen, mut left_out) = (near.clone(), 0);
    // What was asked comes first, then what it used: when room lacks, the furthest go.
    while !near.is_empty() {
        let mut further = Vec::new();
        for key in std::mem::take(&mut near) {
            let Some(step) = evaluation.trace().and_then(|trace| trace.step(key)) else {
                continue;
            };
            for used in &step.uses {
                if !seen.contains(used) {
                    seen.push(*used);
                    further.push(*used);
                }
            }
            let (name, one) = (name(law, &situation, key), step_json(law, &situation, step));
            let weight = name.len() + one.to_string().len() + 4;
            if size + weight > limit {
                left_out += 1;
            } else {
                size += weight;
                steps.insert(name, one);
            }
        }
        near = further;
    }
    Ok(json!({ "requestedCalculations": requested, "trace": steps, "leftOut": left_out }))
}

fn step_json(law: &Law, situation: &Situation, step: &crate::Step) -> Json {
    let mut one = Map::new();
    one.insert(
        "value".to_owned(),
        shown(law, situation, step.key.variable(), step.value),
    );
    let uses = step
        .uses
        .iter()
        .map(|key| Json::String(name(law, situation, *key)));
    let uses: Vec<Json> = uses.collect();
    if !uses.is_empty() {
        one.insert("dependencies".to_owned(), Json::Array(uses));
    }
    let figures = step.figures.iter().filter_map(|(id, from)| {
        let figure = law.figures.get(usize::from(*id))?;
        Some((
            format!("{}<{from}>", figure.name),
            Json::String(figure.source.clone()),
        ))
    });
    let figures: Map<String, Json> = figures.collect();
    if !figures.is_empty() {
        one.insert("parameters".to_owned(), Json::Object(figures));
    }
    let variable = law.variables.get(usize::from(step.key.variable()));
    if let Some(variable) = variable.filter(|v| !v.law.is_empty()) {
        one.insert("loi".to_owned(), Json::String(variable.law.clone()));
    }
    Json::Object(one)
}

fn name(law: &Law, situation: &Situation, key: Key) -> String {
    let Some(variable) = law.variables.get(usize::from(key.variable())) else {
        return String::new();
    };
    let whom = situation.name_of(variable.entity, key.place());
    format!("{}<{whom},{}>", variable.name, key.period())
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
    match scalar {
        Scalar::Truth(value) => Json::Bool(value),
        Scalar::Number(value) => {
            let value = match variable.kind {
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
            let choices = law.choices(variable.kind);
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
