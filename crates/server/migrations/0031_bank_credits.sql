-- What the bank said has arrived: written before the posting that books it. `digest` is SHA-256 of the bank's id of the entry, the only
-- one that ever comes. `person` and `topup` are decided once, from the reference; without them the money stands in 2104. `sequence` is the
-- posting's place in the ledger, 0 until it is known, and `held` says that it stands in 2104.
CREATE TABLE bank_credits (
    digest TEXT PRIMARY KEY,
    entry TEXT NOT NULL,
    account_number TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    reference TEXT NOT NULL,
    payer_name TEXT NOT NULL,
    payer_last4 TEXT,
    booked_at BIGINT NOT NULL,
    person TEXT,
    topup TEXT,
    sequence BIGINT NOT NULL,
    held BIGINT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX bank_credits_by_topup ON bank_credits (person, topup);
CREATE INDEX bank_credits_by_held ON bank_credits (held, booked_at);
