-- Passwords as PHC strings (Argon2id). The pepper that goes into them lies outside the database.
CREATE TABLE passwords (
    person TEXT PRIMARY KEY REFERENCES people (id),
    phc TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
