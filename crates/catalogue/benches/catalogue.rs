//! Taking an edition in and searching it. The whole edition is used when it lies beside the project;
//! otherwise a small archive written here, which says little about time and proves the way.

#![expect(clippy::expect_used, reason = "what a bench prepares must work")]

use catalogue::{Limits, import};
use criterion::{Criterion, criterion_group, criterion_main};
use std::{
    fs,
    hint::black_box,
    io::{Cursor, Write},
};

fn archive() -> Vec<u8> {
    let beside = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/catalogue/vosdroits-particuliers-2020-10-30.zip"
    );
    fs::read(beside).unwrap_or_else(|_| {
        eprintln!("the whole edition is not beside the project: a small one is measured");
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for i in 0..50 {
            let name = format!("F{i}.xml");
            let text = format!(
                "<Publication ID=\"F{i}\" type=\"Dossier\"><dc:title>Allocation logement {i}</dc:title>\
                 <dc:date>modified 2020-10-30</dc:date></Publication>"
            );
            writer
                .start_file(name, zip::write::SimpleFileOptions::default())
                .expect("in memory");
            writer.write_all(text.as_bytes()).expect("in memory");
        }
        writer.finish().expect("in memory").into_inner()
    })
}

fn measure(c: &mut Criterion) {
    let bytes = archive();
    let folder = tempfile::tempdir().expect("a folder");
    let take_in = || {
        import(
            Cursor::new(&bytes),
            folder.path(),
            None,
            &Limits::default(),
            &mut |_| {},
        )
        .expect("an edition")
        .0
    };
    let edition = take_in();
    c.benchmark_group("import")
        .sample_size(10)
        .bench_function("edition", |b| b.iter(|| black_box(take_in())));
    let mut group = c.benchmark_group("search");
    for (name, query) in [
        ("acronym", "rsa"),
        ("official", "renouvellement carte de séjour"),
        ("misspelled", "alocassion lojement pansion alimentére"),
        ("everyday", "mon proprio veut me mettre dehors"),
        (
            "sentence",
            "Est-ce que je peux travailler pendant ma demande d'asile ?",
        ),
    ] {
        group.bench_function(name, |b| {
            b.iter(|| black_box(edition.search(query, 10).len()));
        });
    }
}

criterion_group!(benches, measure);
criterion_main!(benches);
