-- Whether transactions of other users are visible, and whether there are sessions of theirs in this database.
SELECT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) OR pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees_all,
       (SELECT count(*) FROM pg_catalog.pg_stat_activity a WHERE a.usename <> current_user AND a.datname = pg_catalog.current_database()) AS hidden
