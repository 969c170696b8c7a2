-- Where each sequence stands, and how many large objects there are (name null). A sequence that has not been used yet has no value.
SELECT s.seqrelid AS oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
       pg_catalog.pg_sequence_last_value(s.seqrelid) AS last_value, s.seqincrement < 0 AS descending
FROM pg_catalog.pg_sequence s
JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relpersistence <> 't'
UNION ALL
SELECT 0, NULL, pg_catalog.count(*), false FROM pg_catalog.pg_largeobject_metadata
ORDER BY 2 NULLS LAST
