//! Words shown to people: Fluent files, one set a language, embedded in the program.

use domain::Compartment;
use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use std::sync::OnceLock;

const FRENCH: &[&str] = &[
    include_str!("../locales/fr/common.ftl"),
    include_str!("../locales/fr/public.ftl"),
    include_str!("../locales/fr/person.ftl"),
    include_str!("../locales/fr/worker.ftl"),
    include_str!("../locales/fr/procedures.ftl"),
    include_str!("../locales/fr/person_procedures.ftl"),
    include_str!("../locales/fr/looked.ftl"),
    include_str!("../locales/fr/person_looked.ftl"),
    include_str!("../locales/fr/digest.ftl"),
    include_str!("../locales/fr/letters.ftl"),
    include_str!("../locales/fr/observatory.ftl"),
    include_str!("../locales/fr/sets.ftl"),
    include_str!("../locales/fr/sheets.ftl"),
    include_str!("../locales/fr/admin.ftl"),
    include_str!("../locales/fr/errors.ftl"),
    include_str!("../locales/fr/fiche.ftl"),
];

/// What stands where a word is missing, so that a test can see it.
pub(crate) const MISSING: char = '⟦';

/// The words of one language.
pub struct Language {
    bundle: FluentBundle<FluentResource>,
    zone: TimeZone,
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Language(fr)")
    }
}

impl Language {
    /// French, told in the time zone of metropolitan France.
    pub fn french() -> &'static Self {
        static LANGUAGE: OnceLock<Language> = OnceLock::new();
        LANGUAGE.get_or_init(|| {
            let mut bundle = FluentBundle::new_concurrent("fr".parse().into_iter().collect());
            bundle.set_use_isolating(false);
            for source in FRENCH {
                // A file with a fault gives the messages that stand; tests refuse the fault.
                let resource = match FluentResource::try_new((*source).to_owned()) {
                    Ok(resource) | Err((resource, _)) => resource,
                };
                bundle.add_resource_overriding(resource);
            }
            Language {
                bundle,
                zone: TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC),
            }
        })
    }

    /// The words of that key.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        self.with(key, None)
    }

    /// The words of that key with one value.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "templates give values as they have them"
    )]
    pub fn t1(&self, key: &str, name: &str, value: impl ToString) -> String {
        let mut args = FluentArgs::new();
        put(&mut args, name, &value.to_string());
        self.with(key, Some(&args))
    }

    /// The words of that key with two values.
    pub fn t2(&self, key: &str, a: (&str, &str), b: (&str, &str)) -> String {
        let mut args = FluentArgs::new();
        put(&mut args, a.0, a.1);
        put(&mut args, b.0, b.1);
        self.with(key, Some(&args))
    }

    /// The words of that key with three values.
    pub fn t3(&self, key: &str, a: (&str, &str), b: (&str, &str), c: (&str, &str)) -> String {
        let mut args = FluentArgs::new();
        put(&mut args, a.0, a.1);
        put(&mut args, b.0, b.1);
        put(&mut args, c.0, c.1);
        self.with(key, Some(&args))
    }

    fn with(&self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let pattern = self.bundle.get_message(key).and_then(|m| m.value());
        let Some(pattern) = pattern else {
            return format!("{MISSING}{key}⟧");
        };
        let mut errors = Vec::new();
        let text = self
            .bundle
            .format_pattern(pattern, args, &mut errors)
            .into_owned();
        if errors.is_empty() {
            text
        } else {
            format!("{MISSING}{key}: {text}⟧")
        }
    }

    /// The word of a closed list: `kind` is its name in keys.
    #[must_use]
    pub fn word(&self, kind: &str, word: &str) -> String {
        self.t(&format!("{kind}-{word}"))
    }

    /// The name of a compartment.
    #[must_use]
    pub fn compartment(&self, compartment: Compartment) -> String {
        self.word("compartment", compartment.word())
    }

    /// A day in words: `12 mars 2026`.
    #[must_use]
    pub fn day(&self, day: Date) -> String {
        let month = self.t(&format!("month-{}", day.month()));
        let number = if day.day() == 1 {
            self.t("first-of-month")
        } else {
            day.day().to_string()
        };
        format!("{number} {month} {}", day.year())
    }

    /// A day and a time in words: `12 mars 2026 à 17 h 40`.
    #[must_use]
    pub fn moment(&self, at: Timestamp) -> String {
        self.clock(self.zone.to_datetime(at))
    }

    /// The day of an instant, in words.
    #[must_use]
    pub fn day_of(&self, at: Timestamp) -> String {
        self.day(self.zone.to_datetime(at).date())
    }

    /// A time on the clock of the place, in words.
    #[must_use]
    pub fn clock(&self, at: DateTime) -> String {
        let time = if at.minute() == 0 {
            format!("{} h", at.hour())
        } else {
            format!("{} h {:02}", at.hour(), at.minute())
        };
        let weekday = self.t(&format!("weekday-{}", at.weekday().to_monday_one_offset()));
        format!(
            "{weekday} {} {} {time}",
            self.day(at.date()),
            self.t("at-time")
        )
    }
}

fn put(args: &mut FluentArgs<'_>, name: &str, value: &str) {
    match value.parse::<i64>() {
        Ok(number) if number.abs() < 1_000_000 && !value.starts_with('0') || value == "0" => {
            args.set(
                name.to_owned(),
                value.parse::<f64>().unwrap_or(number_of(value)),
            );
        }
        _ => args.set(name.to_owned(), value.to_owned()),
    }
}

fn number_of(value: &str) -> f64 {
    value.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn every_file_is_whole() {
        for source in FRENCH {
            let parsed = FluentResource::try_new((*source).to_owned());
            assert!(parsed.is_ok(), "{:?}", parsed.err().map(|e| e.1));
        }
    }

    #[test]
    fn days_and_moments_read_as_people_say_them() {
        let l = Language::french();
        assert_eq!(l.day(date(2026, 3, 1)), "1er mars 2026");
        assert_eq!(
            l.moment("2026-03-12T16:40:00Z".parse().unwrap()),
            "jeudi 12 mars 2026 à 17 h 40"
        );
        assert!(l.t("no-such-key").starts_with(MISSING));
    }
}
