-- Operators. One that only another's COMMUTATOR or NEGATOR announced has no function yet: left out, as pg_dump does.
SELECT 'operator' AS kind, n.nspname AS schema, o.oprname AS name,
       pg_catalog.format('(%s, %s)', COALESCE(x.left_type, 'NONE'), COALESCE(x.right_type, 'NONE')) AS signature,
       'pg_catalog.pg_operator'::pg_catalog.regclass::pg_catalog.oid AS catalog, o.oid,
       pg_catalog.format(E'CREATE OPERATOR %I.%s (\n    %s\n)', n.nspname, o.oprname, pg_catalog.concat_ws(E',\n    ',
         'FUNCTION = ' || o.oprcode::pg_catalog.text,
         'LEFTARG = ' || x.left_type, 'RIGHTARG = ' || x.right_type,
         'COMMUTATOR = OPERATOR(' || x.commutator || ')', 'NEGATOR = OPERATOR(' || x.negator || ')',
         CASE WHEN o.oprrest <> 0 THEN 'RESTRICT = ' || o.oprrest::pg_catalog.text END,
         CASE WHEN o.oprjoin <> 0 THEN 'JOIN = ' || o.oprjoin::pg_catalog.text END,
         CASE WHEN o.oprcanhash THEN 'HASHES' END, CASE WHEN o.oprcanmerge THEN 'MERGES' END)) AS definition,
       pg_catalog.pg_get_userbyid(o.oprowner) AS owner,
       o.oprcode::pg_catalog.regprocedure AS attr_function, o.oprcode::pg_catalog.oid AS raw_function,
       x.commutator AS attr_commutator, NULLIF(o.oprcom, 0) AS raw_commutator,
       x.negator AS attr_negator, NULLIF(o.oprnegate, 0) AS raw_negator,
       NULLIF(o.oprrest, 0)::pg_catalog.regproc AS attr_restrict, NULLIF(o.oprrest, 0)::pg_catalog.oid AS raw_restrict,
       NULLIF(o.oprjoin, 0)::pg_catalog.regproc AS attr_join, NULLIF(o.oprjoin, 0)::pg_catalog.oid AS raw_join,
       CASE WHEN o.oprcanhash THEN 'yes' END AS attr_hashes,
       CASE WHEN o.oprcanmerge THEN 'yes' END AS attr_merges
FROM pg_catalog.pg_operator o
JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
CROSS JOIN LATERAL (
  SELECT pg_catalog.format_type(NULLIF(o.oprleft, 0), NULL) AS left_type,
         pg_catalog.format_type(NULLIF(o.oprright, 0), NULL) AS right_type,
         (SELECT pg_catalog.quote_ident(cn.nspname) || '.' || c.oprname
          FROM pg_catalog.pg_operator c JOIN pg_catalog.pg_namespace cn ON cn.oid = c.oprnamespace
          WHERE c.oid = o.oprcom) AS commutator,
         (SELECT pg_catalog.quote_ident(cn.nspname) || '.' || c.oprname
          FROM pg_catalog.pg_operator c JOIN pg_catalog.pg_namespace cn ON cn.oid = c.oprnamespace
          WHERE c.oid = o.oprnegate) AS negator OFFSET 0) x
WHERE o.oid >= 16384 AND o.oprcode <> 0 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_operator'::pg_catalog.regclass AND d.objid = o.oid AND d.deptype = 'e')
