-- The columns of what data_relations.sql lists. `class` says how a value is best hashed; a domain counts as what it is made of.
WITH RECURSIVE base(oid, type) AS (
  SELECT t.oid, t.oid FROM pg_catalog.pg_type t
  UNION ALL
  SELECT b.oid, t.typbasetype FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.type WHERE t.typtype = 'd'
)
SELECT a.attrelid AS relation, a.attnum AS number, pg_catalog.quote_ident(a.attname) AS name,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, a.attgenerated <> '' AS generated,
       CASE WHEN t.typtype = 'e' THEN t.oid WHEN e.typtype = 'e' THEN e.oid ELSE 0 END AS enum, e.typtype = 'e' AS enum_array,
       CASE WHEN t.typtype = 'e' THEN 'text'
            WHEN t.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace THEN CASE WHEN t.typname = 'citext' THEN 'text' ELSE 'other' END
            WHEN t.typname IN ('int2', 'int4', 'int8', 'oid') THEN 'integer'
            WHEN t.typname = 'bool' THEN 'boolean'
            WHEN t.typname = 'numeric' THEN 'numeric'
            WHEN t.typname IN ('float4', 'float8') THEN 'floating'
            WHEN t.typname IN ('date', 'timestamp', 'timestamptz', 'uuid', 'json', 'jsonb') THEN t.typname::pg_catalog.text
            WHEN t.typname IN ('text', 'varchar', 'bpchar', 'name') THEN 'text'
            WHEN t.typname ~ '^reg' THEN 'object'
            ELSE 'other' END AS class
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN base b ON b.oid = a.atttypid
JOIN pg_catalog.pg_type t ON t.oid = b.type AND t.typtype <> 'd'
LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
  AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY a.attrelid, a.attnum
