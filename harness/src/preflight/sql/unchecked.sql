-- Constraints that nobody has held against the rows that were there, and triggers that are switched off. Names only:
-- printing a definition takes a lock on its table.
SELECT * FROM (
  SELECT CASE WHEN coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true) THEN 'unvalidated' ELSE 'not_enforced' END AS kind,
         c.conname AS name, pg_catalog.format('%I.%I', n.nspname, t.relname) AS table_name,
         CASE c.contype WHEN 'f' THEN 'foreign key' WHEN 'c' THEN 'check constraint' WHEN 'n' THEN 'not-null constraint' ELSE 'constraint' END AS what
  FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class t ON t.oid = c.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
  WHERE (NOT c.convalidated OR NOT coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)) AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  UNION ALL
  SELECT 'disabled_trigger', CASE WHEN g.tgisinternal THEN coalesce((SELECT k.conname FROM pg_catalog.pg_constraint k WHERE k.oid = g.tgconstraint), g.tgname) ELSE g.tgname END,
         pg_catalog.format('%I.%I', n.nspname, t.relname), CASE WHEN g.tgisinternal THEN 'foreign key''s trigger' ELSE 'trigger' END
  FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class t ON t.oid = g.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
  WHERE g.tgenabled = 'D' AND g.tgparentid = '0'
) found
GROUP BY kind, name, table_name, what
ORDER BY kind, table_name, name
