-- Comments on whatever is not the system's own, and security labels. The reader names the object by its identity; a
-- column or an index that is no object of its own (of a view, behind a constraint) is named here, and what is no
-- object of its own (a NOT NULL). A subscription's stands with it: the number of one in another database may be equal.
SELECT s.kind, s.provider,
       s.classoid AS catalog, s.objoid AS oid, s.objsubid AS sub,
       c.relkind, n.nspname AS relation_schema, c.relname AS relation, a.attname AS attribute,
       CASE WHEN s.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
            THEN (SELECT 'constraint ' || pg_catalog.concat_ws('.', pg_catalog.quote_ident(kn.nspname), pg_catalog.quote_ident(COALESCE(r.relname, t.typname)), pg_catalog.quote_ident(k.conname))
                  FROM pg_catalog.pg_constraint k
                  JOIN pg_catalog.pg_namespace kn ON kn.oid = k.connamespace
                  LEFT JOIN pg_catalog.pg_class r ON r.oid = k.conrelid
                  LEFT JOIN pg_catalog.pg_type t ON t.oid = k.contypid
                  WHERE k.oid = s.objoid AND k.contype IN ('n', 't')) END AS other,
       s.text AS attr_text
FROM (
  SELECT 'comment' AS kind, NULL AS provider, d.classoid, d.objoid, d.objsubid, d.description AS text FROM pg_catalog.pg_description d
  UNION ALL
  SELECT 'security_label', l.provider, l.classoid, l.objoid, l.objsubid, l.label FROM pg_catalog.pg_seclabel l) s
LEFT JOIN pg_catalog.pg_class c ON s.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.oid = s.objoid
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = s.objsubid AND s.objsubid > 0
WHERE (s.objoid >= 16384 OR s.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = s.classoid AND d.objid = s.objoid AND d.deptype = 'e')
