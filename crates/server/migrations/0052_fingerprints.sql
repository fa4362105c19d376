-- Which keys the realm lives with, as hashes: `pepper`, `bank`, and `operator`, the newest one that signs. A server with other keys
-- could not check a password, and nobody could check what it signs, so it does not start.
CREATE TABLE fingerprints (
    name TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL
);
