-- Every table that pg_dump takes rows from, with its partitioned ancestors: naming one of them names it.
SELECT n.nspname AS schema, c.relname AS name, c.relkind = 'p' AS partitioned,
       -- A standby has no rows of these.
       c.relpersistence = 'u' AND pg_catalog.pg_is_in_recovery() AS not_replicated,
       -- The exact size waits for whoever holds or awaits the table exclusively; the estimate waits for nobody.
       CASE WHEN c.oid IN (SELECT l.relation FROM pg_catalog.pg_locks l
                            WHERE l.mode = 'AccessExclusiveLock' AND l.locktype = 'relation'
                              AND l.database = (SELECT oid FROM pg_catalog.pg_database
                                                 WHERE datname = pg_catalog.current_database()))
            THEN GREATEST(c.relpages, 0)::pg_catalog.int8 * pg_catalog.current_setting('block_size')::pg_catalog.int8
            ELSE pg_catalog.pg_table_size(c.oid) END AS bytes,
       CASE WHEN c.relispartition
            THEN ARRAY(SELECT pn.nspname || '.' || p.relname
                         FROM pg_catalog.pg_partition_ancestors(c.oid) AS a
                         JOIN pg_catalog.pg_class p ON p.oid = a.relid
                         JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
                        WHERE p.oid <> c.oid)
            ELSE '{}' END AS ancestors
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
   AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY 1, 2
