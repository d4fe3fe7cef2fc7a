//! Tables: what each of many codes gives, each code once.

use super::Compiler;
use crate::model::{Kind, Scalar, Table};
use crate::syntax::{self, Span};

impl Compiler<'_> {
    pub(super) fn table(&mut self, it: &syntax::Table) {
        let span = it.name.span;
        self.named(it.label.as_ref(), span);
        if it.source.as_ref().is_none_or(|s| s.text.trim().is_empty()) {
            self.fault(
                span,
                "this table has no source: source \"article and text\"",
            );
        }
        if it.checked.is_none() {
            self.fault(span, "where was this checked? relevé DATE \"where\"");
        }
        let keys = self.kind(&it.typed);
        if keys != Kind::Text {
            self.fault(it.typed.kind.span, "a table is asked of a texte");
        }
        let gives = it.typed.entity.as_ref().map(|name| syntax::Typed {
            kind: name.clone(),
            entity: None,
            rhythm: None,
        });
        let Some(gives) = gives else {
            return self.fault(
                it.typed.kind.span,
                "what does this table give? : texte, kind",
            );
        };
        let kind = self.kind(&gives);
        let mut ranges: Vec<(String, String, Scalar)> = Vec::new();
        for (value, at, codes) in &it.rows {
            let Some(value) = self.scalar(value, kind, *at) else {
                continue;
            };
            for line in codes {
                for code in line.text.split_whitespace() {
                    match range(code) {
                        Some((first, last)) => ranges.push((first, last, value)),
                        None => self.fault(line.span, format!("{code} is no code nor first..last")),
                    }
                }
            }
        }
        self.apart(&mut ranges, span);
        let otherwise = match &it.otherwise {
            Some((value, at)) => self.scalar(value, kind, *at),
            None => {
                self.fault(span, "what of the other codes? sinon VALUE");
                None
            }
        };
        let (Some(otherwise), Some((day, place))) = (otherwise, it.checked.clone()) else {
            return;
        };
        let text = |quoted: &Option<syntax::Quoted>| {
            quoted.as_ref().map(|q| q.text.clone()).unwrap_or_default()
        };
        self.law.tables.push(Table {
            name: it.name.text.clone(),
            label: text(&it.label),
            source: text(&it.source),
            checked: (day, place.text),
            ranges,
            otherwise,
            kind,
        });
    }

    /// Puts codes in order; a code said twice is a fault.
    fn apart(&mut self, ranges: &mut [(String, String, Scalar)], span: Span) {
        ranges.sort_by(|a, b| a.0.cmp(&b.0));
        let twice = ranges.windows(2).find_map(|pair| match pair {
            [(_, last, _), (first, _, _)] if first <= last => Some(first.clone()),
            _ => None,
        });
        if let Some(code) = twice {
            self.fault(span, format!("{code} is said twice in this table"));
        }
    }
}

/// `75056` or `75101..75120`: codes of one length, the first before the last.
fn range(text: &str) -> Option<(String, String)> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let fit = !first.is_empty() && first.len() == last.len() && first <= last;
    fit.then(|| (first.to_owned(), last.to_owned()))
}
