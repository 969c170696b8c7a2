-- Constraints of tables and domains; an index behind one is the same object. The copies of a foreign key that the
-- server keeps for partitions are left out, as pg_dump leaves them out. NOT NULL stands with its column.
SELECT CASE k.contype WHEN 'c' THEN 'check_constraint' WHEN 'p' THEN 'primary_key' WHEN 'u' THEN 'unique_constraint'
                      WHEN 'x' THEN 'exclusion_constraint' WHEN 'f' THEN 'foreign_key' ELSE 'trigger_constraint' END AS kind,
       n.nspname AS schema, k.conname AS name,
       'pg_catalog.pg_constraint'::pg_catalog.regclass::pg_catalog.oid AS catalog, k.oid,
       CASE WHEN k.conrelid <> 0 THEN 'pg_catalog.pg_class'::pg_catalog.regclass ELSE 'pg_catalog.pg_type'::pg_catalog.regclass END::pg_catalog.oid AS parent_catalog,
       CASE WHEN k.conrelid <> 0 THEN k.conrelid ELSE k.contypid END AS parent_oid,
       CASE WHEN k.contype IN ('p', 'u', 'x') THEN NULLIF(k.conindid, 0) END AS index_oid,
       CASE WHEN k.coninhcount > 0 AND NOT k.conislocal THEN 'yes' END AS inherited,
       pg_catalog.format('CONSTRAINT %I %s', k.conname, x.definition) AS definition,
       x.definition AS attr_definition,
       pg_catalog.concat_ws('/', k.contype, k.condeferrable, k.condeferred, k.convalidated, k.connoinherit, k.conrelid, k.conkey,
         k.confrelid, k.confkey, k.confupdtype, k.confdeltype, k.confmatchtype, k.conexclop,
         pg_catalog.hashtextextended(k.conbin::pg_catalog.text, 0), later.enforced, later.period, later.delete_columns,
         i.indkey, i.indnkeyatts, i.indclass, i.indcollation, i.indoption,
         pg_catalog.hashtextextended(pg_catalog.concat_ws('/', i.indexprs, i.indpred), 0), later.nulls_not_distinct) AS raw_definition,
       CASE WHEN k.coninhcount > 0 THEN CASE WHEN k.conislocal THEN 'local too' ELSE 'inherited' END END AS attr_inheritance,
       CASE WHEN NOT i.indisvalid THEN 'no' END AS attr_index_valid,
       CASE WHEN i.indisclustered THEN 'yes' END AS attr_clustered,
       CASE WHEN i.indisreplident THEN 'yes' END AS attr_replica_identity,
       pg_catalog.array_to_string(ic.reloptions, ', ') AS attr_options,
       its.spcname AS attr_tablespace,
       ip.parent AS attr_attached_to, ip.raw AS raw_attached_to
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
LEFT JOIN pg_catalog.pg_tablespace its ON its.oid = ic.reltablespace
LEFT JOIN LATERAL (
  SELECT pg_catalog.format('%I.%I', pn.nspname, p.relname) AS parent, p.oid AS raw
  FROM pg_catalog.pg_inherits h
  JOIN pg_catalog.pg_class p ON p.oid = h.inhparent
  JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
  WHERE h.inhrelid = ic.oid) ip ON ic.relispartition
-- Columns of later versions: an unknown name finds the fallback of the outer query.
CROSS JOIN (SELECT NULL::pg_catalog.bool AS conenforced, NULL::pg_catalog.bool AS conperiod,
                   NULL::pg_catalog.int2[] AS confdelsetcols, NULL::pg_catalog.bool AS indnullsnotdistinct) fallback
CROSS JOIN LATERAL (SELECT conenforced AS enforced, conperiod AS period, confdelsetcols AS delete_columns,
                           indnullsnotdistinct AS nulls_not_distinct
                    FROM (SELECT k.*) present, (SELECT i.*) present_index) later
-- OFFSET 0: without it the planner copies the call to every place that reads its result.
CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_constraintdef(k.oid) AS definition OFFSET 0) x
WHERE k.contype IN ('c', 'p', 'u', 'x', 'f')
  AND NOT (k.contype = 'f' AND k.conparentid <> 0)
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
