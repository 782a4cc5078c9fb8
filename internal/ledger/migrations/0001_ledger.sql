-- The ledger, first version. Amounts are integers in the smallest unit of the
-- currency beside them. Times are Unix seconds, UTC. Empty text means that
-- Omise said null or nothing; a nullable number means the same.
--
-- Every object stands in three tables of equal columns: the newest state, the
-- earlier versions with the runs between which they held ("since" wrote it,
-- "until" replaced it), and an inbox where the pages of an unfinished window
-- wait, so that a window's rows and its proof arrive in one transaction.

CREATE TABLE runs (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    kind          TEXT    NOT NULL CHECK (kind IN ('run', 'backfill')),
    started_at    INTEGER NOT NULL,
    ended_at      INTEGER,
    status        TEXT    NOT NULL CHECK (status IN ('running', 'complete', 'partial', 'failed', 'interrupted', 'paused')),
    exit          INTEGER,
    as_of         INTEGER NOT NULL,
    plain         INTEGER NOT NULL,               -- 1: no --from/--to/--month/--as-of, so it may move the mark
    business_date TEXT    NOT NULL,               -- of the start, in the reports' zone
    baseline      INTEGER NOT NULL DEFAULT 0,     -- the run from which its changes count, 0: none
    version       TEXT    NOT NULL,
    config        TEXT    NOT NULL,               -- effective, JSON, no secrets
    folder        TEXT    NOT NULL DEFAULT '',    -- where its reports went
    reported      INTEGER NOT NULL DEFAULT 0,     -- 1: its reports were written in full
    result        TEXT    NOT NULL DEFAULT '',    -- JSON: what its reports say beside their rows
    error         TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE accounts (
    name       TEXT    NOT NULL PRIMARY KEY,      -- as the config calls it
    omise_id   TEXT    NOT NULL,
    livemode   INTEGER NOT NULL,
    country    TEXT    NOT NULL,
    currency   TEXT    NOT NULL,
    run        INTEGER NOT NULL
) STRICT;

CREATE TABLE marks (
    account TEXT    NOT NULL,
    run     INTEGER NOT NULL REFERENCES runs (id),
    day     TEXT    NOT NULL,                     -- last business day that this complete run reported
    PRIMARY KEY (account, run)
) STRICT;

CREATE TABLE windows (
    id        INTEGER PRIMARY KEY,
    account   TEXT    NOT NULL,
    list      TEXT    NOT NULL CHECK (list IN ('charges', 'refunds', 'disputes', 'customers')),
    from_at   INTEGER NOT NULL,
    to_at     INTEGER NOT NULL,
    run       INTEGER NOT NULL REFERENCES runs (id),
    state     TEXT    NOT NULL CHECK (state IN ('planned', 'proven', 'unproven')),
    reason    TEXT    NOT NULL DEFAULT '',
    total     INTEGER,                            -- as the API said on the first and the last page
    rows      INTEGER,                            -- distinct ids stored
    sums      TEXT    NOT NULL DEFAULT '{}',      -- JSON: currency -> minor units
    proven_at INTEGER,
    CHECK (from_at <= to_at),
    CHECK (state <> 'proven' OR (total IS rows AND proven_at IS NOT NULL))
) STRICT;
CREATE INDEX windows_by_list ON windows (account, list, state, to_at);
CREATE INDEX windows_by_run ON windows (run);

-- Pages of planned windows that have arrived.
CREATE TABLE pages (
    window INTEGER NOT NULL REFERENCES windows (id) ON DELETE CASCADE,
    start  INTEGER NOT NULL,                      -- offset of its first row
    total  INTEGER NOT NULL,
    rows   INTEGER NOT NULL,
    PRIMARY KEY (window, start)
) STRICT, WITHOUT ROWID;

-- Single objects that must still be read again by id.
CREATE TABLE due (
    account TEXT    NOT NULL,
    object  TEXT    NOT NULL CHECK (object IN ('charge', 'dispute')),
    id      TEXT    NOT NULL,
    run     INTEGER NOT NULL,
    at      INTEGER NOT NULL,                     -- when the thing happened that made it due; 0: it was planned
    PRIMARY KEY (account, object, id)
) STRICT, WITHOUT ROWID;

-- Charges that a window without a proof has shown: read, though not proven.
CREATE TABLE seen (
    account TEXT    NOT NULL,
    id      TEXT    NOT NULL,
    at      INTEGER NOT NULL,                     -- start of the run that read it
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

-- Elements that could not be read; kept without their contents.
CREATE TABLE unreadable (
    run     INTEGER NOT NULL REFERENCES runs (id),
    account TEXT    NOT NULL,
    object  TEXT    NOT NULL,
    id      TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    PRIMARY KEY (run, account, object, id, reason)
) STRICT, WITHOUT ROWID;

{{object charges}}
    created_at           INTEGER NOT NULL,
    status               TEXT    NOT NULL,
    amount               INTEGER NOT NULL,
    currency             TEXT    NOT NULL,
    authorized           INTEGER NOT NULL,
    paid                 INTEGER NOT NULL,
    capture              INTEGER NOT NULL,
    capturable           INTEGER,
    reversed             INTEGER NOT NULL,
    voided               INTEGER NOT NULL,
    expired              INTEGER NOT NULL,
    authorized_amount    INTEGER,
    captured_amount      INTEGER,
    refunded_amount      INTEGER NOT NULL,
    funding_amount       INTEGER,
    funding_currency     TEXT    NOT NULL,
    fee                  INTEGER,
    fee_vat              INTEGER,
    interest             INTEGER,
    interest_vat         INTEGER,
    net                  INTEGER,
    paid_at              INTEGER,
    authorized_at        INTEGER,
    expires_at           INTEGER,
    expired_at           INTEGER,
    reversed_at          INTEGER,
    authorization_type   TEXT    NOT NULL,
    description          TEXT    NOT NULL,
    metadata             TEXT    NOT NULL,
    customer             TEXT    NOT NULL,
    card                 TEXT    NOT NULL,
    card_brand           TEXT    NOT NULL,
    card_fingerprint     TEXT    NOT NULL,
    source               TEXT    NOT NULL,
    source_type          TEXT    NOT NULL,
    "transaction"        TEXT    NOT NULL,
    dispute              TEXT    NOT NULL,
    dispute_status       TEXT    NOT NULL,
    schedule             TEXT    NOT NULL,
    link                 TEXT    NOT NULL,
    failure_code         TEXT    NOT NULL,
    refundable           INTEGER,
    partially_refundable INTEGER,
    can_perform_void     INTEGER,
    refunds              TEXT    NOT NULL
{{end}}
CREATE INDEX charges_by_created ON charges (account, created_at);
CREATE INDEX charges_by_paid ON charges (account, paid_at) WHERE paid_at IS NOT NULL;
CREATE INDEX charges_open ON charges (account, created_at) WHERE status NOT IN ('successful', 'failed', 'expired', 'reversed');
CREATE INDEX charges_by_card ON charges (account, card) WHERE card <> '';

{{object refunds}}
    charge           TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    amount           INTEGER NOT NULL,
    currency         TEXT    NOT NULL,
    funding_amount   INTEGER,
    funding_currency TEXT    NOT NULL,
    status           TEXT    NOT NULL,
    voided           INTEGER NOT NULL,
    "transaction"    TEXT    NOT NULL
{{end}}
CREATE INDEX refunds_by_created ON refunds (account, created_at);
CREATE INDEX refunds_by_charge ON refunds (account, charge);

{{object disputes}}
    charge           TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    closed_at        INTEGER,
    status           TEXT    NOT NULL,
    reason_code      TEXT    NOT NULL,
    amount           INTEGER NOT NULL,
    currency         TEXT    NOT NULL,
    funding_amount   INTEGER,
    funding_currency TEXT    NOT NULL
{{end}}
CREATE INDEX disputes_by_created ON disputes (account, created_at);
CREATE INDEX disputes_by_charge ON disputes (account, charge, created_at);

{{object customers}}
    created_at   INTEGER NOT NULL,
    email        TEXT    NOT NULL,
    default_card TEXT    NOT NULL,
    deleted      INTEGER NOT NULL
{{end}}
CREATE INDEX customers_by_created ON customers (account, created_at);

{{object cards}}
    customer         TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    brand            TEXT    NOT NULL,
    last_digits      TEXT    NOT NULL,
    name             TEXT    NOT NULL,
    bank             TEXT    NOT NULL,
    country          TEXT    NOT NULL,
    expiration_month INTEGER NOT NULL,
    expiration_year  INTEGER NOT NULL,
    fingerprint      TEXT    NOT NULL,
    deleted          INTEGER NOT NULL
{{end}}
CREATE INDEX cards_by_customer ON cards (account, customer);

-- What the books, finance's notes and closed months will need. Their tables
-- stand from the first version so that no later one rewrites a ledger.

CREATE TABLE records (
    account    TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    key        TEXT    NOT NULL,                  -- charge id, else order reference
    order_ref  TEXT    NOT NULL,
    charge     TEXT    NOT NULL,
    amount     INTEGER,
    currency   TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    refunded   INTEGER,
    created_at INTEGER,
    file       TEXT    NOT NULL,
    row        INTEGER NOT NULL,
    gone       INTEGER NOT NULL,
    since      INTEGER NOT NULL REFERENCES runs (id),
    PRIMARY KEY (account, source, key)
) STRICT;

CREATE TABLE record_versions (
    account    TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    order_ref  TEXT    NOT NULL,
    charge     TEXT    NOT NULL,
    amount     INTEGER,
    currency   TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    refunded   INTEGER,
    created_at INTEGER,
    file       TEXT    NOT NULL,
    row        INTEGER NOT NULL,
    gone       INTEGER NOT NULL,
    since      INTEGER NOT NULL,
    until      INTEGER NOT NULL,
    PRIMARY KEY (account, source, key, since)
) STRICT;

CREATE TABLE notes (
    id           INTEGER PRIMARY KEY,
    account      TEXT    NOT NULL,
    break        TEXT    NOT NULL,
    run          INTEGER NOT NULL REFERENCES runs (id),
    field        TEXT    NOT NULL CHECK (field IN ('owner', 'resolution', 'note')),
    value        TEXT    NOT NULL,
    record_value TEXT    NOT NULL,
    omise_value  TEXT    NOT NULL,
    workbook     TEXT    NOT NULL,
    saved_at     INTEGER NOT NULL,
    held         INTEGER NOT NULL                 -- 0: a later save of the same cell won
) STRICT;
CREATE INDEX notes_by_break ON notes (account, break);

CREATE TABLE closed_months (
    account   TEXT    NOT NULL,
    month     TEXT    NOT NULL,
    currency  TEXT    NOT NULL,
    measure   TEXT    NOT NULL,
    count     INTEGER NOT NULL,
    amount    INTEGER NOT NULL,
    run       INTEGER NOT NULL REFERENCES runs (id),
    closed_at INTEGER NOT NULL,
    PRIMARY KEY (account, month, currency, measure, closed_at)
) STRICT;
