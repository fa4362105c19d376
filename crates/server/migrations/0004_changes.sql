-- The latest change of each document of an owner: what a mirror has to fetch again.
CREATE TABLE changes (
    owner TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    number BIGINT NOT NULL CHECK (number >= 1),
    PRIMARY KEY (owner, kind, id)
);
CREATE UNIQUE INDEX changes_by_number ON changes (owner, number);
