-- What must be known of a live server before a dump of it begins.
SELECT pg_catalog.pg_is_in_recovery() AS standby,
       pg_catalog.current_setting('server_version') AS version,
       -- Of others, pg_stat_activity shows a role without this neither transactions nor queries.
       pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees_all,
       pg_catalog.current_setting('max_standby_streaming_delay') AS standby_delay,
       pg_catalog.current_setting('hot_standby_feedback')::pg_catalog.bool AS standby_feedback,
       -- Who may not see the addresses still sees that there are such. Subscribers of publications are none.
       (SELECT pg_catalog.string_agg(DISTINCT COALESCE(NULLIF(pg_catalog.concat_ws(' at ', r.application_name, pg_catalog.host(r.client_addr)), ''), 'pid ' || r.pid), ', ')
          FROM pg_catalog.pg_stat_replication r
         WHERE COALESCE(r.state, 'streaming') = 'streaming'
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_replication_slots s WHERE s.active_pid = r.pid AND s.slot_type = 'logical')) AS standbys
