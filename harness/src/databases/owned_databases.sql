SELECT d.datname AS name,
       pg_catalog.shobj_description(d.oid, 'pg_database') AS comment,
       d.datallowconn AS allows_connections,
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity a WHERE a.datid OPERATOR(pg_catalog.=) d.oid) AS sessions
  FROM pg_catalog.pg_database d
 WHERE NOT d.datistemplate
 ORDER BY d.oid
