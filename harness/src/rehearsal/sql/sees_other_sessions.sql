-- Whether transactions of other users are visible, and how many sessions are hidden in this database.
SELECT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) OR pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees_all,
       (SELECT count(*) FROM pg_catalog.pg_stat_activity a WHERE a.query = '<insufficient privilege>' AND a.datname = pg_catalog.current_database()) AS hidden
