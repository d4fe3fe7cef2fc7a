//! The canary: known words go in every field and file through the pages, then everything kept on
//! disk and everything logged is searched for them, in each form in which they could hide.

use crate::{
    app::{Accompanied, House, PIN},
    browser::Browser,
};
use std::{
    collections::HashMap,
    io::Write,
    sync::{Arc, Mutex},
};
use unicode_normalization::UnicodeNormalization;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // Whole groups only: what stands beside the word does not change them.
    let groups = bytes.chunks_exact(3).flat_map(|c| {
        let n = u32::from(c[0]) << 16 | u32::from(c[1]) << 8 | u32::from(c[2]);
        (0..4).map(move |i| char::from(ALPHABET[(n >> (18 - 6 * i) & 63) as usize]))
    });
    groups.collect()
}

fn hex(bytes: &[u8]) -> String {
    let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap();
    let digits = bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]);
    digits.collect()
}

/// Every form in which a word could stand in a file.
fn forms(word: &str) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for text in [word.nfc().collect::<String>(), word.nfd().collect()] {
        let bytes = text.as_bytes().to_vec();
        let mut either = vec![bytes.clone()];
        either.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        either.push(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
        for plain in &either {
            forms.push(plain.clone());
            forms.push(hex(plain).into_bytes());
            forms.push(hex(plain).to_uppercase().into_bytes());
            for start in 0..3 {
                let text = base64(&plain[start..]);
                forms.push(text.replace('+', "-").replace('/', "_").into_bytes());
                forms.push(text.into_bytes());
            }
        }
    }
    forms.sort();
    forms.dedup();
    forms
}

/// What is searched for, by its first bytes, so that content is gone through once.
type Searched = HashMap<[u8; 4], Vec<Vec<u8>>>;

fn start(form: &[u8]) -> [u8; 4] {
    let mut start = [0; 4];
    start.copy_from_slice(&form[..4]);
    start
}

fn found<'s>(content: &[u8], searched: &'s Searched) -> Option<&'s [u8]> {
    (0..content.len().saturating_sub(3)).find_map(|at| {
        let forms = searched.get(&start(&content[at..]))?;
        let mut forms = forms.iter().map(Vec::as_slice);
        forms.find(|form| content[at..].starts_with(form))
    })
}

fn holds(content: &[u8], form: &[u8]) -> bool {
    let searched = Searched::from([(start(form), vec![form.to_vec()])]);
    found(content, &searched).is_some()
}

/// The line of a log that tells, for whoever mends it.
fn line_of(content: &[u8], form: &[u8]) -> String {
    let line = content
        .split(|b| *b == b'\n')
        .find(|line| holds(line, form))
        .unwrap_or_default();
    String::from_utf8_lossy(&line[..line.len().min(400)]).into_owned()
}

const WORDS: [&str; 9] = [
    "Zéphyrinecanari",
    "Quetzalcôtoise",
    "Écritcanaridufait",
    "Parolecanariàmoi",
    "Secretcanarivaultée",
    "Titrecanaripapierné",
    "nomcanarifichiér",
    "Contenucanaridéposé",
    "Motifcanariaccès",
];

/// Puts the words in every field and file that the person's pages take; gives the paper's address.
async fn fill(house: &House, browser: &mut Browser) -> String {
    let [_, _, fact, own, vault, title, file, content, purpose] = WORDS;
    browser.get("/e/textes").await.says(fact);
    browser
        .post("/e/mots", &[("compartment", "social"), ("text", own)])
        .await
        .is(303);
    browser
        .post("/e/mots", &[("compartment", "vault"), ("text", vault)])
        .await
        .is(303);
    let fields = [
        ("kind", "other"),
        ("title", title),
        ("compartment", "social"),
    ];
    let name = format!("{file}.txt");
    let long = format!("{content}\n").repeat(5_000);
    let added = browser
        .upload("/e/papiers/ajouter", &fields, (&name, long.as_bytes()))
        .await;
    added.is(303);
    browser
        .get(&format!("{}/fichier", added.location()))
        .await
        .says(content);
    let lead = house.app.session(&house.other_lead).await;
    let code = house
        .app
        .service
        .short_code(&lead, service::CodeFor::Me)
        .await
        .unwrap()
        .code;
    let fields = [
        ("asked", "check"),
        ("code", code.as_str()),
        ("compartments", "social"),
        ("purpose", purpose),
        ("days", "31"),
    ];
    browser
        .post("/e/acces/donner", &fields)
        .await
        .leads_to("/e/acces");
    browser.get("/e/lectures").await.is(200);
    added.location().to_owned()
}

/// Makes what goes wrong be told: a damaged file, a wrong PIN, an address of nothing.
async fn stumble(house: &House, person: &Accompanied, browser: &mut Browser, paper: &str) {
    for path in house.app.stored() {
        if path
            .parent()
            .is_some_and(|p| p.ends_with(person.id.to_string()))
        {
            let mut bytes = std::fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            std::fs::write(&path, bytes).unwrap();
        }
    }
    browser.get(&format!("{paper}/fichier")).await;
    house
        .app
        .browser()
        .post("/", &[("code", &person.code), ("pin", "0000")])
        .await
        .is(422);
    browser
        .get(&format!("/e/papiers/{}", WORDS[1]))
        .await
        .is(404);
}

#[tokio::test]
async fn nothing_readable_is_kept_or_logged() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG)
        .with_writer(move || writer.clone())
        .init();
    let [given, birth, fact, ..] = WORDS;
    let house = House::build().await;
    let person = house
        .app
        .person(&house.worker, house.team, given, birth)
        .await;
    house
        .app
        .write(&house.worker, person.id, domain::words::Nature::Fact, fact)
        .await;
    let mut browser = house.app.opened(&person).await;
    let paper = fill(&house, &mut browser).await;
    stumble(&house, &person, &mut browser, &paper).await;

    let mut places: Vec<(String, Vec<u8>)> = house
        .app
        .stored()
        .into_iter()
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect();
    assert!(places.iter().map(|p| p.1.len()).sum::<usize>() > 100_000);
    places.push(("log".into(), log.0.lock().unwrap().clone()));
    let mut searched: Vec<String> = WORDS.iter().map(|w| (*w).to_owned()).collect();
    searched.extend([person.code.clone(), crate::app::PASSPHRASE.into()]);
    searched.extend(
        [
            "Association Le Passage",
            "Marc Aubin",
            "Accueil de jour",
            "Amadou",
        ]
        .map(String::from),
    );
    searched.extend(browser.cookies.values().cloned());
    let mut all = Searched::new();
    for form in searched.iter().flat_map(|word| forms(word)) {
        // Shorter pieces stand in anything by chance.
        if form.len() >= 6 {
            all.entry(start(&form)).or_default().push(form);
        }
    }
    for (place, bytes) in &places {
        if let Some(form) = found(bytes, &all) {
            panic!("in {place}: {}", line_of(bytes, form));
        }
    }
    assert!(!holds(
        &places.last().unwrap().1,
        format!("={PIN}").as_bytes()
    ));
}

#[test]
fn the_search_finds_what_hides() {
    for (hidden, word) in [
        (b"xx\xc3\x89t\xc3\xa9".to_vec(), "Été"),
        (
            "xÉté".encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "Été",
        ),
        (hex("voir Quetzal ici".as_bytes()).into_bytes(), "Quetzal"),
        (base64(b"abQuetzalcoatl!!").into_bytes(), "Quetzalcoatl"),
        (b"E\xcc\x81te\xcc\x81".to_vec(), "Été"),
    ] {
        assert!(
            forms(word).iter().any(|form| holds(&hidden, form)),
            "{word}"
        );
    }
}
