-- Event triggers.
SELECT 'event_trigger' AS kind, e.evtname AS name,
       'pg_catalog.pg_event_trigger'::pg_catalog.regclass::pg_catalog.oid AS catalog, e.oid,
       pg_catalog.format('CREATE EVENT TRIGGER %I ON %s%s EXECUTE FUNCTION %s()', e.evtname, e.evtevent,
         COALESCE(' WHEN TAG IN (' || x.tags || ')', ''), e.evtfoid::pg_catalog.regproc) AS definition,
       pg_catalog.pg_get_userbyid(e.evtowner) AS owner,
       e.evtevent AS attr_event, x.tags AS attr_tags,
       e.evtfoid::pg_catalog.regproc AS attr_function, e.evtfoid AS raw_function,
       CASE e.evtenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS attr_enabled
FROM pg_catalog.pg_event_trigger e
CROSS JOIN LATERAL (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(t), ', ' ORDER BY t) AS tags FROM pg_catalog.unnest(e.evttags) t) x
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_event_trigger'::pg_catalog.regclass AND d.objid = e.oid AND d.deptype = 'e')
