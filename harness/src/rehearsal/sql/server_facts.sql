SELECT pg_catalog.current_setting('server_version') AS version, pg_catalog.current_setting('wal_level') AS wal_level,
       pg_catalog.current_setting('fsync')::bool AS fsync,
       pg_catalog.pg_size_bytes(pg_catalog.current_setting('shared_buffers')) AS shared_buffers,
       pg_catalog.pg_size_bytes(pg_catalog.current_setting('maintenance_work_mem')) AS maintenance_work_mem,
       pg_catalog.current_setting('max_parallel_maintenance_workers') AS workers,
       (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout') AS deadlock_timeout_ms,
       pg_catalog.current_setting('TimeZone') AS time_zone,
       pg_catalog.current_database() AS database, pg_catalog.pg_database_size(pg_catalog.current_database()) AS database_size
