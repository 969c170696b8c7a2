-- Domains; their CHECK constraints come with the other constraints. From 17 on a NOT NULL has a name.
SELECT 'domain' AS kind, n.nspname AS schema, t.typname AS name,
       'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid AS catalog, t.oid,
       pg_catalog.format('CREATE DOMAIN %I.%I AS %s', n.nspname, t.typname, pg_catalog.format_type(t.typbasetype, t.typtypmod))
         || COALESCE(' COLLATE ' || co.name, '')
         || COALESCE(' DEFAULT ' || x.expression, '')
         || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END AS definition,
       pg_catalog.pg_get_userbyid(t.typowner) AS owner,
       pg_catalog.array_to_string(COALESCE(t.typacl, pg_catalog.acldefault('T', t.typowner)), E'\n') AS privileges,
       pg_catalog.format_type(t.typbasetype, t.typtypmod) AS attr_type,
       pg_catalog.concat_ws('/', t.typbasetype, t.typtypmod) AS raw_type,
       co.name AS attr_collation,
       x.expression AS attr_default,
       pg_catalog.hashtextextended(t.typdefaultbin::pg_catalog.text, 0) AS raw_default,
       CASE WHEN t.typnotnull THEN 'yes' END AS attr_not_null,
       NULLIF(nn.conname, t.typname || '_not_null') AS attr_not_null_name, nn.conname AS raw_not_null_name
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_catalog.pg_constraint nn ON nn.contypid = t.oid AND nn.contype = 'n'
LEFT JOIN LATERAL (
  SELECT pg_catalog.format('%I.%I', cn.nspname, c.collname) AS name
  FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace cn ON cn.oid = c.collnamespace
  WHERE c.oid = t.typcollation AND t.typcollation <> b.typcollation) co ON true
CROSS JOIN LATERAL (
  SELECT COALESCE(pg_catalog.pg_get_expr(t.typdefaultbin, 0), pg_catalog.quote_literal(t.typdefault)) AS expression) x
WHERE t.typtype = 'd' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid AND d.deptype = 'e')
