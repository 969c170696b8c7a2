-- The labels of every enum: a label keeps its OID when it is renamed.
SELECT e.oid, e.enumtypid AS type, e.enumlabel AS label FROM pg_catalog.pg_enum e ORDER BY e.enumtypid, e.oid
