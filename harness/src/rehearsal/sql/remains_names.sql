-- What its own name says is not meant to stay, and temporary tables that are still there.
WITH named AS (
  SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table'
                        WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' ELSE 'table' END AS what,
         n.nspname AS schema, c.relname AS name, c.oid, 'pg_catalog.pg_class'::pg_catalog.regclass AS catalog,
         CASE WHEN c.relkind IN ('r', 'm', 'i') THEN pg_catalog.pg_relation_size(c.oid) ELSE 0 END AS size,
         ''::pg_catalog.text AS arguments
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'i', 'I') AND c.relpersistence <> 't' AND NOT c.relispartition
  UNION ALL
  SELECT 'schema', NULL, n.nspname, n.oid, 'pg_catalog.pg_namespace'::pg_catalog.regclass, 0, '' FROM pg_catalog.pg_namespace n
  UNION ALL
  SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END, n.nspname, p.proname, p.oid,
         'pg_catalog.pg_proc'::pg_catalog.regclass, 0, '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')'
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  UNION ALL
  SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END, n.nspname, t.typname, t.oid, 'pg_catalog.pg_type'::pg_catalog.regclass, 0, ''
  FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  WHERE t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
)
SELECT 'leftover_object' AS kind,
       CASE WHEN o.schema IS NULL THEN '' ELSE pg_catalog.quote_ident(o.schema) || '.' END || pg_catalog.quote_ident(o.name) || o.arguments AS object,
       o.catalog::pg_catalog.oid || '/' || o.oid AS identity,
       o.what || '/' || COALESCE(o.schema, '') || '/' || o.name || o.arguments AS place, o.what AS state, o.size,
       pg_catalog.format('DROP %s %s%s%s;', pg_catalog.upper(o.what), CASE WHEN o.schema IS NULL THEN '' ELSE pg_catalog.quote_ident(o.schema) || '.' END,
         pg_catalog.quote_ident(o.name), o.arguments) AS remedy
FROM named o
WHERE o.oid >= 16384 AND COALESCE(o.schema, o.name) !~ '^pg_(temp|toast_temp)_' AND COALESCE(o.schema, '') <> 'information_schema'
  AND (o.schema IS DISTINCT FROM 'pg_toast' OR o.name ~ '_cc(new|old)[0-9]*$')
  AND (CASE WHEN o.what = 'index' THEN o.name ~ '_cc(new|old)[0-9]*$'
            ELSE pg_catalog.lower(o.name) ~ ('(^|_)(tmp|temp|temporary|backup|bkp|bak|old|obsolete|deprecated|todelete|to_delete|todrop|to_drop|deleteme)'
                                             '(_?[0-9]+)*(_(id_)?seq)?$')
              OR pg_catalog.lower(o.name) ~ '^_?(tmp|temp|temporary|backup|bkp|bak|old|obsolete|deprecated|todelete|to_delete|todrop|to_drop|deleteme)_' END)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = o.catalog AND d.objid = o.oid AND d.deptype = 'e')
UNION ALL
SELECT 'temporary_table', pg_catalog.quote_ident(c.relname), '1259/' || c.oid, 'temporary/' || c.relname, 'table', pg_catalog.pg_relation_size(c.oid),
       pg_catalog.format('DROP TABLE %I;', c.relname)
FROM pg_catalog.pg_class c
WHERE c.relpersistence = 't' AND c.relkind = 'r' AND c.relnamespace <> pg_catalog.pg_my_temp_schema()
