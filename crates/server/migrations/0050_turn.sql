-- `turn`: on a database that several processes share, whoever writes advances it first, and so waits for everybody before. `version`
-- grows whenever something changes that processes keep in memory.
INSERT INTO heads (name, value) VALUES ('turn', 0), ('version', 0);
