-- Items that a job could not do while the rest moved on; it tries them again at `next_at`, ever more rarely. `body` is what the job needs for
-- that, `tries` how often it has failed.
CREATE TABLE postponed (
    job TEXT NOT NULL,
    item TEXT NOT NULL,
    body TEXT NOT NULL,
    reason TEXT NOT NULL,
    tries BIGINT NOT NULL CHECK (tries >= 1),
    next_at BIGINT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (job, item)
);
CREATE INDEX postponed_by_next ON postponed (job, next_at);
