-- Whom a turn concerned, for the other processes' event streams; `owners` are ids, one space between them. Old rows are removed: whoever
-- was away for longer takes it that everybody was concerned.
CREATE TABLE rings (
    turn BIGINT PRIMARY KEY,
    process TEXT NOT NULL,
    owners TEXT NOT NULL
);
