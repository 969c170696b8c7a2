-- Triggers. The copy that a partition has of its parent's trigger is listed only when its enable state is its own.
SELECT 'trigger' AS kind, n.nspname AS schema, t.tgname AS name,
       'pg_catalog.pg_trigger'::pg_catalog.regclass::pg_catalog.oid AS catalog, t.oid,
       'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS parent_catalog, t.tgrelid AS parent_oid,
       x.definition,
       -- Without its own name, so that a rename is not a change.
       pg_catalog.regexp_replace(pg_catalog.substr(x.definition, 1, x.name_at - 1), ' $', '')
         || pg_catalog.substr(x.definition, x.name_at + pg_catalog.length(pg_catalog.quote_ident(t.tgname))) AS attr_definition,
       pg_catalog.concat_ws('/', t.tgrelid, t.tgfoid, t.tgtype, t.tgconstrrelid, t.tgdeferrable, t.tginitdeferred, t.tgattr, t.tgargs,
         pg_catalog.hashtextextended(t.tgqual::pg_catalog.text, 0), t.tgoldtable, t.tgnewtable) AS raw_definition,
       CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS attr_enabled
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
-- OFFSET 0: without it the planner copies the call to every place that reads its result.
CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_triggerdef(t.oid) AS definition OFFSET 0) d
CROSS JOIN LATERAL (SELECT d.definition, pg_catalog.strpos(d.definition, ' TRIGGER ') + 9 AS name_at) x
WHERE NOT t.tgisinternal
  AND (t.tgparentid = 0 OR t.tgenabled <> (SELECT p.tgenabled FROM pg_catalog.pg_trigger p WHERE p.oid = t.tgparentid))
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
