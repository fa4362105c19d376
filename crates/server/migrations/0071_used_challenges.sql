-- Challenges that were answered, until they are over: none is good twice. A challenge that was never answered is nowhere.
CREATE TABLE used_challenges (
    -- SHA-256, hex.
    hash TEXT PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX used_challenges_by_expiry ON used_challenges (expires_at);
