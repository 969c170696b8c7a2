SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, pg_catalog.pg_relation_size(c.oid) AS bytes,
       -- Whatever else sets relpages, only VACUUM marks pages as visible to all.
       c.relallvisible > 0 OR pg_catalog.pg_relation_size(c.oid) = 0 AS vacuumed
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
   AND n.nspname !~ '^pg_(toast|temp|catalog)' AND n.nspname <> 'information_schema'
   AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY bytes DESC, name
