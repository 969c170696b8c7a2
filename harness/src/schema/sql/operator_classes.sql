-- Operator classes and families. What belongs to a class depends on the class; what was added to a family by
-- ALTER OPERATOR FAMILY depends on the family alone.
WITH members AS (
  SELECT t.refclassid, t.refobjid,
         pg_catalog.string_agg(t.text, E',\n    ' ORDER BY t.number, t.text) FILTER (WHERE t.is_operator) AS operators,
         pg_catalog.string_agg(t.raw, ',' ORDER BY t.raw) FILTER (WHERE t.is_operator) AS operators_raw,
         pg_catalog.string_agg(t.text, E',\n    ' ORDER BY t.number, t.text) FILTER (WHERE NOT t.is_operator) AS functions,
         pg_catalog.string_agg(t.raw, ',' ORDER BY t.raw) FILTER (WHERE NOT t.is_operator) AS functions_raw
  FROM (
    SELECT d.refclassid, d.refobjid, true AS is_operator, o.amopstrategy AS number,
           pg_catalog.concat_ws('/', o.amopstrategy, o.amopopr, o.amopsortfamily) AS raw,
           pg_catalog.format('OPERATOR %s %s', o.amopstrategy, o.amopopr::pg_catalog.regoperator)
             || COALESCE((SELECT pg_catalog.format(' FOR ORDER BY %I.%I', sn.nspname, s.opfname)
                          FROM pg_catalog.pg_opfamily s JOIN pg_catalog.pg_namespace sn ON sn.oid = s.opfnamespace
                          WHERE s.oid = o.amopsortfamily), '') AS text
    FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_amop o ON o.oid = d.objid
    WHERE d.refclassid IN ('pg_catalog.pg_opfamily'::pg_catalog.regclass, 'pg_catalog.pg_opclass'::pg_catalog.regclass)
      AND d.refobjid >= 16384 AND d.classid = 'pg_catalog.pg_amop'::pg_catalog.regclass
    UNION ALL
    SELECT d.refclassid, d.refobjid, false, p.amprocnum, pg_catalog.concat_ws('/', p.amprocnum, p.amproc::pg_catalog.oid, p.amproclefttype, p.amprocrighttype),
           pg_catalog.format('FUNCTION %s (%s, %s) %s', p.amprocnum, pg_catalog.format_type(p.amproclefttype, NULL),
             pg_catalog.format_type(p.amprocrighttype, NULL), p.amproc::pg_catalog.regprocedure)
    FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_amproc p ON p.oid = d.objid
    WHERE d.refclassid IN ('pg_catalog.pg_opfamily'::pg_catalog.regclass, 'pg_catalog.pg_opclass'::pg_catalog.regclass)
      AND d.refobjid >= 16384 AND d.classid = 'pg_catalog.pg_amproc'::pg_catalog.regclass) t
  GROUP BY t.refclassid, t.refobjid)
SELECT 'operator_family' AS kind, n.nspname AS schema, f.opfname AS name,
       ' USING ' || pg_catalog.quote_ident(a.amname) AS signature,
       'pg_catalog.pg_opfamily'::pg_catalog.regclass::pg_catalog.oid AS catalog, f.oid,
       pg_catalog.format('CREATE OPERATOR FAMILY %I.%I USING %I', n.nspname, f.opfname, a.amname)
         || CASE WHEN m.operators IS NULL AND m.functions IS NULL THEN '' ELSE
              pg_catalog.format(E';\nALTER OPERATOR FAMILY %I.%I USING %I ADD\n    %s', n.nspname, f.opfname, a.amname,
                pg_catalog.concat_ws(E',\n    ', m.operators, m.functions)) END AS definition,
       pg_catalog.pg_get_userbyid(f.opfowner) AS owner,
       NULL AS attr_type, NULL::pg_catalog.oid AS raw_type, NULL AS attr_default, NULL AS attr_family, NULL::pg_catalog.oid AS raw_family,
       NULL AS attr_storage, NULL::pg_catalog.oid AS raw_storage,
       m.operators AS attr_operators, m.operators_raw AS raw_operators, m.functions AS attr_functions, m.functions_raw AS raw_functions
FROM pg_catalog.pg_opfamily f
JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace
JOIN pg_catalog.pg_am a ON a.oid = f.opfmethod
LEFT JOIN members m ON m.refclassid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass AND m.refobjid = f.oid
WHERE f.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass AND d.objid = f.oid AND d.deptype = 'e')
UNION ALL
SELECT 'operator_class', n.nspname, c.opcname, ' USING ' || pg_catalog.quote_ident(a.amname),
       'pg_catalog.pg_opclass'::pg_catalog.regclass::pg_catalog.oid, c.oid,
       pg_catalog.format(E'CREATE OPERATOR CLASS %I.%I%s FOR TYPE %s USING %I FAMILY %I.%I AS\n    %s', n.nspname, c.opcname,
         CASE WHEN c.opcdefault THEN ' DEFAULT' ELSE '' END, pg_catalog.format_type(c.opcintype, NULL), a.amname, fn.nspname, f.opfname,
         pg_catalog.concat_ws(E',\n    ', m.operators, m.functions,
           -- The grammar wants one item at least.
           'STORAGE ' || pg_catalog.format_type(COALESCE(NULLIF(c.opckeytype, 0), CASE WHEN m.operators IS NULL AND m.functions IS NULL THEN c.opcintype END), NULL))),
       pg_catalog.pg_get_userbyid(c.opcowner),
       pg_catalog.format_type(c.opcintype, NULL), c.opcintype,
       CASE WHEN c.opcdefault THEN 'yes' END,
       pg_catalog.format('%I.%I', fn.nspname, f.opfname), f.oid,
       pg_catalog.format_type(NULLIF(c.opckeytype, 0), NULL), NULLIF(c.opckeytype, 0),
       m.operators, m.operators_raw, m.functions, m.functions_raw
FROM pg_catalog.pg_opclass c
JOIN pg_catalog.pg_namespace n ON n.oid = c.opcnamespace
JOIN pg_catalog.pg_am a ON a.oid = c.opcmethod
JOIN pg_catalog.pg_opfamily f ON f.oid = c.opcfamily
JOIN pg_catalog.pg_namespace fn ON fn.oid = f.opfnamespace
LEFT JOIN members m ON m.refclassid = 'pg_catalog.pg_opclass'::pg_catalog.regclass AND m.refobjid = c.oid
WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_opclass'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
