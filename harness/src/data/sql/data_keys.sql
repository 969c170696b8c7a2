-- What tells the rows of a table apart: the primary key, then other unique indexes whose columns may not be null, short
-- ones first. A deferrable one counts: at rest it holds.
SELECT i.indrelid AS relation, i.indisprimary AS is_primary,
       (SELECT pg_catalog.array_agg(k.number ORDER BY k.place)
        FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY k (number, place) WHERE k.place <= i.indnkeyatts) AS numbers
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
  AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY k (number, place)
                  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
                  WHERE k.place <= i.indnkeyatts AND NOT coalesce(a.attnotnull, false))
ORDER BY i.indrelid, i.indisprimary DESC, i.indnkeyatts, i.indexrelid
