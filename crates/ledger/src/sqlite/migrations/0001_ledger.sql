-- The ledger of one realm. Numbers, times (microseconds) and amounts (smallest units) are 64-bit integers.

-- zone: IANA name, fixed at creation. epoch: a number that a restore changes.
CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The log, in commit order without gaps.
CREATE TABLE posting (
    sequence INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;

-- Every id ever used: name is the posting's id (16 bytes, time in front, so new rows come at the end) and its owner's.
-- sequence 0: refused.
CREATE TABLE posting_name (
    name BLOB NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE refusal (
    name BLOB NOT NULL PRIMARY KEY,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What never changes of an account. window_kind 0: no limit.
CREATE TABLE account (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    code INTEGER NOT NULL,
    owner BLOB NOT NULL,
    asset TEXT NOT NULL,
    limit_name TEXT NOT NULL,
    window_kind INTEGER NOT NULL,
    window_day INTEGER NOT NULL
) STRICT;

CREATE INDEX account_by_owner ON account (owner, code);

-- What changes with every posting, apart from the rest so that a batch rewrites few pages.
CREATE TABLE balance (
    number INTEGER PRIMARY KEY,
    state INTEGER NOT NULL,
    floor INTEGER,
    ceiling INTEGER,
    debits_posted INTEGER NOT NULL,
    credits_posted INTEGER NOT NULL,
    debits_pending INTEGER NOT NULL,
    credits_pending INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL,
    postings INTEGER NOT NULL
) STRICT;

-- Every 256th posting of an account: where its history can be entered.
CREATE TABLE mark (
    number INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (number, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE claim (
    key BLOB NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Postings that are or were pending. resolution 0: still pending.
CREATE TABLE pending (
    sequence INTEGER PRIMARY KEY,
    resolution INTEGER NOT NULL,
    resolved_by INTEGER NOT NULL
) STRICT;

-- Pending postings that the engine will void.
CREATE TABLE expiry (
    expires_at INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (expires_at, sequence)
) STRICT, WITHOUT ROWID;
