//! Forms filled from the record: what is offered for each question, checked on a page of its own,
//! then the form itself, filled. The same for a worker and for the person. Nothing of it is kept.

mod facts;

pub(crate) use facts::facts;

use crate::{
    Web,
    form::Form,
    page::{Page, PageError, Shell},
    taken::pdf,
};
use forms::{Answers, FillError, Kind, Question, Sheet};
use service::Who;
use std::{collections::BTreeMap, sync::Arc};

/// A form in a list.
pub(crate) struct SheetLine {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) number: String,
    pub(crate) known: bool,
}

/// The forms that can be filled here.
pub(crate) fn sheets(web: &Web) -> Vec<SheetLine> {
    let line = |sheet: &Arc<Sheet>| SheetLine {
        id: sheet.mapping.id.clone(),
        title: sheet.mapping.title.clone(),
        number: sheet.mapping.number.clone(),
        known: sheet.known,
    };
    web.forms.sheets().iter().map(line).collect()
}

/// The form of that identifier.
pub(crate) fn sheet(web: &Web, id: &str) -> Result<Arc<Sheet>, PageError> {
    web.forms.sheet(id).cloned().ok_or(PageError::NotFound)
}

/// One of the answers to choose from.
pub(crate) struct Option {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) chosen: bool,
}

/// A question and its answer, as pages show it.
pub(crate) struct Asked {
    /// The name of its field.
    pub(crate) name: String,
    /// The part of the form that begins with it; empty where it goes on.
    pub(crate) section: String,
    pub(crate) label: String,
    pub(crate) hint: String,
    pub(crate) kind: &'static str,
    /// As typed.
    pub(crate) value: String,
    /// In words; empty where it stays blank.
    pub(crate) words: String,
    pub(crate) options: Vec<Option>,
    pub(crate) error: String,
}

/// The name of a question's field.
fn name(question: &Question) -> String {
    format!("q-{}", question.id)
}

/// The questions of a form with what was typed, or what the record offers where nothing was yet.
pub(crate) fn asked(s: &Shell, sheet: &Sheet, form: &Form) -> Vec<Asked> {
    let questions = sheet.mapping.questions.iter();
    questions.map(|question| one(s, question, form)).collect()
}

fn one(s: &Shell, question: &Question, form: &Form) -> Asked {
    let name = name(question);
    let value = form.get(&name).to_owned();
    let chosen = question.choices.iter().find(|c| c.value == value);
    let words = match question.kind {
        Kind::Choice => chosen.map(|c| c.label.clone()).unwrap_or_default(),
        Kind::Date => domain::search::parse_day(&value).map_or(value.clone(), |d| s.l.day(d)),
        _ => value.trim().to_owned(),
    };
    let options = question.choices.iter().map(|c| Option {
        value: c.value.clone(),
        label: c.label.clone(),
        chosen: c.value == value,
    });
    Asked {
        section: question.section.clone(),
        label: question.label.clone(),
        hint: question.hint.clone(),
        kind: match question.kind {
            Kind::Text => "text",
            Kind::Lines => "lines",
            Kind::Date => "date",
            Kind::Time => "time",
            Kind::Choice => "choice",
        },
        options: options.collect(),
        error: form.error(&name).unwrap_or_default().to_owned(),
        words,
        value,
        name,
    }
}

/// What the record offers for each question.
pub(crate) fn offered(sheet: &Sheet, facts: &BTreeMap<&str, String>) -> Form {
    let mut form = Form::default();
    for answer in sheet.mapping.offered(facts) {
        form.set(&name(answer.question), answer.text);
    }
    form
}

/// The answers as typed; a day may be typed as people write it.
fn answers(sheet: &Sheet, form: &Form) -> Answers {
    let questions = sheet.mapping.questions.iter();
    questions
        .map(|question| {
            let typed = form.get(&name(question)).trim();
            let day = match question.kind {
                Kind::Date => domain::search::parse_day(typed),
                _ => None,
            };
            let answer = day.map_or_else(|| typed.to_owned(), |d| d.to_string());
            (question.id.clone(), answer)
        })
        .collect()
}

/// The form filled with what was typed; what does not fit is told beside its question.
pub(crate) async fn filled(
    s: &Shell,
    sheet: &Arc<Sheet>,
    form: &mut Form,
) -> Result<core::option::Option<forms::Filled>, PageError> {
    let values = match sheet.mapping.values(&answers(sheet, form)) {
        Ok(values) => values,
        Err(wrong) => {
            for (question, error) in wrong {
                let key = match error {
                    forms::AnswerError::NotADay => "error-day",
                    forms::AnswerError::NotAnHour => "error-hour",
                    forms::AnswerError::NotAChoice => "error-choice",
                    forms::AnswerError::TooLong => "error-answer-long",
                };
                form.fail(&format!("q-{question}"), key);
            }
            return Ok(None);
        }
    };
    let filling = Arc::clone(sheet);
    // Reading and writing a form takes a while: it must not hold other pages back.
    let done = tokio::task::spawn_blocking(move || filling.fill(&values)).await;
    match done.unwrap_or(Err(FillError::Broken)) {
        Ok(filled) => Ok(Some(filled)),
        Err(error) => {
            let (field, words) = match &error {
                FillError::TooLong { field, longest } => {
                    (field, s.t1("error-answer-longest", "count", longest))
                }
                FillError::NoRoom(field) => (field, s.t("error-answer-room")),
                _ => return Err(PageError::Form),
            };
            let question = sheet.mapping.question_of(field);
            let question = question.ok_or(PageError::Form)?;
            form.fail_with(&name(question), words);
            Ok(None)
        }
    }
}

/// Gives the filled form, once that is in the journal.
pub(crate) async fn give(web: &Web, who: &Who<'_>, sheet: &Sheet, filled: forms::Filled) -> Page {
    let mut object = [0; 16];
    let id = sheet.mapping.id.as_bytes();
    object.copy_from_slice(&blake3::hash(id).as_bytes()[..16]);
    let compartment = domain::Compartment::Identity;
    web.service
        .note_taken(who, compartment, sheet.mapping.title.clone(), object)
        .await?;
    Ok(pdf("formulaire.pdf", filled.pdf))
}

/// The questions whose answers the form shows without some of their letters' marks.
pub(crate) fn approximated(sheet: &Sheet, filled: &forms::Filled) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    for field in &filled.approximated {
        if let Some(question) = sheet.mapping.question_of(field)
            && !labels.contains(&question.label)
        {
            labels.push(question.label.clone());
        }
    }
    labels
}
