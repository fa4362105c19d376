-- Passkeys. A passkey is of one person on one kind of host, whose name its authenticator has signed for.
CREATE TABLE passkeys (
    id TEXT PRIMARY KEY,
    -- The authenticator's name for it, base64url.
    credential TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL REFERENCES people (id),
    audience TEXT NOT NULL CHECK (audience IN ('wallet', 'desk')),
    -- A COSE key, base64url.
    public_key TEXT NOT NULL,
    -- Signatures it has made by its own count; 0 when it does not count.
    sign_count BIGINT NOT NULL CHECK (sign_count >= 0),
    -- Whether its authenticator may copy it to other devices.
    is_synced BIGINT NOT NULL CHECK (is_synced IN (0, 1)),
    -- How its authenticator was reached, words with spaces between.
    transports TEXT NOT NULL,
    -- What it was made with; empty when the browser did not say.
    browser TEXT NOT NULL,
    system TEXT NOT NULL,
    -- What its person calls it; empty when they do not.
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX passkeys_by_person ON passkeys (person, created_at);
