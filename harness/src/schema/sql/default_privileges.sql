-- What ALTER DEFAULT PRIVILEGES says. Compared only where privileges are.
SELECT 'default_privileges' AS kind, n.nspname AS schema,
       pg_catalog.format('FOR ROLE %I%s ON %s', r.role, COALESCE(' IN SCHEMA ' || pg_catalog.quote_ident(n.nspname), ''), x.what) AS name,
       'pg_catalog.pg_default_acl'::pg_catalog.regclass::pg_catalog.oid AS catalog, a.oid,
       g.statements AS definition,
       pg_catalog.array_to_string(a.defaclacl, E'\n') AS privileges
FROM pg_catalog.pg_default_acl a
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = a.defaclnamespace
CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_userbyid(a.defaclrole) AS role) r
CROSS JOIN LATERAL (
  SELECT CASE a.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES'
                              WHEN 'n' THEN 'SCHEMAS' WHEN 'L' THEN 'LARGE OBJECTS' ELSE a.defaclobjtype::pg_catalog.text END AS what) x
CROSS JOIN LATERAL (
  SELECT pg_catalog.string_agg(pg_catalog.format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s GRANT %s ON %s TO %s%s', r.role, COALESCE(' IN SCHEMA ' || pg_catalog.quote_ident(n.nspname), ''),
           t.what, x.what, t.grantee, CASE WHEN t.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END), E';\n' ORDER BY t.grantee, t.is_grantable) AS statements
  FROM (SELECT CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(e.grantee)) END AS grantee, e.is_grantable,
               pg_catalog.string_agg(e.privilege_type, ', ' ORDER BY e.privilege_type) AS what
        FROM pg_catalog.aclexplode(a.defaclacl) e GROUP BY e.grantee, e.is_grantable) t) g
