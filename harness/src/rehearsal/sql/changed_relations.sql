-- After a statement that committed by itself: the catalog rows that transactions since $1 have written.
SELECT c.oid, n.nspname, c.relname, c.relkind, c.relfilenode, coalesce(i.indrelid, owner.oid, c.oid) AS table_oid,
       CASE WHEN c.relkind IN ('r', 'm', 'i', 't', 'S') THEN pg_catalog.pg_relation_size(c.oid) ELSE 0 END AS size
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
LEFT JOIN pg_catalog.pg_class owner ON owner.reltoastrelid = c.oid AND c.relkind = 't'
WHERE c.oid >= 16384
  AND pg_catalog.age(c.xmin) <= pg_catalog.age((($1::bigint) % 4294967296)::text::xid)
