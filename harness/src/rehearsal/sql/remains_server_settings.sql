-- What ALTER SYSTEM has written. Only asked where this role may read it.
SELECT 'setting' AS kind, 'server ' || f.name AS object, 'server/' || f.name AS identity, 'server/' || f.name AS place,
       pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(f.setting, 'UTF8')), 'hex') AS state, pg_catalog.format('ALTER SYSTEM RESET %s;', f.name) AS remedy
FROM pg_catalog.pg_file_settings f
WHERE f.sourcefile LIKE '%/postgresql.auto.conf'
