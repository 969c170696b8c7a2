-- Every lock on a table or index of this database that keeps readers or writers waiting, held or waited for: whoever
-- comes later queues behind either. $1 names one backend; NULL: all but autovacuum, which gives way.
SELECT array(SELECT DISTINCT l.relation::text || ' ' || l.mode
             FROM pg_catalog.pg_locks l
             WHERE l.locktype = 'relation' AND l.relation >= 16384
               AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
               AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
               AND (l.pid = $1 OR ($1 IS NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a
                                                              WHERE a.pid = l.pid AND a.backend_type = 'autovacuum worker')))) AS locks
