-- Why money must not go out of the realm; nothing here means that it may. `books`: the audit found a difference. `restored`: the ledger came
-- from a backup, and what the bank says has come since is not booked yet. `detail` is for the operator.
CREATE TABLE halts (
    reason TEXT PRIMARY KEY CHECK (reason IN ('books', 'restored')),
    detail TEXT NOT NULL,
    since BIGINT NOT NULL
);
