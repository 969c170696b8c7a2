SELECT pg_catalog.pg_stat_get_db_temp_bytes(d.oid) AS temp FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
