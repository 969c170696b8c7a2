-- Publications, and the tables that they name, each with its columns and row filter (15 on).
SELECT 'publication' AS kind, NULL AS schema, p.pubname AS name,
       'pg_catalog.pg_publication'::pg_catalog.regclass::pg_catalog.oid AS catalog, p.oid,
       NULL::pg_catalog.oid AS parent_catalog, NULL::pg_catalog.oid AS parent_oid,
       pg_catalog.format('CREATE PUBLICATION %I%s WITH (%s)', p.pubname, CASE WHEN p.puballtables THEN ' FOR ALL TABLES' ELSE '' END,
         pg_catalog.concat_ws(', ', pg_catalog.format('publish = %L', x.publish), CASE WHEN p.pubviaroot THEN 'publish_via_partition_root = true' END,
           CASE WHEN later.generated <> 'n' THEN 'publish_generated_columns = stored' END)) AS definition,
       pg_catalog.pg_get_userbyid(p.pubowner) AS owner,
       CASE WHEN p.puballtables THEN 'yes' END AS attr_all_tables,
       x.publish AS attr_publish,
       CASE WHEN p.pubviaroot THEN 'yes' END AS attr_via_root,
       CASE WHEN later.generated <> 'n' THEN 'stored' END AS attr_generated_columns,
       NULL AS attr_columns, NULL AS raw_columns, NULL AS attr_filter, NULL::pg_catalog.int8 AS raw_filter
FROM pg_catalog.pg_publication p
CROSS JOIN (SELECT NULL::"char" AS pubgencols) fallback
CROSS JOIN LATERAL (SELECT pubgencols AS generated FROM (SELECT p.*) present) later
CROSS JOIN LATERAL (
  SELECT pg_catalog.concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
                              CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END) AS publish) x
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_publication'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e')
UNION ALL
SELECT 'publication_table', n.nspname, p.pubname,
       'pg_catalog.pg_publication_rel'::pg_catalog.regclass::pg_catalog.oid, r.oid,
       'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid, c.oid,
       pg_catalog.format('ALTER PUBLICATION %I ADD TABLE ONLY %I.%I%s%s', p.pubname, n.nspname, c.relname, COALESCE(' (' || x.columns || ')', ''),
         COALESCE(' WHERE (' || x.filter || ')', '')),
       NULL, NULL, NULL, NULL, NULL,
       x.columns, later.columns::pg_catalog.text, x.filter, pg_catalog.hashtextextended(later.filter::pg_catalog.text, 0)
FROM pg_catalog.pg_publication_rel r
JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
JOIN pg_catalog.pg_class c ON c.oid = r.prrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN (SELECT NULL::pg_catalog.int2vector AS prattrs, NULL::pg_catalog.pg_node_tree AS prqual) fallback
CROSS JOIN LATERAL (SELECT prattrs AS columns, prqual AS filter FROM (SELECT r.*) present) later
CROSS JOIN LATERAL (
  SELECT (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attname)
          FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (later.columns)) AS columns,
         pg_catalog.pg_get_expr(later.filter, c.oid) AS filter OFFSET 0) x
