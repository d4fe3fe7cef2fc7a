//! Figures of the law through time: each with its article, where it was checked, and no day between
//! its beginning and now without an answer.

use super::{Compiler, HISTORY_FROM};
use crate::model::{Figure, Scalar};
use crate::syntax::Parameter;
use jiff::civil::Date;

impl Compiler<'_> {
    pub(super) fn figure(&mut self, it: &Parameter) -> Option<Figure> {
        let span = it.name.span;
        self.named(it.label.as_ref(), span);
        if it.source.as_ref().is_none_or(|s| s.text.trim().is_empty()) {
            self.fault(
                span,
                "this parameter has no source: source \"article and text\"",
            );
        }
        if it.checked.is_none() {
            self.fault(span, "where was this checked? relevé DATE \"where\"");
        }
        let kind = self.kind(&it.typed);
        if let Some(entity) = &it.typed.entity {
            self.fault(entity.span, "a parameter belongs to no entity");
        }
        let values = self.values(it, kind);
        if let (Some((first, _, _)), true) = (values.first(), it.created.is_none())
            && *first > HISTORY_FROM
        {
            let what =
                format!("nothing is said from {HISTORY_FROM} to {first}: a gap (or créé {first})");
            self.fault(span, what);
        }
        if let (Some(created), Some((first, _, _))) = (it.created, values.first())
            && created != *first
        {
            self.fault(span, "créé names the day of the first value");
        }
        let (day, place) = it.checked.clone()?;
        Some(Figure {
            name: it.name.text.clone(),
            label: it
                .label
                .as_ref()
                .map(|l| l.text.clone())
                .unwrap_or_default(),
            source: it
                .source
                .as_ref()
                .map(|s| s.text.clone())
                .unwrap_or_default(),
            checked: (day, place.text),
            kind,
            values,
        })
    }

    fn values(
        &mut self,
        it: &Parameter,
        kind: crate::model::Kind,
    ) -> Vec<(Date, Option<Scalar>, String)> {
        let mut values: Vec<(Date, Option<Scalar>, String)> = Vec::new();
        let mut ended: Option<Date> = None;
        for value in &it.values {
            if let Some((last, _, _)) = values.last()
                && *last >= value.from
            {
                self.fault(value.span, format!("this overlaps what began on {last}"));
            }
            if let Some(end) = ended
                && let Ok(next) = end.tomorrow()
            {
                if next < value.from {
                    let what = format!("nothing is said from {next} until here: a gap (say = fin)");
                    self.fault(value.span, what);
                } else if next > value.from {
                    self.fault(value.span, format!("this overlaps what lasts until {end}"));
                }
            }
            if value.until.is_some_and(|until| until < value.from) {
                self.fault(value.span, "this ends before it begins");
            }
            ended = value.until;
            let scalar = match &value.value {
                None => None,
                Some(literal) => self.scalar(literal, kind, value.span),
            };
            let source = value
                .source
                .as_ref()
                .map(|s| s.text.clone())
                .unwrap_or_default();
            values.push((value.from, scalar, source));
        }
        // A last value with an end leaves the days after it without an answer.
        if let Some(end) = ended {
            self.fault(
                it.name.span,
                format!("nothing is said after {end}: a gap (say = fin)"),
            );
        }
        if values.is_empty() {
            self.fault(it.name.span, "this parameter has no value");
        }
        values
    }
}
