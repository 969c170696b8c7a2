-- The columns of the system catalogs that hold structure. What an ordinary role cannot read of subscriptions is left
-- out; any other catalog that it may not read is an error when it is read.
SELECT c.relname AS catalog, c.oid AS catalog_oid, a.attname AS name, a.atttypid AS type
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
WHERE c.oid < 16384 AND c.relnamespace = 'pg_catalog'::pg_catalog.regnamespace AND c.relname ~ '^pg_'
  AND a.attnum > 0 AND NOT a.attisdropped
  AND ((c.relkind = 'r' AND c.relname <> 'pg_statistic') OR c.relname IN ('pg_roles', 'pg_user_mappings'))
  AND (c.relname <> 'pg_subscription' OR pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT'))
ORDER BY c.oid, a.attnum
