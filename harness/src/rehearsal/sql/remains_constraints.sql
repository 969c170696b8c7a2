-- Constraints that were never tried against the rows that were there. Not those that are not enforced (from 18 on).
SELECT 'unvalidated_constraint' AS kind,
       pg_catalog.format('%I.%I.%I', n.nspname, COALESCE(t.relname, y.typname), k.conname) AS object,
       k.oid::pg_catalog.text AS identity, k.conrelid || '/' || k.contypid || '/' || k.conname AS place,
       CASE k.contype WHEN 'f' THEN 'foreign key' WHEN 'n' THEN 'not-null constraint' ELSE 'check constraint' END AS state,
       pg_catalog.format('%I.%I', n.nspname, COALESCE(t.relname, y.typname)) AS on_table,
       pg_catalog.format('ALTER %s %I.%I VALIDATE CONSTRAINT %I;', CASE WHEN t.oid IS NULL THEN 'DOMAIN' ELSE 'TABLE' END,
         n.nspname, COALESCE(t.relname, y.typname), k.conname) AS remedy
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace
LEFT JOIN pg_catalog.pg_class t ON t.oid = k.conrelid
LEFT JOIN pg_catalog.pg_type y ON y.oid = k.contypid
WHERE NOT k.convalidated AND k.conparentid = 0 AND k.oid >= 16384
  AND COALESCE(pg_catalog.to_jsonb(k) ->> 'conenforced', 'true') = 'true'
