-- Asked on the migration's own connection: only it sees names, storage and counters of its open transaction.
SELECT l.relation AS oid, n.nspname, c.relname, c.relkind, c.relfilenode, coalesce(i.indrelid, c.oid) AS table_oid,
       CASE WHEN c.relkind IN ('r', 'm', 'i', 't', 'S') THEN pg_catalog.pg_relation_size(c.oid) ELSE 0 END AS size,
       pg_catalog.pg_stat_get_xact_numscans(l.relation) AS scans,
       pg_catalog.pg_stat_get_xact_tuples_returned(l.relation) AS read,
       pg_catalog.pg_stat_get_xact_tuples_inserted(l.relation) AS inserted,
       pg_catalog.pg_stat_get_xact_tuples_updated(l.relation) AS updated,
       pg_catalog.pg_stat_get_xact_tuples_deleted(l.relation) AS deleted
FROM (SELECT DISTINCT relation FROM pg_catalog.pg_locks
      WHERE locktype = 'relation' AND granted AND pid = pg_catalog.pg_backend_pid() AND relation >= 16384
        AND database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())) l
LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
