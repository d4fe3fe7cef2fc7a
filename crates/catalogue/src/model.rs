//! A page of the official catalogue as Conatus keeps it: what it says, not how a site laid it out.
//!
//! The names are those of this project; what the publisher calls them is said beside each. Nothing
//! here is HTML, and nothing of a page's text is left out: [`Page::text`] gives all of it.

mod link;

pub use link::{Listing, Outside, OutsideUse, PageLink, Pages};

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a page is called by its publisher, such as `F10027`, `N99` or `R1281`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PageId(String);

/// A text that is no page's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a page")]
pub struct NoPageId;

impl PageId {
    /// A page's name: one to twenty-four ASCII letters and figures, a letter first.
    pub fn parse(text: &str) -> Result<Self, NoPageId> {
        let right = (1..=24).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric())
            && text.starts_with(|c: char| c.is_ascii_alphabetic());
        right.then(|| Self(text.to_owned())).ok_or(NoPageId)
    }

    /// As its publisher writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for PageId {
    type Err = NoPageId;

    fn from_str(text: &str) -> Result<Self, NoPageId> {
        Self::parse(text)
    }
}

/// What a page is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A fiche d'information.
    Sheet,
    /// A fiche whose content depends on a situation chosen first.
    SheetByCase,
    /// A question and its answer.
    Question,
    /// A question whose answer depends on a situation chosen first.
    QuestionByCase,
    /// A fiche that only leads to other sites.
    Outward,
    /// « Comment faire si… »: what to do about an event of life.
    HowToIf,
    /// A dossier: pages on one right, under headings.
    Dossier,
    /// A « Recherche guidée »: it only leads to other pages.
    Guide,
    /// A theme of the catalogue.
    Theme,
    /// A form on paper.
    Form,
    /// An online service.
    OnlineService,
    /// A model of letter or of document.
    Letter,
    /// A simulator.
    Simulator,
    /// A tool to look something up.
    Finder,
    /// What later editions may bring.
    Other,
}

impl Kind {
    /// Whether a person reads it to know a right: what a search answers with.
    #[must_use]
    pub const fn is_read(self) -> bool {
        matches!(
            self,
            Self::Sheet
                | Self::SheetByCase
                | Self::Question
                | Self::QuestionByCase
                | Self::Outward
                | Self::HowToIf
                | Self::Dossier
        )
    }

    /// Whether it is a form, an online service or another tool.
    #[must_use]
    pub const fn is_tool(self) -> bool {
        matches!(
            self,
            Self::Form | Self::OnlineService | Self::Letter | Self::Simulator | Self::Finder
        )
    }
}

/// A name with the identifier its publisher gives it, empty where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Named {
    /// The publisher's identifier.
    pub id: String,
    /// The name.
    pub title: String,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Its name at the publisher's.
    pub id: PageId,
    /// What it is for.
    pub kind: Kind,
    /// What its publisher calls its kind.
    pub kind_text: String,
    /// Its title.
    pub title: String,
    /// What it is about, in one sentence.
    pub description: String,
    /// The day it was last changed, as its publisher writes it (`2020-10-14`), or empty.
    pub modified: String,
    /// The address of the page at its publisher's, or empty.
    pub address: String,
    /// What else its publisher says of it, by name, in order.
    pub facts: Vec<(String, String)>,
    /// Whom it is for.
    pub audiences: Vec<String>,
    /// The way to it from the catalogue's entrance, itself last.
    pub trail: Vec<Named>,
    /// The themes it belongs to.
    pub themes: Vec<Named>,
    /// The theme below that, where there is one.
    pub subtheme: Named,
    /// The dossier it belongs to, where there is one.
    pub dossier: Option<Dossier>,
    /// The heading of that dossier under which it stands.
    pub heading: String,
    /// What it begins with.
    pub introduction: Vec<Block>,
    /// What it says, in its publisher's order.
    pub blocks: Vec<Block>,
}

impl Page {
    /// Its first theme, or an empty text.
    #[must_use]
    pub fn theme(&self) -> &str {
        self.themes.first().map_or("", |t| &t.title)
    }

    /// Its name at its publisher's.
    #[must_use]
    pub const fn id(&self) -> &PageId {
        &self.id
    }

    /// Its title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }
}

/// A dossier as one of its pages shows it (`DossierPere`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Dossier {
    /// The dossier's name at the publisher's.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its pages, by heading; a heading may be empty.
    pub groups: Vec<Pages>,
}

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A part under a heading (`Chapitre`, `SousChapitre`).
    Section(Section),
    /// What depends on the reader's case (`BlocCas`, `ListeSituations`).
    Cases(Cases),
    /// A list.
    List {
        /// Whether its items are numbered.
        numbered: bool,
        /// Its items.
        items: Vec<Item>,
    },
    /// A table.
    Table(Table),
    /// Something set apart (`ANoter`, `ASavoir`, `Attention`, `Rappel`, `Avertissement`).
    Note(Note),
    /// A form, an online service or another tool (`ServiceEnLigne`).
    Service(Service),
    /// Where to turn to (`OuSAdresser`, `OuSAdresserSupport`).
    Counter(Counter),
    /// What a word or an abbreviation means.
    Meaning(Meaning),
    /// A link to elsewhere.
    Outside(OutsideUse, Outside),
    /// Pages under a heading.
    Pages(Pages),
    /// A step of a guided search or of a questionnaire.
    Choice(Choice),
    /// A picture, of which only the words are kept.
    Picture(Picture),
    /// What is shown only for some answers (`FragmentConditionne`).
    Fragment {
        /// For which.
        when: String,
        /// What is shown.
        blocks: Vec<Self>,
    },
    /// A fact about the page, such as a form's number.
    Fact {
        /// What its publisher calls it.
        name: String,
        /// The fact.
        text: String,
    },
    /// What this program does not know, kept readable.
    Unknown {
        /// What its publisher calls it.
        name: String,
        /// What it holds.
        blocks: Vec<Self>,
    },
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Item {
    /// When it applies, where that depends on answers given first.
    pub when: String,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A part under a heading.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Section {
    /// Whether it stands inside another part (`SousChapitre`).
    pub inner: bool,
    /// The publisher's identifier, or empty.
    pub id: String,
    /// Its heading.
    pub title: Vec<Inline>,
    /// The heading shown once a situation was chosen, or empty.
    pub other_title: Vec<Inline>,
    /// When it applies, where that depends on answers given first.
    pub when: String,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// What depends on the reader's case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cases {
    /// Whether the whole page depends on it (`ListeSituations`).
    pub whole_page: bool,
    /// How the publisher's site shows it.
    pub display: String,
    /// The cases.
    pub cases: Vec<Case>,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Case {
    /// Which case it is.
    pub title: Vec<Inline>,
    /// When it applies, where that depends on answers given first.
    pub when: String,
    /// What holds then.
    pub blocks: Vec<Block>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Table {
    /// Its title.
    pub title: Vec<Inline>,
    /// What it shows, in words.
    pub summary: Vec<Block>,
    /// For each column, whether its cells are headings of their rows.
    pub heading_columns: Vec<bool>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Row {
    /// Whether its cells are headings of their columns.
    pub heading: bool,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cell {
    /// How many columns it spans.
    pub columns: u16,
    /// How many rows it spans.
    pub rows: u16,
    /// What it holds.
    pub blocks: Vec<Block>,
}

/// Why something is set apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoteKind {
    /// « À noter ».
    Note,
    /// « À savoir ».
    Know,
    /// « Attention ».
    Careful,
    /// « Rappel ».
    Reminder,
    /// News about the page, dated (`Avertissement`).
    News,
}

/// Something set apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Why.
    pub kind: NoteKind,
    /// The publisher's identifier, or empty.
    pub id: String,
    /// The day of the news as written, or empty.
    pub date: String,
    /// Its heading.
    pub title: Vec<Inline>,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A form, an online service or another tool.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Service {
    /// The link itself: its kind, title, address, number.
    pub link: Outside,
    /// Another number of the form, or empty.
    pub other_number: String,
    /// What it is for.
    pub introduction: Vec<Block>,
    /// What it says besides.
    pub blocks: Vec<Block>,
    /// Notices to read with it.
    pub notices: Vec<Outside>,
    /// Forms that go with it.
    pub annexes: Vec<Annex>,
    /// The kinds of local offices concerned (`PivotLocal`).
    pub offices: Vec<String>,
}

/// A form that goes with another.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Annex {
    /// Its kind as its publisher calls it.
    pub kind: String,
    /// Its number, or empty.
    pub cerfa: String,
    /// Its title.
    pub title: String,
    /// What it says.
    pub blocks: Vec<Block>,
    /// Where it is.
    pub links: Vec<Outside>,
    /// Notices to read with it.
    pub notices: Vec<Outside>,
}

/// Where to turn to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counter {
    /// The publisher's identifier.
    pub id: String,
    /// What its publisher calls its kind, such as `Centre de contact`.
    pub kind: String,
    /// Whether it helps with the online service rather than with the right (`OuSAdresserSupport`).
    pub support: bool,
    /// Whom.
    pub title: String,
    /// What is added, such as « pour s'informer ».
    pub note: String,
    /// The kinds of local offices, as the directory of the administration calls them.
    pub offices: Vec<String>,
    /// Its pages elsewhere.
    pub links: Vec<Outside>,
    /// Who publishes that.
    pub source: Named,
    /// How to reach it: hours, telephone, address.
    pub blocks: Vec<Block>,
}

/// What a word or an abbreviation means.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Meaning {
    /// The publisher's identifier: what [`Inline::Meaning`] refers to.
    pub id: String,
    /// Whether it is an abbreviation.
    pub abbreviation: bool,
    /// What its publisher calls its kind, or empty.
    pub kind: String,
    /// The word.
    pub title: Vec<Inline>,
    /// What it means.
    pub blocks: Vec<Block>,
    /// The texts of law behind it.
    pub references: Vec<Outside>,
}

/// A step of a guided search or of a questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Choice {
    /// What its publisher calls it: `Problematique`, `Branche`, `Question`, `Choix`.
    pub name: String,
    /// What is asked, or chosen.
    pub title: Vec<Inline>,
    /// Help to choose.
    pub help: Vec<Block>,
    /// What is said once it was chosen.
    pub chosen: Vec<Block>,
    /// What it answers, in the publisher's names.
    pub sets: String,
    /// The pages it leads to.
    pub links: Vec<PageLink>,
    /// What is asked next.
    pub choices: Vec<Self>,
}

/// A picture, of which only the words are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Picture {
    /// The publisher's name of the file.
    pub file: String,
    /// What replaces it for who does not see it.
    pub instead: String,
    /// Its legend, its description and who made it.
    pub words: Vec<Block>,
    /// What it illustrates.
    pub beside: Vec<Block>,
}

/// A piece of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Inline {
    /// Words.
    Text(String),
    /// What matters most.
    Strong(Vec<Self>),
    /// An expression set apart.
    Expression(Vec<Self>),
    /// A figure: an amount, a length of time.
    Value(Vec<Self>),
    /// Raised.
    Raised(Vec<Self>),
    /// Lowered.
    Lowered(Vec<Self>),
    /// Someone's words.
    Quote(Vec<Self>),
    /// Something to fill in.
    Variable(Vec<Self>),
    /// A word of another language.
    Foreign {
        /// Which, as its publisher writes it.
        language: String,
        /// The word.
        words: Vec<Self>,
    },
    /// A link to a page.
    Page {
        /// The page's name at the publisher's.
        id: String,
        /// What its publisher calls its kind.
        kind: String,
        /// What the link says.
        words: Vec<Self>,
    },
    /// A word whose meaning the page gives.
    Meaning {
        /// The [`Meaning::id`].
        id: String,
        /// The word.
        words: Vec<Self>,
    },
    /// A link to elsewhere.
    Outside {
        /// Where, and what it is.
        link: Box<Outside>,
        /// What the link says.
        words: Vec<Self>,
    },
    /// A picture.
    Picture(Picture),
    /// What this program does not know, kept readable.
    Unknown {
        /// What its publisher calls it.
        name: String,
        /// What it says.
        words: Vec<Self>,
    },
}
