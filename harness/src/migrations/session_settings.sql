-- What whoever opened this session has set in it, as against what it started with.
SELECT s.name, s.setting
  FROM pg_catalog.pg_settings s
 WHERE s.source = 'session'
 ORDER BY s.name;
