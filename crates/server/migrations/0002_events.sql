-- Facts without value, in one gapless order. `subject` is what the fact is about, `body` a JSON text without secrets.
CREATE TABLE events (
    number BIGINT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX events_by_subject ON events (subject, number);
