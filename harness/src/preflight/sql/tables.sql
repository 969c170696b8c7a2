-- Sizes, ages and publications of the tables $1 (empty: of all that users made), with the partitions of those that have any.
-- From the catalogs: pg_relation_size and its like would wait behind a DDL statement.
WITH RECURSIVE wanted AS (
  SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm') AND c.oid >= 16384 AND n.nspname NOT LIKE 'pg\_toast%' AND n.nspname NOT LIKE 'pg\_temp%'
    AND ($1::text[] = '{}' OR pg_catalog.format('%I.%I', n.nspname, c.relname) = ANY ($1::text[]))
), member AS (
  SELECT w.oid, w.name FROM wanted w
  UNION
  SELECT i.inhrelid, pg_catalog.format('%I.%I', n.nspname, c.relname)
  FROM member m JOIN pg_catalog.pg_inherits i ON i.inhparent = m.oid
  JOIN pg_catalog.pg_class p ON p.oid = m.oid AND p.relkind = 'p'
  JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
), published AS MATERIALIZED (
  SELECT p.pubname, c.oid AS relid
  FROM pg_catalog.pg_publication_tables p JOIN pg_catalog.pg_namespace n ON n.nspname = p.schemaname
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename
), block AS (SELECT pg_catalog.current_setting('block_size')::bigint AS size)
SELECT m.name, greatest(c.reltuples, 0)::bigint AS rows, c.relpages::bigint * b.size AS heap,
       coalesce((SELECT sum(i.relpages) FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = c.oid), 0)::bigint * b.size AS indexes,
       coalesce(t.relpages, 0)::bigint * b.size AS toast,
       greatest(CASE WHEN c.relfrozenxid <> '0' THEN pg_catalog.age(c.relfrozenxid) ELSE 0 END,
                CASE WHEN t.relfrozenxid <> '0' THEN pg_catalog.age(t.relfrozenxid) ELSE 0 END)::bigint AS xid_age,
       coalesce(s.n_dead_tup, 0) AS dead_rows,
       array(SELECT DISTINCT pt.pubname::text FROM published pt WHERE pt.relid = c.oid ORDER BY 1) AS publications
FROM member m JOIN pg_catalog.pg_class c ON c.oid = m.oid CROSS JOIN block b
LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid
LEFT JOIN pg_catalog.pg_stat_user_tables s ON s.relid = c.oid
ORDER BY m.name
