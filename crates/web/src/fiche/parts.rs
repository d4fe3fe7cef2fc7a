//! A page in the order in which it is read: what changed, what it says, how it is done with and without
//! a computer, where to turn to, what goes with it, what words mean, the law.

use super::html::{Html, Links, host};
use crate::page::Shell;
use catalogue::{
    Page, Way, WayKind,
    model::{Block, Counter, Listing, NoteKind, OutsideUse, Pages, Service},
};
use std::{collections::HashSet, fmt::Write as _};

/// A page's body, below its title.
pub(super) fn body(page: &Page, s: &Shell, links: &Links<'_>) -> String {
    let meanings = page
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Meaning(meaning) if is_plain(&meaning.id) => Some(meaning.id.as_str()),
            _ => None,
        })
        .collect();
    let mut html = Html {
        out: String::new(),
        s,
        links,
        meanings,
    };
    let is_news = |b: &&Block| matches!(b, Block::Note(n) if n.kind == NoteKind::News);
    for news in page.blocks.iter().filter(is_news) {
        html.blocks(std::slice::from_ref(news), 2);
    }
    html.blocks(&page.introduction, 2);
    html.ways(&page.ways());
    for block in &page.blocks {
        let later = is_news(&block)
            || matches!(
                block,
                Block::Meaning(_)
                    | Block::Outside(..)
                    | Block::Service(_)
                    | Block::Counter(_)
                    | Block::Fact { .. }
            )
            || matches!(block, Block::Pages(p) if p.listing != Listing::Contents);
        if !later {
            html.blocks(std::slice::from_ref(block), 2);
        }
    }
    html.facts(page);
    html.part(page, "fiche-services", |b| matches!(b, Block::Service(_)));
    html.part(page, "fiche-counters", |b| matches!(b, Block::Counter(_)));
    html.outsides(page, "fiche-web", |u| {
        matches!(
            u,
            OutsideUse::Web | OutsideUse::Notice | OutsideUse::Partner
        )
    });
    for (listing, key) in [
        (Listing::Uses, "fiche-uses"),
        (Listing::Questions, "fiche-questions"),
        (Listing::HowToIf, "fiche-how"),
        (Listing::Guides, "fiche-guides"),
        (Listing::SeeAlso, "fiche-see"),
        (Listing::Alternatives, "fiche-alternatives"),
    ] {
        html.part(
            page,
            key,
            |b| matches!(b, Block::Pages(p) if p.listing == listing),
        );
    }
    html.outsides(page, "fiche-more", |u| u == OutsideUse::More);
    html.meanings(page);
    html.outsides(page, "fiche-law", |u| u == OutsideUse::Reference);
    html.out
}

/// Whether an identifier can stand in an address and in an attribute as it is.
fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.len() <= 24 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

impl Html<'_> {
    fn titled(&mut self, level: u8, key: &str) {
        let title = self.s.t(key);
        let _ = write!(self.out, "<h{level}>");
        self.text(&title);
        let _ = write!(self.out, "</h{level}>");
    }

    /// The pieces of a kind, under a heading, where there are any.
    fn part(&mut self, page: &Page, key: &str, wanted: impl Fn(&Block) -> bool) {
        let mut blocks = page.blocks.iter().filter(|b| wanted(b)).peekable();
        if blocks.peek().is_none() {
            return;
        }
        self.titled(2, key);
        for block in blocks {
            self.blocks(std::slice::from_ref(block), 3);
        }
    }

    fn outsides(&mut self, page: &Page, key: &str, wanted: impl Fn(OutsideUse) -> bool) {
        let links: Vec<_> = page
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::Outside(used, link) if wanted(*used) => Some(link),
                _ => None,
            })
            .collect();
        if links.is_empty() {
            return;
        }
        self.titled(2, key);
        self.out.push_str("<ul>");
        for link in links {
            self.out.push_str("<li>");
            self.outside(link);
            self.out.push_str("</li>");
        }
        self.out.push_str("</ul>");
    }

    fn facts(&mut self, page: &Page) {
        for block in &page.blocks {
            if let Block::Fact { text, .. } = block {
                self.out.push_str("<p>");
                let said = self.s.t1("fiche-number", "number", text);
                self.text(&said);
                self.out.push_str("</p>");
            }
        }
    }

    fn meanings(&mut self, page: &Page) {
        let all: Vec<_> = page
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::Meaning(meaning) => Some(meaning),
                _ => None,
            })
            .collect();
        if all.is_empty() {
            return;
        }
        self.titled(2, "fiche-meanings");
        self.out.push_str("<dl>");
        let mut seen = HashSet::new();
        for meaning in all {
            if is_plain(&meaning.id) && seen.insert(&meaning.id) {
                let _ = write!(self.out, "<dt id=\"m-{}\">", meaning.id);
            } else {
                self.out.push_str("<dt>");
            }
            self.words(&meaning.title);
            self.out.push_str("</dt><dd>");
            self.blocks(&meaning.blocks, 3);
            for link in &meaning.references {
                self.out.push_str("<p>");
                self.outside(link);
                self.out.push_str("</p>");
            }
            self.out.push_str("</dd>");
        }
        self.out.push_str("</dl>");
    }

    /// How it is done: without a computer first, online beside it.
    fn ways(&mut self, ways: &[Way]) {
        let mut seen = HashSet::new();
        let (without, online): (Vec<&Way>, Vec<&Way>) = ways
            .iter()
            .filter(|w| w.kind != WayKind::Letter)
            .filter(|w| seen.insert((w.kind, &w.title, &w.numbers)))
            .partition(|w| w.kind.needs_no_computer());
        if without.is_empty() && online.is_empty() {
            return;
        }
        self.out.push_str("<div class=\"panel ways\">");
        self.titled(2, "fiche-ways");
        self.titled(3, "fiche-ways-without");
        if without.is_empty() {
            let none = self.s.t("fiche-ways-without-none");
            self.out.push_str("<p>");
            self.text(&none);
            self.out.push_str("</p>");
        }
        self.way_list(&without);
        if !online.is_empty() {
            self.titled(3, "fiche-ways-online");
            self.way_list(&online);
        }
        self.out.push_str("</div>");
    }

    fn way_list(&mut self, ways: &[&Way]) {
        const AT_ONCE: usize = 8;
        if ways.is_empty() {
            return;
        }
        self.out.push_str("<ul>");
        for way in ways.iter().take(AT_ONCE) {
            self.out.push_str("<li>");
            self.way(way);
            self.out.push_str("</li>");
        }
        self.out.push_str("</ul>");
        if ways.len() > AT_ONCE {
            self.out.push_str("<details><summary>");
            let more = self.s.t1("fiche-ways-more", "count", ways.len() - AT_ONCE);
            self.text(&more);
            self.out.push_str("</summary><ul>");
            for way in &ways[AT_ONCE..] {
                self.out.push_str("<li>");
                self.way(way);
                self.out.push_str("</li>");
            }
            self.out.push_str("</ul></details>");
        }
    }

    fn way(&mut self, way: &Way) {
        let kind = self.s.t(match way.kind {
            WayKind::Online => "fiche-way-online",
            WayKind::PaperForm => "fiche-way-paper",
            WayKind::Letter => "fiche-way-letter",
            WayKind::Counter => "fiche-way-counter",
            WayKind::Telephone => "fiche-way-telephone",
            WayKind::Post => "fiche-way-post",
        });
        self.out.push_str("<b>");
        self.text(&kind);
        self.out.push_str("</b> ");
        if host(&way.url).is_some() {
            self.outward(&way.url, &way.title);
        } else {
            self.text(&way.title);
        }
        if !way.cerfa.is_empty() {
            let number = self.s.t1("fiche-number", "number", &way.cerfa);
            self.out.push_str(", ");
            self.text(&number);
        }
        if !way.numbers.is_empty() {
            self.out.push_str(" <strong>");
            self.text(&way.numbers.join(", "));
            self.out.push_str("</strong>");
        }
        if way.kind == WayKind::Post {
            self.out.push_str("<br>");
            self.text(&way.text.replace('\n', ", "));
        }
        if !way.cases.is_empty() {
            self.out.push_str("<br><span class=\"soft\">");
            self.text(&way.cases.join(" · "));
            self.out.push_str("</span>");
        }
    }

    pub(super) fn service(&mut self, service: &Service, level: u8) {
        self.out.push_str("<div class=\"panel\">");
        if !service.link.title.is_empty() {
            self.out.push_str("<p><b>");
            self.text(&service.link.kind);
            self.out.push_str("</b> ");
            self.outside(&service.link);
            for number in [&service.link.cerfa, &service.other_number] {
                if !number.is_empty() {
                    let said = self.s.t1("fiche-number", "number", number);
                    self.out.push_str("<br>");
                    self.text(&said);
                }
            }
            self.out.push_str("</p>");
        }
        self.blocks(&service.introduction, level);
        self.blocks(&service.blocks, level);
        for office in &service.offices {
            self.office(office);
        }
        for notice in &service.notices {
            self.out.push_str("<p>");
            self.outside(notice);
            self.out.push_str("</p>");
        }
        for annex in &service.annexes {
            self.out.push_str("<p><b>");
            self.text(&annex.kind);
            self.out.push_str("</b> ");
            self.text(&annex.title);
            if !annex.cerfa.is_empty() {
                let said = self.s.t1("fiche-number", "number", &annex.cerfa);
                self.out.push_str(", ");
                self.text(&said);
            }
            self.out.push_str("</p>");
            self.blocks(&annex.blocks, level);
            for link in annex.links.iter().chain(&annex.notices) {
                self.out.push_str("<p>");
                self.outside(link);
                self.out.push_str("</p>");
            }
        }
        self.out.push_str("</div>");
    }

    fn office(&mut self, office: &str) {
        let said = self.s.t1("fiche-office", "kind", office);
        self.out.push_str("<p class=\"soft\">");
        self.text(&said);
        self.out.push_str("</p>");
    }

    pub(super) fn counter(&mut self, counter: &Counter, level: u8) {
        self.out.push_str("<div class=\"panel\"><p><strong>");
        self.text(&counter.title);
        self.out.push_str("</strong>");
        if !counter.note.is_empty() {
            self.out.push_str("<br>");
            self.text(&counter.note);
        }
        self.out.push_str("</p>");
        self.blocks(&counter.blocks, level);
        for office in counter.offices.iter().filter(|o| !o.is_empty()) {
            self.office(office);
        }
        for link in &counter.links {
            self.out.push_str("<p>");
            self.outside(link);
            self.out.push_str("</p>");
        }
        if !counter.source.title.is_empty() {
            self.out.push_str("<p class=\"soft\">");
            self.text(&counter.source.title);
            self.out.push_str("</p>");
        }
        self.out.push_str("</div>");
    }

    pub(super) fn pages(&mut self, pages: &Pages, level: u8) {
        let level = if pages.heading.title.is_empty() {
            level
        } else {
            let _ = write!(self.out, "<h{}>", level.min(6));
            let title = pages.heading.title.clone();
            self.text(&title);
            let _ = write!(self.out, "</h{}>", level.min(6));
            level + 1
        };
        let _ = level;
        self.out.push_str("<ul>");
        for link in &pages.links {
            self.out.push_str("<li>");
            self.page_link(link);
            let about: Vec<&str> = link
                .about
                .iter()
                .map(|a| a.title.as_str())
                .filter(|t| !t.is_empty())
                .collect();
            if pages.listing == Listing::SeeAlso && !about.is_empty() {
                let about = about.join(" · ");
                self.out.push_str(" <span class=\"soft\">");
                self.text(&about);
                self.out.push_str("</span>");
            }
            self.out.push_str("</li>");
        }
        self.out.push_str("</ul>");
    }
}
