-- Recoveries: somebody with a recovery code waits, and then has a new way in. At most one of a person is running.
CREATE TABLE recoveries (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id),
    -- SHA-256 of the ticket that the browser keeps, hex.
    ticket_hash TEXT NOT NULL UNIQUE,
    -- Browser and system that began it; empty when they are not known.
    browser TEXT NOT NULL,
    system TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    -- From when on it can be finished, and until when.
    ready_at BIGINT NOT NULL,
    closes_at BIGINT NOT NULL,
    -- When and how it ended; nothing while it is running.
    ended_at BIGINT,
    outcome TEXT CHECK (outcome IN ('finished', 'cancelled', 'replaced', 'lapsed')),
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
);
CREATE UNIQUE INDEX recoveries_running ON recoveries (person) WHERE ended_at IS NULL;
CREATE INDEX recoveries_person ON recoveries (person, ended_at);
