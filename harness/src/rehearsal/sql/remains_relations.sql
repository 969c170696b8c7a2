-- Tables and materialised views with their columns' statistics. An ordinary role sees statistics of what it may read.
SELECT c.oid::pg_catalog.text AS identity, pg_catalog.format('%I.%I', n.nspname, c.relname) AS object,
       CASE WHEN c.relkind = 'p' THEN 0 ELSE pg_catalog.pg_relation_size(c.oid) END AS size,
       greatest(c.reltuples, 0)::pg_catalog.int8 AS rows, c.relkind = 'p' AS partitioned,
       pg_catalog.has_table_privilege(c.oid, 'SELECT') AND NOT pg_catalog.row_security_active(c.oid) AS readable,
       COALESCE(s.columns, '{}') AS analysed, COALESCE(s.others, '{}') AS unanalysed, COALESCE(s.names, '{}') AS unanalysed_names
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN LATERAL (
  SELECT pg_catalog.array_agg(a.attnum::pg_catalog.text ORDER BY a.attnum) FILTER (WHERE p.attname IS NOT NULL) AS columns,
         pg_catalog.array_agg(a.attnum::pg_catalog.text ORDER BY a.attnum) FILTER (WHERE p.attname IS NULL) AS others,
         pg_catalog.array_agg(pg_catalog.quote_ident(a.attname) ORDER BY a.attnum) FILTER (WHERE p.attname IS NULL) AS names
  FROM pg_catalog.pg_attribute a
  LEFT JOIN pg_catalog.pg_stats p ON p.schemaname = n.nspname AND p.tablename = c.relname AND p.attname = a.attname AND NOT p.inherited
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) s ON true
WHERE c.relkind IN ('r', 'p', 'm') AND c.oid >= 16384 AND c.relpersistence <> 't' AND n.nspname !~ '^pg_'
ORDER BY c.oid
