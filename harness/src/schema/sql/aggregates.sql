-- Aggregates.
SELECT 'aggregate' AS kind, n.nspname AS schema, p.proname AS name,
       '(' || COALESCE(NULLIF(pg_catalog.oidvectortypes(p.proargtypes), ''), '*') || ')' AS signature,
       'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid AS catalog, p.oid,
       pg_catalog.format(E'CREATE AGGREGATE %I.%I(%s) (\n  %s%s\n)', n.nspname, p.proname, COALESCE(NULLIF(x.arguments, ''), '*'), x.body,
         CASE p.proparallel WHEN 's' THEN E',\n  PARALLEL = SAFE' WHEN 'r' THEN E',\n  PARALLEL = RESTRICTED' ELSE '' END) AS definition,
       pg_catalog.pg_get_userbyid(p.proowner) AS owner,
       pg_catalog.array_to_string(COALESCE(p.proacl, pg_catalog.acldefault('f', p.proowner)), E'\n') AS privileges,
       x.arguments AS attr_arguments, x.arguments_raw AS raw_arguments,
       x.body AS attr_body_of_aggregate, x.body_raw AS raw_body_of_aggregate,
       CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END AS attr_parallel
FROM pg_catalog.pg_aggregate g
JOIN pg_catalog.pg_proc p ON p.oid = g.aggfnoid
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
LEFT JOIN pg_catalog.pg_operator o ON o.oid = g.aggsortop
LEFT JOIN pg_catalog.pg_namespace opn ON opn.oid = o.oprnamespace
CROSS JOIN LATERAL (
  SELECT pg_catalog.pg_get_function_arguments(p.oid) AS arguments,
         pg_catalog.hashtextextended(pg_catalog.concat_ws('/', p.proargtypes, p.proallargtypes, p.proargmodes, p.proargnames), 0) AS arguments_raw,
         pg_catalog.concat_ws(E',\n  ',
           'SFUNC = ' || g.aggtransfn::pg_catalog.text,
           'STYPE = ' || pg_catalog.format_type(g.aggtranstype, NULL),
           CASE WHEN g.aggtransspace <> 0 THEN 'SSPACE = ' || g.aggtransspace END,
           CASE WHEN g.aggfinalfn <> 0 THEN 'FINALFUNC = ' || g.aggfinalfn::pg_catalog.text END,
           CASE WHEN g.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
           'FINALFUNC_MODIFY = ' || CASE g.aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END,
           CASE WHEN g.aggcombinefn <> 0 THEN 'COMBINEFUNC = ' || g.aggcombinefn::pg_catalog.text END,
           CASE WHEN g.aggserialfn <> 0 THEN 'SERIALFUNC = ' || g.aggserialfn::pg_catalog.text END,
           CASE WHEN g.aggdeserialfn <> 0 THEN 'DESERIALFUNC = ' || g.aggdeserialfn::pg_catalog.text END,
           'INITCOND = ' || pg_catalog.quote_literal(g.agginitval),
           CASE WHEN g.aggmtransfn <> 0 THEN 'MSFUNC = ' || g.aggmtransfn::pg_catalog.text END,
           CASE WHEN g.aggminvtransfn <> 0 THEN 'MINVFUNC = ' || g.aggminvtransfn::pg_catalog.text END,
           CASE WHEN g.aggmtranstype <> 0 THEN 'MSTYPE = ' || pg_catalog.format_type(g.aggmtranstype, NULL) END,
           CASE WHEN g.aggmtransspace <> 0 THEN 'MSSPACE = ' || g.aggmtransspace END,
           CASE WHEN g.aggmfinalfn <> 0 THEN 'MFINALFUNC = ' || g.aggmfinalfn::pg_catalog.text END,
           CASE WHEN g.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
           CASE WHEN g.aggmtransfn <> 0 THEN 'MFINALFUNC_MODIFY = ' || CASE g.aggmfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
           'MINITCOND = ' || pg_catalog.quote_literal(g.aggminitval),
           CASE WHEN o.oid IS NOT NULL THEN 'SORTOP = OPERATOR(' || pg_catalog.quote_ident(opn.nspname) || '.' || o.oprname || ')' END,
           CASE WHEN g.aggkind = 'h' THEN 'HYPOTHETICAL' END) AS body,
         pg_catalog.hashtextextended(g.*::pg_catalog.text, 0) AS body_raw) x
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e')
