//! What was written, my own words, who read.

use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsPerson,
    looked,
    page::{Page, Shell, see, show, show_as},
    procedures::told,
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::extract::{Query, State};
use domain::{
    Compartment,
    entry::{About, Author, Content, Entry, Side, Writing},
    record::Record,
    step::{Ground, Step},
    words::{AppointmentShow, Conduct, Nature},
};
use service::{ServiceError, What, Which, Who};
use std::collections::HashMap;

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/e/textes", Access::Person, texts),
        on_get("/e/mots", Access::Person, words_page),
        on_post("/e/mots", Access::Person, write),
        on_get("/e/lectures", Access::Person, readings),
    ]
}

/// Entries a page shows.
const SHOWN: usize = 10;

/// Who wrote or read, in words.
pub(crate) fn who(s: &Shell, author: &Author) -> String {
    match author.side {
        Side::Person if s.own => s.t("who-me"),
        Side::Person => s.t("who-person"),
        Side::Keepers => s.t("who-keepers"),
        Side::Worker => {
            let mut words = author.name.clone();
            if !author.job.is_empty() {
                words = format!("{words}, {}", author.job);
            }
            match &author.team {
                Some(team) => format!("{words} ({})", team.name),
                None => words,
            }
        }
    }
}

/// An entry in words.
pub(crate) struct Line {
    pub(crate) sequence: u64,
    pub(crate) compartment: &'static str,
    pub(crate) compartment_name: String,
    pub(crate) tag: String,
    pub(crate) who: String,
    pub(crate) at: String,
    pub(crate) lines: Vec<String>,
    pub(crate) text: String,
    /// Whether the text is the person's own words.
    pub(crate) words: bool,
    /// `alone`, `with_help`, `in_place`, `workshop` or nothing.
    pub(crate) conduct: &'static str,
    pub(crate) conduct_words: String,
    pub(crate) next_time: String,
    /// The entry it corrects or answers, with its words.
    pub(crate) about: Option<(u64, String)>,
    /// Later corrections and answers, with their words.
    pub(crate) later: Vec<(u64, String)>,
    /// Whether it can be corrected or answered.
    pub(crate) answerable: bool,
    /// Whether the person wrote it: no one else corrects their words.
    pub(crate) own: bool,
}

fn plain_text(content: &Content) -> &str {
    match content {
        Content::Writing(w) => &w.text,
        Content::Step(step) => &step.text,
        Content::Procedure(said) => told::step_of(&said.event).map_or("", |step| &step.text),
        _ => "",
    }
}

impl Line {
    pub(crate) fn new(s: &Shell, record: &Record, entry: &Entry) -> Self {
        let l = s.l;
        let body = &entry.body;
        let mut line = Self {
            sequence: entry.sequence,
            compartment: entry.compartment.word(),
            compartment_name: l.compartment(entry.compartment),
            tag: String::new(),
            who: who(s, &body.author),
            at: l.moment(body.at),
            lines: Vec::new(),
            text: plain_text(&body.content).to_owned(),
            words: false,
            conduct: "",
            conduct_words: String::new(),
            next_time: String::new(),
            about: None,
            later: Vec::new(),
            answerable: false,
            own: body.author.side == Side::Person,
        };
        line.fill(s, record, &body.content);
        line.later = record
            .about(entry.sequence)
            .map(|e| (e.sequence, plain_text(&e.body.content).to_owned()))
            .collect();
        line
    }

    /// What was done, by whom, on what ground.
    fn conducted(&mut self, s: &Shell, step: &Step) {
        let l = s.l;
        self.answerable = true;
        self.conduct = step.conduct.word();
        self.conduct_words = match step.conduct {
            // Told from the side of whoever reads.
            Conduct::InPlace if s.own => l.t("conduct-in_place-own"),
            conduct => l.word("conduct", conduct.word()),
        };
        self.lines.push(format!(
            "{}, {}, {}",
            l.word("theme", step.theme.word()),
            l.word("contact", step.contact.word()),
            l.day(step.on)
        ));
        if step.conduct == Conduct::InPlace
            && let Some(why) = &step.in_place
        {
            let reason = l.word("reason", why.reason.word());
            self.lines.push(match &why.ground {
                Ground::Mandate(_) => l.t1("entry-with-mandate", "reason", reason),
                Ground::Emergency(words) => {
                    l.t2("entry-emergency", ("reason", &reason), ("words", words))
                }
            });
        }
        if let Some(next) = &step.next_time {
            let on = next
                .on
                .map(|d| format!(" ({})", l.day(d)))
                .unwrap_or_default();
            self.next_time = format!("{}{on}", next.text);
        }
    }

    /// Entries that stand together, latest first, and what they say of rights in the words of the law
    /// files; none where there is none.
    pub(crate) fn of(web: &Web, s: &Shell, record: &Record, entries: &[&Entry]) -> Option<Self> {
        let mut line = Self::new(s, record, entries.first()?);
        let told = looked::told(s, &web.law, record, web.service.today(), entries);
        if let Some(lines) = told {
            line.tag = s.w("looked");
            line.lines = lines;
        }
        Some(line)
    }

    fn fill(&mut self, s: &Shell, record: &Record, content: &Content) {
        let l = s.l;
        match content {
            Content::Writing(writing) => {
                self.tag = l.word("nature", writing.nature.word());
                self.words = writing.nature == Nature::Words;
                self.answerable = true;
                if let Some(theme) = writing.theme {
                    self.lines.push(l.word("theme", theme.word()));
                }
                if let Some(about @ (About::Corrects(n) | About::Answers(n))) = writing.about {
                    let earlier = record.entries.iter().find(|e| e.sequence == n);
                    let text = earlier
                        .map(|e| plain_text(&e.body.content))
                        .unwrap_or_default();
                    self.about = Some((n, text.to_owned()));
                    let key = if matches!(about, About::Corrects(_)) {
                        "entry-corrects"
                    } else {
                        "entry-answers"
                    };
                    self.tag = format!("{} · {}", self.tag, l.t(key));
                }
            }
            Content::Step(step) => {
                self.tag = l.t("entry-step");
                self.conducted(s, step);
            }
            Content::Procedure(said) => {
                self.tag = l.t("entry-procedure");
                self.lines = told::lines(s, record, self.sequence, said);
                if let Some(step) = told::step_of(&said.event) {
                    self.conducted(s, step);
                }
            }
            other => {
                self.tag = l.t("entry-event");
                self.lines.extend(event(s, other));
            }
        }
    }
}

/// What else happened, in words.
fn event(s: &Shell, content: &Content) -> Vec<String> {
    let l = s.l;
    match content {
        Content::Profile(_) => vec![l.t("event-profile")],
        Content::MandateGiven(m) => {
            let themes: Vec<String> = m.themes.iter().map(|t| l.word("theme", t.word())).collect();
            let until = l.day(m.last_day());
            vec![l.t2(
                "event-mandate",
                ("themes", &themes.join(", ")),
                ("until", &until),
            )]
        }
        Content::MandateRevoked { reason, .. } => {
            let mut lines = vec![l.t("event-mandate-revoked")];
            lines.extend((!reason.is_empty()).then(|| reason.clone()));
            lines
        }
        Content::DocumentAdded(d) => {
            let kind = l.word("document_kind", d.facts.kind.word());
            vec![l.t1("event-document", "kind", kind)]
        }
        Content::DocumentChanged { .. } => vec![l.t("event-document-changed")],
        Content::DocumentWithdrawn { .. } => vec![l.t("event-document-withdrawn")],
        Content::AccompanimentOpened { team, referent, .. } => {
            let mut lines = vec![l.t1("event-opened", "team", &team.name)];
            lines.extend(
                referent
                    .as_ref()
                    .map(|r| l.t1("event-referent", "name", &r.name)),
            );
            lines
        }
        Content::ReferentNamed { referent, .. } => {
            vec![l.t1("event-referent", "name", &referent.name)]
        }
        Content::AccompanimentClosed { reason, words, .. } => {
            let mut lines = vec![l.t1("event-closed", "reason", l.word("closing", reason.word()))];
            if !words.is_empty() {
                lines.push(words.clone());
            }
            lines
        }
        Content::Appointment(a) => {
            let state = l.word("appointment", a.state.word());
            vec![l.t2(
                "event-appointment",
                ("when", &l.clock(a.at)),
                ("state", &state),
            )]
        }
        Content::Tie(t) => vec![l.t2(
            "event-tie",
            ("name", &t.name),
            ("kind", &l.word("tie", t.kind.word())),
        )],
        Content::Household(h) => vec![l.t1("event-household", "members", h.members.join(", "))],
        Content::CardMade { with, .. } => match with {
            Some(name) => vec![l.t1("event-card-replaced", "name", name)],
            None => vec![l.t("event-card")],
        },
        Content::GrantGiven(g) => {
            let until = g.until.map(|d| l.day(d)).unwrap_or_default();
            vec![
                l.t2("event-grant", ("to", &g.to), ("until", &until)),
                l.t1("event-grant-purpose", "purpose", &g.purpose),
            ]
        }
        Content::GrantTakenBack { .. } => vec![l.t("event-grant-ended")],
        Content::OpenedByKeepers { reason, keepers } => vec![l.t2(
            "event-keepers",
            ("count", &keepers.to_string()),
            ("reason", reason),
        )],
        Content::Imported { facts } => facts
            .iter()
            .map(|(heading, value)| format!("{heading} : {value}"))
            .collect(),
        Content::Writing(_) | Content::Step(_) | Content::Procedure(_) | Content::Looked { .. } => {
            Vec::new()
        }
    }
}

/// Whether an entry tells of an appointment or a deadline that must not show on shared phones.
fn hidden(record: &Record, entry: &Entry) -> bool {
    if let Content::Procedure(said) = &entry.body.content {
        return told::is_hidden(record, said);
    }
    let Content::Appointment(appointment) = &entry.body.content else {
        return false;
    };
    let now = record
        .appointments
        .iter()
        .find(|a| a.appointment.id == appointment.id);
    appointment.show == AppointmentShow::Hidden
        || now.is_some_and(|a| a.appointment.show == AppointmentShow::Hidden)
}

#[derive(Template)]
#[template(path = "person/texts.html")]
struct TextsPage {
    s: Shell,
    lines: Vec<Line>,
    older: Option<usize>,
}

async fn texts(
    State(web): State<Web>,
    session: AsPerson,
    Query(query): Query<HashMap<String, String>>,
) -> Page {
    let opened = web.service.open_own(&session, Which::All).await?;
    let s = Shell::person(&session, web.service.now());
    let skipped: usize = query.get("apres").and_then(|v| v.parse().ok()).unwrap_or(0);
    let record = &opened.record;
    let shown = |e: &&Entry| !hidden(record, e);
    let entries = record.entries.iter().rev().filter(shown);
    let gathered = looked::gathered(entries, web.service.zone());
    let mut entries = gathered.iter().skip(skipped);
    let lines: Vec<Line> = entries
        .by_ref()
        .take(SHOWN)
        .filter_map(|e| Line::of(&web, &s, record, e))
        .collect();
    let older = entries.next().map(|_| skipped + SHOWN);
    Ok(show(&TextsPage { s, lines, older }))
}

#[derive(Template)]
#[template(path = "person/words.html")]
struct WordsPage {
    s: Shell,
    form: Form,
    places: Vec<Choice>,
    about: Option<String>,
    /// What the person wrote lately.
    mine: Vec<Line>,
}

fn places(s: &Shell) -> Vec<Choice> {
    vec![
        Choice::new(Compartment::Social.word(), s.t("person-words-shared")),
        Choice::new(Compartment::Vault.word(), s.t("person-words-vault")),
    ]
}

async fn words(web: &Web, session: &AsPerson, form: Form) -> Page {
    let opened = web.service.open_own(session, Which::All).await?;
    let s = Shell::person(session, web.service.now());
    let record = &opened.record;
    let answered: Option<u64> = form.get("about").parse().ok();
    let about = answered
        .and_then(|n| record.entries.iter().find(|e| e.sequence == n))
        .map(|e| plain_text(&e.body.content).to_owned());
    let own = |e: &&Entry| {
        e.body.author.side == Side::Person && matches!(e.body.content, Content::Writing(_))
    };
    let mine = match about {
        Some(_) => Vec::new(),
        None => {
            let latest = record.entries.iter().rev().filter(own).take(SHOWN);
            latest.map(|e| Line::new(&s, record, e)).collect()
        }
    };
    let page = WordsPage {
        places: places(&s),
        s,
        form,
        about,
        mine,
    };
    Ok(show_as(page.form.status(), &page))
}

async fn words_page(
    State(web): State<Web>,
    session: AsPerson,
    Query(query): Query<HashMap<String, String>>,
) -> Page {
    let mut form = Form::default();
    form.set("compartment", Compartment::Social.word());
    for name in ["about", "compartment"] {
        if let Some(value) = query.get(name) {
            form.set(name, value.as_str());
        }
    }
    words(&web, &session, form).await
}

async fn write(State(web): State<Web>, session: AsPerson, mut form: Form) -> Page {
    let about: Option<u64> = form.get("about").parse().ok();
    let Some(compartment) = Compartment::from_word(form.get("compartment")) else {
        form.fail("compartment", "error-compartment");
        return words(&web, &session, form).await;
    };
    let writing = Writing {
        nature: Nature::Words,
        text: form.get("text").to_owned(),
        theme: None,
        about: about.map(About::Answers),
    };
    let who = Who::Person(&session);
    match web.service.write(&who, compartment, writing).await {
        Ok(_) if about.is_some() => Ok(see("/e/textes")),
        Ok(_) => Ok(see("/e/mots")),
        Err(ServiceError::Invalid { field, key }) => {
            form.fail(field, key);
            words(&web, &session, form).await
        }
        Err(error) => Err(error.into()),
    }
}

/// A reading in words.
pub(crate) struct Read {
    pub(crate) who: String,
    pub(crate) at: String,
    pub(crate) what: String,
}

impl Read {
    pub(crate) fn new(s: &Shell, line: &service::ReadingLine) -> Self {
        let l = s.l;
        let compartment = l.compartment(line.compartment);
        let what = match &line.what {
            What::Compartment => l.t1("read-compartment", "compartment", compartment),
            What::Document(title) => l.t1("read-document", "title", title),
            What::Download(title) => l.t1("read-download", "title", title),
            What::Keepers(reason) => l.t2(
                "read-keepers",
                ("compartment", &compartment),
                ("reason", reason),
            ),
        };
        Self {
            who: who(s, &line.reader),
            at: l.moment(line.at),
            what,
        }
    }
}

#[derive(Template)]
#[template(path = "person/readings.html")]
struct ReadingsPage {
    s: Shell,
    lines: Vec<Read>,
    next: Option<u64>,
}

/// Readings in words, the parts that one reader opened in the same minute told together.
fn told_together(s: &Shell, lines: &[service::ReadingLine]) -> Vec<Read> {
    let mut told: Vec<Read> = Vec::new();
    let mut opened: Vec<String> = Vec::new();
    let mut last: Option<&service::ReadingLine> = None;
    for line in lines {
        let same = |l: &service::ReadingLine| {
            l.reader.account == line.reader.account
                && l.what == What::Compartment
                && s.l.moment(l.at) == s.l.moment(line.at)
        };
        let name = s.l.compartment(line.compartment);
        match (&line.what, told.last_mut()) {
            (What::Compartment, Some(read)) if last.is_some_and(same) => {
                opened.push(name);
                let all = opened.join(", ");
                read.what = s.t1("read-compartment", "compartment", all);
            }
            _ => {
                opened = vec![name];
                told.push(Read::new(s, line));
            }
        }
        last = Some(line);
    }
    told
}

async fn readings(
    State(web): State<Web>,
    session: AsPerson,
    Query(query): Query<HashMap<String, String>>,
) -> Page {
    let before = query.get("avant").and_then(|v| v.parse().ok());
    let page = web.service.who_read(&Who::Person(&session), before).await?;
    let s = Shell::person(&session, web.service.now());
    let lines = told_together(&s, &page.lines);
    Ok(show(&ReadingsPage {
        s,
        lines,
        next: page.next,
    }))
}
