-- Extended statistics objects.
SELECT 'statistics' AS kind, n.nspname AS schema, s.stxname AS name,
       'pg_catalog.pg_statistic_ext'::pg_catalog.regclass::pg_catalog.oid AS catalog, s.oid,
       'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS parent_catalog, s.stxrelid AS parent_oid,
       x.definition,
       -- Without its own name, so that a rename is not a change.
       pg_catalog.replace(x.definition, pg_catalog.format('CREATE STATISTICS %I.%I', n.nspname, s.stxname), '') AS attr_definition,
       pg_catalog.hashtextextended(pg_catalog.concat_ws('/', s.stxrelid, s.stxkeys, s.stxkind, later.expressions), 0) AS raw_definition,
       pg_catalog.pg_get_userbyid(s.stxowner) AS owner,
       CASE WHEN s.stxstattarget >= 0 THEN s.stxstattarget END AS attr_statistics
FROM pg_catalog.pg_statistic_ext s
JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
-- stxexprs is there from 14 on: an unknown column name finds the fallback of the outer query.
CROSS JOIN (SELECT NULL::pg_catalog.pg_node_tree AS stxexprs) fallback
CROSS JOIN LATERAL (SELECT stxexprs AS expressions FROM (SELECT s.*) present) later
-- OFFSET 0: without it the planner copies the call to every place that reads its result.
CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_statisticsobjdef(s.oid) AS definition OFFSET 0) x
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
