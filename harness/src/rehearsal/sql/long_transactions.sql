-- Transactions open for at least $1 seconds, with the locks that they hold on $2 (empty: on any relation of this database).
-- Those in other databases are in nobody's way here; replication's have no database.
SELECT a.pid, a.usename, a.application_name, a.backend_type, a.state,
       (extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start) * 1000000)::bigint AS age_us,
       (extract(epoch FROM pg_catalog.clock_timestamp() - a.state_change) * 1000000)::bigint AS in_state_us,
       pg_catalog.age(a.backend_xmin) AS snapshot_age, a.wait_event_type || ':' || a.wait_event AS wait, a.query,
       array(SELECT DISTINCT pg_catalog.format('%I.%I', n.nspname, c.relname) || ' ' || l.mode
             FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE l.pid = a.pid AND l.locktype = 'relation' AND l.granted AND l.relation >= 16384 AND c.relkind IN ('r', 'p', 'm', 'S')
               AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
               AND ($2::text[] = '{}' OR pg_catalog.format('%I.%I', n.nspname, c.relname) = ANY ($2::text[]))
             ORDER BY 1) AS locks
FROM pg_catalog.pg_stat_activity a
WHERE a.pid <> pg_catalog.pg_backend_pid() AND a.xact_start IS NOT NULL
  AND pg_catalog.clock_timestamp() - a.xact_start >= pg_catalog.make_interval(secs => $1::float8)
  AND (a.datname = pg_catalog.current_database() OR (a.datname IS NULL AND a.backend_xmin IS NOT NULL))
ORDER BY a.xact_start
