-- The table that the name means to this session, and its columns in order. No row: there is no such table.
SELECT n.nspname AS schema, c.relname AS name,
       pg_catalog.array_agg(a.attname::text ORDER BY a.attnum) AS columns
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.oid = pg_catalog.to_regclass($1)
 GROUP BY n.nspname, c.relname;
