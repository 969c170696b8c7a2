SELECT pg_catalog.pg_terminate_backend(a.pid)
  FROM pg_catalog.pg_stat_activity a
 WHERE a.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()
   AND a.state OPERATOR(pg_catalog.=) 'active'
   AND pg_catalog.starts_with(a.query, 'CREATE DATABASE "' OPERATOR(pg_catalog.||) $1)
