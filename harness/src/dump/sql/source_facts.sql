SELECT pg_catalog.current_setting('server_version') AS server_version,
       pg_catalog.current_setting('server_version_num')::pg_catalog.int4 / 10000 AS server_major,
       pg_catalog.pg_encoding_to_char(encoding) AS encoding, datcollate, datctype,
       (SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'TimeZone') AS timezone
  FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()
