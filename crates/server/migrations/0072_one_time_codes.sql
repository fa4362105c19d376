-- Secrets of apps for one-time codes (TOTP), one a person.
CREATE TABLE one_time_codes (
    person TEXT PRIMARY KEY REFERENCES people (id),
    -- AES-256-GCM under a key that comes of the realm's pepper, base64url: nonce, ciphertext, tag.
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- When the person has shown that their app has the secret; before that nothing is asked for.
    on_since BIGINT,
    -- The newest step of 30 seconds whose code was taken: none is good twice.
    last_step BIGINT NOT NULL
);
