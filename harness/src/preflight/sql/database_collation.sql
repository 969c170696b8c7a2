-- The same of the database's own collation, which is recorded from 15 on. 100: the OID of "default".
SELECT 'the database''s default' AS name, d.datcollversion AS recorded, pg_catalog.pg_database_collation_actual_version(d.oid) AS actual,
       (SELECT count(DISTINCT i.indexrelid) FROM pg_catalog.pg_index i CROSS JOIN LATERAL unnest(i.indcollation::oid[]) u(coll) WHERE i.indrelid >= 16384 AND u.coll = '100') AS indexes
FROM pg_catalog.pg_database d
WHERE d.datname = pg_catalog.current_database() AND d.datcollversion IS NOT NULL
  AND d.datcollversion IS DISTINCT FROM pg_catalog.pg_database_collation_actual_version(d.oid)
