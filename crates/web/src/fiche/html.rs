//! The pieces of a page as HTML of our own: headings in order, cases as native disclosure, tables with
//! headings. Every word is escaped here; nothing of what was imported is ever markup.

use crate::page::Shell;
use catalogue::{
    Edition,
    model::{
        Block, Cases, Choice, Inline, Note, NoteKind, Outside, PageLink, Picture, Section, Table,
    },
    text::{of_blocks, of_words},
};
use jiff::civil::Date;
use std::{collections::HashSet, fmt::Write as _};

/// Where links between pages lead.
pub(super) struct Links<'a> {
    pub(super) edition: &'a Edition,
    pub(super) base: &'static str,
    /// The edition's day, where the page is of another than the one in use.
    pub(super) date: Option<Date>,
    /// What is kept in the address of every page: the record they are read for.
    pub(super) kept: String,
}

impl Links<'_> {
    /// The address of a page, where this edition holds it.
    fn to(&self, id: &str) -> Option<String> {
        if !self.edition.holds(id) {
            return None;
        }
        Some(match self.date {
            Some(date) => format!("{}/{id}/au/{date}{}", self.base, self.kept),
            None => format!("{}/{id}{}", self.base, self.kept),
        })
    }
}

/// HTML being written.
pub(super) struct Html<'a> {
    pub(super) out: String,
    pub(super) s: &'a Shell,
    pub(super) links: &'a Links<'a>,
    /// The words whose meaning the page gives.
    pub(super) meanings: HashSet<&'a str>,
}

/// The text with what is markup in HTML written as text.
pub(super) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && c != '\n' => out.push(' '),
            c => out.push(c),
        }
    }
}

/// The host of an address that may be followed; none for any other.
pub(crate) fn host(url: &str) -> Option<&str> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next()?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':');
    (!host.is_empty() && host.bytes().all(plain)).then_some(host)
}

impl Html<'_> {
    pub(super) fn text(&mut self, text: &str) {
        escape(text, &mut self.out);
    }

    fn tagged(&mut self, tag: &str, words: &[Inline]) {
        let _ = write!(self.out, "<{tag}>");
        self.words(words);
        let _ = write!(self.out, "</{tag}>");
    }

    pub(super) fn words(&mut self, words: &[Inline]) {
        for word in words {
            match word {
                Inline::Text(text) => self.text(text),
                Inline::Strong(w) => self.tagged("strong", w),
                Inline::Expression(w) => self.tagged("em", w),
                Inline::Value(w) => self.tagged("b", w),
                Inline::Raised(w) => self.tagged("sup", w),
                Inline::Lowered(w) => self.tagged("sub", w),
                Inline::Quote(w) => self.tagged("q", w),
                Inline::Variable(w) => self.tagged("var", w),
                Inline::Foreign { language, words } => {
                    let right = (2..=10).contains(&language.len())
                        && language
                            .bytes()
                            .all(|b| b.is_ascii_alphabetic() || b == b'-');
                    if right {
                        let _ = write!(self.out, "<span lang=\"{language}\">");
                    } else {
                        self.out.push_str("<span>");
                    }
                    self.words(words);
                    self.out.push_str("</span>");
                }
                Inline::Page { id, words, .. } => self.page(id, words),
                Inline::Meaning { id, words } if self.meanings.contains(id.as_str()) => {
                    let _ = write!(self.out, "<a class=\"meaning\" href=\"#m-{id}\">");
                    self.words(words);
                    self.out.push_str("</a>");
                }
                Inline::Meaning { words, .. } | Inline::Unknown { words, .. } => self.words(words),
                Inline::Outside { link, words } => self.outward(&link.url, &of_words(words)),
                Inline::Picture(picture) => self.text(&picture.instead),
            }
        }
    }

    fn page(&mut self, id: &str, words: &[Inline]) {
        match self.links.to(id) {
            Some(path) if !words.is_empty() => {
                let _ = write!(self.out, "<a href=\"{path}\">");
                self.words(words);
                self.out.push_str("</a>");
            }
            _ => self.words(words),
        }
    }

    /// A link to elsewhere, which says so and where; it opens nothing by itself.
    pub(super) fn outward(&mut self, url: &str, words: &str) {
        let Some(host) = host(url) else {
            self.text(words);
            return;
        };
        let short = host.strip_prefix("www.").unwrap_or(host);
        self.out
            .push_str("<a class=\"out\" rel=\"external noopener noreferrer\" href=\"");
        self.text(url);
        self.out.push_str("\">");
        self.text(if words.is_empty() { short } else { words });
        self.out.push_str("</a> <span class=\"soft\">(");
        let said = self.s.t1("fiche-outside", "host", short);
        self.text(&said);
        self.out.push_str(")</span>");
    }

    pub(super) fn page_link(&mut self, link: &PageLink) {
        match self.links.to(&link.id) {
            Some(path) => {
                // A guided search names pages without words of its own.
                let title = if link.title.is_empty() {
                    let listed = link
                        .id
                        .parse()
                        .ok()
                        .and_then(|id| self.links.edition.listed(&id));
                    listed.map(|l| super::plain(&l.title)).unwrap_or_default()
                } else {
                    super::plain(&link.title)
                };
                let _ = write!(self.out, "<a href=\"{path}\">");
                self.text(&title);
                self.out.push_str("</a>");
            }
            None => self.text(&link.title),
        }
    }

    pub(super) fn heading(&mut self, level: u8, words: &[Inline]) {
        if !words.is_empty() {
            self.tagged(&format!("h{}", level.min(6)), words);
        }
    }

    /// Pieces, the headings among them beginning at that level.
    pub(super) fn blocks(&mut self, blocks: &[Block], level: u8) {
        for block in blocks {
            self.block(block, level);
        }
    }

    fn block(&mut self, block: &Block, level: u8) {
        match block {
            Block::Paragraph(words) => self.tagged("p", words),
            Block::Section(section) => self.section(section, level),
            Block::Cases(cases) => self.cases(cases, level),
            Block::List { numbered, items } => {
                let tag = if *numbered { "ol" } else { "ul" };
                let _ = write!(self.out, "<{tag}>");
                for item in items {
                    self.out.push_str("<li>");
                    self.tight(&item.blocks, level);
                    self.out.push_str("</li>");
                }
                let _ = write!(self.out, "</{tag}>");
            }
            Block::Table(table) => self.table(table, level),
            Block::Note(note) => self.note(note, level),
            Block::Service(service) => self.service(service, level),
            Block::Counter(counter) => self.counter(counter, level),
            Block::Outside(_, link) => {
                self.out.push_str("<p>");
                self.outside(link);
                self.out.push_str("</p>");
            }
            Block::Pages(pages) => self.pages(pages, level),
            Block::Choice(choice) => self.choice(choice, level),
            Block::Picture(picture) => self.picture(picture, level),
            Block::Fragment { blocks, .. } | Block::Unknown { blocks, .. } => {
                self.blocks(blocks, level);
            }
            Block::Meaning(meaning) => {
                self.tagged("p", &meaning.title);
                self.blocks(&meaning.blocks, level);
            }
            Block::Fact { text, .. } => {
                self.out.push_str("<p>");
                self.text(text);
                self.out.push_str("</p>");
            }
        }
    }

    /// Pieces of a list or of a cell: one paragraph alone is not made one.
    fn tight(&mut self, blocks: &[Block], level: u8) {
        match blocks {
            [Block::Paragraph(words)] => self.words(words),
            [Block::Paragraph(words), rest @ ..] if !matches!(rest, [Block::Paragraph(_), ..]) => {
                self.words(words);
                self.blocks(rest, level);
            }
            blocks => self.blocks(blocks, level),
        }
    }

    fn section(&mut self, section: &Section, level: u8) {
        let title = if section.title.is_empty() {
            &section.other_title
        } else {
            &section.title
        };
        let below = if title.is_empty() { level } else { level + 1 };
        self.heading(level, title);
        self.blocks(&section.blocks, below);
    }

    fn cases(&mut self, cases: &Cases, level: u8) {
        for case in &cases.cases {
            self.out.push_str("<details class=\"case\"><summary>");
            self.words(&case.title);
            self.out.push_str("</summary><div>");
            self.blocks(&case.blocks, level);
            self.out.push_str("</div></details>");
        }
    }

    fn table(&mut self, table: &Table, level: u8) {
        self.out
            .push_str("<div class=\"wide\" role=\"region\" tabindex=\"0\"");
        let title = of_words(&table.title);
        let said = if title.is_empty() {
            self.s.t("fiche-table")
        } else {
            title
        };
        self.out.push_str(" aria-label=\"");
        self.text(&said);
        self.out.push_str("\"><table>");
        if !table.title.is_empty() {
            self.tagged("caption", &table.title);
        }
        let heads = table.rows.iter().take_while(|r| r.heading).count();
        for (i, row) in table.rows.iter().enumerate() {
            if i == 0 {
                self.out
                    .push_str(if heads > 0 { "<thead>" } else { "<tbody>" });
            }
            if i > 0 && i == heads {
                self.out.push_str("</thead><tbody>");
            }
            self.out.push_str("<tr>");
            for (column, cell) in row.cells.iter().enumerate() {
                let of_row = table.heading_columns.get(column).copied().unwrap_or(false);
                let (tag, scope) = match (row.heading, of_row) {
                    (true, _) => ("th", " scope=\"col\""),
                    (false, true) => ("th", " scope=\"row\""),
                    (false, false) => ("td", ""),
                };
                // An empty corner is no heading.
                let empty = cell.blocks.is_empty();
                let (tag, scope) = if empty { ("td", "") } else { (tag, scope) };
                let _ = write!(self.out, "<{tag}{scope}");
                if cell.columns > 1 {
                    let _ = write!(self.out, " colspan=\"{}\"", cell.columns);
                }
                if cell.rows > 1 {
                    let _ = write!(self.out, " rowspan=\"{}\"", cell.rows);
                }
                self.out.push('>');
                self.tight(&cell.blocks, level);
                let _ = write!(self.out, "</{tag}>");
            }
            self.out.push_str("</tr>");
        }
        if !table.rows.is_empty() {
            let all_heads = heads == table.rows.len();
            self.out
                .push_str(if all_heads { "</thead>" } else { "</tbody>" });
        }
        self.out.push_str("</table></div>");
        self.blocks(&table.summary, level);
    }

    fn note(&mut self, note: &Note, level: u8) {
        let class = match note.kind {
            NoteKind::Careful | NoteKind::News => "look",
            NoteKind::Note | NoteKind::Know | NoteKind::Reminder => "aside",
        };
        let _ = write!(self.out, "<div class=\"{class}\">");
        if !note.title.is_empty() {
            self.out.push_str("<p>");
            self.tagged("strong", &note.title);
            if let Ok(day) = note.date.get(..10).unwrap_or("").parse::<Date>() {
                let day = self.s.l.day(day);
                self.out.push_str(" <span class=\"soft\">");
                self.text(&day);
                self.out.push_str("</span>");
            }
            self.out.push_str("</p>");
        }
        self.blocks(&note.blocks, level);
        self.out.push_str("</div>");
    }

    pub(super) fn outside(&mut self, link: &Outside) {
        self.outward(&link.url, &link.title);
        let mut more: Vec<String> = [&link.note, &link.source.title]
            .into_iter()
            .filter(|t| !t.is_empty())
            .cloned()
            .collect();
        if !link.format.is_empty() {
            let size = format!("{} {}", link.format, link.size);
            more.push(size.trim_end().to_owned());
        }
        if !more.is_empty() {
            self.out.push_str("<br><span class=\"soft\">");
            self.text(&more.join(" · "));
            self.out.push_str("</span>");
        }
        // Said at length in a list or a paragraph: words alone, for neither holds paragraphs.
        for block in &link.blocks {
            self.out.push_str("<br>");
            match block {
                Block::Paragraph(words) => self.words(words),
                other => {
                    let said = of_blocks(std::slice::from_ref(other));
                    self.text(&said);
                }
            }
        }
    }

    fn choice(&mut self, choice: &Choice, level: u8) {
        self.out.push_str("<details class=\"case\"><summary>");
        self.words(&choice.title);
        self.out.push_str("</summary><div>");
        self.blocks(&choice.help, level);
        self.blocks(&choice.chosen, level);
        if !choice.links.is_empty() {
            self.out.push_str("<ul>");
            for link in &choice.links {
                self.out.push_str("<li>");
                self.page_link(link);
                self.out.push_str("</li>");
            }
            self.out.push_str("</ul>");
        }
        for next in &choice.choices {
            self.choice(next, level);
        }
        self.out.push_str("</div></details>");
    }

    fn picture(&mut self, picture: &Picture, level: u8) {
        self.blocks(&picture.beside, level);
        if !picture.instead.is_empty() {
            self.out.push_str("<p class=\"soft\">");
            let said = self.s.t("fiche-picture");
            self.text(&said);
            self.out.push(' ');
            self.text(&picture.instead);
            self.out.push_str("</p>");
        }
        self.blocks(&picture.words, level);
    }
}

#[cfg(test)]
mod tests {
    use super::{escape, host};

    #[test]
    fn markup_is_written_as_text() {
        let mut out = String::new();
        escape("<b title='x' \"y\">&\u{7}", &mut out);
        assert_eq!(out, "&lt;b title=&#39;x&#39; &quot;y&quot;&gt;&amp; ");
    }

    #[test]
    fn only_pages_of_the_web_are_followed() {
        assert_eq!(host("https://www.caf.fr/a?b"), Some("www.caf.fr"));
        for other in [
            concat!("java", "script:alert(1)"),
            "data:text/html,x",
            "//caf.fr",
            "https://",
            "https://a b/",
        ] {
            assert_eq!(host(other), None, "{other}");
        }
    }
}
