//! Entries of a record: what is written once, signed, and never rewritten. A correction is a later
//! entry that names the one it corrects.

use crate::{
    compartment::{Compartment, Compartments},
    document::{Document, DocumentFacts},
    id::{
        AccompanimentId, AccountId, AppointmentId, DocumentId, GrantId, HouseholdId, MandateId,
        PersonId, TeamId,
    },
    looked::LookedEvent,
    mandate::Mandate,
    procedure::ProcedureEntry,
    step::Step,
    words::{
        AppointmentShow, AppointmentState, ClosingReason, ConsentForm, Nature, Theme, TieKind,
        Title,
    },
};
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};
use serde::{Deserialize, Serialize};

/// The longest text of a writing, in characters.
pub const LONGEST_TEXT: usize = 20_000;

/// Who wrote an entry, as pages name them; kept with the entry because names and teams change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The account that signed.
    pub account: AccountId,
    /// In what quality.
    pub side: Side,
    /// The name shown.
    pub name: String,
    /// The job title shown; empty for the person.
    #[serde(default)]
    pub job: String,
    /// The team in which they acted, where they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamName>,
}

/// A team and the name it is shown under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamName {
    /// The team.
    pub id: TeamId,
    /// Its name.
    pub name: String,
    /// Its organisation's name.
    pub organisation: String,
}

/// In what quality someone writes or reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The person whose record it is.
    Person,
    /// A worker.
    Worker,
    /// Keepers together.
    Keepers,
}

/// An entry once opened: what is sealed, with the header it was found under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the record, from 1.
    pub sequence: u64,
    /// The compartment it belongs to.
    pub compartment: Compartment,
    /// What was sealed.
    pub body: EntryBody,
}

/// What an entry seals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryBody {
    /// When it was written.
    pub at: Timestamp,
    /// By whom.
    pub author: Author,
    /// What it says.
    pub content: Content,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Content {
    /// Who the person is; the latest one holds.
    Profile(Profile),
    /// A writing.
    Writing(Writing),
    /// A step.
    Step(Step),
    /// What happened to a procedure.
    Procedure(ProcedureEntry),
    /// A mandate was given.
    MandateGiven(Mandate),
    /// A mandate was taken back.
    MandateRevoked {
        /// Which.
        mandate: MandateId,
        /// Why, where it was said.
        #[serde(default)]
        reason: String,
    },
    /// A document was put in the safe.
    DocumentAdded(Document),
    /// What is said of a document was mended.
    DocumentChanged {
        /// Which.
        document: DocumentId,
        /// What holds from now on.
        facts: DocumentFacts,
    },
    /// A document was taken out of the safe's list; it stays in the journal.
    DocumentWithdrawn {
        /// Which.
        document: DocumentId,
        /// Why.
        reason: String,
    },
    /// A team began to accompany the person.
    AccompanimentOpened {
        /// Its identifier.
        id: AccompanimentId,
        /// The team.
        team: TeamName,
        /// The referent's name, where one is named.
        referent: Option<Referent>,
        /// Since when.
        on: Date,
    },
    /// Another worker became the referent.
    ReferentNamed {
        /// Of which accompaniment.
        accompaniment: AccompanimentId,
        /// Who.
        referent: Referent,
    },
    /// A team ended its accompaniment.
    AccompanimentClosed {
        /// Which.
        accompaniment: AccompanimentId,
        /// Why.
        reason: ClosingReason,
        /// In more words; may be empty.
        #[serde(default)]
        words: String,
        /// Since when.
        on: Date,
    },
    /// An appointment was made or changed; the latest one of an identifier holds.
    Appointment(Appointment),
    /// A tie with another person.
    Tie(Tie),
    /// The household the person lives in; the latest one holds.
    Household(Household),
    /// A card was made for the person.
    CardMade {
        /// The account behind the card.
        account: AccountId,
        /// First, second (left with someone trusted) or replacing a lost one.
        card: CardOccasion,
        /// The second worker present, where the card replaces a lost one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        with: Option<String>,
    },
    /// Someone was given access to this compartment.
    GrantGiven(GrantGiven),
    /// An access was taken back.
    GrantTakenBack {
        /// Which.
        grant: GrantId,
    },
    /// Keepers opened this compartment together.
    OpenedByKeepers {
        /// Why, in their words.
        reason: String,
        /// How many of them.
        keepers: u8,
    },
    /// What was said for rights to look at, or decided about one.
    Looked {
        /// What.
        event: LookedEvent,
    },
    /// What an import brought that no other entry holds.
    Imported {
        /// The columns, as (heading, value).
        facts: Vec<(String, String)>,
    },
}

/// Who the person is and how to reach them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// How an administration addresses them.
    pub title: Option<Title>,
    /// Name at birth.
    pub birth_name: String,
    /// Given names.
    pub given_names: String,
    /// Name in use or nickname; may be empty.
    pub usual_name: String,
    /// Day of birth, where known.
    pub born: Option<Date>,
    /// Place of birth; may be empty.
    pub birth_place: String,
    /// Telephone; may be empty.
    pub phone: String,
    /// Electronic mail; may be empty.
    pub email: String,
    /// Postal address or where mail arrives; may be empty.
    pub address: String,
    /// Languages spoken; may be empty.
    pub languages: String,
    /// The identifier another tool gave them; may be empty.
    pub outside_id: String,
}

impl Profile {
    /// The name pages show: given names and birth name, the usual name beside it where it differs.
    #[must_use]
    pub fn shown_name(&self) -> String {
        let name = format!("{} {}", self.given_names.trim(), self.birth_name.trim());
        let usual = self.usual_name.trim();
        if usual.is_empty() || usual == self.birth_name.trim() {
            name.trim().to_owned()
        } else {
            format!("{} ({usual})", name.trim())
        }
    }
}

/// A text of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writing {
    /// What it is: a fact, the person's words, a hypothesis, what was agreed.
    pub nature: Nature,
    /// The text.
    pub text: String,
    /// What it is about, where it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
    /// How it stands to an earlier entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
}

/// How a writing stands to an earlier entry of the same compartment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// It corrects it; pages show both.
    Corrects(u64),
    /// It answers it (the person's right of reply, or a worker's).
    Answers(u64),
}

/// The worker answerable for an accompaniment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referent {
    /// Who.
    pub account: AccountId,
    /// The name shown.
    pub name: String,
}

/// An appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// Its identifier.
    pub id: AppointmentId,
    /// When, on the clock of the place.
    pub at: DateTime,
    /// Where; may be empty.
    #[serde(default)]
    pub place: String,
    /// With whom; may be empty.
    #[serde(default)]
    pub with: String,
    /// What for; may be empty.
    #[serde(default)]
    pub purpose: String,
    /// Where it stands.
    pub state: AppointmentState,
    /// How it appears on the person's side.
    pub show: AppointmentShow,
}

/// A tie between the record's person and someone else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tie {
    /// What they are to the record's person.
    pub kind: TieKind,
    /// Their name.
    pub name: String,
    /// Their day of birth, where known.
    #[serde(default)]
    pub born: Option<Date>,
    /// Their own record, where there is one and the writer could open it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// Whether the tie ended.
    #[serde(default)]
    pub ended: bool,
}

/// The people who live together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Household {
    /// Its identifier, shared by the records of its people.
    pub id: HouseholdId,
    /// Who lives there, as the names shown.
    pub members: Vec<String>,
    /// How it is composed, in words; may be empty.
    #[serde(default)]
    pub composition: String,
}

/// Why a card was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardOccasion {
    /// The person's first card.
    First,
    /// A second card, left with someone they trust.
    Second,
    /// It replaces a lost one, which died.
    Replaced,
}

/// An access given, as it stands in each compartment it opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantGiven {
    /// Its identifier.
    pub grant: GrantId,
    /// To whom: the name shown.
    pub to: String,
    /// Which of this compartment and the others it opens; each compartment holds its own copy,
    /// which names itself only.
    pub compartments: Compartments,
    /// What for.
    pub purpose: String,
    /// The last day, where there is one.
    pub until: Option<Date>,
    /// How the person agreed; `None` inside the team that opened the record.
    pub consent: Option<ConsentForm>,
}
