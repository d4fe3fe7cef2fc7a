-- Sealed values, hashes, signatures, and the few plain columns that docs/SECURITY.md lists.
-- Times are microseconds since 1970 (UTC); days are ISO texts; identifiers are 16 random bytes.
--
-- Tables with a person_id can be distributed by it, the others are copied to every node of a
-- cluster (docs/SCALE.md): so every key and unique index of the former begins with person_id, and
-- they name no row of the latter. Columns are as in storage-sqlite, in this engine's types.

CREATE TABLE organisations (
  id BYTEA PRIMARY KEY CHECK (length(id) = 16),
  name BYTEA NOT NULL
);

CREATE TABLE teams (
  id BYTEA PRIMARY KEY CHECK (length(id) = 16),
  organisation BYTEA NOT NULL REFERENCES organisations (id),
  name BYTEA NOT NULL
);

CREATE TABLE statements (
  sequence BIGINT PRIMARY KEY CHECK (sequence > 0),
  id BYTEA NOT NULL UNIQUE CHECK (length(id) = 16),
  signed BYTEA NOT NULL
);

CREATE TABLE accounts (
  id BYTEA PRIMARY KEY CHECK (length(id) = 16),
  organisation BYTEA NOT NULL REFERENCES organisations (id),
  lookup BYTEA NOT NULL UNIQUE CHECK (length(lookup) = 16),
  profile BYTEA NOT NULL,
  administrator BOOLEAN NOT NULL,
  state SMALLINT NOT NULL CHECK (state BETWEEN 0 AND 3),
  public BYTEA NOT NULL,
  organisation_key BYTEA NOT NULL
);
CREATE INDEX accounts_by_organisation ON accounts (organisation);

CREATE TABLE memberships (
  account BYTEA NOT NULL REFERENCES accounts (id),
  team BYTEA NOT NULL REFERENCES teams (id),
  lead BOOLEAN NOT NULL,
  compartments SMALLINT NOT NULL,
  ended BIGINT,
  PRIMARY KEY (account, team)
);
CREATE INDEX memberships_by_team ON memberships (team);

CREATE TABLE team_wraps (
  account BYTEA NOT NULL REFERENCES accounts (id),
  team BYTEA NOT NULL REFERENCES teams (id),
  compartment SMALLINT NOT NULL,
  epoch BIGINT NOT NULL,
  wrapped BYTEA NOT NULL,
  PRIMARY KEY (account, team, compartment, epoch)
);

CREATE TABLE devices (
  id BYTEA PRIMARY KEY CHECK (length(id) = 16),
  account BYTEA NOT NULL REFERENCES accounts (id),
  lookup BYTEA NOT NULL CHECK (length(lookup) = 16),
  salt BYTEA NOT NULL CHECK (length(salt) = 16),
  sealed BYTEA NOT NULL,
  enrolled BIGINT NOT NULL,
  tries BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX devices_by_account ON devices (account, lookup);

CREATE TABLE enrolments (
  lookup BYTEA PRIMARY KEY CHECK (length(lookup) = 16),
  account BYTEA NOT NULL REFERENCES accounts (id),
  salt BYTEA NOT NULL CHECK (length(salt) = 16),
  sealed BYTEA NOT NULL,
  until BIGINT NOT NULL,
  uses_left BIGINT NOT NULL,
  tries BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX enrolments_by_account ON enrolments (account);

CREATE TABLE sessions (
  id BYTEA PRIMARY KEY CHECK (length(id) = 16),
  account BYTEA NOT NULL,
  person BYTEA,
  device BYTEA NOT NULL,
  sealed BYTEA NOT NULL,
  opened BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  ends BIGINT NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account);
CREATE INDEX sessions_by_end ON sessions (ends);

CREATE TABLE short_codes (
  lookup BYTEA PRIMARY KEY CHECK (length(lookup) = 16),
  sealed BYTEA NOT NULL,
  until BIGINT NOT NULL
);
CREATE INDEX short_codes_by_end ON short_codes (until);

-- Which node runs a background job, and when it was last done. Nothing about anyone.
CREATE TABLE leases (
  job TEXT PRIMARY KEY CHECK (length(job) > 0),
  holder BYTEA NOT NULL CHECK (length(holder) = 16),
  until BIGINT NOT NULL,
  last_done BIGINT
);

-- Reminders of deadlines, prepared when someone writes: for one account, the day, the rest sealed.
CREATE TABLE reminders (
  account BYTEA NOT NULL CHECK (length(account) = 16),
  reminder BYTEA NOT NULL CHECK (length(reminder) = 16),
  day TEXT NOT NULL CHECK (day ~ '^\d{4}-\d{2}-\d{2}$'),
  sealed BYTEA NOT NULL,
  PRIMARY KEY (account, reminder)
);
CREATE INDEX reminders_by_reminder ON reminders (reminder);
CREATE INDEX reminders_by_day ON reminders (day);

-- How often something blocked, without anyone's name.
CREATE TABLE brake_counts (
  organisation BYTEA NOT NULL REFERENCES organisations (id),
  month TEXT NOT NULL CHECK (month ~ '^\d{4}-\d{2}-01$'),
  service TEXT NOT NULL,
  kind TEXT NOT NULL,
  count BIGINT NOT NULL CHECK (count > 0),
  PRIMARY KEY (organisation, month, service, kind)
);

-- The calendar that a worker's other programs read: found by a keyed hash of its address.
CREATE TABLE calendars (
  account BYTEA PRIMARY KEY REFERENCES accounts (id),
  lookup BYTEA NOT NULL UNIQUE CHECK (length(lookup) = 16),
  made BIGINT NOT NULL
);

-- Templates of letters that an organisation wrote in place of the usual ones.
CREATE TABLE letters (
  organisation BYTEA NOT NULL REFERENCES organisations (id),
  kind TEXT NOT NULL CHECK (length(kind) > 0),
  sealed BYTEA NOT NULL,
  PRIMARY KEY (organisation, kind)
);

CREATE TABLE checkpoints (
  sequence BIGINT PRIMARY KEY CHECK (sequence > 0),
  bytes BYTEA NOT NULL,
  signature BYTEA NOT NULL CHECK (length(signature) = 64)
);

CREATE TABLE persons (
  person_id BYTEA PRIMARY KEY CHECK (length(person_id) = 16),
  organisation BYTEA NOT NULL,
  active TEXT NOT NULL CHECK (active ~ '^\d{4}-\d{2}-01$'),
  entries BIGINT NOT NULL,
  entry_hash BYTEA NOT NULL CHECK (length(entry_hash) = 32),
  readings BIGINT NOT NULL,
  reading_hash BYTEA NOT NULL CHECK (length(reading_hash) = 32),
  statements BIGINT NOT NULL,
  statement_hash BYTEA NOT NULL CHECK (length(statement_hash) = 32),
  checked_entries BIGINT NOT NULL DEFAULT -1,
  checked_readings BIGINT NOT NULL DEFAULT -1,
  checked_statements BIGINT NOT NULL DEFAULT -1
);
CREATE INDEX persons_changed ON persons (person_id)
  WHERE entries <> checked_entries OR readings <> checked_readings
    OR statements <> checked_statements;

CREATE TABLE cards (
  person_id BYTEA NOT NULL REFERENCES persons (person_id),
  card BYTEA NOT NULL CHECK (length(card) = 16),
  account BYTEA NOT NULL,
  lookup BYTEA NOT NULL CHECK (length(lookup) = 16),
  salt BYTEA NOT NULL CHECK (length(salt) = 16),
  sealed BYTEA NOT NULL,
  made BIGINT NOT NULL,
  tries BIGINT NOT NULL DEFAULT 0,
  dead BIGINT,
  team BYTEA NOT NULL,
  PRIMARY KEY (person_id, card)
);
CREATE UNIQUE INDEX cards_once ON cards (person_id, lookup);
-- A card is looked for before its person is known: every shard is asked, each by this index.
CREATE INDEX cards_by_lookup ON cards (lookup);
CREATE INDEX cards_tried ON cards (tries) WHERE tries > 0;

CREATE TABLE person_statements (
  person_id BYTEA NOT NULL REFERENCES persons (person_id),
  number BIGINT NOT NULL CHECK (number > 0),
  signed BYTEA NOT NULL,
  PRIMARY KEY (person_id, number)
);

CREATE TABLE person_marks (
  person_id BYTEA NOT NULL REFERENCES persons (person_id),
  mark BYTEA NOT NULL CHECK (length(mark) = 16),
  PRIMARY KEY (person_id, mark)
);
CREATE INDEX person_marks_by_mark ON person_marks (mark);

CREATE TABLE entries (
  person_id BYTEA NOT NULL REFERENCES persons (person_id),
  sequence BIGINT NOT NULL,
  compartment SMALLINT NOT NULL,
  epoch BIGINT NOT NULL,
  profile BOOLEAN NOT NULL,
  author BYTEA NOT NULL,
  key BYTEA NOT NULL,
  previous BYTEA NOT NULL CHECK (length(previous) = 32),
  hash BYTEA NOT NULL CHECK (length(hash) = 32),
  sealed BYTEA NOT NULL,
  signature BYTEA NOT NULL CHECK (length(signature) = 64),
  file BYTEA,
  file_hash BYTEA,
  file_length BIGINT,
  -- Chains are followed, and compartments told, without reading what is sealed.
  PRIMARY KEY (person_id, sequence) INCLUDE (hash, previous, compartment)
);
-- Sealed values do not compress: trying costs time at every insert.
ALTER TABLE entries ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX entries_profiles ON entries (person_id, sequence) WHERE profile;
CREATE INDEX entries_files ON entries (person_id, file) WHERE file IS NOT NULL;

CREATE TABLE readings (
  person_id BYTEA NOT NULL REFERENCES persons (person_id),
  sequence BIGINT NOT NULL,
  reading BYTEA NOT NULL CHECK (length(reading) = 16),
  compartment SMALLINT NOT NULL,
  epoch BIGINT NOT NULL,
  reader BYTEA NOT NULL,
  key BYTEA NOT NULL,
  previous BYTEA NOT NULL CHECK (length(previous) = 32),
  hash BYTEA NOT NULL CHECK (length(hash) = 32),
  sealed BYTEA NOT NULL,
  signature BYTEA NOT NULL CHECK (length(signature) = 64),
  PRIMARY KEY (person_id, sequence)
);
ALTER TABLE readings ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX readings_once ON readings (person_id, reading);

CREATE TABLE files (
  person_id BYTEA NOT NULL REFERENCES persons (person_id),
  file BYTEA NOT NULL CHECK (length(file) = 16),
  begun BIGINT NOT NULL,
  kept BOOLEAN NOT NULL,
  PRIMARY KEY (person_id, file)
);
CREATE INDEX files_orphans ON files (begun) WHERE NOT kept;

CREATE TABLE grants (
  person_id BYTEA NOT NULL REFERENCES persons (person_id),
  grant_id BYTEA NOT NULL CHECK (length(grant_id) = 16),
  recipient_kind SMALLINT NOT NULL CHECK (recipient_kind BETWEEN 1 AND 3),
  recipient BYTEA NOT NULL,
  compartments SMALLINT NOT NULL,
  until BIGINT,
  ended BIGINT,
  PRIMARY KEY (person_id, grant_id)
);

CREATE TABLE wraps (
  person_id BYTEA NOT NULL,
  compartment SMALLINT NOT NULL,
  epoch BIGINT NOT NULL,
  grant_id BYTEA NOT NULL,
  recipient_kind SMALLINT NOT NULL CHECK (recipient_kind BETWEEN 1 AND 3),
  recipient BYTEA NOT NULL,
  method SMALLINT NOT NULL CHECK (method BETWEEN 1 AND 3),
  team_epoch BIGINT NOT NULL,
  wrapped BYTEA NOT NULL,
  PRIMARY KEY (person_id, compartment, epoch, recipient_kind, recipient, grant_id),
  FOREIGN KEY (person_id, grant_id) REFERENCES grants (person_id, grant_id)
);
CREATE INDEX wraps_by_recipient ON wraps (recipient_kind, recipient, compartment, person_id);

CREATE TABLE checkpoint_heads (
  person_id BYTEA NOT NULL,
  checkpoint BIGINT NOT NULL,
  entries BIGINT NOT NULL,
  entry_hash BYTEA NOT NULL CHECK (length(entry_hash) = 32),
  readings BIGINT NOT NULL,
  reading_hash BYTEA NOT NULL CHECK (length(reading_hash) = 32),
  statements BIGINT NOT NULL,
  statement_hash BYTEA NOT NULL CHECK (length(statement_hash) = 32),
  PRIMARY KEY (person_id, checkpoint)
);
CREATE INDEX checkpoint_heads_by_checkpoint ON checkpoint_heads (checkpoint, person_id);

-- Journals are never rewritten, whoever asks. Where tables are distributed these triggers leave
-- (docs/SCALE.md says why) and what runtime_may() does not grant takes their place.
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never rewritten or removed', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END
$$;

DO $$
DECLARE
  journal text;
BEGIN
  FOREACH journal IN ARRAY ARRAY[
    'statements', 'person_statements', 'entries', 'readings', 'checkpoints', 'checkpoint_heads'
  ] LOOP
    EXECUTE format(
      'CREATE TRIGGER %1$s_stay BEFORE UPDATE OR DELETE ON %1$I
         FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()', journal);
    EXECUTE format(
      'CREATE TRIGGER %1$s_remain BEFORE TRUNCATE ON %1$I
         FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()', journal);
  END LOOP;
END
$$;

-- Gives a role what the running program needs and no more: journals are read and added to, people
-- and grants are never removed, and no table is made or changed.
CREATE FUNCTION runtime_may(role text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), role);
  EXECUTE format('GRANT SELECT ON _sqlx_migrations TO %I', role);
  EXECUTE format(
    'GRANT SELECT, INSERT ON statements, person_statements, entries, readings, checkpoints,
       checkpoint_heads, organisations, person_marks TO %I', role);
  EXECUTE format(
    'GRANT SELECT, INSERT, UPDATE ON teams, accounts, memberships, persons, cards, grants, wraps,
       leases, brake_counts TO %I', role);
  EXECUTE format(
    'GRANT SELECT, INSERT, UPDATE, DELETE ON team_wraps, devices, enrolments, sessions, short_codes,
       files, reminders, calendars, letters TO %I', role);
END
$$;
REVOKE ALL ON FUNCTION runtime_may(text) FROM PUBLIC;
