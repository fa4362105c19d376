-- How often a factor was tried. `subject` is `handle:…`, `address:…` or `all`; a window starts with its first try.
CREATE TABLE try_budgets (
    subject TEXT PRIMARY KEY,
    window_started_at BIGINT NOT NULL,
    tries BIGINT NOT NULL CHECK (tries >= 0)
);
CREATE INDEX try_budgets_by_window ON try_budgets (window_started_at);
