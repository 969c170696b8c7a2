-- Whatever the server deparses, in as many forms as SQL has, and what majors keep in different catalogs. Runs after
-- kitchen_sink.sql, on whose types it builds. Parts for later servers begin at "-- from <major>".
CREATE SCHEMA spelled;
SET search_path = spelled, app;

CREATE TABLE person (
  id int CONSTRAINT person_pkey PRIMARY KEY, name text, born date, at timestamptz, seen timestamp, hour time, lasts interval,
  score float8, ratio numeric(8,3), tags text[], data jsonb, raw json, flags bit(8), ip inet, active bool NOT NULL,
  boss_id int CONSTRAINT person_boss_fkey REFERENCES person ON DELETE SET NULL, feels mood, span int4range, small smallint, few smallint,
  big bigint, note varchar(20), both_of pair, body bytea, "Select" int, "json_value" int, "system_user" text, "values" int, "user" text);
CREATE TABLE visit (id int, person_id int NOT NULL, at timestamptz, cost numeric, place text COLLATE "C");

-- One table: its columns are printed with its name or without.
CREATE VIEW one_table AS SELECT id, name AS called, born, "Select", "json_value", "system_user", "values", "user" FROM person WHERE active AND name <> 'person.id';
CREATE VIEW one_alias AS SELECT p.id, p.name FROM person p WHERE p.id > 0 ORDER BY p.name DESC NULLS LAST LIMIT 3 OFFSET 1;
CREATE VIEW one_alias_as_schema AS SELECT app.id, app.add_one(app.id) AS more, app.feels OPERATOR(app.===) 'ok'::app.mood AS same, spelled.id AS other
  FROM person app, person spelled;
CREATE VIEW one_named_as_schema AS SELECT app.id, app.add_one(app.id) AS more, app.feels OPERATOR(app.===) 'ok'::app.mood AS same, app.name COLLATE app.english AS said
  FROM person app WHERE app.feels = 'sad'::app.mood;
CREATE VIEW one_only AS SELECT id FROM ONLY person;
CREATE VIEW one_sampled AS SELECT id FROM person TABLESAMPLE system (10) REPEATABLE (1);
CREATE VIEW one_with_row AS SELECT p AS whole, p.*::text AS said, (p.both_of).x, (p.both_of).y AS y_of, p IS NOT NULL AS there, ROW(p.*, 1) IS NULL AS more FROM person p;
CREATE VIEW one_with_subqueries AS SELECT id, (SELECT count(*) FROM visit v WHERE v.person_id = person.id) AS visits,
  ARRAY(SELECT place FROM visit WHERE person_id = person.id ORDER BY place) AS places
  FROM person WHERE EXISTS (SELECT 1 FROM visit WHERE visit.person_id = person.id AND EXISTS (SELECT 1 FROM visit w WHERE w.id = person.id AND w.id = visit.id))
  AND id IN (SELECT person_id FROM visit) AND id NOT IN (SELECT 3) AND (id, name) IN (SELECT id, place FROM visit) AND id > ALL (SELECT id FROM visit);
CREATE VIEW one_subquery AS SELECT s.id, s.n FROM (SELECT id, count(*) AS n FROM visit GROUP BY id) s WHERE s.n > 1;
CREATE VIEW one_subquery_in_subquery AS SELECT s.id FROM (SELECT t.id FROM (SELECT id FROM person WHERE id > 1) t) s;
CREATE VIEW one_of_series AS SELECT g.n FROM generate_series(1, 3) g(n) WHERE g.n > 1;
CREATE VIEW one_of_series_plain AS SELECT generate_series FROM generate_series(1, 3);
CREATE VIEW one_ordinal AS SELECT u.x, u.nr FROM unnest(ARRAY['a', 'b']) WITH ORDINALITY u(x, nr);
CREATE VIEW one_rows_from AS SELECT r.a, r.b FROM ROWS FROM (generate_series(1, 2), generate_series(1, 3)) r(a, b);
CREATE VIEW one_record AS SELECT x.a, x.b FROM json_to_recordset('[]') x(a int, b text);
CREATE VIEW one_values AS SELECT v.a, v.b FROM (VALUES (1, 'a'), (2, 'b')) v(a, b) WHERE v.a > 1;
CREATE VIEW only_values AS VALUES (1, 'a'), (2, 'b');
CREATE VIEW one_cte AS WITH c AS (SELECT id, name FROM person), d AS MATERIALIZED (SELECT 1 AS x) SELECT c.id, c.name FROM c WHERE c.id IN (SELECT x FROM d);
CREATE VIEW one_recursive AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT r.n + 1 FROM r WHERE r.n < 5) SELECT n FROM r;
CREATE VIEW one_locked AS SELECT id FROM person WHERE id > 1 FOR UPDATE OF person SKIP LOCKED;
CREATE VIEW one_grouped AS SELECT active, born, count(*) AS n, count(*) FILTER (WHERE id > 1) AS some, max(name) AS last, sum(DISTINCT id) AS ids,
  string_agg(name, ', ' ORDER BY name DESC) AS names, percentile_cont(0.5) WITHIN GROUP (ORDER BY score) AS middle, GROUPING(active) AS g
  FROM person GROUP BY GROUPING SETS ((active), (active, born), ()) HAVING count(*) > 1;
CREATE VIEW one_rolled AS SELECT active, upper(name) AS u, count(*) AS n FROM person GROUP BY ROLLUP (active), CUBE (upper(name)), id + 1;
CREATE VIEW one_windowed AS SELECT id, rank() OVER w AS r, sum(id) OVER (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES) AS s, lag(id, 1) OVER (PARTITION BY active ORDER BY id) AS l
  FROM person WINDOW w AS (PARTITION BY active ORDER BY born DESC);
CREATE VIEW one_distinct AS SELECT DISTINCT ON (active) active, id FROM person ORDER BY active, id;
CREATE VIEW one_ties AS SELECT id FROM person ORDER BY id FETCH FIRST 3 ROWS WITH TIES;
CREATE VIEW one_ordered_using AS SELECT id FROM person ORDER BY id USING >, name COLLATE "C";
CREATE VIEW one_view AS SELECT called FROM one_table WHERE called > 'a';
CREATE VIEW one_foreign AS SELECT id FROM app.remote;
CREATE VIEW one_renamed_columns AS SELECT p.a, p.b FROM person p(a, b);
CREATE MATERIALIZED VIEW one_stored AS SELECT id, name FROM person WHERE active WITH NO DATA;
CREATE VIEW no_table AS SELECT 1 AS one, now() AS at;
CREATE VIEW checked WITH (check_option = local, security_barrier) AS SELECT id, active FROM person WHERE active;
ALTER VIEW checked ALTER COLUMN active SET DEFAULT true;

-- More than one
CREATE VIEW joined AS SELECT p.id, v.place, w.cost FROM person p JOIN visit v ON v.person_id = p.id LEFT JOIN (visit w JOIN person q ON q.id = w.id) ON w.id = v.id;
CREATE VIEW joined_using AS SELECT id, p.name, v.place FROM person p FULL JOIN visit v USING (id);
CREATE VIEW joined_naturally AS SELECT id, at FROM person NATURAL JOIN visit CROSS JOIN generate_series(1, 2);
CREATE VIEW joined_alias AS SELECT j.id FROM (person p JOIN visit v USING (id)) j;
CREATE VIEW joined_laterally AS SELECT p.id, l.n FROM person p, LATERAL (SELECT count(*) AS n FROM visit WHERE visit.person_id = p.id) l;
CREATE VIEW united AS SELECT id, name FROM person UNION ALL (SELECT id, place FROM visit EXCEPT SELECT 1, 'x') ORDER BY 1 LIMIT 5;
CREATE VIEW united_values AS (SELECT id FROM person ORDER BY id LIMIT 1) UNION SELECT person_id FROM visit INTERSECT VALUES (1), (2);
CREATE VIEW united_in_cte AS WITH a AS (SELECT id FROM person UNION SELECT id FROM visit) SELECT a.id, b.id AS other FROM a JOIN a b ON a.id = b.id;
CREATE VIEW modified AS SELECT id FROM (SELECT id FROM person) s WHERE id > (SELECT max(id) FROM visit);

-- Expressions
CREATE VIEW cases AS SELECT CASE WHEN active THEN 1 ELSE 2 END AS a, CASE name WHEN 'a' THEN 1 WHEN 'b' THEN 2 END AS b, COALESCE(name, note, 'x') AS c, NULLIF(id, 1) AS d,
  GREATEST(id, small) AS e, LEAST(1, 2.5) AS f, id IS DISTINCT FROM 3 AS g, id BETWEEN 1 AND 2 AS h, id NOT BETWEEN SYMMETRIC 3 AND 2 AS i, id IN (1, 2) AS j, id NOT IN (3) AS k,
  id = ANY (ARRAY[1, 2]) AS l, name LIKE 'a%' AS m, name NOT ILIKE 'b_' ESCAPE '!' AS n, name SIMILAR TO 'c+' AS o, name ~ 'd' AS p, active IS NOT TRUE AS q, active IS UNKNOWN AS r,
  name IS NULL AS s, NOT active OR (id = 1 AND id <> 2) AS t, -id AS u, @ id AS v, small % 3 AS w, score ^ 2 AS w2, name || 'x' || id AS x FROM person;
CREATE VIEW values_of AS SELECT DATE '2024-01-02' AS a, TIMESTAMPTZ '2024-01-02 03:04:05+00' AS b, INTERVAL '1 day 02:00' AS c, INTERVAL '3' HOUR AS d, 1.50 AS e, 1e10::float8 AS f, -5 AS g,
  'a''b\c' AS h, E'\n' AS i, '\xdead'::bytea AS j, B'101' AS k, TRUE AS l, NULL::int AS m, ARRAY[1, 2]::bigint[] AS n, '{}'::jsonb AS o, 'NaN'::numeric AS p, 'visit'::regclass AS q, 'int4'::regtype AS r,
  ROW(1, 'a')::pair AS s, 12345678901 AS t, 'ok'::mood AS u, '[1,2)'::int4range AS v, 'Infinity'::float8 AS w, '10:00'::time AS x, ARRAY[ARRAY[1], ARRAY[2]] AS y;
CREATE VIEW casts AS SELECT id::text AS a, name::varchar(3) AS b, ratio::numeric(5,2) AS c, at::timestamptz(3) AS d, lasts::interval day to second(2) AS e, flags::varbit(4) AS f, name::"char" AS g,
  id::smallint AS h, CAST(note AS char(4)) AS i, feels::text AS j, feels::int AS k, small + big AS l, small + 1.5 AS m, born + 1 AS n, name = note AS o, tags::varchar[] AS p, score::real AS q FROM person;
CREATE VIEW arrays AS SELECT tags[1] AS a, tags[2:3] AS b, tags[:2] AS c, (SELECT ARRAY[id])[1] AS d, array_length(tags, 1) AS e, tags || 'x'::text AS f, tags @> ARRAY['a'] AS g, 'a' = ANY (tags) AS h,
  array_append(tags, 'y') AS i, cardinality(tags) AS j, unnest(tags) AS k, (both_of).x AS l, ROW(id, name) = ROW(1, 'a') AS m, (id, name) < (2, 'b') AS n FROM person;
CREATE VIEW documents AS SELECT data -> 'a' AS a, data ->> 'b' AS b, data #>> '{a,b}' AS c, data ? 'k' AS d, data @> '{"a": 1}' AS e, jsonb_path_query(data, '$.a') AS f, to_jsonb(id) AS g,
  json_build_object('id', id) AS h, raw ->> 0 AS i, jsonb_agg(id) OVER () AS j FROM person;
CREATE VIEW session AS SELECT CURRENT_DATE AS a, CURRENT_TIMESTAMP AS b, LOCALTIME(2) AS c, CURRENT_USER AS d, SESSION_USER AS e, CURRENT_ROLE AS f, CURRENT_CATALOG AS g, CURRENT_SCHEMA AS h, USER AS i,
  LOCALTIMESTAMP AS j, CURRENT_TIME(1) AS k, current_setting('a.b', true) AS l, pg_typeof(1) AS m;
CREATE VIEW calls AS SELECT add_one(n => 1, by => 2) AS a, add_one(3) AS b, concat(VARIADIC ARRAY['a', 'b']) AS c, format('%s', 1) AS d, lower(name) COLLATE "C" AS e, total(id) OVER () AS f,
  to_tsvector('english', name) @@ to_tsquery('a') AS g, span && int4range(1, 3) AS h, ip << '10.0.0.0/8' AS i, make_interval(days => 3) AS j, round(ratio, 1) AS k, nextval('app.counter') AS l FROM person;
-- What has a syntax of its own. Written as calls here: the words mean another function, or are printed otherwise, on another major.
CREATE VIEW words_as_calls AS SELECT date_part('year', at) AS a, timezone('UTC', at) AS b, "substring"(name, 1, 2) AS c, "position"(name, 'a') AS d, "overlay"(name, 'x', 1, 2) AS e, btrim(name) AS f,
  ltrim(name, 'x') AS g, "overlaps"(born, born, born, born) AS h, pg_collation_for(name) AS i, "normalize"(name, 'NFC') AS j, is_normalized(name, 'NFC') AS k, "substring"(name, 'a.') AS l FROM person;
CREATE VIEW words AS SELECT at AT TIME ZONE 'UTC' AS b, SUBSTRING(name FROM 1 FOR 2) AS c, SUBSTRING(name FROM 2) AS c2, POSITION('a' IN name || 'x') AS d, OVERLAY(name PLACING 'x' FROM 1 FOR 2) AS e, OVERLAY(name PLACING 'x' FROM id) AS e2,
  TRIM(name) AS f, TRIM(LEADING 'x' FROM name) AS g, TRIM(TRAILING FROM name) AS g2, (born, born) OVERLAPS (born, born) AS h, COLLATION FOR (name) AS i, NORMALIZE(name) AS j, NORMALIZE(name, NFD) AS j2,
  name IS NFC NORMALIZED AS k, name IS NOT NORMALIZED AS k2, (seen AT TIME ZONE 'UTC' AT TIME ZONE name) AS m, SUBSTRING(flags FROM 2 FOR 3) AS n, TRIM(BOTH '\x00'::bytea FROM body) AS o,
  upper(SUBSTRING(TRIM(name) FROM POSITION('.' IN name) FOR 3)) AS p FROM person;

CREATE VIEW words_with_casts AS SELECT SUBSTRING(note FROM 2) AS a, SUBSTRING(note::text FROM id::int FOR few) AS b, TRIM(note) || TRIM(BOTH note FROM p.note) AS c, POSITION(note IN note) AS d, born AT TIME ZONE 'UTC' AS e,
  (seen, born) OVERLAPS (at, lasts) AS f, SUBSTRING(id::text FROM 1 FOR 1) AS g, SUBSTRING(body FROM 1 FOR 1) AS h FROM person p;
CREATE INDEX person_words ON person (SUBSTRING(note FROM 1 FOR 3), (seen AT TIME ZONE 'UTC'), (TRIM(name) || 'x'));

-- The same in constraints, defaults, indexes, policies, triggers and rules
CREATE DOMAIN short AS text DEFAULT TRIM('a ') CONSTRAINT short_check CHECK (length(VALUE) < 10 AND VALUE ~ '^[a-z]' AND SUBSTRING(VALUE FROM 1 FOR 1) <> 'x');
CREATE TABLE guarded (
  id int GENERATED ALWAYS AS IDENTITY (START 5), name text DEFAULT upper('x'), at timestamptz DEFAULT now() - INTERVAL '1 day', day date DEFAULT (now() AT TIME ZONE 'UTC')::date, who text DEFAULT CURRENT_USER,
  parts int[] DEFAULT '{1,2}', feels mood DEFAULT 'ok', code short, total numeric GENERATED ALWAYS AS (id * 1.5) STORED, "offset" int, "json_value" int CONSTRAINT json_check CHECK ("json_value" > 0),
  CONSTRAINT guarded_check CHECK (CASE WHEN id > 1 THEN name IN ('a', 'b') ELSE name IS NOT NULL AND name LIKE 'x%' END),
  CONSTRAINT guarded_words CHECK (POSITION('a' IN name) = 0 AND TRIM(BOTH FROM name) <> '' AND (at AT TIME ZONE 'UTC') > '2000-01-01') NO INHERIT,
  CONSTRAINT guarded_at CHECK (date_part('hour', day) < 12 OR feels = ANY (ARRAY['sad'::mood, 'ok'::mood])) NOT VALID);
CREATE INDEX guarded_expression ON guarded (lower(name) COLLATE "C" text_pattern_ops, (id + 1) DESC, timezone('UTC', at)) WHERE name IS NOT NULL AND feels <> 'sad' AND SUBSTRING(name FROM 1 FOR 1) = 'a';
CREATE INDEX guarded_json ON guarded ("json_value", "offset");
CREATE INDEX guarded_gin ON guarded USING gin (to_tsvector('english', name), parts);
CREATE INDEX guarded_brin ON guarded USING brin (at) WITH (pages_per_range = 4);
CREATE POLICY guarded_policy ON guarded AS RESTRICTIVE USING (EXISTS (SELECT 1 FROM person WHERE person.id = guarded.id AND person.name = CURRENT_USER) AND id > 1 AND TRIM(name) <> '');
CREATE TRIGGER guarded_when BEFORE UPDATE ON guarded FOR EACH ROW WHEN (OLD.name <> NEW.name AND POSITION('a' IN NEW.name) > 0) EXECUTE FUNCTION app.touch('a', 'b''c');
CREATE TRIGGER visit_when AFTER UPDATE ON visit FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION app.touch();
CREATE TRIGGER guarded_after AFTER UPDATE ON guarded REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION app.touch();
CREATE RULE guarded_insert AS ON INSERT TO guarded WHERE NEW.id > 10 DO ALSO INSERT INTO visit (id, person_id, at) VALUES (NEW.id, 1, DEFAULT) ON CONFLICT DO NOTHING;
CREATE RULE guarded_update AS ON UPDATE TO guarded DO ALSO (UPDATE visit SET (place, cost) = (SELECT NEW.name, 1), person_id = OLD.id WHERE visit.id = OLD.id; DELETE FROM visit v USING person p WHERE p.id = v.id AND p.id = NEW.id; NOTIFY changed);
CREATE RULE checked_delete AS ON DELETE TO checked DO INSTEAD DELETE FROM person WHERE id = OLD.id RETURNING id, active;
CREATE RULE checked_insert AS ON INSERT TO checked DO INSTEAD INSERT INTO person (id, active) SELECT NEW.id, v.id > 1 FROM visit v WHERE v.id = NEW.id RETURNING id, active;
CREATE RULE checked_update AS ON UPDATE TO checked DO INSTEAD WITH c AS (SELECT 1 AS x) UPDATE person SET active = NEW.active FROM visit WHERE visit.id = person.id RETURNING person.id, person.active;
CREATE FUNCTION defaults(a int DEFAULT 1 + 1, b text DEFAULT TRIM('x '), c mood DEFAULT 'ok', OUT d int, VARIADIC e int[] DEFAULT '{}') LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION as_table(n int) RETURNS TABLE (id int, "json_value" text) LANGUAGE sql AS 'SELECT 1, NULL::text';
CREATE FUNCTION any_of(anyelement, anyarray) RETURNS anyelement LANGUAGE sql AS 'SELECT $1';
CREATE PROCEDURE both_ways(a int, INOUT b int) LANGUAGE sql AS 'SELECT 1';

-- Partitions, inheritance, and what they get from their parents
CREATE TABLE listed (id int GENERATED BY DEFAULT AS IDENTITY, kind text, at date NOT NULL) PARTITION BY LIST (kind);
CREATE TABLE hashed (id int, kind text, CONSTRAINT hashed_pkey PRIMARY KEY (id, kind)) PARTITION BY HASH (id);
CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE listed_a PARTITION OF listed FOR VALUES IN ('a', 'b', NULL);
CREATE TABLE listed_rest PARTITION OF listed DEFAULT PARTITION BY HASH (lower(kind), id);
CREATE TABLE listed_rest_0 PARTITION OF listed_rest FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE ranged (id int, at timestamptz) PARTITION BY RANGE (date_trunc('day', at AT TIME ZONE 'UTC'), id);
CREATE TABLE ranged_1 PARTITION OF ranged FOR VALUES FROM (MINVALUE, MINVALUE) TO ('2024-01-01', 3);
CREATE TABLE visit_of_hashed (hashed_id int, kind text, CONSTRAINT to_hashed FOREIGN KEY (hashed_id, kind) REFERENCES hashed MATCH FULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE base (id int CONSTRAINT base_pkey PRIMARY KEY, x int NOT NULL DEFAULT 1, CONSTRAINT base_x CHECK (x > 0));
CREATE TABLE derived (y int) INHERITS (base);
CREATE TABLE derived_again (x int NOT NULL DEFAULT 2) INHERITS (derived);
CREATE TABLE keyed (a int NOT NULL, b int, CONSTRAINT keyed_key PRIMARY KEY (a, b));
CREATE UNLOGGED TABLE fleeting (id serial, nr int GENERATED ALWAYS AS IDENTITY, x int);
CREATE TYPE pointed AS (x int, y int);
CREATE TYPE time_range AS RANGE (subtype = time);
CREATE TYPE of_fixed;
CREATE FUNCTION of_fixed_in(cstring) RETURNS of_fixed LANGUAGE internal IMMUTABLE STRICT AS 'point_in';
CREATE FUNCTION of_fixed_out(of_fixed) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'point_out';
CREATE TYPE of_fixed (INPUT = of_fixed_in, OUTPUT = of_fixed_out, INTERNALLENGTH = 16, ELEMENT = float8, ALIGNMENT = double);
ALTER TABLE person ALTER COLUMN name SET STATISTICS 200, ALTER COLUMN note SET (n_distinct = 5), ALTER COLUMN tags SET STORAGE EXTERNAL;
ALTER INDEX guarded_expression ALTER COLUMN 2 SET STATISTICS 50;
ALTER TABLE visit REPLICA IDENTITY FULL;
CREATE STATISTICS visit_all ON id, person_id, cost FROM visit;
ALTER STATISTICS visit_all SET STATISTICS 10;

-- Privileges: ALL has more in it on later majors.
GRANT ALL ON person TO pg_monitor;
GRANT ALL ON visit TO pg_monitor WITH GRANT OPTION;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON guarded TO pg_monitor;
GRANT SELECT, INSERT ON keyed TO PUBLIC;
GRANT SELECT (x), UPDATE (id) ON base TO pg_monitor;
GRANT ALL ON SCHEMA spelled TO pg_monitor;
GRANT ALL ON SEQUENCE fleeting_id_seq TO pg_monitor;
REVOKE ALL ON FUNCTION as_table FROM PUBLIC;
GRANT EXECUTE ON FUNCTION as_table TO pg_monitor;
ALTER DEFAULT PRIVILEGES FOR ROLE pg_monitor IN SCHEMA spelled GRANT ALL ON TABLES TO pg_read_all_stats;

-- from 14
SET search_path = spelled, app;
CREATE VIEW later_words AS SELECT EXTRACT(year FROM at) AS a, EXTRACT(epoch FROM lasts) AS b, SUBSTRING(name SIMILAR 'a#"b#"' ESCAPE '#') AS c, data['a']['b'] AS d FROM person;
CREATE VIEW searched AS WITH RECURSIVE r(id, boss) AS (SELECT id, boss_id FROM person UNION ALL SELECT p.id, p.boss_id FROM person p JOIN r ON r.boss = p.id)
  SEARCH DEPTH FIRST BY id SET ordered CYCLE id SET looped USING path SELECT id, ordered::text AS ordered, looped FROM r;
CREATE VIEW joined_as AS SELECT j.id, p.name FROM person p JOIN visit v USING (id) AS j;
CREATE VIEW grouped_distinct AS SELECT active, id, count(*) AS n FROM person GROUP BY DISTINCT ROLLUP (active, id), ROLLUP (active);
CREATE FUNCTION atomic(n int) RETURNS bigint LANGUAGE sql BEGIN ATOMIC
  INSERT INTO visit (id, person_id) SELECT p.id, n FROM person p WHERE p.id > n ON CONFLICT DO NOTHING;
  UPDATE visit SET place = TRIM(place) WHERE id = n;
  DELETE FROM visit WHERE visit.id IN (SELECT id FROM person);
  SELECT count(*) FROM person WHERE id > n AND name = SUBSTRING('abc' FROM n FOR 1);
END;
CREATE FUNCTION returning_one(n int) RETURNS boolean LANGUAGE sql RETURN EXISTS (SELECT 1 FROM person WHERE person.id = n);
CREATE PROCEDURE with_out(a int, OUT b int) LANGUAGE sql AS 'SELECT 1';
CREATE STATISTICS words_of ON (TRIM(name)), (id + 1), (at AT TIME ZONE 'UTC') FROM person;

-- from 15
SET search_path = spelled, app;
CREATE FUNCTION merging() RETURNS void LANGUAGE sql BEGIN ATOMIC
  MERGE INTO visit v USING person p ON v.person_id = p.id WHEN MATCHED AND p.id > 1 THEN UPDATE SET place = p.name WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id, person_id) VALUES (p.id, p.id);
END;
CREATE TABLE unset (id int, hashed_id int, kind text, CONSTRAINT unset_fkey FOREIGN KEY (hashed_id, kind) REFERENCES hashed ON DELETE SET NULL (hashed_id));
CREATE PUBLICATION filtered FOR TABLE ONLY visit (id, place) WHERE (TRIM(place) <> '' AND id > 1);
CREATE VIEW rounded AS SELECT ratio::numeric(2,-1) AS a FROM person;

-- from 16
SET search_path = spelled, app;
CREATE VIEW json_made AS SELECT JSON_OBJECT('a': id, 'b': name NULL ON NULL WITH UNIQUE KEYS) AS a, JSON_ARRAY(1, id ABSENT ON NULL RETURNING jsonb) AS b, name IS JSON OBJECT WITH UNIQUE KEYS AS c,
  JSON_ARRAYAGG(id RETURNING jsonb) OVER () AS d, JSON_OBJECTAGG(name: id) OVER () AS e FROM person;
CREATE VIEW who AS SELECT SYSTEM_USER AS a;
CREATE VIEW unnamed AS SELECT id FROM (SELECT id FROM person);

-- from 17
SET search_path = spelled, app;
CREATE VIEW json_asked AS SELECT JSON_VALUE(data, '$.a' RETURNING int DEFAULT 1 ON EMPTY) AS a, JSON_QUERY(data, '$.b' WITH WRAPPER) AS b, JSON_EXISTS(data, '$.c') AS c, JSON('{}') AS d, JSON_SCALAR(1) AS e,
  JSON_SERIALIZE(data RETURNING text) AS f, at AT LOCAL AS g FROM person;
CREATE VIEW json_listed AS SELECT t.n, t.a FROM person, JSON_TABLE(data, '$[*]' COLUMNS (n FOR ORDINALITY, a text PATH '$.a', NESTED '$.b[*]' COLUMNS (c int PATH '$'))) t;
CREATE FUNCTION merging_back() RETURNS SETOF text LANGUAGE sql BEGIN ATOMIC
  MERGE INTO visit v USING person p ON v.person_id = p.id WHEN NOT MATCHED BY SOURCE THEN DELETE WHEN MATCHED THEN DO NOTHING RETURNING merge_action();
END;
CREATE TABLE kept (id int);
GRANT MAINTAIN ON kept TO pg_monitor;
