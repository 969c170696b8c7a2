-- Procedural languages that no extension brings, and transforms between their values and the types of SQL.
SELECT 'procedural_language' AS kind, l.lanname AS name,
       'pg_catalog.pg_language'::pg_catalog.regclass::pg_catalog.oid AS catalog, l.oid,
       pg_catalog.format('CREATE %sLANGUAGE %I HANDLER %s', CASE WHEN l.lanpltrusted THEN 'TRUSTED ' ELSE '' END, l.lanname, l.lanplcallfoid::pg_catalog.regproc)
         || CASE WHEN l.laninline <> 0 THEN ' INLINE ' || l.laninline::pg_catalog.regproc::pg_catalog.text ELSE '' END
         || CASE WHEN l.lanvalidator <> 0 THEN ' VALIDATOR ' || l.lanvalidator::pg_catalog.regproc::pg_catalog.text ELSE '' END AS definition,
       pg_catalog.pg_get_userbyid(l.lanowner) AS owner,
       pg_catalog.array_to_string(COALESCE(l.lanacl, pg_catalog.acldefault('l', l.lanowner)), E'\n') AS privileges,
       CASE WHEN l.lanpltrusted THEN 'yes' END AS attr_trusted,
       l.lanplcallfoid::pg_catalog.regproc AS attr_handler, l.lanplcallfoid AS raw_handler,
       NULLIF(l.laninline, 0)::pg_catalog.regproc AS attr_inline, NULLIF(l.laninline, 0) AS raw_inline,
       NULLIF(l.lanvalidator, 0)::pg_catalog.regproc AS attr_validator, NULLIF(l.lanvalidator, 0) AS raw_validator,
       NULL::pg_catalog.regprocedure AS attr_from_sql, NULL::pg_catalog.oid AS raw_from_sql, NULL::pg_catalog.regprocedure AS attr_to_sql, NULL::pg_catalog.oid AS raw_to_sql
FROM pg_catalog.pg_language l
WHERE l.oid >= 16384 AND l.lanispl
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_language'::pg_catalog.regclass AND d.objid = l.oid AND d.deptype = 'e')
UNION ALL
SELECT 'transform', x.name,
       'pg_catalog.pg_transform'::pg_catalog.regclass::pg_catalog.oid, t.oid,
       pg_catalog.format('CREATE TRANSFORM %s (%s)', x.name, pg_catalog.concat_ws(', ',
         CASE WHEN t.trffromsql <> 0 THEN 'FROM SQL WITH FUNCTION ' || t.trffromsql::pg_catalog.regprocedure::pg_catalog.text END,
         CASE WHEN t.trftosql <> 0 THEN 'TO SQL WITH FUNCTION ' || t.trftosql::pg_catalog.regprocedure::pg_catalog.text END)),
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       NULLIF(t.trffromsql, 0)::pg_catalog.regprocedure, NULLIF(t.trffromsql, 0), NULLIF(t.trftosql, 0)::pg_catalog.regprocedure, NULLIF(t.trftosql, 0)
FROM pg_catalog.pg_transform t
JOIN pg_catalog.pg_language l ON l.oid = t.trflang
CROSS JOIN LATERAL (SELECT pg_catalog.format('FOR %s LANGUAGE %I', pg_catalog.format_type(t.trftype, NULL), l.lanname) AS name) x
WHERE t.oid >= 16384
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_transform'::pg_catalog.regclass AND d.objid = t.oid AND d.deptype = 'e')
