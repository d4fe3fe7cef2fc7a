-- Which node runs a background job, and when it was last done. Nothing about anyone.
CREATE TABLE leases (
  job TEXT PRIMARY KEY CHECK (length(job) > 0),
  holder BLOB NOT NULL CHECK (length(holder) = 16),
  until INTEGER NOT NULL,
  last_done INTEGER
) STRICT, WITHOUT ROWID;
