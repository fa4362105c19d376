-- Browsers that people signed in with. `token_hash` is SHA-256 of the device cookie's value, hex; a cookie is of one person on one kind of host.
CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL REFERENCES people (id),
    audience TEXT NOT NULL CHECK (audience IN ('wallet', 'desk')),
    -- What it called itself when it last signed in; empty when it did not say.
    browser TEXT NOT NULL,
    system TEXT NOT NULL,
    -- What its person calls it; empty when they do not.
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    -- When its person ended it.
    ended_at BIGINT
);
CREATE INDEX devices_by_person ON devices (person, seen_at);
CREATE INDEX devices_by_use ON devices (seen_at);
