-- The life of the ledger in which `sequence` counts: after a restore the bank's list is read again and what is missing booked again.
ALTER TABLE bank_credits ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
