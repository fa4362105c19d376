-- What people let go without being asked, where they chose it themselves.
CREATE TABLE free_limits (
    person TEXT PRIMARY KEY REFERENCES people (id),
    -- Minor units of the wallet's currency; 0 asks each time.
    minor BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
