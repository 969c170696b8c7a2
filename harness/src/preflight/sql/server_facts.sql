-- The server itself. Settings that this role may not read are missing from pg_settings, and so NULL.
SELECT pg_catalog.current_database() AS database, current_user AS role, pg_catalog.current_setting('server_version') AS version,
       to_char(pg_catalog.clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS looked_at,
       pg_catalog.pg_is_in_recovery() AS standby,
       (SELECT s.setting = 'on' FROM pg_catalog.pg_settings s WHERE s.name = 'default_transaction_read_only') AS read_only,
       (SELECT s.setting FROM pg_catalog.pg_settings s WHERE s.name = 'data_directory') AS data_directory,
       pg_catalog.inet_server_addr() IS NULL AS over_socket,
       pg_catalog.current_setting('max_locks_per_transaction')::bigint
         * (pg_catalog.current_setting('max_connections')::bigint + pg_catalog.current_setting('max_prepared_transactions')::bigint) AS lock_slots,
       (SELECT count(*) FROM pg_catalog.pg_locks) AS locks_in_use,
       pg_catalog.current_setting('autovacuum_freeze_max_age')::bigint AS freeze_max_age,
       oldest.datname AS oldest, pg_catalog.age(oldest.datfrozenxid)::bigint AS oldest_age
FROM (SELECT d.datname, d.datfrozenxid FROM pg_catalog.pg_database d WHERE d.datallowconn ORDER BY pg_catalog.age(d.datfrozenxid) DESC LIMIT 1) oldest
