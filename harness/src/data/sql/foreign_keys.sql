-- One row for each declared foreign key, with the rows of the child that have no parent. Mirrors the server's own check:
-- the operators of the constraint, MATCH FULL (a half-null key is an orphan), ONLY unless partitioned (inheritance
-- children are not covered), PERIOD by containment in the parents' ranges.
WITH fk AS (
  SELECT c.oid, c.conname, c.conrelid, c.confrelid, c.confmatchtype, c.convalidated, c.condeferrable, c.condeferred,
         coalesce((to_jsonb(c) ->> 'conenforced')::bool, true) AS enforced,
         coalesce((to_jsonb(c) ->> 'conperiod')::bool, false) AS period,
         CASE WHEN r.relkind = 'p' THEN '' ELSE 'ONLY ' END AS fkonly, CASE WHEN p.relkind = 'p' THEN '' ELSE 'ONLY ' END AS pkonly,
         format('%I.%I', rn.nspname, r.relname) AS fkrel, format('%I.%I', pn.nspname, p.relname) AS pkrel,
         c.conkey, c.confkey, c.conpfeqop, r.relkind AS fkkind
  FROM pg_catalog.pg_constraint c
  JOIN pg_catalog.pg_class r ON r.oid = c.conrelid JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
  JOIN pg_catalog.pg_class p ON p.oid = c.confrelid JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
  WHERE c.contype = 'f' AND c.conparentid = 0
), k AS (
  SELECT fk.oid, array_agg(format('%I', fa.attname) ORDER BY n) AS fkcols, array_agg(format('%I', pa.attname) ORDER BY n) AS pkcols,
         string_agg(format('pk.%I OPERATOR(%I.%s) fk.%I', pa.attname, opn.nspname, o.oprname, fa.attname), ' AND ' ORDER BY n)
           FILTER (WHERE NOT (fk.period AND n = cardinality(fk.conkey))) AS joinq,
         string_agg(format('fk.%I IS NOT NULL', fa.attname), CASE fk.confmatchtype WHEN 'f' THEN ' OR ' ELSE ' AND ' END ORDER BY n) AS nn
  FROM fk CROSS JOIN LATERAL unnest(fk.conkey, fk.confkey, fk.conpfeqop) WITH ORDINALITY u (fatt, patt, op, n)
  JOIN pg_catalog.pg_attribute fa ON fa.attrelid = fk.conrelid AND fa.attnum = u.fatt
  JOIN pg_catalog.pg_attribute pa ON pa.attrelid = fk.confrelid AND pa.attnum = u.patt
  JOIN pg_catalog.pg_operator o ON o.oid = u.op JOIN pg_catalog.pg_namespace opn ON opn.oid = o.oprnamespace
  GROUP BY fk.oid, fk.confmatchtype, fk.period
)
SELECT fk.conname AS name, format('%I', fk.conname) AS sql_name, fk.fkrel AS child, fk.pkrel AS parent, k.fkcols, k.pkcols,
       fk.confmatchtype = 'f' AS match_full, fk.convalidated, fk.enforced, fk.condeferrable, fk.condeferred, fk.period,
       fk.fkonly || fk.fkrel AS sql_child,
       EXISTS (SELECT 1 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid JOIN pg_catalog.pg_am am ON am.oid = ic.relam
               WHERE i.indrelid = fk.conrelid AND i.indisvalid AND i.indpred IS NULL AND am.amname = 'btree'
                 AND (i.indkey::int2[])[0:cardinality(fk.conkey) - 1] @> fk.conkey
                 AND i.indnkeyatts >= cardinality(fk.conkey)) AS indexed,
       -- Also by an index of those rows only that have a parent: WHERE column IS NOT NULL.
       EXISTS (SELECT 1 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid JOIN pg_catalog.pg_am am ON am.oid = ic.relam
               WHERE i.indrelid = fk.conrelid AND i.indisvalid AND am.amname IN ('btree', 'hash')
                 AND (i.indpred IS NULL OR pg_catalog.pg_get_expr(i.indpred, i.indrelid) ~ '^[( ]*("[^"]+"|[a-z0-9_$]+) IS NOT NULL[) ]*( AND [( ]*("[^"]+"|[a-z0-9_$]+) IS NOT NULL[) ]*)*$')
                 AND (i.indkey::int2[])[0:cardinality(fk.conkey) - 1] @> fk.conkey
                 AND i.indnkeyatts >= cardinality(fk.conkey)) AS lookup_indexed,
       (SELECT sum(greatest(t.reltuples, 0))::bigint FROM pg_catalog.pg_class t
        WHERE t.oid = fk.conrelid OR (fk.fkkind = 'p' AND t.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(fk.conrelid) WHERE isleaf))) AS child_rows,
       (SELECT sum(greatest(t.reltuples, 0))::bigint FROM pg_catalog.pg_class t
        WHERE t.oid = fk.confrelid OR t.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(fk.confrelid) WHERE isleaf)) AS parent_rows,
       CASE WHEN NOT fk.period THEN
         format('FROM %s%s fk WHERE (%s) AND NOT EXISTS (SELECT 1 FROM %s%s pk WHERE %s)', fk.fkonly, fk.fkrel, k.nn, fk.pkonly, fk.pkrel, k.joinq)
       ELSE
         format('FROM %1$s%2$s fk WHERE (%3$s) AND NOT coalesce(fk.%4$s <@ (SELECT range_agg(pk.%5$s) FROM %6$s%7$s pk WHERE %8$s AND pk.%5$s && fk.%4$s), false)',
                fk.fkonly, fk.fkrel, k.nn, k.fkcols[cardinality(k.fkcols)], k.pkcols[cardinality(k.pkcols)], fk.pkonly, fk.pkrel, k.joinq)
       END AS orphans_from
FROM fk JOIN k USING (oid)
ORDER BY fk.fkrel, fk.conname
