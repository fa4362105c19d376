-- A mark at every 64th posting of an account, and which one it is. Marks from before stand at every 256th and do not say so.
ALTER TABLE mark ADD COLUMN postings BIGINT;
