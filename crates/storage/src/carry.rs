//! Carrying every row of every table from one engine to another, as it is: nothing is opened, and
//! nothing goes through a use case. What the tables are is told once, for every engine.

use crate::StorageError;
use async_trait::async_trait;

/// What a column of a row holds, the same for every engine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Nothing.
    Nothing,
    /// A count, time, code, or whether something is so (0 or 1).
    Number(i64),
    /// Words that are no secret: days, jobs.
    Text(String),
    /// Sealed values, hashes, signatures, identifiers.
    Bytes(Vec<u8>),
}

/// A row: one value a column, in the order its table tells.
pub type CarriedRow = Vec<Value>;

/// What a column can hold, for engines that have a type for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// [`Value::Number`].
    Number,
    /// [`Value::Number`] of two bytes.
    Small,
    /// [`Value::Number`], 0 or 1.
    Flag,
    /// [`Value::Text`].
    Text,
    /// [`Value::Bytes`].
    Bytes,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CarriedColumn {
    /// Its name.
    pub name: &'static str,
    /// What it can hold.
    pub holds: Holds,
}

/// A table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CarriedTable {
    /// Its name.
    pub name: &'static str,
    /// Its columns, those of the key first.
    pub columns: &'static [CarriedColumn],
    /// How many of them are the key, by which rows are in order.
    pub key: usize,
}

impl CarriedTable {
    /// The columns of the key.
    #[must_use]
    pub fn key_columns(&self) -> &'static [CarriedColumn] {
        &self.columns[..self.key]
    }

    /// Whether its rows are about one person each, whose identifier is their first column.
    #[must_use]
    pub fn is_about_people(&self) -> bool {
        self.columns.first().is_some_and(|c| c.name == "person_id")
    }
}

/// One engine's tables, to be read whole or filled.
#[async_trait]
pub trait Carrier: Send + Sync {
    /// How many rows that table has.
    async fn count(&self, table: &CarriedTable) -> Result<u64, StorageError>;
    /// The key of its last row; `None` where it is empty.
    async fn last(&self, table: &CarriedTable) -> Result<Option<CarriedRow>, StorageError>;
    /// Its rows after that key, in order of their keys, at most `most` of them and fewer where they
    /// are long; none where there are no more.
    async fn page(
        &self,
        table: &CarriedTable,
        after: Option<&[Value]>,
        most: u32,
    ) -> Result<Vec<CarriedRow>, StorageError>;
    /// Adds rows, all or none of them, durable when this returns.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] where one is there, or names a row that is not.
    async fn append(&self, table: &CarriedTable, rows: Vec<CarriedRow>)
    -> Result<(), StorageError>;
    /// Whether others use the store at this moment, as far as the engine can tell.
    async fn is_used_by_others(&self) -> Result<bool, StorageError>;
    /// Closes it.
    async fn close(&self);
}

const fn column(name: &'static str, holds: Holds) -> CarriedColumn {
    CarriedColumn { name, holds }
}

const fn bytes(name: &'static str) -> CarriedColumn {
    column(name, Holds::Bytes)
}

const fn number(name: &'static str) -> CarriedColumn {
    column(name, Holds::Number)
}

const fn small(name: &'static str) -> CarriedColumn {
    column(name, Holds::Small)
}

const fn flag(name: &'static str) -> CarriedColumn {
    column(name, Holds::Flag)
}

const fn text(name: &'static str) -> CarriedColumn {
    column(name, Holds::Text)
}

const fn table(name: &'static str, key: usize, columns: &'static [CarriedColumn]) -> CarriedTable {
    CarriedTable { name, columns, key }
}

/// The erasure shares, in their own store; an engine may call the table otherwise there.
pub const SHARES: CarriedTable = table("shares", 1, &[bytes("person_id"), bytes("share")]);

/// Which node does what: true of a place, so carried nowhere.
pub const LEASES: CarriedTable = table(
    "leases",
    1,
    &[
        text("job"),
        bytes("holder"),
        number("until"),
        number("last_done"),
    ],
);

/// Every table of the main store but [`LEASES`], each after those it names.
pub const TABLES: [CarriedTable; 25] = [
    table("organisations", 1, &[bytes("id"), bytes("name")]),
    table(
        "teams",
        1,
        &[bytes("id"), bytes("organisation"), bytes("name")],
    ),
    table(
        "statements",
        1,
        &[number("sequence"), bytes("id"), bytes("signed")],
    ),
    table(
        "accounts",
        1,
        &[
            bytes("id"),
            bytes("organisation"),
            bytes("lookup"),
            bytes("profile"),
            flag("administrator"),
            small("state"),
            bytes("public"),
            bytes("organisation_key"),
        ],
    ),
    table(
        "memberships",
        2,
        &[
            bytes("account"),
            bytes("team"),
            flag("lead"),
            small("compartments"),
            number("ended"),
        ],
    ),
    table(
        "team_wraps",
        4,
        &[
            bytes("account"),
            bytes("team"),
            small("compartment"),
            number("epoch"),
            bytes("wrapped"),
        ],
    ),
    table(
        "devices",
        1,
        &[
            bytes("id"),
            bytes("account"),
            bytes("lookup"),
            bytes("salt"),
            bytes("sealed"),
            number("enrolled"),
            number("tries"),
        ],
    ),
    table(
        "enrolments",
        1,
        &[
            bytes("lookup"),
            bytes("account"),
            bytes("salt"),
            bytes("sealed"),
            number("until"),
            number("uses_left"),
            number("tries"),
        ],
    ),
    table(
        "sessions",
        1,
        &[
            bytes("id"),
            bytes("account"),
            bytes("person"),
            bytes("device"),
            bytes("sealed"),
            number("opened"),
            number("seen"),
            number("ends"),
        ],
    ),
    table(
        "short_codes",
        1,
        &[bytes("lookup"), bytes("sealed"), number("until")],
    ),
    table(
        "reminders",
        2,
        &[
            bytes("account"),
            bytes("reminder"),
            text("day"),
            bytes("sealed"),
            text("told"),
        ],
    ),
    table(
        "brake_counts",
        4,
        &[
            bytes("organisation"),
            text("month"),
            text("service"),
            text("kind"),
            number("count"),
        ],
    ),
    table(
        "calendars",
        1,
        &[bytes("account"), bytes("lookup"), number("made")],
    ),
    table(
        "letters",
        2,
        &[bytes("organisation"), text("kind"), bytes("sealed")],
    ),
    table(
        "checkpoints",
        1,
        &[number("sequence"), bytes("bytes"), bytes("signature")],
    ),
    table(
        "persons",
        1,
        &[
            bytes("person_id"),
            bytes("organisation"),
            text("active"),
            number("entries"),
            bytes("entry_hash"),
            number("readings"),
            bytes("reading_hash"),
            number("statements"),
            bytes("statement_hash"),
            number("checked_entries"),
            number("checked_readings"),
            number("checked_statements"),
        ],
    ),
    table(
        "cards",
        2,
        &[
            bytes("person_id"),
            bytes("card"),
            bytes("account"),
            bytes("lookup"),
            bytes("salt"),
            bytes("sealed"),
            number("made"),
            number("tries"),
            number("dead"),
            bytes("team"),
        ],
    ),
    table(
        "person_statements",
        2,
        &[bytes("person_id"), number("number"), bytes("signed")],
    ),
    table("person_marks", 2, &[bytes("person_id"), bytes("mark")]),
    ENTRIES,
    table(
        "readings",
        2,
        &[
            bytes("person_id"),
            number("sequence"),
            bytes("reading"),
            small("compartment"),
            number("epoch"),
            bytes("reader"),
            bytes("key"),
            bytes("previous"),
            bytes("hash"),
            bytes("sealed"),
            bytes("signature"),
        ],
    ),
    table(
        "files",
        2,
        &[
            bytes("person_id"),
            bytes("file"),
            number("begun"),
            flag("kept"),
        ],
    ),
    table(
        "grants",
        2,
        &[
            bytes("person_id"),
            bytes("grant_id"),
            small("recipient_kind"),
            bytes("recipient"),
            small("compartments"),
            number("until"),
            number("ended"),
        ],
    ),
    table(
        "wraps",
        6,
        &[
            bytes("person_id"),
            small("compartment"),
            number("epoch"),
            small("recipient_kind"),
            bytes("recipient"),
            bytes("grant_id"),
            small("method"),
            number("team_epoch"),
            bytes("wrapped"),
        ],
    ),
    table(
        "checkpoint_heads",
        2,
        &[
            bytes("person_id"),
            number("checkpoint"),
            number("entries"),
            bytes("entry_hash"),
            number("readings"),
            bytes("reading_hash"),
            number("statements"),
            bytes("statement_hash"),
        ],
    ),
];

/// Entries, which say what the documents are that they bring.
pub const ENTRIES: CarriedTable = table(
    "entries",
    2,
    &[
        bytes("person_id"),
        number("sequence"),
        small("compartment"),
        number("epoch"),
        flag("profile"),
        bytes("author"),
        bytes("key"),
        bytes("previous"),
        bytes("hash"),
        bytes("sealed"),
        bytes("signature"),
        bytes("file"),
        bytes("file_hash"),
        number("file_length"),
    ],
);
