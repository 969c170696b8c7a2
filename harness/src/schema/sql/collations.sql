-- Collations of this database's encoding. Their versions belong to the machine, not to the schema.
SELECT 'collation' AS kind, n.nspname AS schema, c.collname AS name,
       'pg_catalog.pg_collation'::pg_catalog.regclass::pg_catalog.oid AS catalog, c.oid,
       pg_catalog.format('CREATE COLLATION %I.%I (%s)', n.nspname, c.collname, pg_catalog.concat_ws(', ',
         'provider = ' || x.provider, 'locale = ' || pg_catalog.quote_literal(x.locale),
         'lc_collate = ' || pg_catalog.quote_literal(x.lc_collate), 'lc_ctype = ' || pg_catalog.quote_literal(x.lc_ctype),
         CASE WHEN NOT c.collisdeterministic THEN 'deterministic = false' END,
         'rules = ' || pg_catalog.quote_literal(later.rules))) AS definition,
       pg_catalog.pg_get_userbyid(c.collowner) AS owner,
       x.provider AS attr_provider, x.locale AS attr_locale, x.lc_collate AS attr_lc_collate, x.lc_ctype AS attr_lc_ctype,
       CASE WHEN NOT c.collisdeterministic THEN 'no' END AS attr_deterministic,
       later.rules AS attr_rules
FROM pg_catalog.pg_collation c
JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
-- Columns of later versions: an unknown name finds the fallback of the outer query. Until 14 collcollate holds ICU's locale.
CROSS JOIN (SELECT NULL::pg_catalog.text AS colliculocale, NULL::pg_catalog.text AS colllocale, NULL::pg_catalog.text AS collicurules) fallback
CROSS JOIN LATERAL (SELECT COALESCE(colllocale, colliculocale) AS locale, collicurules AS rules FROM (SELECT c.*) present) later
CROSS JOIN LATERAL (
  SELECT CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' WHEN 'd' THEN 'default' ELSE 'libc' END AS provider,
         CASE WHEN c.collprovider <> 'c' THEN COALESCE(later.locale, c.collcollate::pg_catalog.text) END AS locale,
         CASE WHEN c.collprovider = 'c' THEN c.collcollate::pg_catalog.text END AS lc_collate,
         CASE WHEN c.collprovider = 'c' THEN c.collctype::pg_catalog.text END AS lc_ctype) x
WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND c.collencoding IN (-1, (SELECT db.encoding FROM pg_catalog.pg_database db WHERE db.datname = pg_catalog.current_database()))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_collation'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
