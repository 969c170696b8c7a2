-- How far each sequence is used, by its own end or that of the column that it feeds (owned, or named in its default).
-- A value can be read by whoever may use the sequence; reading takes a lock for a moment.
WITH feeds AS (
  SELECT d.objid AS seq, d.refobjid AS tbl, d.refobjsubid AS col FROM pg_catalog.pg_depend d
  WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
  UNION
  SELECT d.refobjid, ad.adrelid, ad.adnum FROM pg_catalog.pg_attrdef ad
  JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = ad.oid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
), used AS (
  SELECT s.seqrelid, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
         pg_catalog.has_sequence_privilege(s.seqrelid, 'USAGE') OR pg_catalog.has_sequence_privilege(s.seqrelid, 'SELECT') AS visible
  FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE NOT s.seqcycle AND n.nspname NOT LIKE 'pg\_temp%' AND NOT (pg_catalog.pg_is_in_recovery() AND c.relpersistence = 'u')
), valued AS (
  SELECT u.*, CASE WHEN u.visible THEN pg_catalog.pg_sequence_last_value(u.seqrelid) END AS last FROM used u
), ends AS (
  SELECT v.name, v.visible, v.last, v.seqincrement, v.seqmin, v.seqmax, CASE WHEN t.oid IS NOT NULL THEN pg_catalog.format('%I.%I', tn.nspname, t.relname) END AS table_name, a.attname AS column_name,
         pg_catalog.format_type(a.atttypid, NULL) AS type,
         CASE WHEN v.seqincrement > 0
              THEN least(v.seqmax, CASE a.atttypid WHEN 'int2'::pg_catalog.regtype THEN 32767 WHEN 'int4'::pg_catalog.regtype THEN 2147483647 ELSE v.seqmax END)
              ELSE greatest(v.seqmin, CASE a.atttypid WHEN 'int2'::pg_catalog.regtype THEN -32768 WHEN 'int4'::pg_catalog.regtype THEN -2147483648 ELSE v.seqmin END) END AS end_value
  FROM valued v LEFT JOIN feeds f ON f.seq = v.seqrelid LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = f.tbl AND a.attnum = f.col
  LEFT JOIN pg_catalog.pg_class t ON t.oid = f.tbl LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
)
SELECT e.name, e.visible, e.table_name, e.column_name, e.type, coalesce(e.last, 0) AS last, e.end_value,
       coalesce(round(CASE WHEN e.seqincrement > 0 THEN 100.0 * (e.last::numeric - least(e.seqmin, 0)) / greatest(e.end_value::numeric - least(e.seqmin, 0), 1)
                           ELSE 100.0 * (greatest(e.seqmax, 0) - e.last::numeric) / greatest(greatest(e.seqmax, 0) - e.end_value::numeric, 1) END, 2), 0) AS used_percent
FROM ends e
WHERE NOT e.visible OR e.last IS NOT NULL
ORDER BY used_percent DESC, e.name
