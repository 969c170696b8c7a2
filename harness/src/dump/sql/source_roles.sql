-- Every role that anything in this database refers to: owners, grants, default privileges, policies. References to the
-- server's first superuser are not recorded, so owners are read from the objects too.
SELECT r.rolname
  FROM pg_catalog.pg_roles r
 WHERE r.rolname !~ '^pg_'
   AND r.oid IN (SELECT refobjid FROM pg_catalog.pg_shdepend
                  WHERE refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
                    AND dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
                 UNION ALL SELECT datdba FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()
                 UNION ALL SELECT relowner FROM pg_catalog.pg_class WHERE oid >= 16384
                 UNION ALL SELECT proowner FROM pg_catalog.pg_proc WHERE oid >= 16384
                 UNION ALL SELECT typowner FROM pg_catalog.pg_type WHERE oid >= 16384
                 UNION ALL SELECT nspowner FROM pg_catalog.pg_namespace WHERE oid >= 16384)
 ORDER BY 1
