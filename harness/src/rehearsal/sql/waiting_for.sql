-- Sessions of this database that wait for backend $1, with the tables that they keep from others meanwhile. What they
-- have made themselves nobody else sees, so it is not in pg_class here.
SELECT a.query, held.locks
FROM pg_catalog.pg_stat_activity a
CROSS JOIN LATERAL (
  SELECT pg_catalog.array_agg(pg_catalog.format('%I.%I %s', n.nspname, c.relname, l.mode) ORDER BY n.nspname, c.relname, l.mode) AS locks
  FROM pg_catalog.pg_locks l
  JOIN pg_catalog.pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p', 'm')
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE l.pid = a.pid AND l.granted AND l.locktype = 'relation' AND l.relation >= 16384
    AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')) held
WHERE a.datname = pg_catalog.current_database() AND $1::pg_catalog.int4 = ANY (pg_catalog.pg_blocking_pids(a.pid))
