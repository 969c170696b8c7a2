-- Indexes that the server does not use, or does not keep up to date.
SELECT 'invalid_index' AS kind, pg_catalog.format('%I.%I', n.nspname, c.relname) AS object,
       c.oid::pg_catalog.text AS identity, x.indrelid || '/' || c.relname AS place,
       pg_catalog.concat_ws(', ',
         CASE WHEN c.relkind = 'I' THEN 'a partition has no part of it'
              WHEN NOT x.indisvalid THEN 'queries do not use it' END,
         CASE WHEN NOT x.indisready THEN 'writes do not keep it up to date' END,
         CASE WHEN NOT x.indislive THEN 'its removal was interrupted' END) AS state,
       pg_catalog.format('%I.%I', tn.nspname, t.relname) AS on_table,
       CASE WHEN c.relkind = 'I' THEN 0 ELSE pg_catalog.pg_relation_size(c.oid) END AS size,
       CASE WHEN c.relkind = 'I'
            THEN pg_catalog.format(E'-- make the missing part on each partition, then: ALTER INDEX %I.%I ATTACH PARTITION …;', n.nspname, c.relname)
            ELSE pg_catalog.format(E'DROP INDEX CONCURRENTLY %I.%I;\n%s;', n.nspname, c.relname,
              pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(c.oid), '^CREATE (UNIQUE )?INDEX ', 'CREATE \1INDEX CONCURRENTLY ')) END AS remedy
FROM pg_catalog.pg_index x
JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
WHERE NOT (x.indisvalid AND x.indisready AND x.indislive) AND c.oid >= 16384 AND n.nspname !~ '^pg_(toast_)?temp_'
