-- The ledger of one realm. Numbers, times (microseconds) and amounts (smallest units) are 64-bit integers. Nothing here is
-- special to one database: every engine that speaks Postgres' language has these types.

-- One row, written when the ledger is made and never changed: locking it is the turn to write. zone: IANA name. epoch: a
-- number that a restore changes.
CREATE TABLE head (
    name TEXT NOT NULL PRIMARY KEY,
    zone TEXT NOT NULL,
    epoch BIGINT NOT NULL
);

-- Every id ever used. name: the posting's id (16 bytes, time in front, so new rows come at the end of the index) and its
-- owner's. sequence: place in the log, without gaps; NULL: refused. thread: for each account that the posting touched, a
-- number made from the account's id, then the sequence of the posting that touched it before.
CREATE TABLE posting (
    name BYTEA NOT NULL PRIMARY KEY,
    sequence BIGINT UNIQUE,
    time BIGINT NOT NULL,
    body BYTEA NOT NULL,
    thread BIGINT[] NOT NULL
);

-- What never changes comes first, so that the log of an update is short; room on each page keeps the new row beside the old.
-- window_kind 0: no limit.
CREATE TABLE account (
    id BYTEA NOT NULL PRIMARY KEY,
    code INTEGER NOT NULL,
    owner BYTEA NOT NULL,
    asset TEXT NOT NULL,
    limit_name TEXT NOT NULL,
    window_kind INTEGER NOT NULL,
    window_day INTEGER NOT NULL,
    state INTEGER NOT NULL,
    floor BIGINT,
    ceiling BIGINT,
    debits_posted BIGINT NOT NULL,
    credits_posted BIGINT NOT NULL,
    debits_pending BIGINT NOT NULL,
    credits_pending BIGINT NOT NULL,
    last_sequence BIGINT NOT NULL,
    postings BIGINT NOT NULL
) WITH (fillfactor = 50);

CREATE INDEX account_by_owner ON account (owner, code, id);

-- Every 256th posting of an account: where its history can be entered.
CREATE TABLE mark (
    account BYTEA NOT NULL,
    sequence BIGINT NOT NULL,
    PRIMARY KEY (account, sequence)
);

CREATE TABLE claim (
    key BYTEA NOT NULL PRIMARY KEY,
    sequence BIGINT NOT NULL
);

-- Postings that are or were pending. resolution 0: still pending; with expires_at the engine will void it.
CREATE TABLE pending (
    sequence BIGINT NOT NULL PRIMARY KEY,
    expires_at BIGINT,
    resolution INTEGER NOT NULL,
    resolved_by BIGINT NOT NULL
);

CREATE INDEX pending_by_expiry ON pending (expires_at, sequence) WHERE resolution = 0 AND expires_at IS NOT NULL;
