//! From what the files say to what can be evaluated: names, kinds, entities and rhythms are settled
//! here, figures are checked through time, and everything that is wrong is said at once.

mod expression;
mod figures;
mod order;
mod table;

use crate::model::{
    Choices, Condition, Entity, Figure, Kind, Law, Right, Scalar, Slot, Variable, VariableId,
    Version,
};
use crate::period::Rhythm;
use crate::ratio::Ratio;
use crate::syntax::{self, ConditionKind, Fault, Item, Literal, Source, Span, Typed};
use expression::Place;
use jiff::civil::{Date, date};
use std::collections::HashMap;

/// History is kept from this day at least: a figure without a value here must say when its law began.
pub(crate) const HISTORY_FROM: Date = date(2018, 1, 1);

/// Reads and compiles layers of files. Within a layer a name is said once; a later layer replaces
/// what an earlier one said under the same name.
pub(crate) fn compile(layers: &[Vec<Source>]) -> Result<Law, Vec<Fault>> {
    let sources: Vec<Source> = layers.iter().flatten().cloned().collect();
    let mut faults = Vec::new();
    let items = gather(layers, &sources, &mut faults);
    let mut compiler = Compiler {
        sources: &sources,
        law: Law::default(),
        faults,
        figures: HashMap::new(),
    };
    compiler.declare(&items);
    compiler.define(&items);
    if compiler.faults.is_empty() {
        let cycles = order::cycles(&compiler.law);
        for (id, path) in cycles {
            let name = compiler
                .law
                .variables
                .get(usize::from(id))
                .map_or("", |v| v.name.as_str());
            let span = items
                .iter()
                .map(syntax::name_of)
                .find(|(found, _)| *found == name)
                .map_or_else(Span::default, |(_, span)| span);
            compiler.fault(span, format!("within one period this needs itself: {path}"));
        }
    }
    if compiler.faults.is_empty() {
        Ok(compiler.law)
    } else {
        Err(compiler.faults)
    }
}

fn gather(layers: &[Vec<Source>], sources: &[Source], faults: &mut Vec<Fault>) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut at: HashMap<(bool, String), (usize, usize)> = HashMap::new();
    let mut file: u16 = 0;
    for (layer, files) in layers.iter().enumerate() {
        for _ in files {
            match syntax::parse(sources, file) {
                Err(fault) => faults.push(fault),
                Ok(found) => {
                    for item in found {
                        let (name, span) = syntax::name_of(&item);
                        // A right may bear the name of the variable that gives its amount.
                        let key = (matches!(item, Item::Right(_)), name.to_owned());
                        match at.get(&key).copied() {
                            Some((_, same)) if same == layer => faults.push(Fault::new(
                                sources,
                                span,
                                format!("« {name} » is already said elsewhere"),
                            )),
                            Some((place, _)) => {
                                at.insert(key, (place, layer));
                                if let Some(slot) = items.get_mut(place) {
                                    *slot = item;
                                }
                            }
                            None => {
                                at.insert(key, (items.len(), layer));
                                items.push(item);
                            }
                        }
                    }
                }
            }
            file = file.saturating_add(1);
        }
    }
    items
}

/// What is being compiled, and what was found wrong.
pub(super) struct Compiler<'a> {
    pub(super) sources: &'a [Source],
    pub(super) law: Law,
    pub(super) faults: Vec<Fault>,
    pub(super) figures: HashMap<String, u16>,
}

impl Compiler<'_> {
    pub(super) fn fault(&mut self, span: Span, what: impl Into<String>) {
        self.faults.push(Fault::new(self.sources, span, what));
    }

    fn declare(&mut self, items: &[Item]) {
        for item in items {
            if let Item::Choice(it) = item {
                let variants = it.variants.iter().map(|(name, label)| {
                    let label = label
                        .as_ref()
                        .map_or_else(|| name.text.clone(), |l| l.text.clone());
                    (name.text.clone(), label)
                });
                let variants = variants.collect();
                self.law.choices.push(Choices {
                    name: it.name.text.clone(),
                    variants,
                });
            }
        }
        for item in items {
            match item {
                Item::Parameter(it) => self.parameter(it),
                Item::Table(it) => self.table(it),
                Item::Fact(it) => self.fact(it),
                Item::Rule(it) => {
                    self.named(it.label.as_ref(), it.name.span);
                    let law = it
                        .law
                        .as_ref()
                        .map(|l| l.text.trim().to_owned())
                        .unwrap_or_default();
                    if law.is_empty() {
                        self.fault(it.name.span, "a rule names its law: loi \"article, text\"");
                    }
                    let default = it.default.as_ref();
                    self.variable(
                        &it.name.text,
                        &it.typed,
                        it.label.as_ref(),
                        law,
                        None,
                        default,
                        true,
                    );
                }
                Item::Choice(_) | Item::Right(_) => {}
            }
        }
    }

    fn named(&mut self, label: Option<&syntax::Quoted>, span: Span) {
        if label.is_none_or(|l| l.text.trim().is_empty()) {
            self.fault(span, "this has no libellé: what should readers see?");
        }
    }

    fn fact(&mut self, it: &syntax::Fact) {
        self.named(it.label.as_ref(), it.name.span);
        let default = it.default.as_ref();
        self.variable(
            &it.name.text,
            &it.typed,
            it.label.as_ref(),
            String::new(),
            it.question.as_ref().map(|q| q.text.clone()),
            default,
            false,
        );
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "facts and rules share all they declare"
    )]
    fn variable(
        &mut self,
        name: &str,
        typed: &Typed,
        label: Option<&syntax::Quoted>,
        law: String,
        question: Option<String>,
        default: Option<&(Literal, Span)>,
        is_rule: bool,
    ) {
        let kind = self.kind(typed);
        let (entity, rhythm) = self.entity_and_rhythm(typed);
        let default = default
            .and_then(|(literal, span)| self.scalar(literal, kind, *span))
            .unwrap_or(match kind {
                Kind::Truth => Scalar::Truth(false),
                Kind::Amount | Kind::Number => Scalar::Number(Ratio::ZERO),
                Kind::Day => Scalar::Day(date(1970, 1, 1)),
                Kind::Text => Scalar::Text(self.text("")),
                Kind::Choice(_) => Scalar::Choice(0),
            });
        let Ok(id) = VariableId::try_from(self.law.variables.len()) else {
            return self.fault(typed.kind.span, "more variables than can be numbered");
        };
        self.law.names.insert(name.to_owned(), id);
        self.law.slots.push(Slot {
            entity,
            is_rule,
            default,
        });
        self.law.variables.push(Variable {
            name: name.to_owned(),
            label: label.map(|l| l.text.clone()).unwrap_or_default(),
            law,
            question,
            kind,
            entity,
            rhythm,
            default,
            is_rule,
        });
        self.law.rules.push(Vec::new());
    }

    pub(super) fn text(&mut self, text: &str) -> u32 {
        let found = self.law.texts.iter().position(|t| t == text);
        let index = found.unwrap_or_else(|| {
            self.law.texts.push(text.to_owned());
            self.law.texts.len() - 1
        });
        u32::try_from(index).unwrap_or(u32::MAX)
    }

    pub(super) fn kind(&mut self, typed: &Typed) -> Kind {
        match typed.kind.text.as_str() {
            "oui_non" => Kind::Truth,
            "montant" => Kind::Amount,
            "nombre" => Kind::Number,
            "jour" => Kind::Day,
            "texte" => Kind::Text,
            other => match self.law.choices.iter().position(|c| c.name == other) {
                Some(at) => Kind::Choice(u16::try_from(at).unwrap_or(u16::MAX)),
                None => {
                    let what = format!(
                        "« {other} » is no kind: oui_non, montant, nombre, jour, texte or a choix"
                    );
                    self.fault(typed.kind.span, what);
                    Kind::Number
                }
            },
        }
    }

    fn entity_and_rhythm(&mut self, typed: &Typed) -> (Entity, Rhythm) {
        let entity = match &typed.entity {
            Some(name) => Entity::ALL.into_iter().find(|e| e.name() == name.text),
            None => None,
        };
        let span = typed.entity.as_ref().map_or(typed.kind.span, |n| n.span);
        let entity = entity.unwrap_or_else(|| {
            self.fault(
                span,
                "an entity is expected: individu, famille, foyer_fiscal or menage",
            );
            Entity::Individu
        });
        let rhythm = match typed.rhythm.as_ref().map(|n| n.text.as_str()) {
            Some("mois") => Some(Rhythm::Month),
            Some("an") => Some(Rhythm::Year),
            Some("toujours") => Some(Rhythm::Always),
            _ => None,
        };
        let span = typed.rhythm.as_ref().map_or(span, |n| n.span);
        let rhythm = rhythm.unwrap_or_else(|| {
            self.fault(span, "a rhythm is expected: mois, an or toujours");
            Rhythm::Month
        });
        (entity, rhythm)
    }

    /// The value of a literal as a `kind`; a fault where it is of another.
    pub(super) fn scalar(&mut self, literal: &Literal, kind: Kind, span: Span) -> Option<Scalar> {
        let found = match (literal, kind) {
            (Literal::Number(value), Kind::Number) | (Literal::Amount(value), Kind::Amount) => {
                Some(Scalar::Number(*value))
            }
            (Literal::Truth(value), Kind::Truth) => Some(Scalar::Truth(*value)),
            (Literal::Day(value), Kind::Day) => Some(Scalar::Day(*value)),
            (Literal::Text(value), Kind::Text) => Some(Scalar::Text(self.text(value))),
            (Literal::Text(value), Kind::Choice(_)) => {
                let choices = self.law.choices(kind);
                let at =
                    choices.and_then(|c| c.variants.iter().position(|(name, _)| name == value));
                let Some(at) = at else {
                    let of = choices.map_or_else(String::new, |c| c.name.clone());
                    self.fault(span, format!("'{value}' is not one of {of}"));
                    return None;
                };
                u16::try_from(at).ok().map(Scalar::Choice)
            }
            _ => None,
        };
        if found.is_none() {
            let expected = self.described(kind);
            let found = self.described(match literal {
                Literal::Number(_) => Kind::Number,
                Literal::Amount(_) => Kind::Amount,
                Literal::Truth(_) => Kind::Truth,
                Literal::Day(_) => Kind::Day,
                Literal::Text(_) => Kind::Text,
            });
            self.fault(span, format!("this is {found}; {expected} is expected"));
        }
        found
    }

    /// A kind in words.
    pub(super) fn described(&self, kind: Kind) -> String {
        match kind {
            Kind::Truth => "vrai or faux".to_owned(),
            Kind::Amount => "an amount (montant)".to_owned(),
            Kind::Number => "a number without unit (nombre)".to_owned(),
            Kind::Day => "a day (jour)".to_owned(),
            Kind::Text => "a text (texte)".to_owned(),
            Kind::Choice(_) => {
                let name = self.law.choices(kind).map_or("", |c| c.name.as_str());
                format!("one of {name}")
            }
        }
    }

    fn define(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Rule(it) => self.rule(it),
                Item::Right(it) => self.right(it),
                _ => {}
            }
        }
    }

    fn rule(&mut self, it: &syntax::Rule) {
        let Some((id, variable)) = self.law.variable(&it.name.text) else {
            return;
        };
        let (kind, place) = (
            variable.kind,
            Place {
                entity: variable.entity,
                rhythm: variable.rhythm,
            },
        );
        let mut versions: Vec<Version> = Vec::new();
        if it.versions.is_empty() {
            self.fault(it.name.span, "this rule has no expression");
        }
        for (from, span, expr) in &it.versions {
            if from.is_none() && it.versions.len() > 1 {
                self.fault(
                    *span,
                    "each version of a rule says from when: depuis DATE =",
                );
            }
            let from = from.unwrap_or(Date::MIN);
            if versions.last().is_some_and(|last| last.from >= from) {
                self.fault(
                    *span,
                    "versions follow one another: this one begins too early",
                );
            }
            if let Some((node, locals)) = self.expect(expr, place, kind) {
                versions.push(Version { from, node, locals });
            }
        }
        if let Some(rule) = self.law.rules.get_mut(usize::from(id)) {
            *rule = versions;
        }
    }

    fn right(&mut self, it: &syntax::Right) {
        self.named(it.label.as_ref(), it.name.span);
        let law = it.law.as_ref().map(|l| l.text.clone()).unwrap_or_default();
        if law.trim().is_empty() {
            self.fault(it.name.span, "a right names its law: loi \"article, text\"");
        }
        if it.amount.is_none() && it.conditions.is_empty() {
            self.fault(it.name.span, "a right has an amount or conditions");
        }
        let typed = Typed {
            entity: Some(it.typed.kind.clone()),
            rhythm: it.typed.entity.clone(),
            kind: it.typed.kind.clone(),
        };
        let (entity, rhythm) = self.entity_and_rhythm(&typed);
        let amount = it.amount.as_ref().and_then(|name| {
            let found = self
                .law
                .variable(&name.text)
                .map(|(id, v)| (id, v.entity, v.kind));
            match found {
                Some((id, owner, Kind::Amount)) if owner == entity => Some(id),
                Some(_) => {
                    self.fault(name.span, format!("this is no amount of {}", entity.name()));
                    None
                }
                None => {
                    self.fault(name.span, format!("« {} » is not known", name.text));
                    None
                }
            }
        });
        let mut conditions = Vec::new();
        for condition in &it.conditions {
            let node = self.expect(&condition.expr, Place { entity, rhythm }, Kind::Truth);
            let node = node.map(|(node, _)| node);
            if let Some(node) = node {
                conditions.push(Condition {
                    text: condition.text.text.clone(),
                    law: condition
                        .law
                        .as_ref()
                        .map_or_else(|| law.clone(), |l| l.text.clone()),
                    assessed: condition.kind == ConditionKind::Assessed,
                    node,
                });
            }
        }
        self.law.rights.push(Right {
            name: it.name.text.clone(),
            label: it
                .label
                .as_ref()
                .map(|l| l.text.clone())
                .unwrap_or_default(),
            law,
            entity,
            rhythm,
            amount,
            conditions,
            bring: it.bring.iter().map(|b| b.text.clone()).collect(),
            limits: it.limits.iter().map(|b| b.text.clone()).collect(),
            fiche: it.fiche.as_ref().map(|f| f.text.clone()),
        });
    }

    fn parameter(&mut self, it: &syntax::Parameter) {
        let figure: Option<Figure> = self.figure(it);
        let Some(figure) = figure else { return };
        let Ok(id) = u16::try_from(self.law.figures.len()) else {
            return self.fault(it.name.span, "more parameters than can be numbered");
        };
        self.figures.insert(figure.name.clone(), id);
        self.law.figures.push(figure);
    }
}
