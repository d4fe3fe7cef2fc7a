//! How a procedure can be done: online, on paper, at a counter, by telephone, by post. The ways that
//! need no computer are found beside the online one, never instead of it nor after it.

use crate::{
    fold::fold,
    model::{Block, Counter, Outside, Page, Service},
    text::{of_blocks, of_words},
};

/// A kind of way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WayKind {
    /// An online service.
    Online,
    /// A form on paper.
    PaperForm,
    /// A model of letter.
    Letter,
    /// A counter.
    Counter,
    /// A telephone number.
    Telephone,
    /// An address to write to.
    Post,
}

impl WayKind {
    /// Whether it can be taken without a computer. A form is fetched and printed by someone, and then
    /// filled in by hand.
    #[must_use]
    pub const fn needs_no_computer(self) -> bool {
        !matches!(self, Self::Online)
    }
}

/// A way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Its kind.
    pub kind: WayKind,
    /// What it is called: the service, the form, the counter.
    pub title: String,
    /// Its address on the web, or empty.
    pub url: String,
    /// The number of an official form, or empty.
    pub cerfa: String,
    /// For a counter, the kinds of local offices as the directory of the administration calls them.
    pub offices: Vec<String>,
    /// For a telephone, its numbers as written.
    pub numbers: Vec<String>,
    /// What is said of it: hours, cost, postal address.
    pub text: String,
    /// Who runs it, or empty.
    pub source: String,
    /// The cases it belongs to, the outermost first; none for everyone.
    pub cases: Vec<String>,
}

impl Page {
    /// The ways the page names, in its order.
    #[must_use]
    pub fn ways(&self) -> Vec<Way> {
        let mut walk = Walk::default();
        walk.blocks(&self.introduction);
        walk.blocks(&self.blocks);
        walk.ways
    }
}

#[derive(Default)]
struct Walk {
    ways: Vec<Way>,
    cases: Vec<String>,
}

impl Walk {
    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Section(section) => self.blocks(&section.blocks),
                Block::Note(note) => self.blocks(&note.blocks),
                Block::Fragment { blocks, .. } | Block::Unknown { blocks, .. } => {
                    self.blocks(blocks);
                }
                Block::Cases(cases) => {
                    for case in &cases.cases {
                        self.cases.push(of_words(&case.title));
                        self.blocks(&case.blocks);
                        self.cases.pop();
                    }
                }
                Block::Service(service) => self.service(service),
                Block::Counter(counter) if !counter.support => self.counter(counter),
                _ => {}
            }
        }
    }

    fn service(&mut self, service: &Service) {
        let kind = match service.link.kind.as_str() {
            "Formulaire" => WayKind::PaperForm,
            "Modèle de document" => WayKind::Letter,
            k if k.starts_with("Téléservice") => WayKind::Online,
            _ => return,
        };
        let text = of_blocks(&service.introduction);
        self.add(way(kind, &service.link, text));
        for annex in &service.annexes {
            let link = annex.links.first().cloned().unwrap_or_default();
            self.add(Way {
                title: annex.title.clone(),
                cerfa: annex.cerfa.clone(),
                ..way(WayKind::PaperForm, &link, of_blocks(&annex.blocks))
            });
        }
    }

    fn counter(&mut self, counter: &Counter) {
        let link = counter.links.first().cloned().unwrap_or_default();
        let local = !counter.offices.is_empty() || counter.kind.starts_with("Local");
        let mut rest = String::new();
        let mut reached = false;
        for block in &counter.blocks {
            let Block::Section(section) = block else {
                rest.push_str(&of_blocks(std::slice::from_ref(block)));
                rest.push('\n');
                continue;
            };
            let title = fold(&of_words(&section.title));
            let text = of_blocks(&section.blocks);
            let kind = if title.contains("telephone") {
                WayKind::Telephone
            } else if title.contains("courrier") || title.contains("adresse") {
                WayKind::Post
            } else if title.contains("sur place") || title.contains("accueil") {
                WayKind::Counter
            } else {
                rest.push_str(&of_words(&section.title));
                rest.push('\n');
                rest.push_str(&text);
                rest.push('\n');
                continue;
            };
            reached = true;
            let numbers = match kind {
                WayKind::Telephone => numbers(&text),
                _ => Vec::new(),
            };
            self.add(Way {
                title: counter.title.clone(),
                source: counter.source.title.clone(),
                numbers,
                ..way(kind, &Outside::default(), text)
            });
        }
        if local || !reached {
            let numbers = numbers(&rest);
            let kind = if local || numbers.is_empty() {
                WayKind::Counter
            } else {
                WayKind::Telephone
            };
            self.add(Way {
                title: counter.title.clone(),
                source: counter.source.title.clone(),
                offices: counter.offices.clone(),
                numbers,
                ..way(kind, &link, rest.trim_end().to_owned())
            });
        }
    }

    fn add(&mut self, way: Way) {
        let seen = self.ways.iter().any(|w| {
            w.kind == way.kind
                && w.title == way.title
                && w.url == way.url
                && w.text == way.text
                && self.cases.starts_with(&w.cases)
        });
        if !seen {
            self.ways.push(Way {
                cases: self.cases.clone(),
                ..way
            });
        }
    }
}

fn way(kind: WayKind, link: &Outside, text: String) -> Way {
    Way {
        kind,
        title: link.title.clone(),
        url: link.url.clone(),
        cerfa: link.cerfa.clone(),
        offices: Vec::new(),
        numbers: Vec::new(),
        text,
        source: link.source.title.clone(),
        cases: Vec::new(),
    }
}

/// The telephone numbers in a text, as written: ten figures in France, with its prefix abroad, or the
/// four and six of short ones that begin with 3 or 1.
fn numbers(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        let mut run = String::new();
        for c in line.chars().chain(['\n']) {
            let part = c.is_ascii_digit()
                || (c == '+' && run.is_empty())
                || (matches!(c, ' ' | '.' | '-' | '(' | ')' | '\u{a0}' | '\u{202f}')
                    && !run.is_empty());
            if part {
                run.push(c);
                continue;
            }
            let number = std::mem::take(&mut run);
            let number = number.trim_matches(|c: char| !c.is_ascii_digit() && c != '+');
            if is_number(number) && !found.iter().any(|n| n == number) {
                found.push(number.to_owned());
            }
        }
    }
    found
}

fn is_number(text: &str) -> bool {
    let figures: String = text.chars().filter(char::is_ascii_digit).collect();
    match figures.len() {
        10 => figures.starts_with('0'),
        4 => figures.starts_with('3'),
        6 => figures.starts_with("11"),
        3 => matches!(figures.as_str(), "112" | "114" | "115" | "116" | "119"),
        11..=14 => text.starts_with('+') || figures.starts_with("00"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn numbers_are_found_as_written() {
        let said = |text: &str| numbers(text).join("|");
        assert_eq!(said("+ 33 811 701 005"), "+ 33 811 701 005");
        assert_eq!(
            said("Appelez le 39 39, ou le 01 72 95 20 42."),
            "39 39|01 72 95 20 42"
        );
        assert_eq!(said("De 8h30 à 17h30, 6 jours sur 7, depuis 2019"), "");
        assert_eq!(said("Le 115 répond jour et nuit"), "115");
    }
}
