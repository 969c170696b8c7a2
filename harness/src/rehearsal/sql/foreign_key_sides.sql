-- Which tables a foreign key joins, by its name.
SELECT c.conname, c.conrelid, c.confrelid FROM pg_catalog.pg_constraint c WHERE c.contype = 'f' AND c.conrelid >= 16384
