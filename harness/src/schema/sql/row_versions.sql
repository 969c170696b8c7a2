-- Which cluster this is and since when it runs: what a row version is, it is only there and only since then. Transaction
-- numbers are those of the first two thousand million, which have not been used twice.
SELECT (SELECT c.system_identifier FROM pg_catalog.pg_control_system() c)
         || ' ' || pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time())::pg_catalog.text AS server,
       pg_catalog.age('3'::pg_catalog.xid)::pg_catalog.int8 + 3 AS next_xid,
       NOT pg_catalog.pg_is_in_recovery()
         AND pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot()) < 2000000000 AS usable,
       pg_catalog.txid_current_if_assigned() IS NOT NULL AS wrote
