-- Text search parsers, templates, dictionaries and configurations; a configuration's mappings by the names of its
-- parser's tokens.
SELECT 'text_search_parser' AS kind, n.nspname AS schema, p.prsname AS name,
       'pg_catalog.pg_ts_parser'::pg_catalog.regclass::pg_catalog.oid AS catalog, p.oid,
       pg_catalog.format(E'CREATE TEXT SEARCH PARSER %I.%I (\n    %s\n)', n.nspname, p.prsname, x.functions) AS definition,
       NULL::pg_catalog.name AS owner,
       x.functions AS attr_functions,
       pg_catalog.concat_ws('/', p.prsstart::pg_catalog.oid, p.prstoken::pg_catalog.oid, p.prsend::pg_catalog.oid, p.prsheadline::pg_catalog.oid, p.prslextype::pg_catalog.oid) AS raw_functions,
       NULL AS attr_template, NULL::pg_catalog.oid AS raw_template, NULL AS attr_options,
       NULL AS attr_parser, NULL::pg_catalog.oid AS raw_parser, NULL AS attr_mappings, NULL AS raw_mappings
FROM pg_catalog.pg_ts_parser p
JOIN pg_catalog.pg_namespace n ON n.oid = p.prsnamespace
CROSS JOIN LATERAL (
  SELECT pg_catalog.concat_ws(E',\n    ', 'START = ' || p.prsstart::pg_catalog.text, 'GETTOKEN = ' || p.prstoken::pg_catalog.text, 'END = ' || p.prsend::pg_catalog.text,
           CASE WHEN p.prsheadline <> 0 THEN 'HEADLINE = ' || p.prsheadline::pg_catalog.text END, 'LEXTYPES = ' || p.prslextype::pg_catalog.text) AS functions) x
WHERE p.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_ts_parser'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e')
UNION ALL
SELECT 'text_search_template', n.nspname, t.tmplname,
       'pg_catalog.pg_ts_template'::pg_catalog.regclass::pg_catalog.oid, t.oid,
       pg_catalog.format(E'CREATE TEXT SEARCH TEMPLATE %I.%I (\n    %s\n)', n.nspname, t.tmplname, x.functions), NULL,
       x.functions, pg_catalog.concat_ws('/', t.tmplinit::pg_catalog.oid, t.tmpllexize::pg_catalog.oid),
       NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_ts_template t
JOIN pg_catalog.pg_namespace n ON n.oid = t.tmplnamespace
CROSS JOIN LATERAL (
  SELECT pg_catalog.concat_ws(E',\n    ', CASE WHEN t.tmplinit <> 0 THEN 'INIT = ' || t.tmplinit::pg_catalog.text END, 'LEXIZE = ' || t.tmpllexize::pg_catalog.text) AS functions) x
WHERE t.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_ts_template'::pg_catalog.regclass AND d.objid = t.oid AND d.deptype = 'e')
UNION ALL
SELECT 'text_search_dictionary', n.nspname, y.dictname,
       'pg_catalog.pg_ts_dict'::pg_catalog.regclass::pg_catalog.oid, y.oid,
       pg_catalog.format(E'CREATE TEXT SEARCH DICTIONARY %I.%I (\n    TEMPLATE = %I.%I%s\n)', n.nspname, y.dictname, tn.nspname, t.tmplname, COALESCE(E',\n    ' || y.dictinitoption, '')),
       pg_catalog.pg_get_userbyid(y.dictowner),
       NULL, NULL,
       pg_catalog.format('%I.%I', tn.nspname, t.tmplname), t.oid, y.dictinitoption, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_ts_dict y
JOIN pg_catalog.pg_namespace n ON n.oid = y.dictnamespace
JOIN pg_catalog.pg_ts_template t ON t.oid = y.dicttemplate
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.tmplnamespace
WHERE y.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_ts_dict'::pg_catalog.regclass AND d.objid = y.oid AND d.deptype = 'e')
UNION ALL
SELECT 'text_search_configuration', n.nspname, c.cfgname,
       'pg_catalog.pg_ts_config'::pg_catalog.regclass::pg_catalog.oid, c.oid,
       pg_catalog.format(E'CREATE TEXT SEARCH CONFIGURATION %I.%I (\n    PARSER = %I.%I\n)', n.nspname, c.cfgname, pn.nspname, p.prsname) || COALESCE(m.statements, ''),
       pg_catalog.pg_get_userbyid(c.cfgowner),
       NULL, NULL, NULL, NULL, NULL,
       pg_catalog.format('%I.%I', pn.nspname, p.prsname), p.oid, m.list, m.raw
FROM pg_catalog.pg_ts_config c
JOIN pg_catalog.pg_namespace n ON n.oid = c.cfgnamespace
JOIN pg_catalog.pg_ts_parser p ON p.oid = c.cfgparser
JOIN pg_catalog.pg_namespace pn ON pn.oid = p.prsnamespace
LEFT JOIN LATERAL (
  SELECT pg_catalog.string_agg(pg_catalog.format(E';\nALTER TEXT SEARCH CONFIGURATION %I.%I ADD MAPPING FOR %I WITH %s', n.nspname, c.cfgname, t.token, t.dictionaries), '' ORDER BY t.token) AS statements,
         pg_catalog.string_agg(pg_catalog.format('%I: %s', t.token, t.dictionaries), E'\n' ORDER BY t.token) AS list,
         pg_catalog.string_agg(pg_catalog.format('%s:%s', t.token, t.raw), '/' ORDER BY t.token) AS raw
  FROM (
    SELECT COALESCE(k.alias, m.maptokentype::pg_catalog.text) AS token,
           pg_catalog.string_agg(pg_catalog.format('%I.%I', dn.nspname, y.dictname), ', ' ORDER BY m.mapseqno) AS dictionaries,
           pg_catalog.string_agg(m.mapdict::pg_catalog.text, ',' ORDER BY m.mapseqno) AS raw
    FROM pg_catalog.pg_ts_config_map m
    JOIN pg_catalog.pg_ts_dict y ON y.oid = m.mapdict
    JOIN pg_catalog.pg_namespace dn ON dn.oid = y.dictnamespace
    LEFT JOIN LATERAL (SELECT k.tokid, k.alias FROM pg_catalog.ts_token_type(c.cfgparser) k) k ON k.tokid = m.maptokentype
    WHERE m.mapcfg = c.oid
    GROUP BY 1) t) m ON true
WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_ts_config'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
