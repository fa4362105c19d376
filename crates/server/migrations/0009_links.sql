-- Personal receive codes. A person has one without amount (`static_of` = the person); the others end.
CREATE TABLE links (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id),
    static_of TEXT UNIQUE,
    amount BIGINT CHECK (amount > 0),
    currency TEXT,
    note TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    CHECK ((amount IS NULL) = (currency IS NULL))
);
CREATE INDEX links_by_person ON links (person, created_at);
