//! The words of a page, and of any part of it: what searches read, and what proves that nothing was
//! left out on the way in.

use crate::model::{
    Annex, Block, Choice, Counter, Inline, Meaning, Named, Outside, Page, Pages, Picture, Service,
    Table,
};

impl Page {
    /// Every word of the page, its head included, parts separated by line ends.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        line(&mut out, &self.title);
        line(&mut out, &self.description);
        for (_, fact) in &self.facts {
            line(&mut out, fact);
        }
        for audience in &self.audiences {
            line(&mut out, audience);
        }
        for named in self.trail.iter().chain(&self.themes) {
            line(&mut out, &named.title);
        }
        line(&mut out, &self.subtheme.title);
        if let Some(dossier) = &self.dossier {
            line(&mut out, &dossier.title);
            dossier.groups.iter().for_each(|p| pages(p, &mut out));
        }
        line(&mut out, &self.heading);
        push_blocks(&self.introduction, &mut out);
        push_blocks(&self.blocks, &mut out);
        out
    }
}

/// The words of some pieces, parts separated by line ends.
#[must_use]
pub fn of_blocks(blocks: &[Block]) -> String {
    let mut out = String::new();
    push_blocks(blocks, &mut out);
    out.truncate(out.trim_end().len());
    out
}

/// Words without what sets them apart.
#[must_use]
pub fn of_words(words: &[Inline]) -> String {
    let mut out = String::new();
    push_words(words, &mut out);
    out
}

fn line(out: &mut String, text: &str) {
    if !text.is_empty() {
        out.push_str(text);
        out.push('\n');
    }
}

fn words_line(out: &mut String, words: &[Inline]) {
    if !words.is_empty() {
        push_words(words, out);
        out.push('\n');
    }
}

fn push_words(words: &[Inline], out: &mut String) {
    for word in words {
        match word {
            Inline::Text(text) => out.push_str(text),
            Inline::Strong(w)
            | Inline::Expression(w)
            | Inline::Value(w)
            | Inline::Raised(w)
            | Inline::Lowered(w)
            | Inline::Quote(w)
            | Inline::Variable(w)
            | Inline::Foreign { words: w, .. }
            | Inline::Page { words: w, .. }
            | Inline::Meaning { words: w, .. }
            | Inline::Outside { words: w, .. }
            | Inline::Unknown { words: w, .. } => push_words(w, out),
            Inline::Picture(p) => {
                out.push(' ');
                picture(p, out);
            }
        }
    }
}

pub(crate) fn push_blocks(blocks: &[Block], out: &mut String) {
    for one in blocks {
        block(one, out);
    }
}

fn block(block: &Block, out: &mut String) {
    match block {
        Block::Paragraph(words) => words_line(out, words),
        Block::Section(s) => {
            words_line(out, &s.title);
            words_line(out, &s.other_title);
            push_blocks(&s.blocks, out);
        }
        Block::Cases(c) => {
            for case in &c.cases {
                words_line(out, &case.title);
                push_blocks(&case.blocks, out);
            }
        }
        Block::List { items, .. } => items.iter().for_each(|i| push_blocks(&i.blocks, out)),
        Block::Table(t) => table(t, out),
        Block::Note(n) => {
            words_line(out, &n.title);
            push_blocks(&n.blocks, out);
        }
        Block::Service(s) => service(s, out),
        Block::Counter(c) => counter(c, out),
        Block::Meaning(m) => meaning(m, out),
        Block::Outside(_, o) => outside(o, out),
        Block::Pages(p) => pages(p, out),
        Block::Choice(c) => choice(c, out),
        Block::Picture(p) => picture(p, out),
        Block::Fragment { blocks, .. } | Block::Unknown { blocks, .. } => push_blocks(blocks, out),
        Block::Fact { text, .. } => line(out, text),
    }
}

fn table(table: &Table, out: &mut String) {
    words_line(out, &table.title);
    push_blocks(&table.summary, out);
    for cell in table.rows.iter().flat_map(|r| &r.cells) {
        push_blocks(&cell.blocks, out);
    }
}

fn service(service: &Service, out: &mut String) {
    outside(&service.link, out);
    push_blocks(&service.introduction, out);
    push_blocks(&service.blocks, out);
    service.notices.iter().for_each(|o| outside(o, out));
    service.annexes.iter().for_each(|a| annex(a, out));
    service.offices.iter().for_each(|o| line(out, o));
}

fn annex(annex: &Annex, out: &mut String) {
    line(out, &annex.title);
    push_blocks(&annex.blocks, out);
    for link in annex.links.iter().chain(&annex.notices) {
        outside(link, out);
    }
}

fn counter(counter: &Counter, out: &mut String) {
    line(out, &counter.title);
    line(out, &counter.note);
    counter.offices.iter().for_each(|o| line(out, o));
    counter.links.iter().for_each(|o| outside(o, out));
    named(&counter.source, out);
    push_blocks(&counter.blocks, out);
}

fn meaning(meaning: &Meaning, out: &mut String) {
    words_line(out, &meaning.title);
    push_blocks(&meaning.blocks, out);
    meaning.references.iter().for_each(|o| outside(o, out));
}

fn named(name: &Named, out: &mut String) {
    line(out, &name.title);
}

fn outside(link: &Outside, out: &mut String) {
    line(out, &link.title);
    line(out, &link.note);
    named(&link.source, out);
    push_blocks(&link.blocks, out);
}

fn pages(pages: &Pages, out: &mut String) {
    named(&pages.heading, out);
    for link in &pages.links {
        line(out, &link.title);
        link.about.iter().for_each(|a| named(a, out));
    }
}

fn choice(choice: &Choice, out: &mut String) {
    words_line(out, &choice.title);
    push_blocks(&choice.help, out);
    push_blocks(&choice.chosen, out);
    for link in &choice.links {
        line(out, &link.title);
    }
    choice.choices.iter().for_each(|c| self::choice(c, out));
}

fn picture(picture: &Picture, out: &mut String) {
    line(out, &picture.instead);
    push_blocks(&picture.words, out);
    push_blocks(&picture.beside, out);
}
