-- Enums (labels in order), composite types and ranges: what pg_dump calls TYPE. A table's row type is not among them.
SELECT 'type' AS kind, n.nspname AS schema, t.typname AS name,
       'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid AS catalog, t.oid,
       pg_catalog.format('CREATE TYPE %I.%I AS ', n.nspname, t.typname)
         || CASE t.typtype WHEN 'e' THEN 'ENUM (' || COALESCE(e.labels, '') || ')'
                           WHEN 'c' THEN '(' || COALESCE(c.attributes, '') || ')'
                           ELSE 'RANGE (' || r.definition || ')' END AS definition,
       pg_catalog.pg_get_userbyid(t.typowner) AS owner,
       pg_catalog.array_to_string(COALESCE(t.typacl, pg_catalog.acldefault('T', t.typowner)), E'\n') AS privileges,
       CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'c' THEN 'composite' ELSE 'range' END AS attr_flavour,
       e.labels AS attr_labels,
       e.oids AS raw_label_oids,
       c.attributes AS attr_attributes, c.raw AS raw_attributes,
       r.definition AS attr_range, r.raw AS raw_range
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_class k ON k.oid = t.typrelid
LEFT JOIN LATERAL (
  SELECT pg_catalog.string_agg(pg_catalog.quote_literal(l.enumlabel), ', ' ORDER BY l.enumsortorder) AS labels,
         pg_catalog.string_agg(l.oid::pg_catalog.text, ',' ORDER BY l.enumsortorder) AS oids
  FROM pg_catalog.pg_enum l WHERE l.enumtypid = t.oid) e ON t.typtype = 'e'
LEFT JOIN LATERAL (
  SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
           || COALESCE((SELECT pg_catalog.format(' COLLATE %I.%I', cn.nspname, co.collname)
                        FROM pg_catalog.pg_collation co JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
                        JOIN pg_catalog.pg_type at ON at.oid = a.atttypid
                        WHERE co.oid = a.attcollation AND co.oid <> at.typcollation), ''),
           ', ' ORDER BY a.attnum) AS attributes,
         pg_catalog.string_agg(pg_catalog.concat_ws('/', a.attname, a.atttypid, a.atttypmod, a.attcollation), ',' ORDER BY a.attnum) AS raw
  FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) c ON t.typtype = 'c'
LEFT JOIN LATERAL (
  SELECT pg_catalog.concat_ws(', ',
           'subtype = ' || pg_catalog.format_type(g.rngsubtype, NULL),
           'subtype_opclass = ' || pg_catalog.format('%I.%I', ocn.nspname, oc.opcname),
           CASE WHEN g.rngcollation <> 0 AND g.rngcollation <> st.typcollation THEN
             (SELECT pg_catalog.format('collation = %I.%I', cn.nspname, co.collname)
              FROM pg_catalog.pg_collation co JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = g.rngcollation) END,
           CASE WHEN g.rngcanonical <> 0 THEN 'canonical = ' || g.rngcanonical::pg_catalog.text END,
           CASE WHEN g.rngsubdiff <> 0 THEN 'subtype_diff = ' || g.rngsubdiff::pg_catalog.text END) AS definition,
         pg_catalog.concat_ws('/', g.rngsubtype, g.rngcollation, g.rngsubopc, g.rngcanonical::pg_catalog.oid, g.rngsubdiff::pg_catalog.oid) AS raw
  FROM pg_catalog.pg_range g
  JOIN pg_catalog.pg_type st ON st.oid = g.rngsubtype
  JOIN pg_catalog.pg_opclass oc ON oc.oid = g.rngsubopc
  JOIN pg_catalog.pg_namespace ocn ON ocn.oid = oc.opcnamespace
  WHERE g.rngtypid = t.oid) r ON t.typtype = 'r'
WHERE t.typtype IN ('e', 'c', 'r') AND (t.typtype <> 'c' OR k.relkind = 'c')
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid AND d.deptype = 'e')
