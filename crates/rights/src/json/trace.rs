//! Where answers come from, in the shape the reference writes: each value by variable and period,
//! for all of its entity together. The whole stays under a size; what was left out is named.

use super::{Bounds, JsonFault, read, reason, shown, shown_scalar};
use crate::evaluate::{Evaluation, Step, Value};
use crate::keys::Key;
use crate::model::{Entity, Law, VariableId};
use crate::period::Period;
use crate::situation::Situation;
use serde_json::{Map, Value as Json, json};
use std::collections::{HashMap, HashSet};

/// A variable over a period, whoever it is about.
type Node = (VariableId, Period);

/// Room kept, in bytes, for the names of what is left out and for the frame around all.
const KEPT: usize = 2_500;

/// Every value that led to the answers, with what each came from, in at most `limit` bytes of JSON.
///
/// # Errors
/// As [`super::calculate`].
pub fn trace(law: &Law, sent: &Json, limit: usize) -> Result<Json, JsonFault> {
    trace_within(law, sent, limit, Bounds::OWN)
}

/// The same, within those bounds.
///
/// # Errors
/// As [`super::calculate_within`].
pub fn trace_within(
    law: &Law,
    sent: &Json,
    limit: usize,
    bounds: Bounds,
) -> Result<Json, JsonFault> {
    let (situation, asked) = read::situation(law, sent, bounds)?;
    let mut evaluation = Evaluation::traced(law, &situation);
    let mut near: Vec<Node> = Vec::new();
    let mut seen: HashSet<Node> = HashSet::new();
    for one in &asked {
        for period in &one.periods {
            evaluation.value(one.variable, one.place, *period);
            if seen.insert((one.variable, *period)) {
                near.push((one.variable, *period));
            }
        }
    }
    let mut steps: HashMap<Node, Vec<&Step>> = HashMap::new();
    for step in evaluation
        .trace()
        .map(crate::Trace::steps)
        .unwrap_or_default()
    {
        let node = (step.key.variable(), step.key.period());
        steps.entry(node).or_default().push(step);
    }
    let mut room = Room {
        left: limit.saturating_sub(KEPT),
        out: Vec::new(),
        count: 0,
    };
    let mut requested = Vec::new();
    for node in &near {
        let name = name(law, *node);
        if room.has(name.len() + 3, &name) {
            requested.push(Json::String(name));
        }
    }
    let entities = entities(&situation);
    let weight = entities.to_string().len();
    let entities = if room.has(weight, "entitiesDescription") {
        entities
    } else {
        json!({})
    };
    let (mut told, mut sources) = (Map::new(), Map::new());
    // What was asked comes first, then what it used: when room lacks, the furthest go.
    while !near.is_empty() {
        let mut further = Vec::new();
        for node in std::mem::take(&mut near) {
            let Some(all) = steps.get(&node) else {
                continue;
            };
            let one = Told::of(law, &situation, node, all);
            for used in one.uses {
                if seen.insert(used) {
                    further.push(used);
                }
            }
            let name = name(law, node);
            let mut weight = name.len() + one.json.to_string().len() + 5;
            let mut new: Vec<(String, String)> = Vec::new();
            for (figure, source) in one.sources {
                if !sources.contains_key(&figure) && new.iter().all(|(f, _)| *f != figure) {
                    weight += figure.len() + Json::String(source.clone()).to_string().len() + 5;
                    new.push((figure, source));
                }
            }
            if room.has(weight, &name) {
                told.insert(name, one.json);
                sources.extend(new.into_iter().map(|(f, s)| (f, Json::String(s))));
            }
        }
        near = further;
    }
    Ok(json!({
        "requestedCalculations": requested,
        "entitiesDescription": entities,
        "trace": told,
        "sources": sources,
        "leftOut": room.out,
        "leftOutCount": room.count,
    }))
}

/// What may still be said.
struct Room {
    left: usize,
    out: Vec<String>,
    count: usize,
}

impl Room {
    /// Takes the room if there is; else `name` is left out.
    fn has(&mut self, weight: usize, name: &str) -> bool {
        if let Some(left) = self.left.checked_sub(weight) {
            self.left = left;
            return true;
        }
        self.count += 1;
        let told: usize = self.out.iter().map(|n| n.len() + 3).sum();
        if told + name.len() + 3 < KEPT - 300 {
            self.out.push(name.to_owned());
        }
        false
    }
}

/// One variable over one period, and what it leads to.
struct Told {
    json: Json,
    uses: Vec<Node>,
    sources: Vec<(String, String)>,
}

impl Told {
    fn of(law: &Law, situation: &Situation, (variable, _): Node, steps: &[&Step]) -> Self {
        let declared = law.variables.get(usize::from(variable));
        let entity = declared.map_or(Entity::Individu, |v| v.entity);
        let mut values = vec![Json::Null; situation.count(entity)];
        let (mut uses, mut names) = (Vec::new(), Vec::new());
        let (mut figures, mut sources, mut refused) = (Map::new(), Vec::new(), Map::new());
        let mut known = HashSet::new();
        for step in steps {
            let place = step.key.place();
            if let Some(slot) = values.get_mut(usize::from(place)) {
                *slot = shown(law, situation, variable, step.value);
            }
            if let Value::Refused(why) = step.value {
                let whom = situation.name_of(entity, place).to_owned();
                refused.insert(whom, Json::String(reason(law, why)));
            }
            for key in &step.uses {
                let used = (Key::variable(*key), key.period());
                if known.insert(used) {
                    uses.push(used);
                    names.push(Json::String(name(law, used)));
                }
            }
            for (id, from) in &step.figures {
                let Some(figure) = law.figures.get(usize::from(*id)) else {
                    continue;
                };
                let value = figure.values.iter().find(|(since, _, _)| since == from);
                let value = value.and_then(|(_, value, _)| *value);
                let key = format!("{}<{from}>", figure.name);
                figures.insert(
                    key,
                    value.map_or(Json::Null, |value| {
                        shown_scalar(law, situation, figure.kind, value)
                    }),
                );
                sources.push((figure.name.clone(), figure.source.clone()));
            }
        }
        let mut one = Map::new();
        one.insert("value".to_owned(), Json::Array(values));
        if !names.is_empty() {
            one.insert("dependencies".to_owned(), Json::Array(names));
        }
        if !figures.is_empty() {
            one.insert("parameters".to_owned(), Json::Object(figures));
        }
        if !refused.is_empty() {
            one.insert("non_calcule".to_owned(), Json::Object(refused));
        }
        if let Some(variable) = declared.filter(|v| !v.law.is_empty()) {
            one.insert("loi".to_owned(), Json::String(variable.law.clone()));
        }
        Self {
            json: Json::Object(one),
            uses,
            sources,
        }
    }
}

fn entities(situation: &Situation) -> Json {
    let of = |entity: Entity| {
        let all = (0..situation.count(entity)).filter_map(|place| u16::try_from(place).ok());
        let names = all.map(|place| Json::String(situation.name_of(entity, place).to_owned()));
        (entity.plural().to_owned(), Json::Array(names.collect()))
    };
    Json::Object(Entity::ALL.into_iter().map(of).collect())
}

fn name(law: &Law, (variable, period): Node) -> String {
    let variable = law.variables.get(usize::from(variable));
    let name = variable.map_or("", |v| v.name.as_str());
    format!("{name}<{period}>")
}
