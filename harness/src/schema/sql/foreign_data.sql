-- Foreign-data wrappers, foreign servers, and user mappings. The options of a mapping are secrets: of each only its
-- name and the beginning of a hash of its value; a role that may not read them sees that there is nothing to compare.
SELECT 'foreign_data_wrapper' AS kind, w.fdwname AS name,
       'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass::pg_catalog.oid AS catalog, w.oid,
       NULL::pg_catalog.oid AS parent_catalog, NULL::pg_catalog.oid AS parent_oid,
       pg_catalog.format('CREATE FOREIGN DATA WRAPPER %I', w.fdwname)
         || CASE WHEN w.fdwhandler <> 0 THEN ' HANDLER ' || w.fdwhandler::pg_catalog.regproc::pg_catalog.text ELSE '' END
         || CASE WHEN w.fdwvalidator <> 0 THEN ' VALIDATOR ' || w.fdwvalidator::pg_catalog.regproc::pg_catalog.text ELSE '' END
         || COALESCE(' OPTIONS (' || x.options || ')', '') AS definition,
       pg_catalog.pg_get_userbyid(w.fdwowner) AS owner,
       pg_catalog.array_to_string(COALESCE(w.fdwacl, pg_catalog.acldefault('F', w.fdwowner)), E'\n') AS privileges,
       NULLIF(w.fdwhandler, 0)::pg_catalog.regproc AS attr_handler, NULLIF(w.fdwhandler, 0) AS raw_handler,
       NULLIF(w.fdwvalidator, 0)::pg_catalog.regproc AS attr_validator, NULLIF(w.fdwvalidator, 0) AS raw_validator,
       NULL AS attr_wrapper, NULL::pg_catalog.oid AS raw_wrapper, NULL AS attr_type, NULL AS attr_version,
       x.options AS attr_options
FROM pg_catalog.pg_foreign_data_wrapper w
CROSS JOIN LATERAL (
  SELECT pg_catalog.string_agg(pg_catalog.quote_ident(o.option_name) || ' ' || pg_catalog.quote_literal(o.option_value), ', ' ORDER BY o.option_name) AS options
  FROM pg_catalog.pg_options_to_table(w.fdwoptions) o) x
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass AND d.objid = w.oid AND d.deptype = 'e')
UNION ALL
SELECT 'server', s.srvname,
       'pg_catalog.pg_foreign_server'::pg_catalog.regclass::pg_catalog.oid, s.oid, NULL, NULL,
       pg_catalog.format('CREATE SERVER %I%s%s FOREIGN DATA WRAPPER %I%s', s.srvname, COALESCE(' TYPE ' || pg_catalog.quote_literal(s.srvtype), ''),
         COALESCE(' VERSION ' || pg_catalog.quote_literal(s.srvversion), ''), w.fdwname, COALESCE(' OPTIONS (' || x.options || ')', '')),
       pg_catalog.pg_get_userbyid(s.srvowner),
       pg_catalog.array_to_string(COALESCE(s.srvacl, pg_catalog.acldefault('S', s.srvowner)), E'\n'),
       NULL, NULL, NULL, NULL,
       w.fdwname, w.oid, s.srvtype, s.srvversion, x.options
FROM pg_catalog.pg_foreign_server s
JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
CROSS JOIN LATERAL (
  SELECT pg_catalog.string_agg(pg_catalog.quote_ident(o.option_name) || ' ' || pg_catalog.quote_literal(o.option_value), ', ' ORDER BY o.option_name) AS options
  FROM pg_catalog.pg_options_to_table(s.srvoptions) o) x
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_foreign_server'::pg_catalog.regclass AND d.objid = s.oid AND d.deptype = 'e')
UNION ALL
SELECT 'user_mapping', m.usename,
       'pg_catalog.pg_user_mapping'::pg_catalog.regclass::pg_catalog.oid, m.umid,
       'pg_catalog.pg_foreign_server'::pg_catalog.regclass::pg_catalog.oid, m.srvid,
       pg_catalog.format('CREATE USER MAPPING FOR %s SERVER %I%s', CASE WHEN m.umuser = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(m.usename) END, m.srvname,
         COALESCE(' OPTIONS (' || x.names || ')', '')),
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       COALESCE(x.options, CASE WHEN NOT r.readable THEN 'not readable by this role' END)
-- The view hides umoptions from all but superusers, the mapped role and, of PUBLIC's mapping, the server's owner.
FROM pg_catalog.pg_user_mappings m
JOIN pg_catalog.pg_foreign_server s ON s.oid = m.srvid
CROSS JOIN LATERAL (
  SELECT (m.umuser <> 0 AND m.usename = CURRENT_USER
          AND (pg_catalog.pg_has_role(s.srvowner, 'USAGE') OR pg_catalog.has_server_privilege(s.oid, 'USAGE')))
      OR (m.umuser = 0 AND pg_catalog.pg_has_role(s.srvowner, 'USAGE'))
      OR (SELECT a.rolsuper FROM pg_catalog.pg_roles a WHERE a.rolname = CURRENT_USER) AS readable) r
CROSS JOIN LATERAL (
  SELECT pg_catalog.string_agg(pg_catalog.quote_ident(o.option_name) || ' ''***''', ', ' ORDER BY o.option_name) AS names,
         pg_catalog.string_agg(pg_catalog.quote_ident(o.option_name) || ' #'
           || pg_catalog.left(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(o.option_value, 'UTF8')), 'hex'), 6), ', ' ORDER BY o.option_name) AS options
  FROM pg_catalog.pg_options_to_table(m.umoptions) o) x
