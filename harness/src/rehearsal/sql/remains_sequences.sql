-- Sequences that give a column its values: owned by it, or named in its default. Each with a query for where it stands
-- and the furthest value of the column; the reader puts them into one statement.
WITH feeds AS (
  SELECT d.objid AS sequence, d.refobjid AS relation, d.refobjsubid AS attribute
  FROM pg_catalog.pg_depend d
  WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
  UNION
  SELECT d.refobjid, f.adrelid, f.adnum
  FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attrdef f ON f.oid = d.objid
  WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
)
SELECT q.oid::pg_catalog.text AS identity, pg_catalog.format('%I.%I', qn.nspname, q.relname) AS object,
       t.oid || '/' || a.attnum AS place, pg_catalog.format('%I.%I', tn.nspname, t.relname) AS on_table,
       pg_catalog.format('%I.%I.%I', tn.nspname, t.relname, a.attname) AS state,
       s.seqcycle AS cycles,
       pg_catalog.has_table_privilege(t.oid, 'SELECT') AND pg_catalog.has_sequence_privilege(q.oid, 'SELECT')
         AND NOT pg_catalog.row_security_active(t.oid) AS readable,
       -- How far the column is beyond what the sequence gives next; no column may be that far by a number that is none.
       pg_catalog.format('SELECT %L::pg_catalog.text AS place, pg_catalog.floor(CASE WHEN pg_catalog.abs(c.furthest) < 9e18 THEN '
                         '(c.furthest - s.last_value - CASE WHEN s.is_called THEN %s ELSE 0 END) * pg_catalog.sign(%s::pg_catalog.numeric) END) AS ahead '
                         'FROM %I.%I s, (SELECT pg_catalog.%s(%I)::pg_catalog.numeric AS furthest FROM %I.%I) c',
         q.oid || '/' || t.oid || '/' || a.attnum, s.seqincrement, s.seqincrement, qn.nspname, q.relname,
         CASE WHEN s.seqincrement < 0 THEN 'min' ELSE 'max' END, a.attname, tn.nspname, t.relname) AS look,
       pg_catalog.format('SELECT setval(%L, (SELECT %s(%I) FROM %I.%I));', pg_catalog.format('%I.%I', qn.nspname, q.relname),
         CASE WHEN s.seqincrement < 0 THEN 'min' ELSE 'max' END, a.attname, tn.nspname, t.relname) AS remedy
FROM feeds f
JOIN pg_catalog.pg_sequence s ON s.seqrelid = f.sequence
JOIN pg_catalog.pg_class q ON q.oid = f.sequence
JOIN pg_catalog.pg_namespace qn ON qn.oid = q.relnamespace
JOIN pg_catalog.pg_class t ON t.oid = f.relation AND NOT t.relispartition AND t.relkind IN ('r', 'p') AND t.relpersistence <> 't'
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = f.attribute
JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN y.typtype = 'd' THEN y.typbasetype ELSE y.oid END
WHERE q.oid >= 16384 AND b.typname IN ('int2', 'int4', 'int8', 'numeric')
ORDER BY q.oid, t.oid, a.attnum
