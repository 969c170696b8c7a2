SELECT r.rolname AS name,
       pg_catalog.concat_ws(' ', r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolbypassrls,
         (SELECT pg_catalog.string_agg(m.roleid::pg_catalog.regrole::text, ',' ORDER BY m.roleid)
            FROM pg_catalog.pg_auth_members m WHERE m.member OPERATOR(pg_catalog.=) r.oid)) AS facts
  FROM pg_catalog.pg_roles r
 ORDER BY r.rolname
