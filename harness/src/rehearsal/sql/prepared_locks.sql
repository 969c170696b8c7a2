-- Prepared transactions and their locks, joined through the transaction id: the virtual transaction of a prepared one has
-- another form until the server restarts.
SELECT p.gid, p.owner AS owner_name, p.database, to_char(p.prepared AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since,
       (extract(epoch FROM pg_catalog.clock_timestamp() - p.prepared) * 1000000)::bigint AS age_us,
       array(SELECT DISTINCT pg_catalog.format('%I.%I', n.nspname, c.relname) || ' ' || l2.mode
             FROM pg_catalog.pg_locks x
             JOIN pg_catalog.pg_locks l2 ON l2.virtualtransaction = x.virtualtransaction AND l2.pid IS NULL AND l2.locktype = 'relation'
             JOIN pg_catalog.pg_class c ON c.oid = l2.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE x.locktype = 'transactionid' AND x.pid IS NULL AND x.transactionid = p.transaction AND l2.relation >= 16384
               AND c.relkind IN ('r', 'p', 'm', 'S')
               AND ($1::text[] = '{}' OR pg_catalog.format('%I.%I', n.nspname, c.relname) = ANY ($1::text[]))
             ORDER BY 1) AS locks
FROM pg_catalog.pg_prepared_xacts p
WHERE p.database = pg_catalog.current_database()
ORDER BY p.prepared
