-- Indexes that no constraint owns.
SELECT 'index' AS kind, n.nspname AS schema, c.relname AS name,
       'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS catalog, c.oid,
       'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS parent_catalog, i.indrelid AS parent_oid,
       CASE WHEN c.relispartition THEN 'yes' END AS inherited,
       x.definition,
       -- Without its own name, so that a rename is not a change.
       pg_catalog.substr(x.definition, pg_catalog.strpos(x.definition, ' INDEX ') + 8 + pg_catalog.length(pg_catalog.quote_ident(c.relname))) AS attr_on,
       raw.value AS raw_on,
       CASE WHEN i.indisunique THEN 'yes' END AS attr_unique,
       CASE WHEN NOT i.indisvalid THEN 'no' END AS attr_valid,
       CASE WHEN i.indisclustered THEN 'yes' END AS attr_clustered,
       CASE WHEN i.indisreplident THEN 'yes' END AS attr_replica_identity,
       ts.spcname AS attr_tablespace,
       ip.parent AS attr_attached_to, ip.raw AS raw_attached_to,
       (SELECT pg_catalog.string_agg(a.attnum || ':' || a.attstattarget, ', ' ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attstattarget >= 0) AS attr_statistics
FROM (
  SELECT i.* FROM pg_catalog.pg_index i
  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
  OFFSET 0) i  -- first, so that no index is deparsed in vain
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
LEFT JOIN LATERAL (
  SELECT pg_catalog.format('%I.%I', pn.nspname, p.relname) AS parent, p.oid AS raw
  FROM pg_catalog.pg_inherits h
  JOIN pg_catalog.pg_class p ON p.oid = h.inhparent
  JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
  WHERE h.inhrelid = c.oid) ip ON c.relispartition
-- indnullsnotdistinct is there from 15 on: an unknown column name finds the fallback of the outer query.
CROSS JOIN (SELECT NULL::pg_catalog.bool AS indnullsnotdistinct) fallback
CROSS JOIN LATERAL (SELECT indnullsnotdistinct AS nulls_not_distinct FROM (SELECT i.*) present) later
-- OFFSET 0: without it the planner copies the call to every place that reads its result.
CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_indexdef(i.indexrelid) AS definition OFFSET 0) x
CROSS JOIN LATERAL (
  SELECT pg_catalog.concat_ws('/', i.indrelid, i.indkey, i.indnkeyatts, i.indclass, i.indcollation, i.indoption,
    pg_catalog.hashtextextended(pg_catalog.concat_ws('/', i.indexprs, i.indpred), 0), c.relam, c.reloptions, later.nulls_not_distinct,
    (SELECT pg_catalog.string_agg(a.attnum || ':' || a.attoptions::pg_catalog.text, ',' ORDER BY a.attnum)
     FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attoptions IS NOT NULL)) AS value) raw
WHERE c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
