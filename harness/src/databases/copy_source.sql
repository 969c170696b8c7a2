SELECT d.oid AS oid,
       pg_catalog.pg_encoding_to_char(d.encoding) AS encoding,
       d.datcollate AS collate,
       d.datctype AS ctype,
       COALESCE(pg_catalog.to_jsonb(d) OPERATOR(pg_catalog.->>) 'datlocprovider', 'c') AS provider,
       COALESCE(pg_catalog.to_jsonb(d) OPERATOR(pg_catalog.->>) 'dathasloginevt', 'false') AS login_triggers,
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_tablespace t
         WHERE t.spcname OPERATOR(pg_catalog.<>) ALL (ARRAY['pg_default', 'pg_global']::name[])) AS tablespaces,
       (SELECT p.spcname FROM pg_catalog.pg_tablespace p WHERE p.oid OPERATOR(pg_catalog.=) d.dattablespace) AS tablespace
  FROM pg_catalog.pg_database d
 WHERE d.datname OPERATOR(pg_catalog.=) $1
