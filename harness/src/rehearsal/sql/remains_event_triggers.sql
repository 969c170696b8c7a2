-- All event triggers: what is compared is whether they came, went or changed.
SELECT 'event_trigger' AS kind, pg_catalog.quote_ident(e.evtname) AS object, e.oid::pg_catalog.text AS identity, e.evtname AS place,
       pg_catalog.format('on %s, %s', e.evtevent, CASE e.evtenabled WHEN 'O' THEN 'enabled' WHEN 'D' THEN 'disabled'
         WHEN 'R' THEN 'in replication only' ELSE 'always' END) AS state
FROM pg_catalog.pg_event_trigger e
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_event_trigger'::pg_catalog.regclass AND d.objid = e.oid AND d.deptype = 'e')
