-- Access methods of tables and indexes.
SELECT 'access_method' AS kind, a.amname AS name,
       'pg_catalog.pg_am'::pg_catalog.regclass::pg_catalog.oid AS catalog, a.oid,
       pg_catalog.format('CREATE ACCESS METHOD %I TYPE %s HANDLER %s', a.amname, CASE a.amtype WHEN 't' THEN 'TABLE' ELSE 'INDEX' END, a.amhandler) AS definition,
       CASE a.amtype WHEN 't' THEN 'table' ELSE 'index' END AS attr_type,
       a.amhandler AS attr_handler, a.amhandler::pg_catalog.oid AS raw_handler
FROM pg_catalog.pg_am a
WHERE a.oid >= 16384
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_am'::pg_catalog.regclass AND d.objid = a.oid AND d.deptype = 'e')
