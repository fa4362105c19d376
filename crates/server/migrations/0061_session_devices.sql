-- The device of a session; sessions from before have none.
ALTER TABLE sessions ADD COLUMN device TEXT REFERENCES devices (id);
CREATE INDEX sessions_by_device ON sessions (device);
