//! The pieces of a page below its head.

use super::{
    element::{Element, Node, single_blanks},
    inlines::{heading, inlines},
    links::{annex, counter, outside, page_link, pages, service},
};
use crate::model::{
    Block, Case, Cases, Cell, Choice, Counter, Inline, Item, Listing, Meaning, Named, Note,
    NoteKind, OutsideUse, Pages, Picture, Row, Section, Service, Table,
};
use std::collections::BTreeMap;

/// What this program did not know, and how often it met it.
#[derive(Debug, Default)]
pub(super) struct Unknowns(pub(super) BTreeMap<String, u32>);

impl Unknowns {
    /// The most names kept: a file written to harm may hold a new one in every element.
    const KEPT: usize = 200;

    pub(super) fn add(&mut self, name: &str) {
        if let Some(count) = self.0.get_mut(name) {
            *count = count.saturating_add(1);
        } else if self.0.len() < Self::KEPT {
            let short = name.chars().take(60).collect();
            self.0.insert(short, 1);
        }
    }
}

/// The pieces that an element holds, in order.
pub(super) fn blocks(element: &Element, unknowns: &mut Unknowns) -> Vec<Block> {
    let mut out = Vec::new();
    for node in &element.children {
        match node {
            Node::Text(text) => {
                let text = single_blanks(text);
                if !text.is_empty() {
                    out.push(Block::Paragraph(vec![Inline::Text(text)]));
                }
            }
            Node::Element(inner) if is_name(element, inner) => {}
            Node::Element(inner) => push(inner, unknowns, &mut out),
        }
    }
    out
}

/// What says what a piece is rather than being in it.
fn is_name(parent: &Element, element: &Element) -> bool {
    match element.name.as_str() {
        "Condition" => true,
        "Titre" | "TitreAlternatif" => matches!(
            parent.name.as_str(),
            "Chapitre"
                | "SousChapitre"
                | "Cas"
                | "Situation"
                | "ANoter"
                | "ASavoir"
                | "Attention"
                | "Rappel"
        ),
        _ => false,
    }
}

/// Adds one piece; wrappers that mean nothing by themselves give what they hold.
#[expect(
    clippy::too_many_lines,
    reason = "one arm an element of the publisher's schema"
)]
pub(super) fn push(element: &Element, unknowns: &mut Unknowns, out: &mut Vec<Block>) {
    let block = match element.name.as_str() {
        "Paragraphe" => Block::Paragraph(inlines(element, unknowns)),
        "Texte" | "Introduction" | "Contenu" | "Problematiques" | "Questionnaire"
        | "Description" => {
            out.extend(blocks(element, unknowns));
            return;
        }
        "Chapitre" | "SousChapitre" => Block::Section(Section {
            inner: element.name == "SousChapitre",
            id: element.attribute("ID"),
            title: heading(element.first("Titre"), unknowns),
            other_title: heading(element.first("TitreAlternatif"), unknowns),
            when: when(element),
            blocks: blocks(element, unknowns),
        }),
        "BlocCas" | "ListeSituations" => Block::Cases(cases(element, unknowns)),
        "Liste" => Block::List {
            numbered: element.attribute("type") == "numero",
            items: element
                .named("Item")
                .map(|item| Item {
                    when: when(item),
                    blocks: blocks(item, unknowns),
                })
                .collect(),
        },
        "Tableau" => Block::Table(table(element, unknowns)),
        "ANoter" => Block::Note(note(element, NoteKind::Note, unknowns)),
        "ASavoir" => Block::Note(note(element, NoteKind::Know, unknowns)),
        "Attention" => Block::Note(note(element, NoteKind::Careful, unknowns)),
        "Rappel" => Block::Note(note(element, NoteKind::Reminder, unknowns)),
        "Avertissement" => Block::Note(Note {
            blocks: blocks_of(element, "Texte", unknowns),
            ..note(element, NoteKind::News, unknowns)
        }),
        "ServiceEnLigne" => Block::Service(service(element, unknowns)),
        "ServiceEnLigneAnnexe" => Block::Service(Service {
            annexes: vec![annex(element, unknowns)],
            ..Service::default()
        }),
        "OuSAdresser" | "OuSAdresserSupport" => Block::Counter(counter(element, unknowns)),
        "PivotLocal" => Block::Counter(Counter {
            offices: vec![element.text()],
            ..Counter::default()
        }),
        "Definition" | "Abreviation" => Block::Meaning(Meaning {
            id: element.attribute("ID"),
            abbreviation: element.name == "Abreviation",
            kind: element.attribute("type"),
            title: heading(element.first("Titre"), unknowns),
            blocks: blocks_of(element, "Texte", unknowns),
            references: element
                .named("Reference")
                .map(|e| outside(e, unknowns))
                .collect(),
        }),
        "Reference" => Block::Outside(OutsideUse::Reference, outside(element, unknowns)),
        "PourEnSavoirPlus" | "LienExterneCommente" => {
            Block::Outside(OutsideUse::More, outside(element, unknowns))
        }
        "LienWeb" => Block::Outside(OutsideUse::Web, outside(element, unknowns)),
        "NoticeLiee" => Block::Outside(OutsideUse::Notice, outside(element, unknowns)),
        "Partenaire" => Block::Outside(OutsideUse::Partner, outside(element, unknowns)),
        "SousDossier" | "SousTheme" => Block::Pages(pages(element, Listing::Contents)),
        "VoirAussi" => Block::Pages(pages(element, Listing::SeeAlso)),
        "Fiche" | "Dossier" => {
            one_more(element, Listing::Contents, out);
            return;
        }
        "QuestionReponse" => {
            one_more(element, Listing::Questions, out);
            return;
        }
        "CommentFaireSi" => {
            one_more(element, Listing::HowToIf, out);
            return;
        }
        "RechercheGuidee" => {
            one_more(element, Listing::Guides, out);
            return;
        }
        "FicheLiee" => {
            one_more(element, Listing::Uses, out);
            return;
        }
        "ServiceEnLigneAlternatif" => {
            one_more(element, Listing::Alternatives, out);
            return;
        }
        "Problematique" | "Question" => Block::Choice(choice(element, unknowns)),
        "FragmentConditionne" => Block::Fragment {
            when: when(element),
            blocks: blocks(element, unknowns),
        },
        "Image" | "ContenuIllustre" => Block::Picture(picture(element, unknowns)),
        "NumeroCerfa" | "AutreNumero" => Block::Fact {
            name: element.name.clone(),
            text: element.text(),
        },
        "LienInterne" | "LienExterne" | "LienIntra" | "MiseEnEvidence" | "Expression"
        | "Valeur" => {
            let alone = Element {
                children: vec![Node::Element(element.clone())],
                ..Element::default()
            };
            Block::Paragraph(inlines(&alone, unknowns))
        }
        _ => {
            unknowns.add(&element.name);
            Block::Unknown {
                name: element.name.chars().take(60).collect(),
                blocks: blocks(element, unknowns),
            }
        }
    };
    out.push(block);
}

fn blocks_of(element: &Element, name: &str, unknowns: &mut Unknowns) -> Vec<Block> {
    element
        .named(name)
        .flat_map(|e| blocks(e, unknowns))
        .collect()
}

/// A link beside those of its kind that were just read.
fn one_more(element: &Element, listing: Listing, out: &mut Vec<Block>) {
    let link = page_link(element);
    if let Some(Block::Pages(last)) = out.last_mut()
        && last.listing == listing
        && last.heading == Named::default()
    {
        last.links.push(link);
        return;
    }
    out.push(Block::Pages(Pages {
        listing,
        heading: Named::default(),
        links: vec![link],
    }));
}

/// When an element applies, in the publisher's names: `ou(T1,non T2)`; empty for always.
pub(super) fn when(element: &Element) -> String {
    let Some(condition) = element.first("Condition") else {
        return String::new();
    };
    let mut text = String::new();
    say(condition, &mut text);
    text
}

fn say(element: &Element, text: &mut String) {
    for (i, inner) in element.elements().enumerate() {
        if i > 0 {
            text.push(',');
        }
        text.push_str(&inner.name);
        text.push('(');
        text.push_str(&inner.attribute("var"));
        say(inner, text);
        text.push(')');
    }
}

fn cases(element: &Element, unknowns: &mut Unknowns) -> Cases {
    Cases {
        whole_page: element.name == "ListeSituations",
        display: element.attribute("affichage"),
        cases: element
            .elements()
            .filter(|e| matches!(e.name.as_str(), "Cas" | "Situation"))
            .map(|case| Case {
                title: heading(case.first("Titre"), unknowns),
                when: when(case),
                blocks: blocks(case, unknowns),
            })
            .collect(),
    }
}

fn table(element: &Element, unknowns: &mut Unknowns) -> Table {
    let span = |cell: &Element, name: &str| cell.attribute(name).parse().unwrap_or(1).clamp(1, 200);
    Table {
        title: heading(element.first("Titre"), unknowns),
        summary: blocks_of(element, "Resume", unknowns),
        heading_columns: element
            .named("Colonne")
            .map(|c| c.attribute("type") == "header")
            .collect(),
        rows: element
            .named("Rangée")
            .map(|row| Row {
                heading: row.attribute("type") == "header",
                cells: row
                    .named("Cellule")
                    .map(|cell| Cell {
                        columns: span(cell, "fusionHorizontale"),
                        rows: span(cell, "fusionVerticale"),
                        blocks: blocks(cell, unknowns),
                    })
                    .collect(),
            })
            .collect(),
    }
}

fn note(element: &Element, kind: NoteKind, unknowns: &mut Unknowns) -> Note {
    Note {
        kind,
        id: element.attribute("ID"),
        date: element.attribute("date"),
        title: heading(element.first("Titre"), unknowns),
        blocks: match kind {
            NoteKind::News => Vec::new(),
            _ => blocks(element, unknowns),
        },
    }
}

fn choice(element: &Element, unknowns: &mut Unknowns) -> Choice {
    let mut sets = String::new();
    for chosen in element.named("SiSelectionne") {
        say(chosen, &mut sets);
    }
    Choice {
        name: element.name.clone(),
        title: heading(element.first("Titre"), unknowns),
        help: blocks_of(element, "Aide", unknowns),
        chosen: blocks_of(element, "IntituleSiSelectionne", unknowns),
        sets,
        links: element.named("LienInterne").map(page_link).collect(),
        choices: element
            .elements()
            .filter(|e| matches!(e.name.as_str(), "Branche" | "Choix"))
            .map(|e| choice(e, unknowns))
            .collect(),
    }
}

/// A picture's words.
pub(super) fn picture(element: &Element, unknowns: &mut Unknowns) -> Picture {
    let image = element.first("Illustration").unwrap_or(element);
    Picture {
        file: image.attribute("LienPublication"),
        instead: image.text_of("TexteDeRemplacement"),
        words: ["Legende", "Description", "Credits"]
            .iter()
            .flat_map(|name| blocks_of(image, name, unknowns))
            .collect(),
        beside: blocks_of(element, "Contenu", unknowns),
    }
}
