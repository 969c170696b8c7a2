-- Extensions without those that every database is born with; pg_dump leaves out the same (plpgsql).
SELECT 'extension' AS kind, e.extname AS name, n.nspname AS schema,
       'pg_catalog.pg_extension'::pg_catalog.regclass::pg_catalog.oid AS catalog, e.oid,
       pg_catalog.format('CREATE EXTENSION %I WITH SCHEMA %I VERSION %L', e.extname, n.nspname, e.extversion) AS definition,
       pg_catalog.pg_get_userbyid(e.extowner) AS owner,
       n.nspname AS attr_schema, n.oid AS raw_schema,
       e.extversion AS attr_version
FROM pg_catalog.pg_extension e
JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
WHERE e.oid >= 16384
