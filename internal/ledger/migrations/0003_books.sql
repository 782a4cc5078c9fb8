-- The merchant's books beside Omise's figures: records with their history, the
-- differences, what finance wrote about them, and closed months. The tables
-- that the first version made for these were never written.

DROP TABLE records;
DROP TABLE record_versions;
DROP TABLE notes;
DROP TABLE closed_months;

-- One that is gone is missing in the newest file, which lists every record.
{{object records}}
    source     TEXT    NOT NULL,
    order_ref  TEXT    NOT NULL,
    charge     TEXT    NOT NULL,                  -- chrg_ or trxn_ id
    amount     INTEGER,
    currency   TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    word       TEXT    NOT NULL,                  -- the file's own, where it means none of ours
    refunded   INTEGER,
    created_at INTEGER,
    gone       INTEGER NOT NULL
{{end}}
ALTER TABLE records ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE records_versions ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;
CREATE INDEX records_without_charge ON records (account, source, order_ref) WHERE charge = '';

{{object breaks}}
    kind         TEXT    NOT NULL,
    source       TEXT    NOT NULL,
    record_ref   TEXT    NOT NULL,
    charge       TEXT    NOT NULL,
    refund       TEXT    NOT NULL,
    field        TEXT    NOT NULL,
    record_value TEXT    NOT NULL,
    omise_value  TEXT    NOT NULL,
    difference   INTEGER,
    amount       INTEGER,
    currency     TEXT    NOT NULL,
    happened_at  INTEGER,
    explanation  TEXT    NOT NULL,
    opened       INTEGER NOT NULL,                -- the run that first saw it, again after a cure
    cured        INTEGER NOT NULL
{{end}}
ALTER TABLE breaks ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE breaks_versions ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;
CREATE INDEX breaks_open ON breaks (account) WHERE cured = 0;

-- A book is read in one transaction, and so are all breaks found: their rows
-- wait in temporary tables, which cost the ledger's file nothing.
DROP TABLE records_inbox;
DROP TABLE breaks_inbox;

CREATE TABLE book_files (
    id         INTEGER PRIMARY KEY,
    account    TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    path       TEXT    NOT NULL,                  -- '' of a query
    size       INTEGER NOT NULL,
    modified   INTEGER NOT NULL,
    sha256     TEXT    NOT NULL,
    mapping    TEXT    NOT NULL,                  -- fingerprint of the config by which it was read
    run        INTEGER NOT NULL REFERENCES runs (id),
    rows       INTEGER NOT NULL,
    records    INTEGER NOT NULL,
    skipped    INTEGER NOT NULL,
    unreadable INTEGER NOT NULL,
    UNIQUE (account, source, path)
) STRICT;

-- Where a record stands changes with every export, so it has no versions.
CREATE TABLE record_places (
    account TEXT    NOT NULL,
    record  TEXT    NOT NULL,
    file    INTEGER NOT NULL,                     -- id of book_files
    row     INTEGER NOT NULL,
    PRIMARY KEY (account, record)
) STRICT, WITHOUT ROWID;

-- One that was put right stays, for the reports of the runs before.
CREATE TABLE unreadable_rows (
    file   INTEGER NOT NULL REFERENCES book_files (id),
    row    INTEGER NOT NULL,
    since  INTEGER NOT NULL REFERENCES runs (id),
    until  INTEGER REFERENCES runs (id),          -- that found it put right
    ref    TEXT    NOT NULL,                      -- order reference or charge id, where that could be read
    hash   TEXT    NOT NULL,                      -- SHA-256 of the row's text
    field  TEXT    NOT NULL,                      -- at fault; '': the row as a whole
    value  TEXT    NOT NULL,
    reason TEXT    NOT NULL,
    PRIMARY KEY (file, row, since)
) STRICT, WITHOUT ROWID;

-- Charges that records name and that Omise did not find.
CREATE TABLE not_at_omise (
    account TEXT    NOT NULL,
    charge  TEXT    NOT NULL,
    run     INTEGER NOT NULL REFERENCES runs (id),  -- that asked first
    asked   INTEGER NOT NULL REFERENCES runs (id),  -- that asked last
    PRIMARY KEY (account, charge)
) STRICT, WITHOUT ROWID;

-- What finance typed into workbooks, each edit once; the newest that took
-- effect counts.
CREATE TABLE notes (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    account      TEXT    NOT NULL,
    break        TEXT    NOT NULL,
    run          INTEGER NOT NULL REFERENCES runs (id),  -- that read it
    field        TEXT    NOT NULL CHECK (field IN ('owner', 'resolution', 'note')),
    value        TEXT    NOT NULL,
    record_value TEXT    NOT NULL,                -- of the break, as the workbook showed it
    omise_value  TEXT    NOT NULL,
    workbook     TEXT    NOT NULL,                -- SHA-256 as it was written; '': not known
    path         TEXT    NOT NULL,
    saved_at     INTEGER NOT NULL,
    held         INTEGER NOT NULL,                -- 0: a later save of the same cell was there already
    seal         INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX notes_by_break ON notes (account, break, field);

-- The workbooks that were written, and the newest note that each shows.
CREATE TABLE workbooks (
    sha256 TEXT    NOT NULL PRIMARY KEY,
    path   TEXT    NOT NULL,
    run    INTEGER NOT NULL REFERENCES runs (id),
    notes  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE closed_months (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    account   TEXT    NOT NULL,
    month     TEXT    NOT NULL,                   -- YYYY-MM
    from_at   INTEGER NOT NULL,
    to_at     INTEGER NOT NULL,                   -- the first instant after it
    run       INTEGER NOT NULL REFERENCES runs (id),  -- whose figures these are
    closed_at INTEGER NOT NULL,
    totals    TEXT    NOT NULL,                   -- JSON
    seal      INTEGER NOT NULL DEFAULT 0
) STRICT;
