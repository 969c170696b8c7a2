-- Schemas that are not the system's own.
SELECT 'schema' AS kind, n.nspname AS name,
       'pg_catalog.pg_namespace'::pg_catalog.regclass::pg_catalog.oid AS catalog, n.oid,
       pg_catalog.format('CREATE SCHEMA %I', n.nspname) AS definition,
       pg_catalog.pg_get_userbyid(n.nspowner) AS owner,
       pg_catalog.array_to_string(COALESCE(n.nspacl, pg_catalog.acldefault('n', n.nspowner)), E'\n') AS privileges,
       -- Owned by whom every database is born with: the cluster's first superuser, from 15 on pg_database_owner.
       CASE WHEN n.oid = 2200 AND n.nspowner IN (10, 6171) THEN 'yes' END AS raw_as_born
FROM pg_catalog.pg_namespace n
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.objid = n.oid AND d.deptype = 'e')
