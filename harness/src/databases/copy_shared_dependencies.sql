INSERT INTO pg_catalog.pg_shdepend (dbid, classid, objid, objsubid, refclassid, refobjid, deptype)
SELECT $2::pg_catalog.oid, classid, objid, objsubid, refclassid, refobjid, deptype
  FROM pg_catalog.pg_shdepend
 WHERE dbid OPERATOR(pg_catalog.=) $1::pg_catalog.oid
