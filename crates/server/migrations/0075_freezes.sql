-- Who has frozen their wallet, and when: only a session that began later lets money go out again. The freeze itself is the ledger's.
CREATE TABLE freezes (
    person TEXT PRIMARY KEY REFERENCES people (id),
    frozen_at BIGINT NOT NULL
);
