//! The pages used while no edition is installed: a dozen, written for the purpose, each saying that it
//! is an example.

use crate::{
    edition::{Edition, Writer},
    import::page_of_xml,
};
use jiff::civil::{Date, date};

/// The pages, as they lie in `sample/`.
const PAGES: &[&str] = &[
    include_str!("../sample/EX1.xml"),
    include_str!("../sample/EX2.xml"),
    include_str!("../sample/EX3.xml"),
    include_str!("../sample/EX4.xml"),
    include_str!("../sample/EX5.xml"),
    include_str!("../sample/EX6.xml"),
    include_str!("../sample/EX7.xml"),
    include_str!("../sample/EX8.xml"),
    include_str!("../sample/EX9.xml"),
    include_str!("../sample/EX10.xml"),
    include_str!("../sample/EX11.xml"),
    include_str!("../sample/EX12.xml"),
];

/// The day they were written.
const DAY: Date = date(2026, 11, 24);

/// The sample, as an edition in memory.
pub(crate) fn edition() -> Edition {
    let pages: Vec<_> = PAGES
        .iter()
        .filter_map(|text| page_of_xml(text.as_bytes()).ok())
        .collect();
    Writer::sample(&pages, DAY).unwrap_or_else(|_| Edition::empty(DAY))
}

#[cfg(test)]
mod tests {
    use super::{PAGES, edition};

    #[test]
    fn every_sample_page_is_read_says_so_and_is_found() {
        let edition = edition();
        assert!(edition.is_sample());
        assert_eq!(edition.pages().len(), PAGES.len());
        for listed in edition.pages() {
            let page = edition.read(listed).unwrap();
            assert!(page.text().contains("Page d'exemple"), "{}", page.id);
            assert!(!page.pieces().is_empty(), "{}", page.id);
            assert!(
                page.ways().iter().any(|w| w.kind.needs_no_computer()),
                "{}",
                page.id
            );
            let found = edition.search(&page.title, 3);
            assert_eq!(found.first().map(|f| &f.page.id), Some(&page.id));
        }
        let found = edition.search("sans papiers se soigner", 3);
        assert_eq!(found.first().map(|f| f.page.id.as_str()), Some("EX2"));
    }
}
