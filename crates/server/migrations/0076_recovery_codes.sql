-- Recovery codes of a person: one set at a time. A code that was used stays until the next set, so that the number that is left can be told.
CREATE TABLE recovery_codes (
    person TEXT NOT NULL REFERENCES people (id),
    -- HMAC-SHA-256 under a key that comes of the realm's pepper, hex.
    hash TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (person, hash)
);
