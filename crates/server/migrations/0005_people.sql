-- People. `handle` is lower case; `legal_name` is shown to others only masked.
CREATE TABLE people (
    id TEXT PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    legal_name TEXT NOT NULL,
    locale TEXT NOT NULL CHECK (locale IN ('zh', 'en')),
    created_at BIGINT NOT NULL
);
