//! Links: to pages, to elsewhere, to counters and services.

use super::{
    blocks::{Unknowns, blocks, when},
    element::Element,
};
use crate::model::{Annex, Counter, Listing, Named, Outside, PageLink, Pages, Service};

/// A name: its words, and its publisher's identifier.
pub(super) fn named(element: &Element) -> Named {
    Named {
        id: element.attribute("ID"),
        title: element.text(),
    }
}

/// A name whose words are in a `Titre`.
pub(super) fn titled(element: &Element) -> Named {
    let title = match element.first("Titre") {
        Some(title) => title.text(),
        None => element.text(),
    };
    Named {
        id: element.attribute("ID"),
        title,
    }
}

/// A link to elsewhere, of any kind.
pub(super) fn outside(element: &Element, unknowns: &mut Unknowns) -> Outside {
    let commented = element.first("LienExterne");
    let link = commented.unwrap_or(element);
    let title = match (commented, element.first("Titre")) {
        (Some(link), _) => link.text(),
        (None, Some(title)) => title.text(),
        // The words of an inline link are its own; a bare notice has them bare too.
        (None, None) if element.name == "NoticeLiee" => element.text(),
        (None, None) => String::new(),
    };
    let note = match element.text_of("Complement") {
        note if note.is_empty() => element.attribute("commentaireLien"),
        note => note,
    };
    Outside {
        id: element.attribute("ID"),
        kind: element.attribute("type"),
        title,
        url: link.attribute("URL"),
        note,
        format: link.attribute("format"),
        size: link.attribute("poids"),
        language: link.attribute("langue"),
        cerfa: element.attribute("numerocerfa"),
        source: element.first("Source").map(named).unwrap_or_default(),
        when: when(element),
        blocks: element
            .first("Commentaire")
            .map(|e| blocks(e, unknowns))
            .unwrap_or_default(),
    }
}

/// A link to a page.
pub(super) fn page_link(element: &Element) -> PageLink {
    let about = element
        .elements()
        .filter(|e| matches!(e.name.as_str(), "Theme" | "Dossier" | "Audience"))
        .flat_map(|e| {
            let inner = e.named("Audience").map(named);
            let own = titled_or_bare(e);
            own.into_iter().chain(inner).collect::<Vec<_>>()
        })
        .collect();
    let id = match element.attribute("LienPublication") {
        id if id.is_empty() => element.attribute("ID"),
        id => id,
    };
    PageLink {
        id,
        title: match element.first("Titre") {
            Some(title) => title.text(),
            None => element.text(),
        },
        kind: element.attribute("type"),
        about,
    }
}

fn titled_or_bare(element: &Element) -> Option<Named> {
    let name = titled(element);
    (!name.title.is_empty() || !name.id.is_empty()).then_some(name)
}

/// Pages under a heading: the links among what the element holds.
pub(super) fn pages(element: &Element, listing: Listing) -> Pages {
    let heading = Named {
        id: element.attribute("ID"),
        title: element.text_of("Titre"),
    };
    let links = element
        .elements()
        .filter(|e| matches!(e.name.as_str(), "Fiche" | "Dossier"))
        .map(page_link)
        .collect();
    Pages {
        listing,
        heading,
        links,
    }
}

/// A form, an online service or another tool.
pub(super) fn service(element: &Element, unknowns: &mut Unknowns) -> Service {
    Service {
        link: outside(element, unknowns),
        other_number: element.attribute("autrenumero"),
        introduction: element
            .first("Introduction")
            .map(|e| blocks(e, unknowns))
            .unwrap_or_default(),
        blocks: element
            .first("Texte")
            .map(|e| blocks(e, unknowns))
            .unwrap_or_default(),
        notices: element
            .named("NoticeLiee")
            .map(|e| outside(e, unknowns))
            .collect(),
        annexes: element
            .named("ServiceEnLigneAnnexe")
            .map(|e| annex(e, unknowns))
            .collect(),
        offices: element.named("PivotLocal").map(Element::text).collect(),
    }
}

/// A form that goes with another.
pub(super) fn annex(element: &Element, unknowns: &mut Unknowns) -> Annex {
    Annex {
        kind: element.attribute("type"),
        cerfa: element.attribute("numerocerfa"),
        title: element.text_of("Titre"),
        blocks: element
            .first("Texte")
            .map(|e| blocks(e, unknowns))
            .unwrap_or_default(),
        links: element
            .named("LienWeb")
            .map(|e| outside(e, unknowns))
            .collect(),
        notices: element
            .named("NoticeLiee")
            .map(|e| outside(e, unknowns))
            .collect(),
    }
}

/// Where to turn to.
pub(super) fn counter(element: &Element, unknowns: &mut Unknowns) -> Counter {
    Counter {
        id: element.attribute("ID"),
        kind: element.attribute("type"),
        support: element.name == "OuSAdresserSupport",
        title: element.text_of("Titre"),
        note: element.text_of("Complement"),
        offices: element.named("PivotLocal").map(Element::text).collect(),
        links: element
            .named("RessourceWeb")
            .map(|e| outside(e, unknowns))
            .collect(),
        source: element.first("Source").map(named).unwrap_or_default(),
        blocks: element
            .first("Texte")
            .map(|e| blocks(e, unknowns))
            .unwrap_or_default(),
    }
}
