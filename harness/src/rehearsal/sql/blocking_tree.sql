-- Who waits for whom, depth first, each with its locks on $1 (empty: on any relation of this database), those that it waits
-- for among them. waitstart is there from 14 on; a prepared transaction is pid 0. pg_locks shows the waiters of all users.
WITH RECURSIVE b AS (
  SELECT a.pid, unnest(pg_catalog.pg_blocking_pids(a.pid)) AS blocker FROM (SELECT DISTINCT l.pid FROM pg_catalog.pg_locks l WHERE NOT l.granted) a
), tree AS (
  SELECT DISTINCT b.blocker AS pid, 0 AS depth, ARRAY[b.blocker] AS path FROM b WHERE NOT EXISTS (SELECT 1 FROM b b2 WHERE b2.pid = b.blocker)
  UNION
  SELECT b.pid, t.depth + 1, t.path || b.pid FROM b JOIN tree t ON t.pid = b.blocker WHERE NOT b.pid = ANY (t.path)
), w AS (
  SELECT l.pid, min((to_jsonb(l) ->> 'waitstart')::timestamptz) AS waitstart,
         string_agg(l.mode || ' on ' || coalesce((SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c
           JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = l.relation), l.locktype), ', ') AS what
  FROM pg_catalog.pg_locks l WHERE NOT l.granted GROUP BY l.pid
), held AS (
  SELECT l.pid, array_agg(DISTINCT pg_catalog.format('%I.%I', n.nspname, c.relname) || ' ' || l.mode) AS locks
  FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE l.locktype = 'relation' AND l.relation >= 16384 AND c.relkind IN ('r', 'p', 'm', 'S')
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
    AND ($1::text[] = '{}' OR pg_catalog.format('%I.%I', n.nspname, c.relname) = ANY ($1::text[]))
  GROUP BY l.pid
), moments AS (
  SELECT t.pid, t.depth, t.path, CASE WHEN t.depth = 0 THEN a.xact_start ELSE coalesce(w.waitstart, a.state_change) END AS since, w.what,
         coalesce(a.query = '<insufficient privilege>', false) AS hidden, a.usename, a.application_name, a.state, a.query, a.datname, h.locks
  FROM tree t LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = t.pid LEFT JOIN w ON w.pid = t.pid LEFT JOIN held h ON h.pid = t.pid
)
SELECT m.pid, m.depth, m.path::text[] AS path, m.usename, m.application_name, m.state, m.query, m.hidden, m.datname, m.what,
       to_char(m.since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since,
       (extract(epoch FROM pg_catalog.clock_timestamp() - m.since) * 1000000)::bigint AS waiting_us, coalesce(m.locks, '{}') AS locks
FROM moments m
ORDER BY m.path
