-- Until when a person's payments have lower limits, since they came back by a recovery; nothing when they never did.
ALTER TABLE people ADD COLUMN limits_lowered_until BIGINT;
