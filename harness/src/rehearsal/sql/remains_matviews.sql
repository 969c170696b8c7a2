-- Materialised views, with the tables that they are made from, through views.
WITH RECURSIVE reads AS (
  SELECT w.ev_class AS reader, d.refobjid AS relation
  FROM pg_catalog.pg_rewrite w
  JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = w.oid
    AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid <> w.ev_class
  WHERE w.rulename = '_RETURN' AND w.ev_class >= 16384
), step AS (
  SELECT r.reader AS here, r.relation AS next FROM reads r JOIN pg_catalog.pg_class v ON v.oid = r.reader AND v.relkind = 'v'
  UNION ALL  -- what is written is a partition
  SELECT i.inhparent, i.inhrelid FROM pg_catalog.pg_inherits i
), source AS (
  SELECT r.reader AS view, r.relation FROM reads r JOIN pg_catalog.pg_class c ON c.oid = r.reader AND c.relkind = 'm'
  UNION
  SELECT s.view, p.next FROM source s JOIN step p ON p.here = s.relation
)
SELECT CASE WHEN c.relispopulated THEN 'materialized_view' ELSE 'unpopulated_view' END AS kind,
       pg_catalog.format('%I.%I', n.nspname, c.relname) AS object, c.oid::pg_catalog.text AS identity,
       n.nspname || '.' || c.relname AS place, '' AS state,
       (SELECT pg_catalog.array_agg(DISTINCT s.relation::pg_catalog.text) FROM source s JOIN pg_catalog.pg_class b ON b.oid = s.relation
        WHERE s.view = c.oid AND b.relkind IN ('r', 'p', 'm', 'f')) AS made_from,
       pg_catalog.format('REFRESH MATERIALIZED VIEW %I.%I;', n.nspname, c.relname) AS remedy
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'm' AND c.oid >= 16384
