//! Makes the index of an edition while its pages come in.
//!
//! A page is found by the words it holds, weighed by where they stand (BM25F), and by the words with
//! which other pages speak of it: links, guided searches, and the titles of the forms and services
//! that say what they are for.

use super::{
    index::{Index, PageFacts, Posting, Term, pair},
    near::Vocabulary,
    stem::stem,
    words::{weight, words},
};
use crate::{
    fold::fold,
    model::{Block, Choice, Inline, Kind, Listing, Page, PageLink},
    text::{of_blocks, of_words},
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Where a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Title,
    Dossier,
    Introduction,
    Headings,
    Body,
    Anchors,
    Tools,
    Meanings,
    Theme,
}

const FIELDS: usize = 9;

impl Field {
    /// Whether words that stand beside one another there say more together.
    const fn holds_pairs(self) -> bool {
        matches!(
            self,
            Self::Title | Self::Dossier | Self::Headings | Self::Anchors
        )
    }

    /// How much a word says there, and how much a long text there takes from it.
    const WEIGHTS: [(f32, f32); FIELDS] = [
        (7.0, 0.4),  // title
        (1.6, 0.3),  // dossier
        (2.6, 0.5),  // introduction
        (1.6, 0.6),  // headings
        (0.9, 0.75), // body
        (1.8, 0.6),  // anchors
        (0.8, 0.7),  // tools
        (0.4, 0.7),  // meanings
        (0.6, 0.0),  // theme
    ];
}

/// An index in the making.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    drafts: Vec<Draft>,
    places: HashMap<String, u32>,
    stems: HashMap<String, u32>,
    names: Vec<String>,
    known: HashMap<String, u32>,
    surface: BTreeMap<String, u32>,
    anchors: HashMap<String, HashSet<String>>,
}

#[derive(Debug, Default)]
struct Draft {
    id: String,
    kind: Option<Kind>,
    counts: HashMap<(u32, u8), u16>,
    lengths: [u32; FIELDS],
    leads_to: Vec<String>,
    inbound: u32,
    reach: f32,
}

impl Builder {
    /// Adds the next page.
    pub(crate) fn add(&mut self, page: &Page) {
        let place = u32::try_from(self.drafts.len()).unwrap_or(u32::MAX);
        self.places.insert(page.id.to_string(), place);
        let mut draft = Draft {
            id: page.id.to_string(),
            kind: Some(page.kind),
            reach: reach(&page.title),
            ..Draft::default()
        };
        self.links_out(page, &mut draft);
        if page.kind.is_read() || page.kind == Kind::Guide {
            self.own_words(page, &mut draft);
        }
        // Thousands of them wait for the last page.
        draft.counts.shrink_to_fit();
        self.drafts.push(draft);
    }

    fn own_words(&mut self, page: &Page, draft: &mut Draft) {
        let mut parts = Parts::default();
        parts.blocks(&page.blocks);
        let mut seen = HashSet::new();
        let mut put = |field, text: &str| self.put(draft, field, text, &mut seen);
        put(Field::Title, &page.title);
        if let Some(dossier) = &page.dossier {
            put(Field::Dossier, &dossier.title);
        }
        put(Field::Dossier, &page.heading);
        put(Field::Introduction, &page.description);
        put(Field::Introduction, &of_blocks(&page.introduction));
        put(Field::Headings, &parts.headings);
        put(Field::Body, &parts.body);
        put(Field::Tools, &parts.tools);
        put(Field::Meanings, &parts.meanings);
        put(Field::Theme, page.theme());
        put(Field::Theme, &page.subtheme.title);
        for word in seen {
            *self.surface.entry(word).or_default() += 1;
        }
    }

    fn put(&mut self, draft: &mut Draft, field: Field, text: &str, seen: &mut HashSet<String>) {
        let mut before = None;
        for word in words(text) {
            if weight(&word) == 0.0 {
                continue;
            }
            let term = self.term(&word);
            if let Some(before) = before.replace(term).filter(|_| field.holds_pairs()) {
                let pair = self.pair(before, term);
                let count = draft.counts.entry((pair, field as u8)).or_default();
                *count = count.saturating_add(1);
            }
            let count = draft.counts.entry((term, field as u8)).or_default();
            *count = count.saturating_add(1);
            draft.lengths[field as usize] += 1;
            if !matches!(field, Field::Anchors) {
                seen.insert(word);
            }
        }
    }

    fn term(&mut self, word: &str) -> u32 {
        if let Some(term) = self.known.get(word) {
            return *term;
        }
        let stem = stem(word);
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let term = *self.stems.entry(stem.clone()).or_insert_with(|| {
            self.names.push(stem);
            next
        });
        self.known.insert(word.to_owned(), term);
        term
    }

    /// Two stems that stand beside one another, as a term of its own.
    fn pair(&mut self, one: u32, other: u32) -> u32 {
        let name = |term: u32| self.names.get(term as usize).map_or("", String::as_str);
        let pair = pair(name(one), name(other));
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        *self.stems.entry(pair.clone()).or_insert_with(|| {
            self.names.push(pair);
            next
        })
    }

    /// Notes with which words the page speaks of others.
    fn links_out(&mut self, page: &Page, draft: &mut Draft) {
        let mut out = Vec::new();
        if page.kind.is_tool() {
            // A form says which pages it is for, by its own title.
            for block in &page.blocks {
                if let Block::Pages(pages) = block
                    && pages.listing == Listing::Uses
                {
                    let links = pages.links.iter();
                    out.extend(links.map(|l| (l.id.clone(), page.title.clone())));
                }
            }
        } else {
            anchors(&page.introduction, &mut out);
            anchors(&page.blocks, &mut out);
        }
        if page.kind == Kind::Guide {
            let own = out.iter().map(|(id, _)| id.clone());
            let dossier = page.dossier.iter().map(|d| d.id.clone());
            draft.leads_to = dossier.chain(own).collect();
        }
        for (id, words) in out {
            self.anchors.entry(id).or_default().insert(words);
        }
    }

    /// The index.
    pub(crate) fn finish(mut self) -> Index {
        let mut drafts = std::mem::take(&mut self.drafts);
        for draft in &mut drafts {
            let mut texts: Vec<String> = self
                .anchors
                .remove(&draft.id)
                .into_iter()
                .flatten()
                .collect();
            texts.sort();
            draft.inbound = u32::try_from(texts.len()).unwrap_or(u32::MAX);
            if draft.kind.is_some_and(Kind::is_read) {
                for text in texts {
                    self.put(draft, Field::Anchors, &text, &mut HashSet::new());
                }
            }
        }
        let averages = averages(&drafts);
        let mut terms: Vec<(Term, u32)> = vec![(Term::default(), 0); self.names.len()];
        for (draft, place) in drafts.iter().zip(0..) {
            for (stem, weight, in_title) in weighed(draft, &averages) {
                if let Some((term, last)) = terms.get_mut(stem as usize) {
                    let posting = Posting {
                        page: place,
                        in_title,
                        weight,
                    };
                    term.push(last, posting);
                }
            }
        }
        let pages = drafts.iter().map(|d| self.facts(d)).collect();
        let mut index = Index {
            pages,
            terms: self
                .names
                .iter()
                .cloned()
                .zip(terms.into_iter().map(|t| t.0))
                .collect(),
            vocabulary: Vocabulary::of(std::mem::take(&mut self.surface).into_iter().collect()),
        };
        // How much of a title a search says is known once every stem's rarity is.
        for (draft, place) in drafts.iter().zip(0_usize..) {
            let mut title = 0.0;
            for (stem, field) in draft.counts.keys() {
                if *field == Field::Title as u8
                    && let Some(term) = self
                        .names
                        .get(*stem as usize)
                        .filter(|n| !n.contains(' '))
                        .and_then(|n| index.terms.get(n))
                {
                    title += index.rarity(term.pages);
                }
            }
            index.pages[place].title = title;
        }
        index
    }

    fn facts(&self, draft: &Draft) -> PageFacts {
        let kind = match draft.kind {
            Some(Kind::Sheet | Kind::SheetByCase) => 1.0,
            Some(Kind::Dossier) => 0.97,
            Some(Kind::Question | Kind::QuestionByCase) => 0.93,
            Some(Kind::HowToIf) => 0.85,
            Some(Kind::Guide) => 0.8,
            Some(Kind::Outward) => 0.7,
            _ => 0.0,
        };
        #[expect(clippy::cast_precision_loss, reason = "a few hundred links")]
        let known = 1.0 + 0.05 * (1.0 + draft.inbound as f32).ln();
        PageFacts {
            prior: kind * known * draft.reach,
            leads_to: draft
                .leads_to
                .iter()
                .filter_map(|id| self.places.get(id).copied())
                .collect(),
            title: 0.0,
        }
    }
}

/// How many of those who search a page may be for. Every right of an employee has a second page for
/// civil servants, in the same words: who is one says so.
fn reach(title: &str) -> f32 {
    const FEW: [&str; 6] = [
        "fonction publique",
        "fonctionnaire",
        "agent public",
        "agent contractuel",
        "agent non titulaire",
        "expatrie",
    ];
    let title = fold(title);
    if FEW.iter().any(|few| title.contains(few)) {
        0.7
    } else {
        1.0
    }
}

#[expect(clippy::cast_precision_loss, reason = "lengths of texts")]
fn averages(drafts: &[Draft]) -> [f32; FIELDS] {
    let mut averages = [1.0; FIELDS];
    for (field, average) in averages.iter_mut().enumerate() {
        let lengths = drafts.iter().map(|d| d.lengths[field]).filter(|l| *l > 0);
        let (sum, count) = lengths.fold((0_u32, 0_u32), |(s, c), l| (s.saturating_add(l), c + 1));
        if count > 0 {
            *average = sum as f32 / count as f32;
        }
    }
    averages
}

/// The stems of a page in their order, each with its weighed frequency.
fn weighed(draft: &Draft, averages: &[f32; FIELDS]) -> Vec<(u32, f32, bool)> {
    let mut stems: BTreeMap<u32, (f32, bool)> = BTreeMap::new();
    for ((stem, field), count) in &draft.counts {
        let field = usize::from(*field);
        let (weight, length) = Field::WEIGHTS[field];
        #[expect(clippy::cast_precision_loss, reason = "lengths of texts")]
        let long = draft.lengths[field] as f32 / averages[field];
        let said = weight * f32::from(*count) / (1.0 - length + length * long);
        let (sum, in_title) = stems.entry(*stem).or_default();
        *sum += said;
        *in_title |= field == Field::Title as usize;
    }
    stems.into_iter().map(|(s, (w, t))| (s, w, t)).collect()
}

/// The words of a page by where they stand.
#[derive(Default)]
struct Parts {
    headings: String,
    body: String,
    tools: String,
    meanings: String,
}

impl Parts {
    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Section(section) => {
                    self.heading(&section.title);
                    self.heading(&section.other_title);
                    self.blocks(&section.blocks);
                }
                Block::Cases(cases) => {
                    for case in &cases.cases {
                        self.heading(&case.title);
                        self.blocks(&case.blocks);
                    }
                }
                Block::Note(note) => self.blocks(&note.blocks),
                Block::Fragment { blocks, .. } | Block::Unknown { blocks, .. } => {
                    self.blocks(blocks);
                }
                Block::Table(table) => {
                    self.heading(&table.title);
                    for cell in table.rows.iter().flat_map(|r| &r.cells) {
                        self.blocks(&cell.blocks);
                    }
                }
                Block::Service(_) | Block::Counter(_) => {
                    self.tools.push_str(&of_blocks(std::slice::from_ref(block)));
                    self.tools.push('\n');
                }
                Block::Pages(pages) if pages.listing != Listing::Contents => {}
                Block::Pages(pages) => {
                    self.tools.push_str(&pages.heading.title);
                    self.tools.push('\n');
                    for link in &pages.links {
                        self.tools.push_str(&link.title);
                        self.tools.push('\n');
                    }
                }
                Block::Meaning(meaning) => {
                    self.meanings.push_str(&of_words(&meaning.title));
                    self.meanings.push('\n');
                    if meaning.abbreviation {
                        self.meanings.push_str(&of_blocks(&meaning.blocks));
                        self.meanings.push('\n');
                    }
                }
                // Laws and readings elsewhere name everything.
                Block::Outside(..) => {}
                other => {
                    self.body.push_str(&of_blocks(std::slice::from_ref(other)));
                    self.body.push('\n');
                }
            }
        }
    }

    fn heading(&mut self, words: &[Inline]) {
        self.headings.push_str(&of_words(words));
        self.headings.push('\n');
    }
}

/// With which words these pieces speak of other pages.
fn anchors(blocks: &[Block], out: &mut Vec<(String, String)>) {
    for block in blocks {
        match block {
            Block::Paragraph(words) => inline_anchors(words, out),
            Block::Section(s) => anchors(&s.blocks, out),
            Block::Cases(c) => c.cases.iter().for_each(|c| anchors(&c.blocks, out)),
            Block::List { items, .. } => items.iter().for_each(|i| anchors(&i.blocks, out)),
            Block::Note(n) => anchors(&n.blocks, out),
            Block::Fragment { blocks, .. } | Block::Unknown { blocks, .. } => anchors(blocks, out),
            Block::Table(t) => {
                for cell in t.rows.iter().flat_map(|r| &r.cells) {
                    anchors(&cell.blocks, out);
                }
            }
            Block::Pages(pages) => out.extend(pages.links.iter().map(named)),
            Block::Choice(choice) => choice_anchors(choice, "", out),
            _ => {}
        }
    }
}

fn named(link: &PageLink) -> (String, String) {
    (link.id.clone(), link.title.clone())
}

fn inline_anchors(words: &[Inline], out: &mut Vec<(String, String)>) {
    for word in words {
        match word {
            Inline::Page { id, words, .. } => out.push((id.clone(), of_words(words))),
            Inline::Strong(w) | Inline::Expression(w) => inline_anchors(w, out),
            _ => {}
        }
    }
}

/// What was answered on the way to a page says what it is for.
fn choice_anchors(choice: &Choice, before: &str, out: &mut Vec<(String, String)>) {
    let said = format!("{before} {}", of_words(&choice.title));
    for link in &choice.links {
        out.push((link.id.clone(), said.clone()));
    }
    for next in &choice.choices {
        choice_anchors(next, &said, out);
    }
}
