//! Forms: what was typed comes back on the same page, with what to mend beside each field and in a
//! summary; secrets do not come back.

use crate::{
    language::Language,
    page::{self, PageError},
};
use askama::{Template, filters::Safe};
use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt, Limited};
use jiff::civil::Date;

/// The most bytes of a form's body: the longest text of a record, each character sent as twelve.
const LARGEST: usize = 256 * 1024;

/// The token of the session under way, for forms of browsers that say nothing of their origin.
#[derive(Clone, Debug)]
pub(crate) struct FormToken(pub(crate) String);

/// What was typed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    errors: Vec<(String, String)>,
}

impl Form {
    /// What was typed in a field; empty where nothing was.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v.as_str())
    }

    /// Everything chosen in a list of boxes.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|v| v == value)
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) -> &mut Self {
        self.fields.retain(|(n, _)| n != name);
        self.fields.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn add(&mut self, name: &str, value: impl Into<String>) {
        self.fields.push((name.to_owned(), value.into()));
    }

    /// Says what is wrong with a field, by a Fluent key.
    pub(crate) fn fail(&mut self, field: &str, key: &str) {
        self.errors
            .push((field.to_owned(), Language::french().t(key)));
    }

    /// Says what is wrong with a field, in words already found.
    pub(crate) fn fail_with(&mut self, field: &str, words: String) {
        self.errors.push((field.to_owned(), words));
    }

    /// Whether something is wrong with that field.
    pub(crate) fn fails(&self, field: &str) -> bool {
        self.error(field).is_some()
    }

    pub(crate) fn failed(&self) -> bool {
        !self.errors.is_empty()
    }

    pub(crate) fn forget(&mut self, name: &str) {
        self.fields.retain(|(n, _)| n != name);
    }

    /// A day typed as `12/07/1988` or by the browser as `1988-07-12`; an empty field is no day.
    pub(crate) fn day(&mut self, name: &str) -> Option<Date> {
        let typed = self.get(name).trim().to_owned();
        if typed.is_empty() {
            return None;
        }
        let day = domain::search::parse_day(&typed);
        if day.is_none() {
            self.fail(name, "error-day");
        }
        day
    }

    pub(crate) fn status(&self) -> StatusCode {
        if self.failed() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        }
    }

    pub(crate) fn error(&self, name: &str) -> Option<&str> {
        self.errors
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, e)| e.as_str())
    }

    /// The summary at the top of the page.
    pub(crate) fn summary(&self) -> Safe<String> {
        render(&Summary {
            l: Language::french(),
            errors: &self.errors,
        })
    }

    pub(crate) fn text(&self, name: &str, label: &str, hint: &str) -> Safe<String> {
        self.input("text", name, label, hint, "", false)
    }

    pub(crate) fn required(&self, name: &str, label: &str, hint: &str) -> Safe<String> {
        self.input("text", name, label, hint, "", true)
    }

    /// A field for a code typed from paper: nothing is corrected or remembered by the browser.
    pub(crate) fn code(&self, name: &str, label: &str, hint: &str) -> Safe<String> {
        self.input("text", name, label, hint, "code", true)
    }

    pub(crate) fn pin(&self, name: &str, label: &str, hint: &str) -> Safe<String> {
        self.input("password", name, label, hint, "pin", true)
    }

    pub(crate) fn passphrase(&self, name: &str, label: &str, hint: &str) -> Safe<String> {
        self.input("password", name, label, hint, "", true)
    }

    pub(crate) fn date(&self, name: &str, label: &str, hint: &str) -> Safe<String> {
        self.input("date", name, label, hint, "", false)
    }

    /// A field for an amount of money: telephones show digits.
    pub(crate) fn amount(&self, name: &str, label: &str, hint: &str) -> Safe<String> {
        self.input("text", name, label, hint, "amount", false)
    }

    pub(crate) fn time(&self, name: &str, label: &str, hint: &str) -> Safe<String> {
        self.input("time", name, label, hint, "", true)
    }

    fn input(
        &self,
        kind: &'static str,
        name: &str,
        label: &str,
        hint: &str,
        role: &'static str,
        required: bool,
    ) -> Safe<String> {
        let l = Language::french();
        let value = if kind == "password" {
            ""
        } else {
            self.get(name)
        };
        render(&Input {
            kind,
            name,
            label: l.t(label),
            hint: if hint.is_empty() {
                String::new()
            } else {
                l.t(hint)
            },
            value,
            error: self.error(name).unwrap_or_default(),
            role,
            required,
        })
    }

    pub(crate) fn area(&self, name: &str, label: &str, hint: &str, rows: u8) -> Safe<String> {
        let l = Language::french();
        render(&Area {
            name,
            label: l.t(label),
            hint: if hint.is_empty() {
                String::new()
            } else {
                l.t(hint)
            },
            value: self.get(name),
            error: self.error(name).unwrap_or_default(),
            rows,
        })
    }

    pub(crate) fn select(&self, name: &str, label: &str, options: &[Choice]) -> Safe<String> {
        let l = Language::french();
        render(&Select {
            name,
            label: l.t(label),
            options,
            chosen: self.get(name),
            error: self.error(name).unwrap_or_default(),
        })
    }

    pub(crate) fn radios(&self, name: &str, legend: &str, options: &[Choice]) -> Safe<String> {
        self.group("radio", name, legend, options)
    }

    pub(crate) fn boxes(&self, name: &str, legend: &str, options: &[Choice]) -> Safe<String> {
        self.group("checkbox", name, legend, options)
    }

    fn group(
        &self,
        kind: &'static str,
        name: &str,
        legend: &str,
        options: &[Choice],
    ) -> Safe<String> {
        let l = Language::french();
        render(&Group {
            kind,
            name,
            legend: l.t(legend),
            options,
            form: self,
            error: self.error(name).unwrap_or_default(),
        })
    }

    /// A field carried along unseen, so that no state is kept between pages.
    pub(crate) fn carry(&self, name: &str) -> Safe<String> {
        let values: Vec<&str> = self.all(name).collect();
        render(&Hidden {
            name,
            values: &values,
        })
    }
}

/// An option of a list.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) hint: String,
    /// A mark drawn before the label: `alone`, `with_help`, `in_place`, or nothing.
    pub(crate) mark: &'static str,
}

impl Choice {
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            hint: String::new(),
            mark: "",
        }
    }

    /// The words of a closed list, whose keys begin with that kind.
    pub(crate) fn words(kind: &str, words: impl IntoIterator<Item = &'static str>) -> Vec<Self> {
        let l = Language::french();
        words
            .into_iter()
            .map(|w| Self::new(w, l.word(kind, w)))
            .collect()
    }
}

fn render(template: &impl Template) -> Safe<String> {
    Safe(page::render(template).unwrap_or_default())
}

#[derive(Template)]
#[template(path = "form/summary.html")]
struct Summary<'a> {
    l: &'static Language,
    errors: &'a [(String, String)],
}

#[derive(Template)]
#[template(path = "form/input.html")]
struct Input<'a> {
    kind: &'static str,
    name: &'a str,
    label: String,
    hint: String,
    value: &'a str,
    error: &'a str,
    role: &'static str,
    required: bool,
}

#[derive(Template)]
#[template(path = "form/area.html")]
struct Area<'a> {
    name: &'a str,
    label: String,
    hint: String,
    value: &'a str,
    error: &'a str,
    rows: u8,
}

#[derive(Template)]
#[template(path = "form/select.html")]
struct Select<'a> {
    name: &'a str,
    label: String,
    options: &'a [Choice],
    chosen: &'a str,
    error: &'a str,
}

#[derive(Template)]
#[template(path = "form/group.html")]
struct Group<'a> {
    kind: &'static str,
    name: &'a str,
    legend: String,
    options: &'a [Choice],
    form: &'a Form,
    error: &'a str,
}

#[derive(Template)]
#[template(
    source = "{% for v in values %}<input type=\"hidden\" name=\"{{ name }}\" value=\"{{ v }}\">{% endfor %}",
    ext = "html"
)]
struct Hidden<'a> {
    name: &'a str,
    values: &'a [&'a str],
}

/// The form of a body, if it is not too long.
pub(crate) async fn read(body: Body) -> Result<Form, PageError> {
    let bytes = Limited::new(body, LARGEST)
        .collect()
        .await
        .map_err(|_| PageError::TooLarge)?
        .to_bytes();
    // Read again as a form alone, whatever the request said of its kind.
    let mut alone = Request::new(Body::from(bytes));
    *alone.method_mut() = Method::POST;
    alone.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    let fields = axum::Form::<Vec<(String, String)>>::from_request(alone, &())
        .await
        .map(|form| form.0)
        .unwrap_or_default();
    Ok(Form {
        fields,
        errors: Vec::new(),
    })
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        let token = request.extensions().get::<FormToken>().cloned();
        let form = read(request.into_body())
            .await
            .map_err(IntoResponse::into_response)?;
        match token {
            Some(FormToken(expected)) if form.get("form_token") != expected => {
                Err(PageError::Stale.into_response())
            }
            _ => Ok(form),
        }
    }
}
