//! From JSON to a situation: people, groups, what is stated, what is asked.

use super::when::{covered, parse};
use super::{Bounds, JsonFault, entity_of};
use crate::keys::Key;
use crate::model::{Entity, Kind, Law, Scalar, Variable, VariableId};
use crate::period::Period;
use crate::ratio::Ratio;
use crate::situation::{Absent, Situation};
use jiff::civil::Date;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeSet, HashMap};

/// Parts of a cent that a written amount is read to. Programs write sums of floating numbers, such as
/// 8404.440000000001: their last digits say nothing, and would soon exceed what fractions hold.
const PARTS_OF_A_CENT: Ratio = Ratio::whole(10_000);

/// One value asked: the way to its place in the JSON, and what it is.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub way: [String; 4],
    pub variable: VariableId,
    pub place: u16,
    pub periods: Vec<Period>,
}

/// What one variable of one entity was stated to be, smallest periods first.
#[derive(Debug)]
pub(crate) struct Stated {
    pub variable: VariableId,
    pub place: u16,
    pub periods: Vec<Period>,
    pub value: Scalar,
}

/// What is left of the bounds.
struct Left {
    stated: usize,
    asked: usize,
}

fn take(left: &mut usize, count: usize, way: &[&str]) -> Result<(), JsonFault> {
    let what = "Trop de valeurs à la fois : envoyez moins de personnes ou de périodes";
    *left = left
        .checked_sub(count)
        .ok_or_else(|| JsonFault::new(way, what))?;
    Ok(())
}

pub(crate) fn situation(
    law: &Law,
    sent: &Json,
    bounds: Bounds,
) -> Result<(Situation, Vec<Asked>), JsonFault> {
    let all = object(sent, &[])?;
    let mut situation = Situation::new(Absent::Default);
    let mut places = HashMap::new();
    let left = Left {
        stated: bounds.stated,
        asked: bounds.asked,
    };
    let people = all
        .get("individus")
        .ok_or_else(|| JsonFault::new(&["individus"], "Personne n'est décrit"))?;
    let people = object(people, &["individus"])?;
    if people.len() > bounds.people {
        let most = bounds.people;
        let what = format!("Trop de personnes à la fois : {most} au plus");
        return Err(JsonFault::new(&["individus"], what));
    }
    for name in people.keys() {
        let place = situation
            .add_person(name)
            .map_err(|e| JsonFault::new(&["individus"], e.to_string()))?;
        places.insert(name.clone(), place);
    }
    for key in all.keys() {
        // The reference's interface carries the axes of its simulations beside the entities.
        if entity_of(key).is_none() && key != "non_calcule" {
            return Err(JsonFault::new(&[key], "Entité inconnue"));
        }
    }
    groups(all, &mut situation, &places, bounds)?;
    let mut reading = Reading {
        law,
        situation,
        left,
        stated: Vec::new(),
        asked: Vec::new(),
    };
    for entity in Entity::ALL {
        let Some(instances) = all.get(entity.plural()) else {
            continue;
        };
        // People and groups were placed in this same order.
        for (place, (name, content)) in (0_u16..).zip(object(instances, &[entity.plural()])?) {
            let way = [entity.plural(), name.as_str()];
            for (variable, values) in object(content, &way)? {
                if !entity.roles().contains(&variable.as_str()) {
                    reading.values(entity, place, &way, (variable, values))?;
                }
            }
        }
    }
    let Reading {
        mut situation,
        stated,
        asked,
        ..
    } = reading;
    state(law, &mut situation, stated);
    Ok((situation, asked))
}

fn object<'a>(json: &'a Json, way: &[&str]) -> Result<&'a Map<String, Json>, JsonFault> {
    json.as_object()
        .ok_or_else(|| JsonFault::new(way, "Un objet JSON est attendu"))
}

fn groups(
    all: &Map<String, Json>,
    situation: &mut Situation,
    places: &HashMap<String, u16>,
    bounds: Bounds,
) -> Result<(), JsonFault> {
    for entity in Entity::ALL {
        if entity == Entity::Individu {
            continue;
        }
        let Some(instances) = all.get(entity.plural()) else {
            continue;
        };
        let instances = object(instances, &[entity.plural()])?;
        if instances.len() > bounds.people {
            let most = bounds.people;
            let what = format!("Trop de groupes à la fois : {most} au plus");
            return Err(JsonFault::new(&[entity.plural()], what));
        }
        for (name, content) in instances {
            let content = object(content, &[entity.plural(), name])?;
            let mut members = Vec::new();
            for (number, role) in (0_u8..).zip(entity.roles()) {
                let way = [entity.plural(), name.as_str(), role];
                let listed = match content.get(*role) {
                    None | Some(Json::Null) => continue,
                    Some(Json::String(one)) => vec![one.as_str()],
                    Some(Json::Array(list)) => {
                        let names = list.iter().map(Json::as_str);
                        let names: Option<Vec<&str>> = names.collect();
                        names
                            .ok_or_else(|| JsonFault::new(&way, "Une liste de noms est attendue"))?
                    }
                    Some(_) => return Err(JsonFault::new(&way, "Une liste de noms est attendue")),
                };
                for person in listed {
                    let place = places.get(person).ok_or_else(|| {
                        JsonFault::new(&way, "Cette personne n'est pas parmi les individus")
                    })?;
                    members.push((*place, number));
                }
            }
            situation
                .add_group(entity, name, &members)
                .map_err(|e| JsonFault::new(&[entity.plural(), name], e.to_string()))?;
        }
    }
    situation
        .complete_groups()
        .map_err(|e| JsonFault::new(&[], e.to_string()))
}

/// What is read so far.
struct Reading<'a> {
    law: &'a Law,
    situation: Situation,
    left: Left,
    stated: Vec<Stated>,
    asked: Vec<Asked>,
}

impl Reading<'_> {
    /// One variable of one entity: what it is over each period, or what is asked.
    fn values(
        &mut self,
        entity: Entity,
        place: u16,
        way: &[&str; 2],
        (name, values): (&String, &Json),
    ) -> Result<(), JsonFault> {
        let here = [way[0], way[1], name.as_str()];
        let Some((id, variable)) = self.law.variable(name) else {
            let what = format!("La variable {name} n'est pas modélisée");
            return Err(JsonFault::new(&here, what));
        };
        if variable.entity != entity {
            let of = variable.entity.plural();
            let what = format!("La variable {name} appartient à {of}");
            return Err(JsonFault::new(&here, what));
        }
        let values = values.as_object().ok_or_else(|| {
            JsonFault::new(
                &here,
                "Une valeur par période est attendue, comme {\"2025-01\": 100}",
            )
        })?;
        for (text, value) in values {
            let full = [way[0], way[1], name.as_str(), text.as_str()];
            let periods = parse(text).and_then(|written| covered(written, variable.rhythm));
            let Some(periods) = periods else {
                let what = "Cette période ne convient pas à cette variable";
                return Err(JsonFault::new(&full, what));
            };
            if value.is_null() {
                self.ask(&full, (id, variable), place, periods)?;
                continue;
            }
            let value = scalar(self.law, &mut self.situation, variable, value);
            let value = value.ok_or_else(|| {
                JsonFault::new(&full, "Cette valeur ne convient pas à cette variable")
            })?;
            take(&mut self.left.stated, periods.len(), &full)?;
            self.stated.push(Stated {
                variable: id,
                place,
                periods,
                value,
            });
        }
        Ok(())
    }

    fn ask(
        &mut self,
        full: &[&str; 4],
        (id, variable): (VariableId, &Variable),
        place: u16,
        periods: Vec<Period>,
    ) -> Result<(), JsonFault> {
        if periods.len() > 1 && variable.kind != Kind::Amount {
            let what = "Cette variable se demande pour une seule période";
            return Err(JsonFault::new(full, what));
        }
        take(&mut self.left.asked, periods.len(), full)?;
        self.asked.push(Asked {
            way: full.map(str::to_owned),
            variable: id,
            place,
            periods,
        });
        Ok(())
    }
}

/// The value that `json` writes of that variable; none where it is none of its values.
pub(crate) fn scalar(
    law: &Law,
    situation: &mut Situation,
    variable: &Variable,
    json: &Json,
) -> Option<Scalar> {
    let number = || match json {
        Json::Number(number) => Ratio::decimal(&number.to_string()),
        Json::String(text) => Ratio::decimal(text.trim()),
        Json::Bool(value) => Some(Ratio::whole(i64::from(*value))),
        _ => None,
    };
    match variable.kind {
        Kind::Truth => match json {
            Json::Bool(value) => Some(Scalar::Truth(*value)),
            Json::Number(_) => number().map(|n| Scalar::Truth(!n.is_zero())),
            _ => None,
        },
        Kind::Number => number().map(Scalar::Number),
        Kind::Amount => {
            let cents = number()?.times(Ratio::whole(100))?;
            cents
                .nearest(Ratio::whole(1).over(PARTS_OF_A_CENT)?)
                .map(Scalar::Number)
        }
        Kind::Day => json.as_str()?.parse::<Date>().ok().map(Scalar::Day),
        Kind::Text => match json {
            Json::String(text) => Some(situation.text(law, text)),
            Json::Number(number) => Some(situation.text(law, &number.to_string())),
            _ => None,
        },
        Kind::Choice(_) => {
            let variants = &law.choices(variable.kind)?.variants;
            let at = match json {
                Json::Number(number) => usize::try_from(number.as_u64()?).ok()?,
                _ => {
                    let text = json.as_str()?;
                    variants.iter().position(|(name, _)| name == text)?
                }
            };
            (at < variants.len()).then(|| u16::try_from(at).ok().map(Scalar::Choice))?
        }
    }
}

/// Smallest periods first: what a year says is shared between the months that said nothing.
pub(crate) fn state(law: &Law, situation: &mut Situation, mut stated: Vec<Stated>) {
    stated.sort_by_key(|s| s.periods.len());
    let mut given: BTreeSet<(VariableId, Period)> = BTreeSet::new();
    for one in &stated {
        let mut left: Vec<Period> = Vec::new();
        let mut said = Some(Ratio::ZERO);
        let rule = law.variables.get(usize::from(one.variable));
        let rule = rule.is_some_and(|v| v.is_rule);
        for period in &one.periods {
            if rule {
                given.insert((one.variable, *period));
            }
            match situation
                .inputs
                .get(&Key::new(one.variable, one.place, *period))
            {
                Some(Scalar::Number(value)) => said = said.and_then(|s| s.plus(*value)),
                Some(_) => {}
                None => left.push(*period),
            }
        }
        let kind = law.variables.get(usize::from(one.variable)).map(|v| v.kind);
        let value = match (kind, one.value, i64::try_from(left.len())) {
            (Some(Kind::Amount), Scalar::Number(total), Ok(count)) if one.periods.len() > 1 => {
                let rest = said.and_then(|said| total.minus(said));
                let share = rest.and_then(|rest| rest.over(Ratio::whole(count)));
                share.map(Scalar::Number)
            }
            (_, value, _) => Some(value),
        };
        if let Some(value) = value {
            for period in left {
                situation.state(one.variable, one.place, period, value);
            }
        }
    }
    // Stated for one, a rule's value is stated for all of its entity: the reference holds them
    // together. A fact that nobody stated is its default already.
    for (id, period) in given {
        let Some(variable) = law.variables.get(usize::from(id)) else {
            continue;
        };
        for place in 0..situation.count(variable.entity) {
            let Ok(place) = u16::try_from(place) else {
                continue;
            };
            let key = Key::new(id, place, period);
            situation.inputs.entry(key).or_insert(variable.default);
        }
    }
}
