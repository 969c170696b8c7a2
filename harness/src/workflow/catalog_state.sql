-- The row versions of every catalog that says what a schema is: whatever changes it writes one or removes one. Statistics
-- are left out, and what vacuum writes makes no new versions.
SELECT pg_catalog.md5(pg_catalog.string_agg(pg_catalog.concat_ws(' ', c.name, c.rows, c.versions), ',' ORDER BY c.name)) AS state
  FROM (
        SELECT 'pg_aggregate' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_aggregate
        UNION ALL SELECT 'pg_am' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_am
        UNION ALL SELECT 'pg_amop' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_amop
        UNION ALL SELECT 'pg_amproc' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_amproc
        UNION ALL SELECT 'pg_attrdef' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_attrdef
        UNION ALL SELECT 'pg_attribute' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_attribute
        UNION ALL SELECT 'pg_cast' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_cast
        UNION ALL SELECT 'pg_class' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_class
        UNION ALL SELECT 'pg_collation' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_collation
        UNION ALL SELECT 'pg_constraint' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_constraint
        UNION ALL SELECT 'pg_conversion' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_conversion
        UNION ALL SELECT 'pg_default_acl' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_default_acl
        UNION ALL SELECT 'pg_depend' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_depend
        UNION ALL SELECT 'pg_description' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_description
        UNION ALL SELECT 'pg_enum' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_enum
        UNION ALL SELECT 'pg_event_trigger' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_event_trigger
        UNION ALL SELECT 'pg_extension' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_extension
        UNION ALL SELECT 'pg_foreign_data_wrapper' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_foreign_data_wrapper
        UNION ALL SELECT 'pg_foreign_server' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_foreign_server
        UNION ALL SELECT 'pg_foreign_table' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_foreign_table
        UNION ALL SELECT 'pg_index' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_index
        UNION ALL SELECT 'pg_inherits' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_inherits
        UNION ALL SELECT 'pg_init_privs' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_init_privs
        UNION ALL SELECT 'pg_language' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_language
        UNION ALL SELECT 'pg_namespace' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_namespace
        UNION ALL SELECT 'pg_opclass' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_opclass
        UNION ALL SELECT 'pg_operator' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_operator
        UNION ALL SELECT 'pg_opfamily' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_opfamily
        UNION ALL SELECT 'pg_partitioned_table' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_partitioned_table
        UNION ALL SELECT 'pg_policy' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_policy
        UNION ALL SELECT 'pg_proc' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_proc
        UNION ALL SELECT 'pg_publication' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_publication
        UNION ALL SELECT 'pg_publication_rel' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_publication_rel
        UNION ALL SELECT 'pg_range' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_range
        UNION ALL SELECT 'pg_rewrite' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_rewrite
        UNION ALL SELECT 'pg_seclabel' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_seclabel
        UNION ALL SELECT 'pg_sequence' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_sequence
        UNION ALL SELECT 'pg_statistic_ext' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_statistic_ext
        UNION ALL SELECT 'pg_transform' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_transform
        UNION ALL SELECT 'pg_trigger' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_trigger
        UNION ALL SELECT 'pg_ts_config' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_ts_config
        UNION ALL SELECT 'pg_ts_config_map' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_ts_config_map
        UNION ALL SELECT 'pg_ts_dict' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_ts_dict
        UNION ALL SELECT 'pg_ts_parser' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_ts_parser
        UNION ALL SELECT 'pg_ts_template' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_ts_template
        UNION ALL SELECT 'pg_type' AS name, pg_catalog.count(*) AS rows, pg_catalog.sum(pg_catalog.hashtext(ctid::text || xmin::text)) AS versions FROM pg_catalog.pg_type
       ) c
