-- Rewrite rules other than the one that makes a view a view.
SELECT 'rule' AS kind, n.nspname AS schema, r.rulename AS name,
       'pg_catalog.pg_rewrite'::pg_catalog.regclass::pg_catalog.oid AS catalog, r.oid,
       'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS parent_catalog, r.ev_class AS parent_oid,
       x.definition,
       -- Without its own name (CREATE RULE is 11 characters), so that a rename is not a change.
       pg_catalog.substr(x.definition, 13 + pg_catalog.length(pg_catalog.quote_ident(r.rulename))) AS attr_definition,
       pg_catalog.hashtextextended(pg_catalog.concat_ws('/', r.ev_class, r.ev_type, r.is_instead, r.ev_qual, r.ev_action), 0) AS raw_definition,
       CASE r.ev_enabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS attr_enabled
FROM pg_catalog.pg_rewrite r
JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
-- OFFSET 0: without it the planner copies the call to every place that reads its result.
CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_ruledef(r.oid) AS definition OFFSET 0) x
WHERE r.rulename <> '_RETURN' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
