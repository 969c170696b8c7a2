-- As subscriptions.sql, on PostgreSQL 13: there an ordinary role may read neither subsynccommit nor oid.
SELECT 'subscription' AS kind, s.subname AS name,
       pg_catalog.format('CREATE SUBSCRIPTION %I CONNECTION ''***'' PUBLICATION %s WITH (connect = false, enabled = %s, slot_name = %s)', s.subname, x.publications,
         s.subenabled, COALESCE(pg_catalog.quote_literal(s.subslotname), 'NONE')) AS definition,
       pg_catalog.pg_get_userbyid(s.subowner) AS owner,
       x.publications AS attr_publications,
       CASE WHEN NOT s.subenabled THEN 'no' END AS attr_enabled,
       COALESCE(pg_catalog.quote_literal(s.subslotname), 'none') AS attr_slot
FROM pg_catalog.pg_subscription s
CROSS JOIN LATERAL (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(p), ', ' ORDER BY p) AS publications FROM pg_catalog.unnest(s.subpublications) p) x
WHERE s.subdbid = (SELECT db.oid FROM pg_catalog.pg_database db WHERE db.datname = pg_catalog.current_database())
