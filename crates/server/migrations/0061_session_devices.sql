-- The device of a session. Sessions from before have none, could not be listed or ended, and so end here: their people sign in anew.
DELETE FROM sessions;
ALTER TABLE sessions ADD COLUMN device TEXT REFERENCES devices (id);
CREATE INDEX sessions_by_device ON sessions (device);
