-- How far the list of credits of a customer's account at the bank has been read.
CREATE TABLE bank_cursors (
    customer TEXT PRIMARY KEY,
    booked_at BIGINT NOT NULL
);
