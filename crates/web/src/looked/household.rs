//! Who lives with the person: first asked, on one page. What the record knows is offered in the
//! fields, and counts once someone sends them.

use super::desk::Desk;
use crate::{
    Web,
    form::Form,
    page::{Page, Shell, see},
};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::{
    looked::{Composition, Looked, MOST_MEMBERS, Member, MemberTie},
    record::Record,
};
use jiff::civil::Date;
use rights::asking;

/// Lines for children that are always there to be filled.
const FEWEST: usize = 3;
/// How many more lines a press adds.
const MORE: usize = 3;

/// A line for one child.
struct ChildLine {
    label: String,
    /// The names of its fields.
    born_field: String,
    number_field: String,
    name_field: String,
    born: String,
    name: String,
    error: String,
}

#[derive(Template)]
#[template(path = "looked/household.html")]
struct HouseholdView<'a> {
    s: &'a Shell,
    at: &'a str,
    form: &'a Form,
    children: Vec<ChildLine>,
    /// Whether some fields hold what the record knows, which nobody confirmed yet.
    offered: bool,
    more: bool,
    /// What this page asks: everything, or for the person one thing at a time.
    part: Part,
}

/// What one page asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    All,
    Couple,
    Children,
}

impl Part {
    fn of(desk: &Desk, form: &Form) -> Self {
        if !desk.s.own {
            return Self::All;
        }
        let partner = form.fails("partner") || form.fails("partner-born");
        match form.get("part") {
            "children" if !partner => Self::Children,
            _ => Self::Couple,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Couple => "couple",
            Self::Children => "children",
        }
    }
}

/// What fields hold at first: what was said, else what the record's ties know.
fn offered(record: &Record) -> (Form, bool) {
    let mut form = Form::default();
    if let Some(told) = &record.looked.composition {
        form.set("partner", "no");
        let members = told.what.members.iter();
        fill(
            &mut form,
            members.map(|m| (m.tie, m.name.as_str(), Some(m.born), m.number)),
        );
        return (form, false);
    }
    let known = asking::offered_household(record);
    let members = known.iter();
    fill(
        &mut form,
        members.map(|m| (m.tie, m.name.as_str(), m.born, 0)),
    );
    (form, !known.is_empty())
}

fn fill<'a>(
    form: &mut Form,
    members: impl Iterator<Item = (MemberTie, &'a str, Option<Date>, u16)>,
) {
    let mut child = 0;
    for (tie, name, born, number) in members {
        let field = match tie {
            MemberTie::Partner => {
                form.set("partner", "yes");
                "partner".to_owned()
            }
            MemberTie::Child => {
                child += 1;
                format!("child-{child}")
            }
        };
        let born = born.map(|day| day.to_string()).unwrap_or_default();
        form.set(&format!("{field}-born"), born)
            .set(&format!("{field}-name"), name)
            .set(&format!("{field}-number"), number.to_string());
    }
    form.set("lines", child.to_string());
}

fn lines(form: &Form) -> usize {
    let said: usize = form.get("lines").parse().unwrap_or(0);
    said.clamp(FEWEST, MOST_MEMBERS - 1)
}

fn show(desk: &Desk, form: &Form, offered: bool) -> Response {
    let count = lines(form);
    let child = |number: usize| {
        let field = |part: &str| format!("child-{number}-{part}");
        let (born_field, name_field) = (field("born"), field("name"));
        ChildLine {
            label: desk.s.w1("looked-child", "number", number),
            born: form.get(&born_field).to_owned(),
            name: form.get(&name_field).to_owned(),
            error: form.error(&born_field).unwrap_or_default().to_owned(),
            number_field: field("number"),
            born_field,
            name_field,
        }
    };
    let view = HouseholdView {
        s: &desk.s,
        at: &desk.at,
        form,
        children: (1..=count).map(child).collect(),
        offered,
        more: count < MOST_MEMBERS - 1,
        part: Part::of(desk, form),
    };
    desk.show(form.status(), "looked-household", &view)
}

pub(super) async fn page(State(_): State<Web>, desk: Desk) -> Page {
    let (form, known) = offered(desk.record());
    Ok(show(&desk, &form, known))
}

/// The household as typed; what cannot be read is told beside its field.
fn composition(form: &mut Form, looked: &Looked) -> Option<Composition> {
    let mut next = looked.next_number();
    let mut members = Vec::new();
    let mut take = |form: &mut Form, field: &str, tie| {
        let born = form.day(&format!("{field}-born"))?;
        let number = form.get(&format!("{field}-number")).parse().ok();
        let number = number.filter(|n| *n > 0).unwrap_or_else(|| {
            next += 1;
            next - 1
        });
        members.push(Member {
            number,
            tie,
            born,
            name: form.get(&format!("{field}-name")).trim().to_owned(),
        });
        Some(())
    };
    match form.get("partner") {
        "yes" => {
            let typed = take(form, "partner", MemberTie::Partner);
            if typed.is_none() && !form.fails("partner-born") {
                form.fail("partner-born", "error-looked-partner-born");
            }
        }
        "no" => {}
        _ => form.fail("partner", "error-looked-partner"),
    }
    for child in 1..=lines(form) {
        take(form, &format!("child-{child}"), MemberTie::Child);
    }
    (!form.failed()).then_some(Composition { members })
}

pub(super) async fn say(State(web): State<Web>, desk: Desk, mut form: Form) -> Page {
    let couple = Part::of(&desk, &form) == Part::Couple;
    if form.get("act") == "more" {
        form.set("lines", (lines(&form) + MORE).to_string());
        return Ok(show(&desk, &form, false));
    }
    let Some(composition) = composition(&mut form, &desk.record().looked) else {
        return Ok(show(&desk, &form, false));
    };
    if couple {
        // The person is asked of one thing at a time: the children come on the next page.
        form.set("part", "children");
        return Ok(show(&desk, &form, false));
    }
    let said = web.service.say_household(&desk.who(), composition).await;
    if super::taken(&mut form, "partner", said)? {
        return Ok(see(&desk.to("/connu")));
    }
    Ok(show(&desk, &form, false))
}
