-- Whether a password is long enough to stand alone. One that was set beside one-time codes may be shorter, and then they stay on.
ALTER TABLE passwords ADD COLUMN stands_alone BIGINT NOT NULL DEFAULT 1 CHECK (stands_alone IN (0, 1));
