-- A person's key for the notes they write; 64 hexadecimal digits. Deleting the row erases the notes.
CREATE TABLE note_keys (
    person TEXT PRIMARY KEY,
    note_key TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
