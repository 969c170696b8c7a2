-- Conversions between encodings.
SELECT 'conversion' AS kind, n.nspname AS schema, c.conname AS name,
       'pg_catalog.pg_conversion'::pg_catalog.regclass::pg_catalog.oid AS catalog, c.oid,
       pg_catalog.format('CREATE %sCONVERSION %I.%I FOR %L TO %L FROM %s', CASE WHEN c.condefault THEN 'DEFAULT ' ELSE '' END, n.nspname, c.conname,
         pg_catalog.pg_encoding_to_char(c.conforencoding), pg_catalog.pg_encoding_to_char(c.contoencoding), c.conproc) AS definition,
       pg_catalog.pg_get_userbyid(c.conowner) AS owner,
       pg_catalog.pg_encoding_to_char(c.conforencoding) AS attr_for, pg_catalog.pg_encoding_to_char(c.contoencoding) AS attr_to,
       c.conproc AS attr_function, c.conproc::pg_catalog.oid AS raw_function,
       CASE WHEN c.condefault THEN 'yes' END AS attr_default
FROM pg_catalog.pg_conversion c
JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_conversion'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
