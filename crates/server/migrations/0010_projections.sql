-- One row for each projection or job: who runs it (`fence` grows with each change of holder) and how far it has read.
CREATE TABLE projections (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    fence BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    epoch TEXT NOT NULL,
    position BIGINT NOT NULL CHECK (position >= 0)
);
