-- One row for each person or shop that has a mirror; the row is locked while a change gets its number.
CREATE TABLE owners (
    owner TEXT PRIMARY KEY,
    change_number BIGINT NOT NULL CHECK (change_number >= 0)
);
