-- Everything that holds rows of users, partitions too. `rows` is the planner's estimate, of partitions the sum of the leaves.
SELECT c.oid, n.nspname AS schema, c.relname AS relation, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, c.relkind AS kind,
       CASE WHEN c.relispartition THEN pg_catalog.pg_partition_root(c.oid)::pg_catalog.oid ELSE 0 END AS root,
       CASE WHEN c.relkind = 'p'
            THEN (SELECT pg_catalog.sum(greatest(l.reltuples, 0))::pg_catalog.int8 FROM pg_catalog.pg_partition_tree(c.oid) t
                  JOIN pg_catalog.pg_class l ON l.oid = t.relid WHERE t.isleaf)
            ELSE greatest(c.reltuples, 0)::pg_catalog.int8 END AS rows,
       CASE WHEN c.relkind = 'p'
            THEN (SELECT pg_catalog.sum(l.relpages) FROM pg_catalog.pg_partition_tree(c.oid) t
                  JOIN pg_catalog.pg_class l ON l.oid = t.relid WHERE t.isleaf)
            ELSE c.relpages END AS pages,
       (SELECT e.extname FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
        WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e'
          AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass LIMIT 1) AS extension
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'm') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname
