-- What tables demand of their rows, NOT NULL apart. A unique or exclusive key is told by its index, since an index may
-- become a constraint without a look at the rows.
SELECT CASE c.contype WHEN 'f' THEN 'foreign_key' ELSE 'check' END AS kind, c.oid, format('%I', c.conname) AS name,
       pg_get_constraintdef(c.oid) AS definition, c.conrelid AS relation, c.confrelid AS parent,
       c.conkey::text[] AS columns, c.confkey::text[] AS parent_columns,
       (SELECT array_agg(format('OPERATOR(%I.%s)', n.nspname, o.oprname) ORDER BY u.n)
        FROM unnest(c.conpfeqop) WITH ORDINALITY u (op, n) JOIN pg_operator o ON o.oid = u.op JOIN pg_namespace n ON n.oid = o.oprnamespace) AS operators,
       CASE WHEN c.contype = 'c' THEN ARRAY[pg_get_expr(c.conbin, c.conrelid)] END AS expressions,
       '' AS predicate, c.convalidated AS validated, c.confmatchtype = 'f' AS match_full, false AS nulls_equal,
       CASE WHEN (to_jsonb(c) ->> 'conperiod')::bool THEN 'a temporal key' WHEN NOT (to_jsonb(c) ->> 'conenforced')::bool THEN 'it is NOT ENFORCED' ELSE '' END AS beyond_us
FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace rn ON rn.oid = r.relnamespace
WHERE c.contype IN ('f', 'c') AND c.conparentid = 0 AND (c.coninhcount = 0 OR c.conislocal) AND NOT (r.relispartition AND c.coninhcount > 0)
  AND r.relpersistence <> 't' AND rn.nspname !~ '^pg_' AND rn.nspname <> 'information_schema'
UNION ALL
SELECT CASE WHEN i.indisexclusion THEN 'exclusion' ELSE 'unique' END, i.indexrelid, format('%I', ic.relname),
       pg_get_indexdef(i.indexrelid), i.indrelid, 0,
       ((i.indkey::int2[])[0:i.indnkeyatts - 1])::text[], NULL,
       (SELECT array_agg(format('OPERATOR(%I.%s)', n.nspname, o.oprname) ORDER BY u.n)
        FROM pg_constraint x, unnest(x.conexclop) WITH ORDINALITY u (op, n) JOIN pg_operator o ON o.oid = u.op JOIN pg_namespace n ON n.oid = o.oprnamespace
        WHERE x.conindid = i.indexrelid AND x.contype = 'x'),
       (SELECT array_agg(pg_get_indexdef(i.indexrelid, k, true) ORDER BY k) FROM generate_series(1, i.indnkeyatts) k),
       coalesce(pg_get_expr(i.indpred, i.indrelid), ''), i.indisvalid, false, coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::bool, false), ''
FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_class r ON r.oid = i.indrelid JOIN pg_namespace rn ON rn.oid = r.relnamespace
WHERE (i.indisunique OR i.indisexclusion) AND NOT ic.relispartition AND r.relkind IN ('r', 'p')
  AND r.relpersistence <> 't' AND rn.nspname !~ '^pg_' AND rn.nspname <> 'information_schema'
ORDER BY 5, 3
