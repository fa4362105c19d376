-- Payment PINs, one a person.
CREATE TABLE pins (
    person TEXT PRIMARY KEY REFERENCES people (id),
    -- Argon2id under a secret that comes of the realm's pepper, as a PHC string.
    phc TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    -- Tries since the PIN was last right or set; counted before each comparison.
    tries BIGINT NOT NULL
);
