-- Every relation that a migration could lock, with its size before the run; a partitioned table counts its partitions.
WITH RECURSIVE member AS (
  SELECT c.oid AS root, c.oid AS oid FROM pg_catalog.pg_class c WHERE c.relkind = 'p'
  UNION ALL
  SELECT m.root, i.inhrelid FROM member m JOIN pg_catalog.pg_inherits i ON i.inhparent = m.oid
), leaf AS (
  SELECT c.oid, pg_catalog.pg_table_size(c.oid) AS size, greatest(c.reltuples, 0)::bigint AS rows
  FROM pg_catalog.pg_class c WHERE c.oid >= 16384 AND c.relkind IN ('r', 'm', 'i', 't', 'S')
), whole AS (
  SELECT m.root AS oid, sum(l.size)::bigint AS size, sum(l.rows)::bigint AS rows FROM member m JOIN leaf l USING (oid) GROUP BY m.root
)
SELECT c.oid, n.nspname, c.relname, c.relkind, c.relfilenode,
       coalesce(i.indrelid, owner.oid, c.oid) AS table_oid,
       coalesce(w.size, l.size, 0) AS size, coalesce(w.rows, l.rows, 0) AS rows
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
LEFT JOIN pg_catalog.pg_class owner ON owner.reltoastrelid = c.oid AND c.relkind = 't'
LEFT JOIN leaf l ON l.oid = c.oid
LEFT JOIN whole w ON w.oid = c.oid
WHERE c.oid >= 16384
