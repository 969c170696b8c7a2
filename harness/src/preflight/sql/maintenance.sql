-- Who vacuums, analyses, clusters or indexes in this database, and who copies the server. A role that may not see another
-- user's progress gets the row without its table.
WITH work AS (
  SELECT 'vacuum' AS kind, p.pid, p.relid, p.phase, p.datname FROM pg_catalog.pg_stat_progress_vacuum p
  UNION ALL SELECT 'create_index', p.pid, p.relid, p.phase, p.datname FROM pg_catalog.pg_stat_progress_create_index p
  UNION ALL SELECT 'cluster', p.pid, p.relid, p.phase, p.datname FROM pg_catalog.pg_stat_progress_cluster p
  UNION ALL SELECT 'analyze', p.pid, p.relid, p.phase, p.datname FROM pg_catalog.pg_stat_progress_analyze p
  UNION ALL SELECT 'base_backup', p.pid, NULL, p.phase, pg_catalog.current_database() FROM pg_catalog.pg_stat_progress_basebackup p
)
SELECT w.kind, w.pid, w.phase, coalesce(a.usename, '') AS usename, a.application_name,
       to_char(coalesce(a.xact_start, a.query_start, a.backend_start) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since,
       coalesce(a.backend_type = 'autovacuum worker', false) AS autovacuum, coalesce(a.query LIKE '%(to prevent wraparound)%', false) AS wraparound,
       w.phase IS NULL OR (w.kind <> 'base_backup' AND w.relid IS NULL) AS hidden,
       (SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
        FROM pg_catalog.pg_class r LEFT JOIN pg_catalog.pg_class o ON o.reltoastrelid = r.oid AND r.relkind = 't'
        JOIN pg_catalog.pg_class c ON c.oid = coalesce(o.oid, r.oid) JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE r.oid = w.relid) AS relation
FROM work w LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = w.pid
WHERE w.datname = pg_catalog.current_database()
ORDER BY w.kind, w.pid
