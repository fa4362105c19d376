-- Each freeze has a mark of its own, which its end claims in the ledger: a freeze that was made since then wins.
ALTER TABLE freezes ADD COLUMN mark TEXT NOT NULL DEFAULT '';
