-- Row security policies, and one row_security for each table that has it enabled or forced.
SELECT 'policy' AS kind, n.nspname AS schema, p.polname AS name,
       'pg_catalog.pg_policy'::pg_catalog.regclass::pg_catalog.oid AS catalog, p.oid,
       'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS parent_catalog, p.polrelid AS parent_oid,
       pg_catalog.format('CREATE POLICY %I ON %I.%I%s FOR %s TO %s', p.polname, n.nspname, c.relname,
         CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END, x.command, x.roles)
         || COALESCE(' USING (' || x.using_expression || ')', '')
         || COALESCE(' WITH CHECK (' || x.check_expression || ')', '') AS definition,
       CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END AS attr_mode,
       x.command AS attr_command, x.roles AS attr_roles,
       x.using_expression AS attr_using, pg_catalog.hashtextextended(p.polqual::pg_catalog.text, 0) AS raw_using,
       x.check_expression AS attr_check, pg_catalog.hashtextextended(p.polwithcheck::pg_catalog.text, 0) AS raw_check,
       NULL AS attr_enabled, NULL AS attr_forced
FROM pg_catalog.pg_policy p
JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
-- OFFSET 0: without it the planner copies the call to every place that reads its result.
CROSS JOIN LATERAL (
  SELECT CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END AS command,
         (SELECT pg_catalog.string_agg(CASE u.role WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(u.role)) END, ', '
                                       ORDER BY pg_catalog.pg_get_userbyid(u.role))
          FROM pg_catalog.unnest(p.polroles) u(role)) AS roles,
         pg_catalog.pg_get_expr(p.polqual, p.polrelid) AS using_expression,
         pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) AS check_expression OFFSET 0) x
UNION ALL
SELECT 'row_security', n.nspname, c.relname,
       'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid, c.oid,
       'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid, c.oid,
       pg_catalog.concat_ws(E';\n',
         CASE WHEN c.relrowsecurity THEN pg_catalog.format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY', n.nspname, c.relname) END,
         CASE WHEN c.relforcerowsecurity THEN pg_catalog.format('ALTER TABLE %I.%I FORCE ROW LEVEL SECURITY', n.nspname, c.relname) END),
       NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       CASE WHEN c.relrowsecurity THEN 'yes' END, CASE WHEN c.relforcerowsecurity THEN 'yes' END
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relrowsecurity OR c.relforcerowsecurity
