-- Sessions. `token_hash` is SHA-256 of the cookie's value, hex; the value itself is nowhere but in the browser.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL REFERENCES people (id),
    audience TEXT NOT NULL CHECK (audience IN ('wallet', 'desk')),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person, created_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
