-- Settings of this database, and of roles: in it, or everywhere when something in it refers to the role. Where a role
-- has a setting in both, the database's holds.
SELECT DISTINCT ON (role, name) role, name, value
  FROM (SELECT COALESCE(r.rolname, '') AS role, s.setdatabase,
               pg_catalog.split_part(config, '=', 1) AS name,
               pg_catalog.substr(config, pg_catalog.strpos(config, '=') + 1) AS value
          FROM pg_catalog.pg_db_role_setting s
          LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
         CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS config
         WHERE s.setdatabase = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
            OR (s.setdatabase = 0
                AND EXISTS (SELECT FROM pg_catalog.pg_shdepend d
                             WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.refobjid = s.setrole
                               AND d.dbid = (SELECT oid FROM pg_catalog.pg_database
                                              WHERE datname = pg_catalog.current_database())))) AS found
 ORDER BY role, name, setdatabase DESC
