-- Who receives WAL, and how far behind each is. Without pg_read_all_stats only the pid is told: hidden.
SELECT r.pid, r.usename, r.application_name, r.state, r.sync_state, r.state IS NULL AS hidden,
       to_char(r.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since,
       coalesce(pg_catalog.pg_wal_lsn_diff(
         CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_lsn() END, r.replay_lsn), 0)::bigint AS behind,
       (extract(epoch FROM r.replay_lag) * 1000000)::bigint AS lag_us
FROM pg_catalog.pg_stat_replication r
WHERE r.state IS DISTINCT FROM 'backup'
ORDER BY r.application_name, r.pid
