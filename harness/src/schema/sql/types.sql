-- Enums (labels in order), composite types, ranges, base types and shells of types to come: what pg_dump calls TYPE.
-- A table's row type and the array of a type are not among them.
SELECT 'type' AS kind, n.nspname AS schema, t.typname AS name,
       'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid AS catalog, t.oid,
       pg_catalog.format('CREATE TYPE %I.%I', n.nspname, t.typname)
         || CASE t.typtype WHEN 'e' THEN ' AS ENUM (' || COALESCE(e.labels, '') || ')'
                           WHEN 'c' THEN ' AS (' || COALESCE(c.attributes, '') || ')'
                           WHEN 'r' THEN ' AS RANGE (' || r.definition || COALESCE(', multirange_type_name = ' || m.name, '') || ')'
                           WHEN 'b' THEN pg_catalog.format(E' (\n    %s\n)', b.definition)
                           ELSE '' END AS definition,
       pg_catalog.pg_get_userbyid(t.typowner) AS owner,
       pg_catalog.array_to_string(COALESCE(t.typacl, pg_catalog.acldefault('T', t.typowner)), E'\n') AS privileges,
       CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'c' THEN 'composite' WHEN 'r' THEN 'range' WHEN 'b' THEN 'base' ELSE 'shell' END AS attr_flavour,
       e.labels AS attr_labels,
       e.oids AS raw_label_oids,
       c.attributes AS attr_attributes, c.raw AS raw_attributes,
       r.definition AS attr_range, r.raw AS raw_range,
       m.name AS attr_multirange, m.raw AS raw_multirange,
       b.functions AS attr_functions, b.functions_raw AS raw_functions,
       b.layout AS attr_layout, b.category AS attr_category, b.default_value AS attr_default,
       b.element AS attr_element, b.element_raw AS raw_element, b.delimiter AS attr_delimiter, b.collatable AS attr_collatable
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
-- A multirange (14 on) has a name of its own: kept where it is not the one that the server chooses. rngmultitypid is
-- unknown before: it finds the fallback of the outer query.
CROSS JOIN (SELECT NULL::pg_catalog.oid AS rngmultitypid) fallback
LEFT JOIN LATERAL (
  SELECT NULLIF(pg_catalog.format('%I.%I', mn.nspname, mt.typname),
                pg_catalog.format('%I.%I', n.nspname, pg_catalog.left(
                  CASE WHEN pg_catalog.strpos(t.typname, 'range') > 0 THEN pg_catalog.regexp_replace(t.typname, 'range', 'multirange')
                       ELSE pg_catalog.left(t.typname, 51) || '_multirange' END, 63))) AS name, mt.oid AS raw
  FROM (SELECT rngmultitypid AS oid FROM (SELECT g.* FROM pg_catalog.pg_range g WHERE g.rngtypid = t.oid) present) multi
  JOIN pg_catalog.pg_type mt ON mt.oid = multi.oid
  JOIN pg_catalog.pg_namespace mn ON mn.oid = mt.typnamespace) m ON t.typtype = 'r'
LEFT JOIN LATERAL (
  SELECT pg_catalog.concat_ws(E',\n    ', f.functions, f.layout, f.category, 'DEFAULT = ' || f.default_value, 'ELEMENT = ' || f.element,
                              'DELIMITER = ' || f.delimiter, CASE WHEN f.collatable = 'yes' THEN 'COLLATABLE = true' END) AS definition,
         f.*
  FROM (
    SELECT pg_catalog.concat_ws(E',\n    ', 'INPUT = ' || t.typinput::pg_catalog.text, 'OUTPUT = ' || t.typoutput::pg_catalog.text,
             CASE WHEN t.typreceive <> 0 THEN 'RECEIVE = ' || t.typreceive::pg_catalog.text END,
             CASE WHEN t.typsend <> 0 THEN 'SEND = ' || t.typsend::pg_catalog.text END,
             CASE WHEN t.typmodin <> 0 THEN 'TYPMOD_IN = ' || t.typmodin::pg_catalog.text END,
             CASE WHEN t.typmodout <> 0 THEN 'TYPMOD_OUT = ' || t.typmodout::pg_catalog.text END,
             CASE WHEN t.typanalyze <> 0 THEN 'ANALYZE = ' || t.typanalyze::pg_catalog.text END,
             CASE WHEN later.subscript <> 0 THEN 'SUBSCRIPT = ' || later.subscript::pg_catalog.text END) AS functions,
           pg_catalog.concat_ws('/', t.typinput::pg_catalog.oid, t.typoutput::pg_catalog.oid, t.typreceive::pg_catalog.oid, t.typsend::pg_catalog.oid,
             t.typmodin::pg_catalog.oid, t.typmodout::pg_catalog.oid, t.typanalyze::pg_catalog.oid, later.subscript::pg_catalog.oid) AS functions_raw,
           pg_catalog.concat_ws(E',\n    ', CASE WHEN t.typlen < 0 THEN 'INTERNALLENGTH = VARIABLE' ELSE 'INTERNALLENGTH = ' || t.typlen END,
             CASE WHEN t.typbyval THEN 'PASSEDBYVALUE' END,
             'ALIGNMENT = ' || CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'i' THEN 'int4' ELSE 'double' END,
             'STORAGE = ' || CASE t.typstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END) AS layout,
           CASE WHEN t.typcategory <> 'U' OR t.typispreferred THEN
             pg_catalog.format('CATEGORY = %L', t.typcategory) || CASE WHEN t.typispreferred THEN ', PREFERRED = true' ELSE '' END END AS category,
           pg_catalog.quote_literal(t.typdefault) AS default_value,
           pg_catalog.format_type(NULLIF(t.typelem, 0), NULL) AS element, NULLIF(t.typelem, 0) AS element_raw,
           CASE WHEN t.typdelim <> ',' THEN pg_catalog.quote_literal(t.typdelim::pg_catalog.text) END AS delimiter,
           CASE WHEN t.typcollation <> 0 THEN 'yes' END AS collatable
    FROM (SELECT NULL::pg_catalog.regproc AS typsubscript) fallback
    CROSS JOIN LATERAL (SELECT typsubscript AS subscript FROM (SELECT t.*) present) later) f) b ON t.typtype = 'b'
WHERE (t.typtype IN ('e', 'r') OR (t.typtype = 'c' AND k.relkind = 'c') OR (t.typtype = 'p' AND NOT t.typisdefined)
       OR (t.typtype = 'b' AND NOT EXISTS (SELECT FROM pg_catalog.pg_type l WHERE l.oid = t.typelem AND l.typarray = t.oid)))
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid AND d.deptype = 'e')
