-- Seals, so that `verify` can tell what was altered behind the tool's back:
-- a checksum with every state, every version, every settled window and run, and how
-- many of them each run wrote. Pages remember the ids at their ends, so that a
-- walk that goes on from them sees when rows have moved.

ALTER TABLE pages ADD COLUMN first TEXT NOT NULL DEFAULT '';
ALTER TABLE pages ADD COLUMN last  TEXT NOT NULL DEFAULT '';

CREATE TABLE written (
    run    INTEGER NOT NULL REFERENCES runs (id),
    object TEXT    NOT NULL,                      -- charge, refund, dispute, card, customer, or window: proofs
    rows   INTEGER NOT NULL,
    PRIMARY KEY (run, object)
) STRICT, WITHOUT ROWID;

-- Open objects that Omise did not find by their ids, so that one which is gone
-- for good, such as test data that was cleared, is not asked for every night.
CREATE TABLE missing (
    account TEXT    NOT NULL,
    object  TEXT    NOT NULL CHECK (object IN ('charge', 'dispute')),
    id      TEXT    NOT NULL,
    times   INTEGER NOT NULL,                     -- days in a row
    day     TEXT    NOT NULL,                     -- business date of the last time
    PRIMARY KEY (account, object, id)
) STRICT, WITHOUT ROWID;

{{each object}}
ALTER TABLE NAME ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE NAME_versions ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;
INSERT INTO written SELECT since, 'OBJECT', count(*)
    FROM (SELECT since FROM NAME UNION ALL SELECT since FROM NAME_versions) GROUP BY since;
{{end}}

ALTER TABLE windows ADD COLUMN walked_at INTEGER;   -- of an unproven one that was read to its end all the same
ALTER TABLE windows ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;
INSERT INTO written SELECT run, 'window', count(*) FROM windows WHERE state = 'proven' GROUP BY run;

ALTER TABLE runs ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;

{{seal}}
