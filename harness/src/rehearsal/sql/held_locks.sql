-- Seen from a second connection: what one backend holds now, where the WAL stands, and the next transaction id.
SELECT array(SELECT l.relation::text || ' ' || l.mode FROM pg_catalog.pg_locks l
             WHERE l.pid = $1 AND l.locktype = 'relation' AND l.granted AND l.relation >= 16384
               AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())) AS locks,
       pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0') AS wal,
       pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()) AS next_xid
