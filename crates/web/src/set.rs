//! The set of pieces of a procedure, taken out for a counter or an upload: what may go in it, its
//! list on top, one PDF of all where they can be bound, an archive otherwise, which says why. The same for a worker and for the person.

use crate::{
    Web,
    form::{Choice, Form},
    page::{Page, PageError, Shell},
    person::Paper,
    taken::attached,
};
use axum::{body::Body, response::Response};
use domain::{
    procedure::{Met, Procedure},
    record::Record,
};
use forms::{BindError, Paper as Bound, PaperContent, Print};
use jiff::civil::Date;
use service::{NewSet, NoPaper, ServiceError, SetPaper, SetPiece, TakenSet, Who};

/// The pieces that documents of the safe meet, in the procedure's order; all are chosen at first.
pub(crate) fn choices(s: &Shell, record: &Record, p: &Procedure, today: Date) -> Vec<Choice> {
    let met = p.asked_pieces().filter_map(|view| {
        let Some((Met::Document(document), ..)) = &view.met else {
            return None;
        };
        Some((view, record.document(*document)?))
    });
    met.map(|(view, document)| {
        let paper = Paper::new(s, document, today);
        let mut choice = Choice::new(view.piece.id.to_string(), view.piece.label.clone());
        let words = [paper.title, paper.validity, paper.size];
        let words: Vec<String> = words.into_iter().filter(|w| !w.is_empty()).collect();
        choice.hint = words.join(" · ");
        choice
    })
    .collect()
}

/// The shapes a set may leave in, the usual one first: one PDF where every piece can be bound.
pub(crate) fn shapes(s: &Shell) -> Vec<Choice> {
    ["pdf", "zip"]
        .iter()
        .map(|shape| {
            let mut choice = Choice::new(*shape, s.t(&format!("set-shape-{shape}")));
            choice.hint = s.t(&format!("set-shape-{shape}-what"));
            choice
        })
        .collect()
}

/// What a page first offers: every piece, in one PDF, for the organisation addressed.
pub(crate) fn offered(p: &Procedure, choices: &[Choice]) -> Form {
    let mut form = Form::default();
    for choice in choices {
        form.add("pieces", choice.value.as_str());
    }
    form.set("shape", "pdf");
    form.set("to", p.facts.organisation.as_str());
    form
}

/// The pieces asked for that the set cannot hold, in words: met otherwise, or to be found.
pub(crate) fn others(s: &Shell, record: &Record, p: &Procedure, today: Date) -> Vec<String> {
    let held = choices(s, record, p, today);
    p.asked_pieces()
        .map(|view| crate::procedures::PieceLine::new(s, record, view, today))
        .filter(|line| held.iter().all(|c| c.value != line.id.to_string()))
        .map(|line| {
            s.l.t2("set-other", ("piece", &line.label), ("words", &line.words))
        })
        .collect()
}

/// The set, as an attachment, or nothing where the form says what to mend.
pub(crate) async fn take(
    web: &Web,
    who: &Who<'_>,
    (s, p, name): (&Shell, &Procedure, &str),
    form: &mut Form,
) -> Result<Option<Response>, PageError> {
    let pieces = form.all("pieces").map(str::parse).collect::<Result<_, _>>();
    let new = NewSet {
        procedure: p.id,
        pieces: pieces.map_err(|_| PageError::NotFound)?,
        to: form.get("to").trim().to_owned(),
    };
    let listed = match web.service.set_pieces(who, &new).await {
        Ok(listed) => listed,
        Err(error) => return told(form, error),
    };
    let today = web.service.today();
    let mut lines = list(s, p, (name, &new.to), &listed, today);
    let taken = match web.service.take_set(who, new).await {
        Ok(taken) => taken,
        Err(error) => return told(form, error),
    };
    if form.get("shape") == "pdf" {
        match bound(web, s, &taken, &lines, &listed).await? {
            Ok(pdf) => return Ok(Some(crate::taken::pdf("pieces.pdf", pdf))),
            Err(why) => lines.extend([Print::Gap, Print::Text(why)]),
        }
    }
    let list = forms::print(&s.t("set-list"), &lines).map_err(|_| PageError::Form)?;
    let opened = taken.archive(("00-liste-des-pieces.pdf".to_owned(), list));
    // Not compressed again on its way: it is already.
    let kind = "application/octet-stream";
    let body = Body::from_stream(opened.stream);
    Ok(Some(attached("pieces.zip", kind, body)))
}

/// The set bound in one PDF with its list in front, or why it could not be, in words.
async fn bound(
    web: &Web,
    s: &Shell,
    taken: &TakenSet,
    lines: &[Print],
    listed: &[SetPiece],
) -> Result<Result<Vec<u8>, String>, PageError> {
    let said = |key: &str, place: Option<usize>| match place.and_then(|at| listed.get(at)) {
        Some(piece) => s.t1(key, "piece", &piece.label),
        None => s.t("set-unbound"),
    };
    let Some(binder) = web.binder.clone() else {
        return Ok(Err(s.t("set-unbound")));
    };
    let papers = match taken
        .papers(forms::LARGEST_BOUND as u64, forms::LARGEST_BOOK as u64)
        .await
    {
        Ok(papers) => papers,
        Err(NoPaper::Kind(at)) => return Ok(Err(said("set-unbound-kind", Some(at)))),
        Err(NoPaper::TooMuch(at)) => return Ok(Err(said("set-unbound-long", Some(at)))),
        Err(NoPaper::Failed(error)) => return Err(error.into()),
    };
    let title = s.t("set-list");
    let cover = forms::print(&title, lines).map_err(|_| PageError::Form)?;
    let mut all = vec![Bound {
        title: title.clone(),
        content: PaperContent::Pdf(cover),
    }];
    all.extend(
        papers
            .into_iter()
            .zip((1..).zip(listed))
            .map(|(paper, (n, piece))| Bound {
                title: format!("{n}. {}", piece.label),
                content: match paper {
                    SetPaper::Pdf(bytes) => PaperContent::Pdf(bytes),
                    SetPaper::Picture(jpeg, width, height) => {
                        PaperContent::Picture(jpeg, width, height)
                    }
                },
            }),
    );
    let bound = tokio::task::spawn_blocking(move || binder.bind(&title, &all)).await;
    let bound = bound.map_err(|_| PageError::Form)?;
    Ok(bound.map_err(|unbound| {
        // The list comes before the pieces.
        let place = unbound.paper.and_then(|at| at.checked_sub(1));
        match unbound.why {
            BindError::Locked => said("set-unbound-locked", place),
            BindError::Unread => said("set-unbound-unread", place),
            BindError::TooMuch => said("set-unbound-long", place),
        }
    }))
}

fn told(form: &mut Form, error: ServiceError) -> Result<Option<Response>, PageError> {
    match error {
        ServiceError::Invalid { field, key } => {
            form.fail(field, key);
            Ok(None)
        }
        other => Err(other.into()),
    }
}

/// The list on top of the set.
fn list(
    s: &Shell,
    p: &Procedure,
    (name, to): (&str, &str),
    pieces: &[SetPiece],
    today: Date,
) -> Vec<Print> {
    let mut lines = vec![
        Print::Title(s.t("set-list")),
        Print::Gap,
        Print::Text(s.t1("set-list-procedure", "title", &p.facts.title)),
        Print::Text(s.t1("set-list-person", "name", name)),
        Print::Text(s.t1("set-list-to", "to", to)),
    ];
    if !p.facts.reference.is_empty() {
        let reference = s.t1("procedure-reference-is", "reference", &p.facts.reference);
        lines.push(Print::Text(reference));
    }
    lines.push(Print::Text(s.t1("set-list-on", "day", s.l.day(today))));
    for (n, piece) in (1..).zip(pieces) {
        let paper = Paper::new(s, &piece.document, today);
        lines.push(Print::Gap);
        lines.push(Print::Text(format!("{n}. {}", piece.label)));
        let words = [paper.title, paper.validity, piece.name.clone()];
        let words: Vec<String> = words.into_iter().filter(|w| !w.is_empty()).collect();
        lines.push(Print::Note(words.join(" · ")));
    }
    lines
}

/// The answer of a page that takes a set out.
pub(crate) fn or_page(taken: Option<Response>, page: impl FnOnce() -> Page) -> Page {
    taken.map_or_else(page, Ok)
}
