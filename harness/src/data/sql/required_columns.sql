SELECT c.oid AS relation, format('%I.%I', n.nspname, c.relname) AS relation_name, c.relkind = 'p' AS partitioned,
       a.attnum AS number, format('%I', a.attname) AS name, format_type(a.atttypid, a.atttypmod) AS type,
       a.atttypid AS type_oid, a.atttypmod AS type_modifier, a.attnotnull AND a.attinhcount = 0 AS required
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY c.oid, a.attnum
