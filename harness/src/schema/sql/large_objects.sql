-- Large objects: who owns them and who may read them. Read on request only.
SELECT 'large_object' AS kind, m.oid AS name,
       'pg_catalog.pg_largeobject'::pg_catalog.regclass::pg_catalog.oid AS catalog, m.oid,
       pg_catalog.format('SELECT pg_catalog.lo_create(%L)', m.oid) AS definition,
       pg_catalog.pg_get_userbyid(m.lomowner) AS owner,
       pg_catalog.array_to_string(COALESCE(m.lomacl, pg_catalog.acldefault('L', m.lomowner)), E'\n') AS privileges
FROM pg_catalog.pg_largeobject_metadata m
