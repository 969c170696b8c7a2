-- Sequences with whom they belong to: a serial column ("owned") or an identity column ("identity").
SELECT 'sequence' AS kind, n.nspname AS schema, c.relname AS name,
       'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS catalog, c.oid,
       'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS owned_by_catalog, o.refobjid AS owned_by_oid, o.refobjsubid AS owned_by_sub,
       pg_catalog.format('CREATE %sSEQUENCE %I.%I AS %s START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s',
         CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END, n.nspname, c.relname, pg_catalog.format_type(s.seqtypid, NULL),
         s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END)
         || COALESCE(' OWNED BY ' || o.name, '') AS definition,
       pg_catalog.pg_get_userbyid(c.relowner) AS owner,
       pg_catalog.array_to_string(COALESCE(c.relacl, pg_catalog.acldefault('s', c.relowner)), E'\n') AS privileges,
       pg_catalog.format_type(s.seqtypid, NULL) AS attr_data_type,
       s.seqstart AS attr_start, s.seqincrement AS attr_increment, s.seqmin AS attr_minimum, s.seqmax AS attr_maximum,
       s.seqcache AS attr_cache, CASE WHEN s.seqcycle THEN 'yes' END AS attr_cycle,
       CASE c.relpersistence WHEN 'u' THEN 'unlogged' END AS attr_persistence,
       CASE o.deptype WHEN 'i' THEN 'identity of ' ELSE '' END || o.name AS attr_owned_by,
       pg_catalog.concat_ws('/', o.deptype, o.refobjid, o.refobjsubid) AS raw_owned_by
FROM pg_catalog.pg_sequence s
JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN LATERAL (
  SELECT d.deptype, d.refobjid, d.refobjsubid, pg_catalog.format('%I.%I.%I', tn.nspname, t.relname, a.attname) AS name
  FROM pg_catalog.pg_depend d
  JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
  JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
  WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.objsubid = 0
    AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')) o ON true
WHERE c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
