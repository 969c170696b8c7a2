-- Comments on whatever is not the system's own. The reader names the object by its identity; a column or an index that
-- is no object of its own (of a view, behind a constraint) is named here.
SELECT 'comment' AS kind,
       s.classoid AS catalog, s.objoid AS oid, s.objsubid AS sub,
       c.relkind, n.nspname AS relation_schema, c.relname AS relation, a.attname AS attribute,
       CASE WHEN s.classoid NOT IN ('pg_catalog.pg_class'::pg_catalog.regclass, 'pg_catalog.pg_proc'::pg_catalog.regclass,
                                    'pg_catalog.pg_type'::pg_catalog.regclass, 'pg_catalog.pg_namespace'::pg_catalog.regclass,
                                    'pg_catalog.pg_constraint'::pg_catalog.regclass, 'pg_catalog.pg_trigger'::pg_catalog.regclass,
                                    'pg_catalog.pg_rewrite'::pg_catalog.regclass, 'pg_catalog.pg_policy'::pg_catalog.regclass,
                                    'pg_catalog.pg_extension'::pg_catalog.regclass, 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass,
                                    'pg_catalog.pg_event_trigger'::pg_catalog.regclass)
            THEN (SELECT i.type || ' ' || i.identity FROM pg_catalog.pg_identify_object(s.classoid, s.objoid, s.objsubid) i) END AS other,
       s.description AS attr_text
FROM pg_catalog.pg_description s
LEFT JOIN pg_catalog.pg_class c ON s.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.oid = s.objoid
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = s.objsubid AND s.objsubid > 0
WHERE (s.objoid >= 16384 OR s.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = s.classoid AND d.objid = s.objoid AND d.deptype = 'e')
