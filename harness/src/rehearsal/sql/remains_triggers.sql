-- Triggers and rules that do not fire as they were made to. The server's own triggers stand for their constraint; those
-- that a partition has from its parent are not told again.
WITH silent AS (
  SELECT t.oid, t.tgrelid AS relation, t.tgname AS name, t.tgenabled AS enabled, t.tgisinternal AS internal,
         k.conname AS key, k.oid AS key_oid, true AS is_trigger
  FROM pg_catalog.pg_trigger t
  LEFT JOIN pg_catalog.pg_constraint k ON k.oid = t.tgconstraint AND t.tgisinternal
  WHERE t.tgenabled <> 'O'
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger p WHERE p.oid = t.tgparentid AND p.tgenabled = t.tgenabled)
  UNION ALL
  SELECT w.oid, w.ev_class, w.rulename, w.ev_enabled, false, NULL, NULL, false
  FROM pg_catalog.pg_rewrite w WHERE w.ev_enabled <> 'O'
)
SELECT DISTINCT 'disabled_trigger' AS kind,
       pg_catalog.format('%I.%I.%I', n.nspname, c.relname, COALESCE(s.key, s.name)) AS object,
       COALESCE(s.key_oid || '/' || c.oid, s.oid::pg_catalog.text) AS identity,
       c.oid || '/' || COALESCE(s.key, s.name) AS place,
       CASE WHEN s.key IS NOT NULL THEN 'the server does not enforce this foreign key '
            WHEN s.is_trigger THEN 'the trigger fires ' ELSE 'the rule applies ' END
       || CASE WHEN s.key IS NOT NULL THEN CASE s.enabled WHEN 'D' THEN 'on ' || pg_catalog.format('%I.%I', n.nspname, c.relname)
                                                          WHEN 'R' THEN 'but in replication' ELSE 'differently: always, also in replication' END
               ELSE CASE s.enabled WHEN 'D' THEN 'never' WHEN 'R' THEN 'only in replication' ELSE 'always, also in replication' END END AS state,
       pg_catalog.format('%I.%I', n.nspname, c.relname) AS on_table,
       pg_catalog.format('ALTER TABLE %I.%I ENABLE %s %s;', n.nspname, c.relname, CASE WHEN s.is_trigger THEN 'TRIGGER' ELSE 'RULE' END,
         CASE WHEN s.internal THEN 'ALL' ELSE pg_catalog.quote_ident(s.name) END) AS remedy
FROM silent s
JOIN pg_catalog.pg_class c ON c.oid = s.relation
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid >= 16384 AND n.nspname <> 'information_schema'
