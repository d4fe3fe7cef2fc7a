//! What folding a record costs: it is done at each opening, so that no plaintext table shadows it.
#![expect(clippy::unwrap_used, reason = "what a bench prepares must work")]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use domain::{
    Compartment,
    entry::{Author, Content, Entry, EntryBody, Profile, Side, Writing},
    id::AccountId,
    record::Record,
    step::Step,
    words::{Conduct, ContactMode, Nature, Theme},
};
use jiff::{Timestamp, civil::date};

/// Entries as years of follow-up leave them: writings, steps, now and then who the person is.
fn entries(count: u64) -> Vec<Entry> {
    let at: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
    let author = Author {
        account: AccountId::from_bytes([3; 16]),
        side: Side::Worker,
        name: "Marc Aubin".into(),
        job: "éducateur".into(),
        team: None,
    };
    let text = "Il est venu à neuf heures et a demandé où en était son dossier. ".repeat(4);
    let content = |sequence: u64| match sequence % 20 {
        1 => Content::Profile(Profile {
            given_names: "Amadou".into(),
            birth_name: "Diallo".into(),
            born: Some(date(1987, 5, 4)),
            ..Profile::default()
        }),
        n if n % 3 == 0 => Content::Step(Step {
            on: date(2026, 3, 2),
            theme: Theme::Money,
            contact: ContactMode::Office,
            conduct: Conduct::WithHelp,
            in_place: None,
            text: text.clone(),
            next_time: None,
        }),
        _ => Content::Writing(Writing {
            nature: Nature::Fact,
            text: text.clone(),
            theme: None,
            about: None,
        }),
    };
    (1..=count)
        .map(|sequence| Entry {
            sequence,
            compartment: Compartment::Social,
            body: EntryBody {
                at,
                author: author.clone(),
                content: content(sequence),
            },
        })
        .collect()
}

fn folding(c: &mut Criterion) {
    let record = entries(200);
    c.bench_function("fold 200 entries", |b| {
        b.iter_batched(|| record.clone(), Record::fold, BatchSize::SmallInput);
    });
}

criterion_group!(fold, folding);
criterion_main!(fold);
