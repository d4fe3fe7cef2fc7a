//! What a page of the catalogue brings to a procedure that is opened from it: its pieces, to be
//! checked by someone, and its ways, with and without a computer.

use super::plain;
use catalogue::{Page, Shelf, WayKind as Named};
use domain::{
    procedure::{Way, WayKind},
    words::Theme,
};
use service::{Offer, OfferedPiece};

/// What that page offers, in the edition in use; `None` where there is no such page to read.
pub(crate) fn offer(shelf: &Shelf, page: &str) -> Option<Offer> {
    let id = catalogue::PageId::parse(page).ok()?;
    let edition = shelf.current();
    let page = match edition.page(&id) {
        Ok(page) => page?,
        Err(error) => {
            tracing::error!(%error, "a page of the catalogue cannot be read");
            return None;
        }
    };
    Some(Offer {
        page: id.as_str().to_owned(),
        edition: edition.date(),
        title: plain(page.title()),
        theme: theme(page.theme()),
        pieces: pieces(&page),
        ways: ways(&page),
    })
}

/// The word of ours for a theme of the publisher's; none where it has two, for a person to choose.
fn theme(title: &str) -> Option<Theme> {
    Some(match title {
        "Argent" => Theme::Money,
        "Étranger" => Theme::Foreign,
        "Famille" => Theme::Family,
        "Justice" => Theme::Justice,
        "Logement" => Theme::Housing,
        "Loisirs" => Theme::Leisure,
        "Papiers - Citoyenneté" => Theme::Papers,
        "Transports" => Theme::Transport,
        "Travail" => Theme::Work,
        _ => return None,
    })
}

/// The pieces by case. One that is asked of everyone is not asked again in a case.
fn pieces(page: &Page) -> Vec<OfferedPiece> {
    let all = page.pieces();
    let of_everyone: Vec<String> = all
        .iter()
        .filter(|p| p.cases.is_empty())
        .map(|p| p.text.clone())
        .collect();
    all.into_iter()
        .filter(|p| p.cases.is_empty() || !of_everyone.contains(&p.text))
        .map(|piece| OfferedPiece {
            label: if piece.alternatives.is_empty() {
                piece.text
            } else {
                format!("{} {}", piece.text, piece.alternatives.join(" / "))
            },
            case: piece.cases.join(" › "),
        })
        .collect()
}

/// Each way once: a page names the same counter and the same form in each of its cases.
fn ways(page: &Page) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for way in page.ways().into_iter().map(way) {
        let same = |w: &Way| (w.kind, &w.words) == (way.kind, &way.words);
        if !ways.iter().any(same) {
            ways.push(way);
        }
    }
    ways
}

fn way(named: catalogue::Way) -> Way {
    let kind = match named.kind {
        Named::Online => WayKind::Online,
        Named::PaperForm | Named::Letter | Named::Post => WayKind::Paper,
        Named::Counter => WayKind::Counter,
        Named::Telephone => WayKind::Phone,
    };
    let words = if named.cerfa.is_empty() {
        named.title
    } else {
        format!("{} (cerfa {})", named.title, named.cerfa)
    };
    let address = if named.numbers.is_empty() {
        named.url
    } else {
        named.numbers.join(", ")
    };
    Way {
        kind,
        words: if words.is_empty() { named.text } else { words },
        address,
    }
}
