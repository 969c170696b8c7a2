-- Settings of this database and of roles. Their values may be secrets: only a digest leaves the server.
SELECT 'setting' AS kind,
       pg_catalog.concat_ws(' ', CASE WHEN s.setdatabase <> 0 THEN 'database' END, 'role ' || pg_catalog.quote_ident(r.rolname),
         pg_catalog.split_part(v.setting, '=', 1)) AS object,
       s.setdatabase || '/' || s.setrole || '/' || pg_catalog.split_part(v.setting, '=', 1) AS identity,
       s.setdatabase || '/' || s.setrole || '/' || pg_catalog.split_part(v.setting, '=', 1) AS place,
       pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(v.setting, 'UTF8')), 'hex') AS state,
       pg_catalog.format('ALTER %s RESET %s;', CASE WHEN s.setrole = 0 THEN 'DATABASE …' ELSE 'ROLE ' || pg_catalog.quote_ident(r.rolname)
         || CASE WHEN s.setdatabase <> 0 THEN ' IN DATABASE …' ELSE '' END END, pg_catalog.split_part(v.setting, '=', 1)) AS remedy
FROM pg_catalog.pg_db_role_setting s
CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) v(setting)
LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
WHERE s.setdatabase IN (0, (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()))
