-- Functions and procedures, without aggregates. The body is free text; a BEGIN ATOMIC body (14 on) is deparsed.
SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END AS kind,
       n.nspname AS schema, p.proname AS name, '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')' AS signature_full,
       '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')' AS signature,
       'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid AS catalog, p.oid,
       pg_catalog.pg_get_functiondef(p.oid) AS definition,
       pg_catalog.pg_get_userbyid(p.proowner) AS owner,
       pg_catalog.array_to_string(COALESCE(p.proacl, pg_catalog.acldefault('f', p.proowner)), E'\n') AS privileges,
       pg_catalog.pg_get_function_arguments(p.oid) AS attr_arguments,
       pg_catalog.hashtextextended(pg_catalog.concat_ws('/', p.proargtypes, p.proallargtypes, p.proargmodes, p.proargnames, p.proargdefaults), 0) AS raw_arguments,
       pg_catalog.pg_get_function_result(p.oid) AS attr_result,
       pg_catalog.hashtextextended(pg_catalog.concat_ws('/', p.proretset, p.prorettype, p.proallargtypes, p.proargmodes, p.proargnames), 0) AS raw_result,
       l.lanname AS attr_language,
       CASE WHEN p.prokind = 'w' THEN 'yes' END AS attr_window,
       CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS attr_volatility,
       CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END AS attr_parallel,
       CASE WHEN p.proisstrict THEN 'yes' END AS attr_strict,
       CASE WHEN p.prosecdef THEN 'definer' END AS attr_security,
       CASE WHEN p.proleakproof THEN 'yes' END AS attr_leakproof,
       p.procost AS attr_cost, p.prorows AS attr_rows,
       CASE WHEN p.prosupport <> 0 THEN p.prosupport::pg_catalog.text END AS attr_support,
       pg_catalog.array_to_string(ARRAY(SELECT pg_catalog.format_type(x, NULL) FROM pg_catalog.unnest(p.protrftypes) x), ', ') AS attr_transforms,
       pg_catalog.array_to_string(ARRAY(SELECT o FROM pg_catalog.unnest(p.proconfig) o ORDER BY o), E'\n') AS attr_configuration,
       p.probin AS attr_library,
       CASE WHEN later.sql_body IS NULL THEN p.prosrc END AS attr_body,
       CASE WHEN later.sql_body IS NOT NULL THEN
         pg_catalog.regexp_replace(pg_catalog.pg_get_functiondef(p.oid), '^.*?\n(?=BEGIN ATOMIC|RETURN )', '') END AS attr_sql_body,
       pg_catalog.hashtextextended(later.sql_body::pg_catalog.text, 0) AS raw_sql_body
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
-- prosqlbody is there from 14 on: an unknown column name finds the fallback of the outer query.
CROSS JOIN (SELECT NULL::pg_catalog.pg_node_tree AS prosqlbody) fallback
CROSS JOIN LATERAL (SELECT prosqlbody AS sql_body FROM (SELECT p.*) present) later
WHERE p.prokind IN ('f', 'p', 'w') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
