//! What a page asks to bring: « Pièces à fournir » and the like, in the page's order, each with the
//! case it belongs to. It is read from lists written for people, so it is a proposal that someone
//! checks before use.

use crate::{
    fold::fold,
    model::{Block, Item, Page, Section},
    text::{of_blocks, of_words},
};

/// One piece that a page asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Piece {
    /// What is asked, in the page's words.
    pub text: String,
    /// Where one of several documents is enough: which.
    pub alternatives: Vec<String>,
    /// Whether one document of the whole list is enough, this one among them.
    pub one_of: bool,
    /// The cases it belongs to, the outermost first; none for everyone.
    pub cases: Vec<String>,
    /// The heading under which it stands.
    pub heading: String,
}

impl Page {
    /// The pieces the page asks for, in its order; none where it names none.
    #[must_use]
    pub fn pieces(&self) -> Vec<Piece> {
        let mut walk = Walk::default();
        walk.blocks(&self.introduction, false);
        walk.blocks(&self.blocks, false);
        walk.pieces
    }
}

#[derive(Default)]
struct Walk {
    pieces: Vec<Piece>,
    cases: Vec<String>,
    heading: String,
}

impl Walk {
    fn blocks(&mut self, blocks: &[Block], asked: bool) {
        let mut lead = String::new();
        for block in blocks {
            match block {
                Block::Paragraph(words) => {
                    lead = of_words(words);
                    continue;
                }
                Block::List { items, .. } => {
                    let plain = fold(&lead);
                    if (asked && !tells_other(&plain)) || asks(&plain) {
                        self.list(items, &plain);
                    } else {
                        // « Pour les majeurs : » before a list inside a list.
                        for item in items {
                            self.blocks(&item.blocks, false);
                        }
                    }
                }
                Block::Section(section) => self.section(section, asked),
                Block::Cases(cases) => {
                    for case in &cases.cases {
                        let title = of_words(&case.title);
                        let asked = asked || is_heading(&title);
                        self.cases.push(title);
                        self.blocks(&case.blocks, asked);
                        self.cases.pop();
                    }
                }
                Block::Fragment { blocks, .. } => self.blocks(blocks, asked),
                Block::Table(table) if asked => {
                    for row in table.rows.iter().filter(|r| !r.heading) {
                        for (i, cell) in row.cells.iter().enumerate() {
                            if !table.heading_columns.get(i).copied().unwrap_or(false) {
                                self.blocks(&cell.blocks, true);
                            }
                        }
                    }
                }
                _ => {}
            }
            lead.clear();
        }
    }

    fn section(&mut self, section: &Section, asked: bool) {
        let title = of_words(&section.title);
        let own = is_heading(&title);
        let before = std::mem::replace(&mut self.heading, title);
        let found = self.pieces.len();
        self.blocks(&section.blocks, asked || own);
        // A heading that promises pieces and gives them in sentences: the sentences are the pieces.
        if own && self.pieces.len() == found {
            for block in &section.blocks {
                if let Block::Paragraph(words) = block {
                    self.one(of_words(words), Vec::new(), false);
                }
            }
        }
        self.heading = before;
    }

    fn list(&mut self, items: &[Item], lead: &str) {
        let one_of = ["l'un des", "un des", "une des", "l'une des", "au choix"]
            .iter()
            .any(|said| lead.contains(said));
        for item in items {
            let mut text = String::new();
            let mut alternatives = Vec::new();
            for block in &item.blocks {
                if let Block::List { items, .. } = block {
                    alternatives.extend(items.iter().map(|i| of_blocks(&i.blocks)));
                } else {
                    let words = of_blocks(std::slice::from_ref(block));
                    if !text.is_empty() && !words.is_empty() {
                        text.push(' ');
                    }
                    text.push_str(&words.replace('\n', " "));
                }
            }
            self.one(text, alternatives, one_of);
        }
    }

    fn one(&mut self, text: String, alternatives: Vec<String>, one_of: bool) {
        if text.is_empty() && alternatives.is_empty() {
            return;
        }
        let piece = Piece {
            text,
            alternatives,
            one_of,
            cases: self.cases.clone(),
            heading: self.heading.clone(),
        };
        // Pages repeat a list for the visit and for the letter.
        if !self
            .pieces
            .iter()
            .any(|p| p.text == piece.text && p.cases == piece.cases)
        {
            self.pieces.push(piece);
        }
    }
}

const NOUNS: [&str; 4] = ["piece", "document", "justificatif", "papier"];
const ASKED: [&str; 16] = [
    "fournir",
    "joindre",
    "presenter",
    "produire",
    "transmettre",
    "apporter",
    "munir",
    "accompagne",
    "envoyer",
    "remettre",
    "deposer",
    "necessaire",
    "comporter",
    "comprend",
    "scanner",
    "besoin",
];

/// Whether a heading promises pieces.
fn is_heading(title: &str) -> bool {
    let plain = fold(title);
    let named = NOUNS.iter().any(|n| plain.contains(n));
    let asked = ASKED.iter().any(|a| plain.contains(a));
    let alone = plain.starts_with("justificatif") || plain.contains("pieces justificatives");
    named && (asked || alone) && !tells_other(&plain)
}

/// Whether the sentence before a list asks the reader to bring what follows.
fn asks(plain: &str) -> bool {
    NOUNS.iter().any(|n| plain.contains(n))
        && ASKED.iter().any(|a| plain.contains(a))
        && !tells_other(plain)
}

/// Whether it is about what someone else gives, or what is given back.
fn tells_other(plain: &str) -> bool {
    [
        "au salarie",
        "l'employeur",
        "au locataire",
        "annexe au bail",
        "annexes au bail",
        "au bail",
        "vous recevrez",
        "ne peut pas demander",
        "ne peut pas exiger",
        "remis par",
    ]
    .iter()
    .any(|said| plain.contains(said))
}
