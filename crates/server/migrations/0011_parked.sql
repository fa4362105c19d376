-- Items that a projection could not apply. The rest moved on; these wait for a person.
CREATE TABLE parked (
    projection TEXT NOT NULL,
    epoch TEXT NOT NULL,
    position BIGINT NOT NULL,
    reason TEXT NOT NULL,
    parked_at BIGINT NOT NULL,
    PRIMARY KEY (projection, epoch, position)
);
