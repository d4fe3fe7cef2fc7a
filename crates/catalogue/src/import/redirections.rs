//! Pages that moved, as the publisher's index of redirections says: whatever its elements are called,
//! each that names two pages says that the first is now the second.

use super::element::Element;
use crate::model::PageId;
use std::collections::BTreeMap;

/// The most that are kept.
const MOST: usize = 20_000;

/// Collects what moved.
pub(super) fn collect(element: &Element, moved: &mut BTreeMap<PageId, PageId>) {
    let ids: Vec<PageId> = element
        .attributes
        .iter()
        .map(|(_, value)| value.clone())
        .chain(
            element
                .elements()
                .filter(|e| e.elements().next().is_none())
                .map(Element::text),
        )
        .filter_map(|text| named_in(&text))
        .collect();
    if let [from, to] = ids.as_slice()
        && from != to
        && moved.len() < MOST
    {
        moved.insert(from.clone(), to.clone());
    }
    element.elements().for_each(|e| collect(e, moved));
}

/// The page that an identifier or an address ends with.
fn named_in(text: &str) -> Option<PageId> {
    let last = text.trim().rsplit('/').next()?;
    let last = last.split(['.', '?', '#']).next()?;
    let figures = last.strip_prefix(['F', 'N', 'R'])?;
    let right = !figures.is_empty() && figures.bytes().all(|b| b.is_ascii_digit());
    right.then(|| PageId::parse(last).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::{super::xml, collect};
    use std::collections::BTreeMap;

    #[test]
    fn two_pages_in_an_element_are_a_move() {
        let text = r#"<R><A ancien="F1" nouveau="F2"/><A ancien="F3" nouveau="F3"/>
            <B><De>https://exemple.fr/vosdroits/F4.xhtml</De><Vers>N5</Vers></B><C x="F9"/></R>"#;
        let mut moved = BTreeMap::new();
        collect(&xml::read(text.as_bytes()).unwrap(), &mut moved);
        let said: Vec<_> = moved.iter().map(|(a, b)| format!("{a}>{b}")).collect();
        assert_eq!(said, ["F1>F2", "F4>N5"]);
    }
}
