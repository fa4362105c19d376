-- Top-ups: what was asked for, with the account as the bank named it then. Rows never change; whether money came says `bank_credits`.
CREATE TABLE topups (
    person TEXT NOT NULL,
    id TEXT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    account_name TEXT NOT NULL,
    account_number TEXT NOT NULL,
    bank_name TEXT NOT NULL,
    demo_page TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (person, id)
);
CREATE INDEX topups_by_person ON topups (person, created_at, id);
