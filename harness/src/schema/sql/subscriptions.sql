-- Subscriptions of this database, without their connections: those only a superuser may read. No identity: they do not
-- travel with CREATE DATABASE … TEMPLATE.
SELECT 'subscription' AS kind, s.name,
       pg_catalog.format('CREATE SUBSCRIPTION %I CONNECTION ''***'' PUBLICATION %s WITH (%s)', s.name, x.publications, pg_catalog.concat_ws(', ', 'connect = false',
         pg_catalog.format('enabled = %s', s.enabled), 'slot_name = ' || COALESCE(pg_catalog.quote_literal(s.slot), 'NONE'), 'synchronous_commit = ' || pg_catalog.quote_literal(s.synchronous_commit))) AS definition,
       pg_catalog.pg_get_userbyid(s.owner) AS owner,
       x.publications AS attr_publications,
       CASE WHEN NOT s.enabled THEN 'no' END AS attr_enabled,
       COALESCE(pg_catalog.quote_literal(s.slot), 'none') AS attr_slot,
       s.synchronous_commit AS attr_synchronous_commit,
       CASE WHEN s.binary_copy THEN 'yes' END AS attr_binary,
       CASE s.streaming WHEN 't' THEN 'on' WHEN 'true' THEN 'on' WHEN 'p' THEN 'parallel' END AS attr_streaming,
       CASE WHEN s.two_phase <> 'd' THEN 'yes' END AS attr_two_phase,
       CASE WHEN s.disable_on_error THEN 'yes' END AS attr_disable_on_error,
       NULLIF(s.origin, 'any') AS attr_origin,
       CASE WHEN NOT s.password_required THEN 'no' END AS attr_password_required,
       CASE WHEN s.run_as_owner THEN 'yes' END AS attr_run_as_owner,
       CASE WHEN s.failover THEN 'yes' END AS attr_failover,
       (SELECT d.description FROM pg_catalog.pg_description d
        WHERE d.classoid = 'pg_catalog.pg_subscription'::pg_catalog.regclass AND d.objoid = s.oid AND d.objsubid = 0) AS attr_comment
-- Columns of later versions: an unknown name finds the fallback of the outer query. Never the whole row: no ordinary
-- role may read all of it.
FROM (SELECT NULL::pg_catalog.bool AS subbinary, NULL::"char" AS substream, NULL::"char" AS subtwophasestate, NULL::pg_catalog.bool AS subdisableonerr,
             NULL::pg_catalog.text AS suborigin, NULL::pg_catalog.bool AS subpasswordrequired, NULL::pg_catalog.bool AS subrunasowner, NULL::pg_catalog.bool AS subfailover) fallback
CROSS JOIN LATERAL (
  SELECT oid, subname AS name, subdbid AS database, subowner AS owner, subenabled AS enabled, subslotname AS slot, subsynccommit AS synchronous_commit, subpublications AS publications,
         subbinary AS binary_copy, substream::pg_catalog.text AS streaming, subtwophasestate AS two_phase, subdisableonerr AS disable_on_error, suborigin AS origin,
         subpasswordrequired AS password_required, subrunasowner AS run_as_owner, subfailover AS failover
  FROM pg_catalog.pg_subscription) s
CROSS JOIN LATERAL (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(p), ', ' ORDER BY p) AS publications FROM pg_catalog.unnest(s.publications) p) x
WHERE s.database = (SELECT db.oid FROM pg_catalog.pg_database db WHERE db.datname = pg_catalog.current_database())
