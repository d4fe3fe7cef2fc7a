//! From an element to a page.

use super::{
    blocks::{Unknowns, blocks, push},
    element::{Element, Node, Refused, single_blanks},
    links::{named, page_link, pages, titled},
};
use crate::model::{Block, Dossier, Inline, Kind, Listing, Named, Page, PageId, Pages};

/// The page that a root element holds.
pub(super) fn page(root: &Element, unknowns: &mut Unknowns) -> Result<Page, Refused> {
    if !matches!(root.name.as_str(), "Publication" | "ServiceComplementaire") {
        return Err(Refused::Shape("its root is not a page"));
    }
    let id = PageId::parse(&root.attribute("ID"))
        .map_err(|_| Refused::Shape("its root has no identifier"))?;
    let kind_text = root.attribute("type");
    let mut page = Page {
        id,
        kind: kind(&kind_text),
        kind_text,
        title: String::new(),
        description: String::new(),
        modified: String::new(),
        address: root.attribute("spUrl"),
        facts: Vec::new(),
        audiences: Vec::new(),
        trail: Vec::new(),
        themes: Vec::new(),
        subtheme: Named::default(),
        dossier: None,
        heading: String::new(),
        introduction: Vec::new(),
        blocks: Vec::new(),
    };
    for name in ["dateDerniereModificationImportante", "statut"] {
        let value = root.attribute(name);
        if !value.is_empty() {
            page.facts.push((name.to_owned(), value));
        }
    }
    for node in &root.children {
        match node {
            Node::Text(text) => {
                let text = single_blanks(text);
                if !text.is_empty() {
                    page.blocks.push(Block::Paragraph(vec![Inline::Text(text)]));
                }
            }
            Node::Element(element) => add(&mut page, element, unknowns),
        }
    }
    if page.title.is_empty() {
        return Err(Refused::Shape("it has no title"));
    }
    Ok(page)
}

fn add(page: &mut Page, element: &Element, unknowns: &mut Unknowns) {
    match element.name.as_str() {
        "dc:title" => page.title = element.text(),
        "dc:description" => page.description = element.text(),
        "dc:date" => {
            let text = element.text();
            text.trim_start_matches("modified ")
                .clone_into(&mut page.modified);
            page.facts.push(("dc:date".into(), text));
        }
        name if name.starts_with("dc:") => page.facts.push((name.to_owned(), element.text())),
        "SurTitre" | "Canal" | "Cible" => {
            page.facts.push((element.name.clone(), element.text()));
        }
        "Audience" => page.audiences.push(element.text()),
        "FilDAriane" => page.trail.extend(element.named("Niveau").map(named)),
        "Theme" => {
            page.themes.push(titled(element));
            page.audiences
                .extend(element.named("Audience").map(Element::text));
        }
        "SousThemePere" => page.subtheme = named(element),
        "SousDossierPere" => page.heading = element.text(),
        "DossierPere" => page.dossier = Some(dossier(element)),
        "Introduction" => page.introduction.extend(blocks(element, unknowns)),
        _ => push(element, unknowns, &mut page.blocks),
    }
}

fn dossier(element: &Element) -> Dossier {
    let mut groups: Vec<Pages> = Vec::new();
    for inner in element.elements() {
        match inner.name.as_str() {
            "SousDossier" => groups.push(pages(inner, Listing::Contents)),
            "Fiche" => match groups.last_mut() {
                Some(last) if last.heading == Named::default() => last.links.push(page_link(inner)),
                _ => groups.push(Pages {
                    listing: Listing::Contents,
                    heading: Named::default(),
                    links: vec![page_link(inner)],
                }),
            },
            _ => {}
        }
    }
    Dossier {
        id: element.attribute("ID"),
        title: element.text_of("Titre"),
        groups,
    }
}

fn kind(text: &str) -> Kind {
    match text {
        "Fiche d'information" => Kind::Sheet,
        "Fiche d'information conditionnée" => Kind::SheetByCase,
        "Fiche Question-réponse" => Kind::Question,
        "Fiche Question-réponse conditionnée" => Kind::QuestionByCase,
        "Fiche avec liens externes" => Kind::Outward,
        "Dossier" => Kind::Dossier,
        "Recherche guidée" => Kind::Guide,
        "Theme" => Kind::Theme,
        "Formulaire" => Kind::Form,
        "Modèle de document" => Kind::Letter,
        "Simulateur" => Kind::Simulator,
        "Outil de recherche" => Kind::Finder,
        t if t.starts_with("Fiche Comment faire si") => Kind::HowToIf,
        t if t.starts_with("Téléservice") => Kind::OnlineService,
        _ => Kind::Other,
    }
}
