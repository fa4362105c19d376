-- written: the sequence up to which the tables beside the log have everything that follows from it: balances, the ids of what was
-- posted, marks. What came after it stands in the log alone.
INSERT INTO meta (name, value) SELECT 'written', coalesce(max(sequence), 0) FROM posting;
