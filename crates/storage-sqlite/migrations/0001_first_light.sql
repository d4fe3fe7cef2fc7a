-- Sealed values, hashes, signatures, and the few plain columns that docs/SECURITY.md lists.
-- Times are microseconds since 1970 (UTC); days are ISO texts; identifiers are 16 random bytes.

CREATE TABLE organisations (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  name BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE teams (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  organisation BLOB NOT NULL REFERENCES organisations (id),
  name BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE statements (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  signed BLOB NOT NULL
) STRICT;

CREATE TABLE accounts (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  organisation BLOB NOT NULL REFERENCES organisations (id),
  lookup BLOB NOT NULL UNIQUE CHECK (length(lookup) = 16),
  profile BLOB NOT NULL,
  administrator INTEGER NOT NULL CHECK (administrator IN (0, 1)),
  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
  public BLOB NOT NULL,
  organisation_key BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX accounts_by_organisation ON accounts (organisation);

CREATE TABLE memberships (
  account BLOB NOT NULL REFERENCES accounts (id),
  team BLOB NOT NULL REFERENCES teams (id),
  lead INTEGER NOT NULL CHECK (lead IN (0, 1)),
  compartments INTEGER NOT NULL,
  ended INTEGER,
  PRIMARY KEY (account, team)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_by_team ON memberships (team);

CREATE TABLE team_wraps (
  account BLOB NOT NULL REFERENCES accounts (id),
  team BLOB NOT NULL REFERENCES teams (id),
  compartment INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  wrapped BLOB NOT NULL,
  PRIMARY KEY (account, team, compartment, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  account BLOB NOT NULL REFERENCES accounts (id),
  lookup BLOB NOT NULL CHECK (length(lookup) = 16),
  salt BLOB NOT NULL CHECK (length(salt) = 16),
  sealed BLOB NOT NULL,
  enrolled INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX devices_by_account ON devices (account, lookup);

CREATE TABLE enrolments (
  lookup BLOB PRIMARY KEY CHECK (length(lookup) = 16),
  account BLOB NOT NULL REFERENCES accounts (id),
  salt BLOB NOT NULL CHECK (length(salt) = 16),
  sealed BLOB NOT NULL,
  until INTEGER NOT NULL,
  uses_left INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  account BLOB NOT NULL,
  person BLOB,
  device BLOB NOT NULL,
  sealed BLOB NOT NULL,
  opened INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  ends INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_account ON sessions (account);
CREATE INDEX sessions_by_end ON sessions (ends);

CREATE TABLE short_codes (
  lookup BLOB PRIMARY KEY CHECK (length(lookup) = 16),
  sealed BLOB NOT NULL,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE persons (
  person_id BLOB PRIMARY KEY CHECK (length(person_id) = 16),
  organisation BLOB NOT NULL,
  active TEXT NOT NULL CHECK (active GLOB '????-??-01'),
  entries INTEGER NOT NULL,
  entry_hash BLOB NOT NULL CHECK (length(entry_hash) = 32),
  readings INTEGER NOT NULL,
  reading_hash BLOB NOT NULL CHECK (length(reading_hash) = 32),
  statements INTEGER NOT NULL,
  statement_hash BLOB NOT NULL CHECK (length(statement_hash) = 32),
  checked_entries INTEGER NOT NULL DEFAULT -1,
  checked_readings INTEGER NOT NULL DEFAULT -1,
  checked_statements INTEGER NOT NULL DEFAULT -1
) STRICT, WITHOUT ROWID;
CREATE INDEX persons_changed ON persons (person_id)
  WHERE entries <> checked_entries OR readings <> checked_readings
    OR statements <> checked_statements;

CREATE TABLE cards (
  person_id BLOB NOT NULL REFERENCES persons (person_id),
  card BLOB NOT NULL CHECK (length(card) = 16),
  account BLOB NOT NULL,
  lookup BLOB NOT NULL CHECK (length(lookup) = 16),
  salt BLOB NOT NULL CHECK (length(salt) = 16),
  sealed BLOB NOT NULL,
  made INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  dead INTEGER,
  team BLOB NOT NULL,
  PRIMARY KEY (person_id, card)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX cards_by_lookup ON cards (lookup);
CREATE INDEX cards_tried ON cards (tries) WHERE tries > 0;

CREATE TABLE person_statements (
  person_id BLOB NOT NULL REFERENCES persons (person_id),
  number INTEGER NOT NULL,
  signed BLOB NOT NULL,
  PRIMARY KEY (person_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE person_marks (
  person_id BLOB NOT NULL REFERENCES persons (person_id),
  mark BLOB NOT NULL CHECK (length(mark) = 16),
  PRIMARY KEY (person_id, mark)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_marks_by_mark ON person_marks (mark);

CREATE TABLE entries (
  person_id BLOB NOT NULL REFERENCES persons (person_id),
  sequence INTEGER NOT NULL,
  compartment INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  profile INTEGER NOT NULL CHECK (profile IN (0, 1)),
  author BLOB NOT NULL,
  key BLOB NOT NULL,
  previous BLOB NOT NULL CHECK (length(previous) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  sealed BLOB NOT NULL,
  signature BLOB NOT NULL CHECK (length(signature) = 64),
  file BLOB,
  file_hash BLOB,
  file_length INTEGER,
  PRIMARY KEY (person_id, sequence)
) STRICT;
-- Chains are followed, and compartments told, without reading what is sealed.
CREATE INDEX entries_links ON entries (person_id, sequence, compartment, hash, previous);
CREATE INDEX entries_profiles ON entries (person_id, sequence) WHERE profile = 1;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries are never rewritten'); END;
CREATE TRIGGER entries_remain BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END;

CREATE TABLE readings (
  person_id BLOB NOT NULL REFERENCES persons (person_id),
  sequence INTEGER NOT NULL,
  reading BLOB NOT NULL CHECK (length(reading) = 16),
  compartment INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  reader BLOB NOT NULL,
  key BLOB NOT NULL,
  previous BLOB NOT NULL CHECK (length(previous) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  sealed BLOB NOT NULL,
  signature BLOB NOT NULL CHECK (length(signature) = 64),
  PRIMARY KEY (person_id, sequence)
) STRICT;
CREATE UNIQUE INDEX readings_once ON readings (person_id, reading);
CREATE TRIGGER readings_stay BEFORE UPDATE ON readings BEGIN SELECT RAISE(ABORT, 'readings are never rewritten'); END;
CREATE TRIGGER readings_remain BEFORE DELETE ON readings BEGIN SELECT RAISE(ABORT, 'readings are never removed'); END;
CREATE TRIGGER statements_stay BEFORE UPDATE ON statements BEGIN SELECT RAISE(ABORT, 'statements are never rewritten'); END;
CREATE TRIGGER statements_remain BEFORE DELETE ON statements BEGIN SELECT RAISE(ABORT, 'statements are never removed'); END;

CREATE TABLE files (
  person_id BLOB NOT NULL REFERENCES persons (person_id),
  file BLOB NOT NULL CHECK (length(file) = 16),
  begun INTEGER NOT NULL,
  kept INTEGER NOT NULL CHECK (kept IN (0, 1)),
  PRIMARY KEY (person_id, file)
) STRICT, WITHOUT ROWID;
CREATE INDEX files_orphans ON files (begun) WHERE kept = 0;

CREATE TABLE grants (
  person_id BLOB NOT NULL REFERENCES persons (person_id),
  grant_id BLOB NOT NULL CHECK (length(grant_id) = 16),
  recipient_kind INTEGER NOT NULL CHECK (recipient_kind BETWEEN 1 AND 3),
  recipient BLOB NOT NULL,
  compartments INTEGER NOT NULL,
  until INTEGER,
  ended INTEGER,
  PRIMARY KEY (person_id, grant_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE wraps (
  person_id BLOB NOT NULL,
  compartment INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  grant_id BLOB NOT NULL,
  recipient_kind INTEGER NOT NULL CHECK (recipient_kind BETWEEN 1 AND 3),
  recipient BLOB NOT NULL,
  method INTEGER NOT NULL CHECK (method BETWEEN 1 AND 3),
  team_epoch INTEGER NOT NULL,
  wrapped BLOB NOT NULL,
  PRIMARY KEY (person_id, compartment, epoch, recipient_kind, recipient, grant_id),
  FOREIGN KEY (person_id, grant_id) REFERENCES grants (person_id, grant_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX wraps_by_recipient ON wraps (recipient_kind, recipient, compartment, person_id);

-- Reminders of deadlines, prepared when someone writes: for one account, the day, the rest sealed.
CREATE TABLE reminders (
  account BLOB NOT NULL CHECK (length(account) = 16),
  reminder BLOB NOT NULL CHECK (length(reminder) = 16),
  day TEXT NOT NULL CHECK (length(day) = 10),
  sealed BLOB NOT NULL,
  PRIMARY KEY (account, reminder)
) STRICT, WITHOUT ROWID;
CREATE INDEX reminders_by_reminder ON reminders (reminder);
CREATE INDEX reminders_by_day ON reminders (day);

-- How often something blocked, without anyone's name.
CREATE TABLE brake_counts (
  organisation BLOB NOT NULL REFERENCES organisations (id),
  month TEXT NOT NULL CHECK (month LIKE '____-__-01'),
  service TEXT NOT NULL,
  kind TEXT NOT NULL,
  count INTEGER NOT NULL CHECK (count > 0),
  PRIMARY KEY (organisation, month, service, kind)
) STRICT, WITHOUT ROWID;

-- The calendar that a worker's other programs read: found by a keyed hash of its address.
CREATE TABLE calendars (
  account BLOB PRIMARY KEY REFERENCES accounts (id),
  lookup BLOB NOT NULL UNIQUE CHECK (length(lookup) = 16),
  made INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Templates of letters that an organisation wrote in place of the usual ones.
CREATE TABLE letters (
  organisation BLOB NOT NULL REFERENCES organisations (id),
  kind TEXT NOT NULL CHECK (length(kind) > 0),
  sealed BLOB NOT NULL,
  PRIMARY KEY (organisation, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
  sequence INTEGER PRIMARY KEY,
  bytes BLOB NOT NULL,
  signature BLOB NOT NULL CHECK (length(signature) = 64)
) STRICT;
CREATE TRIGGER checkpoints_stay BEFORE UPDATE ON checkpoints BEGIN SELECT RAISE(ABORT, 'checkpoints are never rewritten'); END;
CREATE TRIGGER checkpoints_remain BEFORE DELETE ON checkpoints BEGIN SELECT RAISE(ABORT, 'checkpoints are never removed'); END;

CREATE TABLE checkpoint_heads (
  person_id BLOB NOT NULL,
  checkpoint INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  entry_hash BLOB NOT NULL CHECK (length(entry_hash) = 32),
  readings INTEGER NOT NULL,
  reading_hash BLOB NOT NULL CHECK (length(reading_hash) = 32),
  statements INTEGER NOT NULL,
  statement_hash BLOB NOT NULL CHECK (length(statement_hash) = 32),
  PRIMARY KEY (person_id, checkpoint)
) STRICT, WITHOUT ROWID;
CREATE INDEX checkpoint_heads_by_checkpoint ON checkpoint_heads (checkpoint, person_id);
CREATE TRIGGER checkpoint_heads_stay BEFORE UPDATE ON checkpoint_heads BEGIN SELECT RAISE(ABORT, 'heads are never rewritten'); END;
CREATE TRIGGER checkpoint_heads_remain BEFORE DELETE ON checkpoint_heads BEGIN SELECT RAISE(ABORT, 'heads are never removed'); END;
CREATE TRIGGER person_statements_stay BEFORE UPDATE ON person_statements BEGIN SELECT RAISE(ABORT, 'statements are never rewritten'); END;
CREATE TRIGGER person_statements_remain BEFORE DELETE ON person_statements BEGIN SELECT RAISE(ABORT, 'statements are never removed'); END;
