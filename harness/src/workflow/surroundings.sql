-- What a server lends to a schema that scripts make on it: its version, the extensions that they would create, who makes
-- it, and the settings that decide what a statement means.
SELECT pg_catalog.version() AS version,
       (SELECT pg_catalog.string_agg(e.name || ' ' || COALESCE(e.default_version, ''), ',' ORDER BY e.name)
          FROM pg_catalog.pg_available_extensions e) AS extensions,
       CURRENT_USER::text AS role,
       (SELECT pg_catalog.string_agg(s.name || '=' || s.setting, ',' ORDER BY s.name)
          FROM pg_catalog.pg_settings s
         WHERE s.context IN ('user', 'superuser')
           AND s.source NOT IN ('default', 'override', 'client', 'session')) AS settings
