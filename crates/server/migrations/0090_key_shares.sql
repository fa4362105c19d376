-- The server's part of the key to a device's copy, base64url of 32 random bytes; empty when there is none. What is given out comes of it and
-- of the realm's pepper. Whoever empties it makes that copy unreadable, unless a passkey opens it.
ALTER TABLE devices ADD COLUMN key_share TEXT NOT NULL DEFAULT '';
