-- Whole schemas that a publication names (15 on).
SELECT 'publication_tables_in_schema' AS kind, n.nspname AS schema, p.pubname AS name,
       'pg_catalog.pg_publication_namespace'::pg_catalog.regclass::pg_catalog.oid AS catalog, r.oid,
       'pg_catalog.pg_namespace'::pg_catalog.regclass::pg_catalog.oid AS parent_catalog, n.oid AS parent_oid,
       pg_catalog.format('ALTER PUBLICATION %I ADD TABLES IN SCHEMA %I', p.pubname, n.nspname) AS definition
FROM pg_catalog.pg_publication_namespace r
JOIN pg_catalog.pg_publication p ON p.oid = r.pnpubid
JOIN pg_catalog.pg_namespace n ON n.oid = r.pnnspid
