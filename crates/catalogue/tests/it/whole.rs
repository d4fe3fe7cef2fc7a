//! The whole edition of October 2020, when it lies beside the project: every page comes in, and every
//! word and address of it.

use catalogue::{
    Edition, Limits, Report, day_in_name, import, page_of_xml,
    relevance::{cases, measure},
};
use quick_xml::{Reader, XmlVersion, escape::resolve_predefined_entity, events::Event};
use std::{
    collections::BTreeMap,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    time::Instant,
};

fn beside() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/catalogue/vosdroits-particuliers-2020-10-30.zip");
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: the whole edition is not beside the project");
    None
}

fn taken_in(path: &Path, folder: &Path) -> (Edition, Report) {
    let file = File::open(path).unwrap();
    let day = day_in_name(&path.display().to_string());
    assert!(day.is_some());
    import(file, folder, day, &Limits::default(), &mut |_| {}).unwrap()
}

/// How often each word of a text occurs.
fn count(text: &str, words: &mut BTreeMap<String, i64>, by: i64) {
    let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
    for word in text.split(blank).filter(|w| !w.is_empty()) {
        *words.entry(word.to_owned()).or_default() += by;
    }
}

/// The words of a source file, read without anything of the import. Where an element that is no
/// part of a sentence ends, a word does.
fn source_words(xml: &str) -> BTreeMap<String, i64> {
    const INSIDE: [&str; 11] = [
        "MiseEnEvidence",
        "Expression",
        "Valeur",
        "Exposant",
        "Indice",
        "Citation",
        "Variable",
        "TermeEtranger",
        "LienInterne",
        "LienIntra",
        "LienExterne",
    ];
    let mut reader = Reader::from_str(xml);
    let mut text = String::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Text(t) => text.push_str(&t.xml10_content()),
            Event::CData(t) => text.push_str(&t.xml10_content()),
            Event::GeneralRef(r) => match r.resolve_char_ref().unwrap() {
                Some(c) => text.push(c),
                None => text.push_str(resolve_predefined_entity(&r.xml10_content()).unwrap()),
            },
            Event::Start(e) if !INSIDE.contains(&e.name().0) => text.push(' '),
            Event::End(e) if !INSIDE.contains(&e.name().0) => text.push(' '),
            Event::Empty(e) if !INSIDE.contains(&e.name().0) => text.push(' '),
            Event::Eof => break,
            _ => {}
        }
    }
    let mut words = BTreeMap::new();
    count(&text, &mut words, 1);
    words
}

/// The addresses, numbers and links of a source file.
fn source_links(xml: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    let mut links = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(e) | Event::Empty(e) => {
                for attribute in e.attributes().flatten() {
                    if [
                        "URL",
                        "LienPublication",
                        "LienID",
                        "numerocerfa",
                        "autrenumero",
                    ]
                    .contains(&attribute.key.0)
                    {
                        links.push(
                            attribute
                                .normalized_value(XmlVersion::Implicit1_0)
                                .unwrap()
                                .into_owned(),
                        );
                    }
                }
            }
            Event::Eof => return links,
            _ => {}
        }
    }
}

#[test]
fn every_page_comes_in_with_every_word_and_address() {
    let Some(path) = beside() else { return };
    let mut archive = zip::ZipArchive::new(File::open(&path).unwrap()).unwrap();
    let mut lost: Vec<String> = Vec::new();
    let mut pages = 0;
    for i in 0..archive.len() {
        let mut entry = archive.by_index(i).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut xml = String::new();
        entry.read_to_string(&mut xml).unwrap();
        let page = page_of_xml(xml.as_bytes()).unwrap_or_else(|e| panic!("{name}: {e}"));
        pages += 1;
        let mut words = source_words(&xml);
        count(&page.text(), &mut words, -1);
        let missing: Vec<_> = words.iter().filter(|(_, n)| **n > 0).take(4).collect();
        if !missing.is_empty() {
            lost.push(format!("{name}: words {missing:?}"));
        }
        let kept = format!("{page:?}");
        for link in source_links(&xml) {
            if !kept.contains(&format!("{link:?}")) {
                lost.push(format!("{name}: {link}"));
            }
        }
    }
    lost.truncate(20);
    assert!(lost.is_empty(), "{lost:#?}");
    assert_eq!(pages, 4873);
}

#[test]
fn the_edition_is_small_whole_and_known() {
    let Some(path) = beside() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (edition, report) = taken_in(&path, folder.path());
    assert_eq!(report.pages, 4873);
    assert!(report.broken.is_empty(), "{:?}", report.broken);
    assert!(report.unknown.is_empty(), "{:?}", report.unknown);
    assert_eq!(edition.date().to_string(), "2020-10-30");
    let size = edition.path().unwrap().metadata().unwrap().len();
    assert!(size < 60_000_000, "{size}");
    // What was written is what is read: every page, once more from its source.
    let mut archive = zip::ZipArchive::new(File::open(&path).unwrap()).unwrap();
    for listed in edition.pages().iter().step_by(7) {
        let mut entry = archive.by_name(&format!("{}.xml", listed.id)).unwrap();
        let mut xml = Vec::new();
        entry.read_to_end(&mut xml).unwrap();
        assert_eq!(edition.read(listed).unwrap(), page_of_xml(&xml).unwrap());
    }
}

#[test]
fn pages_that_ask_for_pieces_give_them_and_no_way_is_only_online_without_saying_so() {
    let Some(path) = beside() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (edition, _) = taken_in(&path, folder.path());
    let read = |id: &str| edition.page(&id.parse().unwrap()).unwrap().unwrap();
    // Carte d'identité perdue, naturalisation, regroupement familial.
    for id in ["F1344", "F2213", "F11166", "F18074"] {
        let page = read(id);
        assert!(!page.pieces().is_empty(), "{id}");
        assert!(
            page.ways().iter().any(|w| w.kind.needs_no_computer()),
            "{id}"
        );
    }
    let with = edition.pages().iter().filter(|l| l.kind.is_read());
    let with = with
        .filter(|l| !edition.read(l).unwrap().pieces().is_empty())
        .count();
    assert!(with > 300, "{with} pages give pieces");
}

#[test]
fn searches_kept_aside_are_answered() {
    let Some(path) = beside() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (edition, _) = taken_in(&path, folder.path());
    let text = include_str!("../../relevance/held-out.tsv");
    let cases = cases(text).unwrap();
    let (all, _, _) = measure(&edition, &cases);
    assert!(all.share(all.three) >= 0.85, "{all:?}");
    assert!(all.mean_reciprocal() >= 0.70, "{all:?}");
    let guides: Vec<_> = cases
        .iter()
        .flat_map(|c| edition.search(&c.query, 10))
        .filter(|f| !f.page.kind.is_read())
        .collect();
    assert!(
        guides.is_empty(),
        "guides and tools lead elsewhere: {guides:?}"
    );
    let mut times: Vec<_> = cases
        .iter()
        .map(|c| {
            let begun = Instant::now();
            let found = edition.search(&c.query, 10);
            assert!(found.len() <= 10);
            begun.elapsed()
        })
        .collect();
    times.sort();
    // Unoptimised dependencies and a shared machine: the bench measures what is promised.
    assert!(
        times[times.len() / 2].as_millis() < 100,
        "{:?}",
        times[times.len() / 2]
    );
}

#[test]
fn searches_written_afterwards_are_answered_nearly_as_well() {
    let Some(path) = beside() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (edition, _) = taken_in(&path, folder.path());
    let text = concat!(
        include_str!("../../relevance/fresh-2026-12-a.tsv"),
        include_str!("../../relevance/fresh-2026-12-b.tsv"),
        include_str!("../../relevance/fresh-2026-12-c.tsv"),
        include_str!("../../relevance/fresh-2026-12-d.tsv"),
        include_str!("../../relevance/fresh-2026-12-e.tsv"),
        include_str!("../../relevance/fresh-2026-12-f.tsv"),
        include_str!("../../relevance/fresh-2026-12-g.tsv"),
    );
    let cases = cases(text).unwrap();
    assert_eq!(cases.len(), 544);
    let (all, kinds, _) = measure(&edition, &cases);
    // Measured: 0.87 and 0.82; each set says at its head what was seen of it.
    assert!(all.share(all.three) >= 0.83, "{all:?}");
    assert!(all.mean_reciprocal() >= 0.77, "{all:?}");
    let least = kinds.values().map(|k| k.share(k.three));
    assert!(least.fold(1.0, f64::min) >= 0.60, "{kinds:?}");
}
