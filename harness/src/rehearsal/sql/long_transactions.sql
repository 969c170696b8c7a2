-- Transactions open for at least $1 seconds, with the locks that they hold on $2 (empty: on any relation of this database).
-- Those in other databases are in nobody's way here; replication's have no database. A pg_dump goes on for as long as its
-- data does, so it is listed however young. Of other users' transactions an ordinary role sees the locks and no times.
WITH held AS (
  SELECT l.pid, array_agg(DISTINCT pg_catalog.format('%I.%I', n.nspname, c.relname) || ' ' || l.mode) AS locks
  FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE l.locktype = 'relation' AND l.granted AND l.relation >= 16384 AND c.relkind IN ('r', 'p', 'm', 'S')
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
    AND ($2::text[] = '{}' OR pg_catalog.format('%I.%I', n.nspname, c.relname) = ANY ($2::text[]))
  GROUP BY l.pid
), seen AS (
  SELECT a.*, coalesce(a.query = '<insufficient privilege>', false) AS hidden FROM pg_catalog.pg_stat_activity a
)
SELECT a.pid, a.usename, a.application_name, a.backend_type, a.state, a.hidden,
       to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since,
       (extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start) * 1000000)::bigint AS age_us,
       (extract(epoch FROM pg_catalog.clock_timestamp() - a.state_change) * 1000000)::bigint AS in_state_us,
       pg_catalog.age(a.backend_xmin) AS snapshot_age, a.wait_event_type || ':' || a.wait_event AS wait, a.query,
       coalesce(h.locks, '{}') AS locks
FROM seen a LEFT JOIN held h ON h.pid = a.pid
WHERE a.pid <> pg_catalog.pg_backend_pid()
  AND (a.datname = pg_catalog.current_database() OR (a.datname IS NULL AND a.backend_xmin IS NOT NULL))
  AND (pg_catalog.clock_timestamp() - a.xact_start >= pg_catalog.make_interval(secs => $1::float8)
       OR (a.xact_start IS NOT NULL AND a.application_name LIKE 'pg\_dump%')
       OR (a.hidden AND h.locks IS NOT NULL))
ORDER BY a.xact_start, a.pid
