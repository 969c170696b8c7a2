-- Replication slots. Columns that came with later majors are read through to_jsonb: NULL before.
SELECT s.slot_name, s.slot_type, s.database, s.active, to_jsonb(s) ->> 'wal_status' AS wal_status, (to_jsonb(s) ->> 'safe_wal_size')::bigint AS safe,
       to_jsonb(s) ->> 'invalidation_reason' AS invalidation,
       to_char((to_jsonb(s) ->> 'inactive_since')::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS inactive_since,
       greatest(coalesce(pg_catalog.pg_wal_lsn_diff(
         CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_lsn() END, s.restart_lsn), 0), 0)::bigint AS retained
FROM pg_catalog.pg_replication_slots s
WHERE NOT s.temporary
ORDER BY s.slot_name
