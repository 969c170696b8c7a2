-- Transactions that have been open for longer than $1 seconds, oldest first, and tables that somebody holds exclusively.
SELECT 'transaction' AS what, a.pid, COALESCE(a.usename, '') AS who, COALESCE(a.application_name, '') AS application,
       pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.xact_start)::pg_catalog.int8 AS seconds,
       COALESCE(a.state, '') AS state, '' AS relation
  FROM pg_catalog.pg_stat_activity a
 WHERE a.pid <> pg_catalog.pg_backend_pid() AND a.backend_type = 'client backend'
   AND a.datname = pg_catalog.current_database()
   AND a.xact_start < pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => $1::pg_catalog.float8)
UNION ALL
SELECT 'lock', l.pid, COALESCE(a.usename, ''), COALESCE(a.application_name, ''), 0, COALESCE(a.state, ''),
       l.relation::pg_catalog.regclass::pg_catalog.text
  FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
 WHERE l.granted AND l.mode = 'AccessExclusiveLock' AND l.locktype = 'relation' AND l.relation >= 16384
   AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
   AND l.pid <> pg_catalog.pg_backend_pid()
   AND l.relation IN (SELECT oid FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'm', 'S', 'v'))
 ORDER BY 1 DESC, 5 DESC, 2, 7
 LIMIT 20
