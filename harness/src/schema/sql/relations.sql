-- Tables (partitioned, partitions, inheriting, foreign), views and materialised views.
-- A table's definition is composed from its columns by the reader.
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized_view' WHEN 'f' THEN 'foreign_table' ELSE 'table' END AS kind,
       n.nspname AS schema, c.relname AS name,
       'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS catalog, c.oid,
       CASE c.relkind WHEN 'v' THEN pg_catalog.format('CREATE VIEW %I.%I', n.nspname, c.relname)
                      WHEN 'm' THEN pg_catalog.format('CREATE MATERIALIZED VIEW %I.%I', n.nspname, c.relname)
                      ELSE NULL END
         || pg_catalog.format(' (%s)', v.columns)
         || COALESCE(' WITH (' || pg_catalog.array_to_string(c.reloptions, ', ') || ')', '')
         || E' AS\n' || v.query AS definition,
       pg_catalog.pg_get_userbyid(c.relowner) AS owner,
       pg_catalog.array_to_string(COALESCE(c.relacl, pg_catalog.acldefault('r', c.relowner)), E'\n') AS privileges,
       v.query AS attr_query, v.query_raw AS raw_query,
       v.columns AS attr_columns, v.columns_raw AS raw_columns,
       v.defaults AS attr_defaults, v.column_settings AS attr_column_settings,
       CASE c.relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' END AS attr_persistence,
       CASE WHEN c.relkind IN ('r', 'm', 'p') THEN NULLIF(am.amname, 'heap') END AS attr_access_method,
       ts.spcname AS attr_tablespace,
       pg_catalog.array_to_string(ARRAY(SELECT o FROM pg_catalog.unnest(c.reloptions) o ORDER BY o), ', ') AS attr_options,
       pg_catalog.array_to_string(ARRAY(SELECT o FROM pg_catalog.unnest(toast.reloptions) o ORDER BY o), ', ') AS attr_toast_options,
       CASE c.relreplident WHEN 'f' THEN 'full' WHEN 'i' THEN 'index' WHEN 'n' THEN CASE WHEN c.relkind IN ('r', 'p') THEN 'nothing' END END
         AS attr_replica_identity,
       CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END AS attr_of_type,
       CASE WHEN c.reloftype <> 0 THEN c.reloftype END AS raw_of_type,
       CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS attr_partition_key,
       CASE WHEN c.relkind = 'p' THEN pg_catalog.concat_ws('/', pk.partstrat, pk.partattrs, pk.partclass, pk.partcollation,
         pg_catalog.hashtextextended(pk.partexprs::pg_catalog.text, 0)) END AS raw_partition_key,
       CASE WHEN c.relispartition THEN i.parents END AS attr_partition_of,
       CASE WHEN c.relispartition THEN i.parents_raw END AS raw_partition_of,
       CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END AS attr_bound,
       CASE WHEN c.relispartition THEN pg_catalog.hashtextextended(c.relpartbound::pg_catalog.text, 0) END AS raw_bound,
       CASE WHEN NOT c.relispartition THEN i.parents END AS attr_inherits,
       CASE WHEN NOT c.relispartition THEN i.parents_raw END AS raw_inherits,
       i.detach_pending AS attr_detach_pending,
       fs.srvname AS attr_server,
       pg_catalog.array_to_string(ft.ftoptions, ', ') AS attr_foreign_options
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid AND toast.reloptions IS NOT NULL
LEFT JOIN pg_catalog.pg_partitioned_table pk ON pk.partrelid = c.oid
LEFT JOIN pg_catalog.pg_foreign_table ft ON ft.ftrelid = c.oid
LEFT JOIN pg_catalog.pg_foreign_server fs ON fs.oid = ft.ftserver
LEFT JOIN LATERAL (
  SELECT pg_catalog.pg_get_viewdef(c.oid) AS query,
         (SELECT pg_catalog.hashtextextended(w.ev_action::pg_catalog.text, 0) FROM pg_catalog.pg_rewrite w
          WHERE w.ev_class = c.oid AND w.rulename = '_RETURN') AS query_raw,
         pg_catalog.string_agg(pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) AS columns,
         pg_catalog.string_agg(pg_catalog.concat_ws('/', a.attname, a.atttypid, a.atttypmod), ',' ORDER BY a.attnum) AS columns_raw,
         pg_catalog.string_agg(pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid), ', ' ORDER BY a.attnum)
           AS defaults,
         pg_catalog.string_agg(pg_catalog.concat_ws(' ', pg_catalog.quote_ident(a.attname), NULLIF(s.settings, '')), ', ' ORDER BY a.attnum)
           FILTER (WHERE s.settings <> '') AS column_settings
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_type at ON at.oid = a.atttypid
  -- attcompression is there from 14 on: an unknown column name finds the fallback of the outer query.
  CROSS JOIN (SELECT NULL::"char" AS attcompression) fallback
  CROSS JOIN LATERAL (SELECT attcompression AS compression FROM (SELECT a.*) present) later
  CROSS JOIN LATERAL (
    SELECT pg_catalog.concat_ws(' ',
             CASE WHEN a.attstattarget >= 0 THEN 'statistics ' || a.attstattarget END,
             CASE WHEN a.attstorage <> at.typstorage THEN
               CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END END,
             CASE later.compression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
             '(' || pg_catalog.array_to_string(a.attoptions, ', ') || ')') AS settings) s
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  HAVING c.relkind IN ('v', 'm')) v ON true  -- in here: outside, it would be asked after each table was deparsed too
-- inhdetachpending is there from 14 on: an unknown column name finds the fallback of the outer query.
LEFT JOIN LATERAL (
  SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', pn.nspname, p.relname), ', ' ORDER BY h.inhseqno) AS parents,
         pg_catalog.string_agg(p.oid::pg_catalog.text, ',' ORDER BY h.inhseqno) AS parents_raw,
         CASE WHEN pg_catalog.bool_or(later.pending) THEN 'yes' END AS detach_pending
  FROM pg_catalog.pg_inherits h
  JOIN pg_catalog.pg_class p ON p.oid = h.inhparent
  JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
  CROSS JOIN (SELECT NULL::pg_catalog.bool AS inhdetachpending) fallback
  CROSS JOIN LATERAL (SELECT inhdetachpending AS pending FROM (SELECT h.*) present) later
  WHERE h.inhrelid = c.oid) i ON c.relkind IN ('r', 'p', 'f')
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
