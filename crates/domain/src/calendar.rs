//! A calendar feed (iCalendar, RFC 5545): days and hours that other programs show. What it says is
//! neutral: whose day it is, and about what, never leaves the record.
//!
//! Written here rather than by a library: those found read the clock and draw identifiers, which a
//! feed that must give the same bytes each time cannot have.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

/// The longest line, in octets, its end apart (RFC 5545, 3.1).
const LONGEST_LINE: usize = 75;

/// Something on a day or at an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What it is known by, the same each time the feed is read.
    pub uid: String,
    /// When.
    pub when: When,
    /// What calendars show.
    pub summary: String,
    /// More words; may be empty.
    pub description: String,
    /// When the feed is made: with a method, that is its stamp (RFC 5545, 3.8.7.2).
    pub stamp: Timestamp,
}

/// When something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The whole day.
    Day(Date),
    /// From an instant, for that many minutes.
    At(Timestamp, i64),
}

/// The feed of those events, under that name; the same events give the same bytes.
#[must_use]
pub fn feed(name: &str, events: &[Event]) -> String {
    let mut out = String::new();
    for (key, value) in [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//Conatus//Conatus//FR"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        // Asked for again every few hours: what a calendar program does by itself is often less.
        ("REFRESH-INTERVAL;VALUE=DURATION", "PT6H"),
        ("X-PUBLISHED-TTL", "PT6H"),
    ] {
        line(&mut out, key, value);
    }
    line(&mut out, "X-WR-CALNAME", &escape(name));
    for event in events {
        line(&mut out, "BEGIN", "VEVENT");
        line(&mut out, "UID", &escape(&event.uid));
        line(&mut out, "DTSTAMP", &stamp(event.stamp));
        match event.when {
            When::Day(day) => {
                line(&mut out, "DTSTART;VALUE=DATE", &date(day));
                // The day after: the end of a calendar's day is not in it.
                let end = day.saturating_add(1.day());
                line(&mut out, "DTEND;VALUE=DATE", &date(end));
            }
            When::At(start, minutes) => {
                line(&mut out, "DTSTART", &stamp(start));
                let end = start.saturating_add(minutes.clamp(0, 10_000).minutes());
                line(&mut out, "DTEND", &stamp(end.unwrap_or(start)));
            }
        }
        line(&mut out, "SUMMARY", &escape(&event.summary));
        if !event.description.is_empty() {
            line(&mut out, "DESCRIPTION", &escape(&event.description));
        }
        // It takes no one's time: a deadline is not an appointment.
        if matches!(event.when, When::Day(_)) {
            line(&mut out, "TRANSP", "TRANSPARENT");
        }
        line(&mut out, "END", "VEVENT");
    }
    line(&mut out, "END", "VCALENDAR");
    out
}

fn date(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

fn stamp(at: Timestamp) -> String {
    let at = TimeZone::UTC.to_datetime(at);
    let (h, m, s) = (at.hour(), at.minute(), at.second());
    format!("{}T{h:02}{m:02}{s:02}Z", date(at.date()))
}

/// A text value: its separators escaped, its ends of line as `\n`, other controls left out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            ';' => out.push_str("\\;"),
            ',' => out.push_str("\\,"),
            '\n' | '\r' => out.push_str("\\n"),
            '\t' => out.push('\t'),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// One property, folded where it is long: never inside a character.
fn line(out: &mut String, key: &str, value: &str) {
    let mut length = 0;
    for c in key.chars().chain([':']).chain(value.chars()) {
        if length + c.len_utf8() > LONGEST_LINE {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn event(summary: &str) -> Event {
        Event {
            uid: "0123@conatus".into(),
            when: When::Day(date(2026, 12, 31)),
            summary: summary.into(),
            description: String::new(),
            stamp: "2026-11-24T15:04:05.9Z".parse().unwrap(),
        }
    }

    /// Lines unfolded, as a reader does (RFC 5545, 3.1).
    fn lines(feed: &str) -> Vec<String> {
        let unfolded = feed.replace("\r\n ", "");
        unfolded
            .split_terminator("\r\n")
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn a_day_is_whole_and_ends_the_day_after() {
        let feed = feed("Échéances", &[event("Échéance")]);
        let lines = lines(&feed);
        for expected in [
            "X-WR-CALNAME:Échéances",
            "UID:0123@conatus",
            "DTSTAMP:20261124T150405Z",
            "DTSTART;VALUE=DATE:20261231",
            "DTEND;VALUE=DATE:20270101",
            "SUMMARY:Échéance",
            "TRANSP:TRANSPARENT",
        ] {
            assert!(
                lines.iter().any(|l| l == expected),
                "{expected} in {lines:?}"
            );
        }
        assert_eq!(lines.first().map(String::as_str), Some("BEGIN:VCALENDAR"));
        assert_eq!(lines.last().map(String::as_str), Some("END:VCALENDAR"));
    }

    #[test]
    fn an_hour_is_told_in_universal_time() {
        let mut event = event("Rendez-vous");
        event.when = When::At("2026-12-31T23:30:00Z".parse().unwrap(), 45);
        let lines = lines(&feed("x", &[event]));
        assert!(lines.contains(&"DTSTART:20261231T233000Z".to_owned()));
        assert!(lines.contains(&"DTEND:20270101T001500Z".to_owned()));
    }

    #[test]
    fn nothing_written_can_end_its_line() {
        let text = "a;b,c\\d\r\nEND:VEVENT\u{7}";
        let feed = feed("x", &[event(text)]);
        let lines = lines(&feed);
        assert!(lines.contains(&"SUMMARY:a\\;b\\,c\\\\d\\nEND:VEVENT".to_owned()));
        assert_eq!(lines.iter().filter(|l| *l == "END:VEVENT").count(), 1);
    }

    proptest! {
        #[test]
        fn lines_are_short_and_unfold_to_what_was_written(text in "\\PC{0,300}") {
            let feed = feed("x", &[event(&text)]);
            for line in feed.split("\r\n") {
                prop_assert!(line.len() <= LONGEST_LINE);
                prop_assert!(!line.contains(['\r', '\n']));
            }
            let expected = format!("SUMMARY:{}", escape(&text));
            prop_assert!(lines(&feed).contains(&expected));
        }
    }
}
