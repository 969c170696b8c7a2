-- Collations whose order may have changed under the indexes: the library is another one than when they were made.
WITH sorted AS (
  SELECT DISTINCT i.indexrelid, u.coll FROM pg_catalog.pg_index i CROSS JOIN LATERAL unnest(i.indcollation::oid[]) u(coll) WHERE i.indrelid >= 16384 AND u.coll <> '0'
)
SELECT pg_catalog.format('%I.%I', n.nspname, c.collname) AS name, c.collversion AS recorded, pg_catalog.pg_collation_actual_version(c.oid) AS actual,
       (SELECT count(*) FROM sorted s WHERE s.coll = c.oid) AS indexes
FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
WHERE c.collversion IS NOT NULL AND c.collversion IS DISTINCT FROM pg_catalog.pg_collation_actual_version(c.oid)
  AND (c.oid >= 16384 OR EXISTS (SELECT 1 FROM sorted s WHERE s.coll = c.oid))
ORDER BY 1
