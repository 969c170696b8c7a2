-- Who waits for whom, depth first. waitstart is there from 14 on; a prepared transaction is pid 0.
WITH RECURSIVE b AS (
  SELECT a.pid, unnest(pg_catalog.pg_blocking_pids(a.pid)) AS blocker FROM pg_catalog.pg_stat_activity a WHERE a.wait_event_type = 'Lock'
), tree AS (
  SELECT DISTINCT b.blocker AS pid, 0 AS depth, ARRAY[b.blocker] AS path FROM b WHERE NOT EXISTS (SELECT 1 FROM b b2 WHERE b2.pid = b.blocker)
  UNION
  SELECT b.pid, t.depth + 1, t.path || b.pid FROM b JOIN tree t ON t.pid = b.blocker WHERE NOT b.pid = ANY (t.path)
), w AS (
  SELECT l.pid, min((to_jsonb(l) ->> 'waitstart')::timestamptz) AS waitstart,
         string_agg(l.mode || ' on ' || coalesce((SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c
           JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = l.relation), l.locktype), ', ') AS what
  FROM pg_catalog.pg_locks l WHERE NOT l.granted GROUP BY l.pid
)
SELECT t.pid, t.depth, t.path::text[] AS path, a.usename, a.application_name, a.state, a.query,
       (extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(w.waitstart, a.state_change)) * 1000000)::bigint AS waiting_us, w.what
FROM tree t LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = t.pid LEFT JOIN w ON w.pid = t.pid
ORDER BY t.path
