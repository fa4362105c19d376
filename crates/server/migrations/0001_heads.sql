-- Counters that are advanced inside the transaction that uses the number.
CREATE TABLE heads (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL CHECK (value >= 0)
);
