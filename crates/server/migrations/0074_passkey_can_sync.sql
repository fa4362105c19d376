-- Whether a passkey's authenticator may copy it to other devices: that is so for ever. `is_synced` is from now on whether it had when it was last
-- used; it held the former before.
ALTER TABLE passkeys ADD COLUMN can_sync BIGINT NOT NULL DEFAULT 0 CHECK (can_sync IN (0, 1));
UPDATE passkeys SET can_sync = is_synced;
