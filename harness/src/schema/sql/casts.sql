-- Casts that users made. One that came with a range type (to its multirange, 14 on) belongs to the type.
SELECT 'cast' AS kind, x.name,
       'pg_catalog.pg_cast'::pg_catalog.regclass::pg_catalog.oid AS catalog, c.oid,
       pg_catalog.format('CREATE CAST %s %s%s', x.name, x.method,
         CASE c.castcontext WHEN 'i' THEN ' AS IMPLICIT' WHEN 'a' THEN ' AS ASSIGNMENT' ELSE '' END) AS definition,
       x.method AS attr_method, pg_catalog.concat_ws('/', c.castmethod, c.castfunc::pg_catalog.oid) AS raw_method,
       CASE c.castcontext WHEN 'i' THEN 'implicit' WHEN 'a' THEN 'assignment' END AS attr_context
FROM pg_catalog.pg_cast c
CROSS JOIN LATERAL (
  SELECT pg_catalog.format('(%s AS %s)', pg_catalog.format_type(c.castsource, NULL), pg_catalog.format_type(c.casttarget, NULL)) AS name,
         CASE c.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || c.castfunc::pg_catalog.regprocedure::pg_catalog.text
                           WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END AS method) x
WHERE c.oid >= 16384
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_cast'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype IN ('e', 'i'))
