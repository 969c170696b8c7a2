-- Who needs whom among the objects of users, a stored view's rule read as the view and a default as its column.
-- A pair may come twice: the reader drops it, which costs less than DISTINCT here.
SELECT
  CASE WHEN w.oid IS NOT NULL OR x.oid IS NOT NULL THEN 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid ELSE d.classid END AS catalog,
  COALESCE(w.ev_class, x.adrelid, d.objid) AS oid,
  COALESCE(x.adnum::pg_catalog.int4, CASE WHEN w.oid IS NOT NULL THEN 0 END, d.objsubid) AS sub,
  d.refclassid AS on_catalog, d.refobjid AS on_oid, d.refobjsubid AS on_sub
FROM pg_catalog.pg_depend d
LEFT JOIN pg_catalog.pg_rewrite w ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND w.oid = d.objid AND w.rulename = '_RETURN'
LEFT JOIN pg_catalog.pg_attrdef x ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND x.oid = d.objid
WHERE d.deptype IN ('n', 'a', 'i', 'P', 'S') AND d.refobjid >= 16384 AND d.objid >= 16384
  AND d.refclassid <> 'pg_catalog.pg_namespace'::pg_catalog.regclass
