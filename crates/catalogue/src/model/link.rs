//! Links: to other pages, and to elsewhere.

use super::{Block, Named};
use serde::{Deserialize, Serialize};

/// Why pages are listed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Listing {
    /// What a dossier or a theme holds (`SousDossier`, `Fiche`, `SousTheme`, `Dossier`).
    Contents,
    /// « Voir aussi ».
    SeeAlso,
    /// « Questions ? Réponses ! ».
    Questions,
    /// « Comment faire si… ».
    HowToIf,
    /// « Recherche guidée ».
    Guides,
    /// The pages a form or a service is for (`FicheLiee`).
    Uses,
    /// Other services for the same thing (`ServiceEnLigneAlternatif`).
    Alternatives,
}

/// Pages under a heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pages {
    /// Why they are together.
    pub listing: Listing,
    /// The heading, with its publisher's identifier; may be empty.
    pub heading: Named,
    /// The pages.
    pub links: Vec<PageLink>,
}

/// A link to a page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PageLink {
    /// The page's name at the publisher's: this edition may not hold it.
    pub id: String,
    /// What the link says.
    pub title: String,
    /// What the publisher calls the page's kind, or empty.
    pub kind: String,
    /// Where the page stands: its theme, its dossier, whom it is for.
    pub about: Vec<Named>,
}

/// A link to elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outside {
    /// The publisher's identifier.
    pub id: String,
    /// What its publisher calls its kind.
    pub kind: String,
    /// What the link says; may be empty.
    pub title: String,
    /// The address.
    pub url: String,
    /// What is added to it, such as an article's number.
    pub note: String,
    /// The kind of file it leads to, or empty.
    pub format: String,
    /// Its size as written, or empty.
    pub size: String,
    /// Its language, or empty for French.
    pub language: String,
    /// The number of an official form (cerfa), or empty.
    pub cerfa: String,
    /// Who publishes it.
    pub source: Named,
    /// When it applies, where that depends on answers given first.
    pub when: String,
    /// What is said of it at length.
    pub blocks: Vec<Block>,
}

/// What a link to elsewhere is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutsideUse {
    /// A text of law.
    Reference,
    /// « Pour en savoir plus ».
    More,
    /// Where the form or the service is (`LienWeb`).
    Web,
    /// A notice to read with a form.
    Notice,
    /// A partner of the publisher.
    Partner,
}
