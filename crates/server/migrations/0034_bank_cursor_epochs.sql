-- The life of the ledger that the cursor belongs to; in another one the list is read from its beginning.
ALTER TABLE bank_cursors ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
