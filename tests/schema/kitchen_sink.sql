-- One database with every kind of object that pg_dump -s writes. Parts for later servers begin at "-- from <major>".
-- Whatever stands here can be dumped and restored on the server that it was made on.
CREATE SCHEMA app;
CREATE SCHEMA other;
SET search_path = app;

-- Extensions bring members that must not be listed.
CREATE EXTENSION btree_gist WITH SCHEMA app;
CREATE EXTENSION tcn WITH SCHEMA app;

-- Types
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE pair AS (x int, y text COLLATE "C");
CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE TYPE later;
CREATE TYPE token;
CREATE FUNCTION token_in(cstring) RETURNS token LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION token_out(token) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE FUNCTION token_recv(internal) RETURNS token LANGUAGE internal IMMUTABLE STRICT AS 'textrecv';
CREATE TYPE token (INPUT = token_in, OUTPUT = token_out, LIKE = text);
CREATE TYPE fixed;
CREATE FUNCTION fixed_in(cstring) RETURNS fixed LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION fixed_out(fixed) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE fixed (INPUT = fixed_in, OUTPUT = fixed_out, LIKE = int4);
CREATE DOMAIN positive AS int DEFAULT 1 CONSTRAINT above_zero CHECK (VALUE > 0);
CREATE DOMAIN plain AS int;
CREATE DOMAIN word AS text COLLATE "C" NOT NULL;

-- Functions
CREATE FUNCTION add_one(n int, by int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT n + by';
CREATE FUNCTION sampled() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION numbers() RETURNS SETOF int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION first_value_of(int) RETURNS int LANGUAGE internal WINDOW IMMUTABLE AS 'window_first_value';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE FUNCTION watch_too() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE FUNCTION same_mood(mood, mood) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1::text = $2::text';
CREATE FUNCTION other_mood(mood, mood) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1::text <> $2::text';
CREATE FUNCTION mood_number(mood) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE FUNCTION mood_digit(mood) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2';
CREATE FUNCTION token_cmp(token, token) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'bttextcmp';
CREATE FUNCTION token_lt(token, token) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'text_lt';
CREATE FUNCTION token_eq(token, token) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'texteq';
CREATE FUNCTION token_eq_int(token, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE PROCEDURE tidy_up() LANGUAGE plpgsql AS 'BEGIN END';
CREATE PROCEDURE tidy(how text) LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE total (int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');

-- Operators and what is built of them
CREATE OPERATOR === (FUNCTION = same_mood, LEFTARG = mood, RIGHTARG = mood, COMMUTATOR = ===, NEGATOR = !==, RESTRICT = eqsel, JOIN = eqjoinsel);
CREATE OPERATOR !== (FUNCTION = other_mood, LEFTARG = mood, RIGHTARG = mood, NEGATOR = ===);
CREATE OPERATOR <<< (FUNCTION = token_lt, LEFTARG = token, RIGHTARG = token);
CREATE OPERATOR ~== (FUNCTION = token_eq, LEFTARG = token, RIGHTARG = token);
CREATE OPERATOR ~== (FUNCTION = token_eq_int, LEFTARG = token, RIGHTARG = int);
CREATE OPERATOR @#@ (FUNCTION = mood_number, RIGHTARG = mood);
CREATE OPERATOR FAMILY tokens USING btree;
CREATE OPERATOR CLASS token_ops DEFAULT FOR TYPE token USING btree FAMILY tokens AS OPERATOR 1 <<<, FUNCTION 1 token_cmp(token, token);
CREATE OPERATOR CLASS token_hash_ops FOR TYPE token USING hash AS OPERATOR 1 ~==;
CREATE CAST (mood AS int) WITH FUNCTION mood_number(mood) AS ASSIGNMENT;
CREATE CAST (pair AS text) WITH INOUT;
CREATE CAST (token AS text) WITHOUT FUNCTION;

-- Collations, conversions, text search
CREATE COLLATION plain_c (provider = libc, locale = 'C');
CREATE COLLATION german (provider = icu, locale = 'de');
CREATE COLLATION english (provider = icu, locale = 'en');
CREATE CONVERSION greek FOR 'ISO_8859_7' TO 'UTF8' FROM iso8859_to_utf8;
CREATE CONVERSION latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE TEXT SEARCH PARSER words (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH TEMPLATE simple_words (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH TEMPLATE spare_words (LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY spare_words (TEMPLATE = simple);
CREATE TEXT SEARCH DICTIONARY no_stops (TEMPLATE = simple_words, accept = false);
CREATE TEXT SEARCH CONFIGURATION finder (PARSER = words);
ALTER TEXT SEARCH CONFIGURATION finder ADD MAPPING FOR asciiword, word WITH no_stops, simple;

-- Languages and transforms
-- Not of the functions in pg_catalog: pg_dump would take the language for one that CREATE LANGUAGE knows by its name.
CREATE FUNCTION sample_call() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION sample_call_too() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION sample_inline(internal) RETURNS void LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE FUNCTION sample_check(oid) RETURNS void LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_validator';
CREATE TRUSTED LANGUAGE plsample HANDLER sample_call INLINE sample_inline VALIDATOR sample_check;
CREATE FUNCTION mood_to_sample(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'textin';
CREATE FUNCTION mood_from_sample(internal) RETURNS mood LANGUAGE internal IMMUTABLE AS 'enum_in';
CREATE TRANSFORM FOR mood LANGUAGE plsample (FROM SQL WITH FUNCTION mood_to_sample(internal), TO SQL WITH FUNCTION mood_from_sample(internal));

-- Access methods
CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler;
CREATE ACCESS METHOD btree_too TYPE INDEX HANDLER bthandler;

-- Tables
CREATE TABLE team (id int CONSTRAINT team_pkey PRIMARY KEY, name text NOT NULL);
CREATE TABLE item (
  id bigserial CONSTRAINT item_pkey PRIMARY KEY,
  team_id int CONSTRAINT item_team_fkey REFERENCES team,
  code varchar(10) COLLATE "C" CONSTRAINT item_code_key UNIQUE,
  amount numeric(10,2) DEFAULT 0 CONSTRAINT item_amount_check CHECK (amount >= 0),
  doubled numeric GENERATED ALWAYS AS (amount * 2) STORED,
  number int GENERATED BY DEFAULT AS IDENTITY,
  note text, free text, feeling mood, period int4range,
  CONSTRAINT item_period_excl EXCLUDE USING gist (period WITH &&));
CREATE INDEX item_note ON item (note text_pattern_ops DESC NULLS LAST) INCLUDE (amount) WITH (fillfactor = 90) WHERE amount > 1;
CREATE INDEX item_expression ON item ((amount + 1));
CREATE UNIQUE INDEX item_number ON item (number);
CREATE INDEX item_free ON item (free);
CREATE STATISTICS item_statistics (ndistinct, dependencies) ON team_id, amount FROM item;
CREATE TRIGGER item_touch BEFORE INSERT OR UPDATE OF note ON item FOR EACH ROW WHEN (NEW.amount > 0) EXECUTE FUNCTION touch('x');
CREATE CONSTRAINT TRIGGER item_later AFTER INSERT ON item DEFERRABLE FOR EACH ROW EXECUTE FUNCTION touch();
CREATE RULE item_rule AS ON DELETE TO item WHERE old.amount > 100 DO INSTEAD NOTHING;
CREATE POLICY item_policy ON item FOR SELECT TO PUBLIC USING (amount > 0);
CREATE POLICY item_write ON item FOR INSERT WITH CHECK (amount > 0);
ALTER TABLE item ENABLE ROW LEVEL SECURITY;
CREATE TABLE wide (id int NOT NULL CONSTRAINT wide_id_key UNIQUE, body text, small varchar(5), tag token, extra text);
CREATE TRIGGER wide_touch BEFORE INSERT ON wide FOR EACH ROW EXECUTE FUNCTION touch();
CREATE RULE wide_rule AS ON DELETE TO wide DO ALSO NOTHING;
CREATE STATISTICS wide_statistics ON id, small FROM wide;
CREATE TABLE spare (id int NOT NULL, x int, y int);
CREATE TABLE of_pair OF pair;
CREATE TABLE loose (x int, y text COLLATE "C");
CREATE UNLOGGED TABLE scratch (x int, note text) WITH (fillfactor = 70, toast.autovacuum_enabled = off);
CREATE TABLE parent (id int, name text CONSTRAINT parent_name CHECK (name <> ''));
CREATE TABLE child (extra int) INHERITS (parent);
CREATE TABLE stranger (id int, name text CONSTRAINT parent_name CHECK (name <> ''));
CREATE TABLE forebear (id int, name text);
CREATE TABLE event (id int NOT NULL, at date NOT NULL, team_id int) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE event_rest (id int NOT NULL, at date NOT NULL, team_id int);
CREATE INDEX event_at ON event (at);
CREATE TABLE logged (n int, at date NOT NULL, CONSTRAINT logged_pkey PRIMARY KEY (at), CONSTRAINT logged_n_key UNIQUE (n, at)) PARTITION BY RANGE (at);
CREATE TABLE logged_1 PARTITION OF logged DEFAULT;
CREATE TABLE moved () WITH (autovacuum_enabled = off);

CREATE SEQUENCE counter START 10 INCREMENT 2 MINVALUE 2 MAXVALUE 1000 CACHE 3;
CREATE SEQUENCE owned OWNED BY spare.x;

CREATE VIEW item_view AS SELECT id, amount, note FROM item WHERE amount > 0;
CREATE VIEW item_names (code, feeling) AS SELECT code, feeling FROM item;
CREATE MATERIALIZED VIEW item_totals WITH (fillfactor = 80) AS SELECT team_id, sum(amount) AS total, max(note) AS note FROM item GROUP BY team_id;
CREATE UNIQUE INDEX item_totals_team ON item_totals (team_id);

-- Foreign data
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN DATA WRAPPER checked VALIDATOR postgresql_fdw_validator;
CREATE SERVER far_away TYPE 'oracle' VERSION '12' FOREIGN DATA WRAPPER nowhere OPTIONS (host 'example.invalid', port '1521');
CREATE SERVER near FOREIGN DATA WRAPPER nowhere;
CREATE USER MAPPING FOR PUBLIC SERVER far_away OPTIONS ("user" 'reader', password 'not shown');
CREATE FOREIGN TABLE remote (id int OPTIONS (column_name 'ID') NOT NULL, name text) SERVER far_away OPTIONS (table_name 'T');

-- Replication
CREATE PUBLICATION all_of_it FOR ALL TABLES WITH (publish = 'insert');
CREATE PUBLICATION few FOR TABLE ONLY team, ONLY wide;
CREATE SUBSCRIPTION sink CONNECTION 'host=example.invalid password=hidden' PUBLICATION few WITH (connect = false, slot_name = 'sink');

CREATE EVENT TRIGGER sentinel ON sql_drop EXECUTE FUNCTION watch();
CREATE EVENT TRIGGER watcher ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION watch();

-- On request
SELECT lo_create(4711);
ALTER DEFAULT PRIVILEGES FOR ROLE pg_monitor IN SCHEMA app GRANT SELECT ON TABLES TO pg_signal_backend;

-- Comments
COMMENT ON SCHEMA app IS 'the application';
COMMENT ON TABLE item IS 'an item';
COMMENT ON COLUMN item.note IS 'a note';
COMMENT ON CONSTRAINT team_pkey ON team IS 'its key';
COMMENT ON INDEX item_note IS 'by note';
COMMENT ON TRIGGER wide_touch ON wide IS 'touches';
COMMENT ON FUNCTION add_one IS 'adds';
COMMENT ON TYPE mood IS 'moods';
COMMENT ON OPERATOR === (mood, mood) IS 'same';
COMMENT ON OPERATOR CLASS token_hash_ops USING hash IS 'order';
COMMENT ON OPERATOR FAMILY tokens USING btree IS 'orders';
COMMENT ON CAST (token AS text) IS 'number';
COMMENT ON COLLATION english IS 'en';
COMMENT ON CONVERSION greek IS 'greek';
COMMENT ON TEXT SEARCH CONFIGURATION finder IS 'finds';
COMMENT ON TEXT SEARCH DICTIONARY no_stops IS 'accepts';
COMMENT ON TEXT SEARCH PARSER words IS 'parses';
COMMENT ON TEXT SEARCH TEMPLATE simple_words IS 'templates';
COMMENT ON LANGUAGE plsample IS 'sample';
COMMENT ON TRANSFORM FOR mood LANGUAGE plsample IS 'transforms';
COMMENT ON ACCESS METHOD heap_too IS 'heap';
COMMENT ON FOREIGN DATA WRAPPER nowhere IS 'nowhere';
COMMENT ON SERVER far_away IS 'far';
COMMENT ON PUBLICATION few IS 'some';
COMMENT ON SUBSCRIPTION sink IS 'sink';
COMMENT ON EVENT TRIGGER sentinel IS 'watches';
COMMENT ON STATISTICS wide_statistics IS 'counts';
COMMENT ON POLICY item_write ON item IS 'sees';
COMMENT ON RULE wide_rule ON wide IS 'rules';
COMMENT ON COLUMN item_view.note IS 'seen note';

-- from 14
CREATE FUNCTION plus_two(n int) RETURNS int LANGUAGE sql IMMUTABLE RETURN n + 2;
CREATE TYPE wave AS RANGE (subtype = float4, multirange_type_name = waves);
CREATE STATISTICS item_expressions ON (amount + 1), (upper(note)) FROM item;
CREATE TABLE squeezed (body text COMPRESSION pglz);

-- from 15
CREATE TABLE nulls (x int, CONSTRAINT nulls_x_key UNIQUE NULLS NOT DISTINCT (x));
CREATE PUBLICATION part FOR TABLE ONLY item (id, amount) WHERE (id > 10);
CREATE PUBLICATION whole FOR TABLES IN SCHEMA other;
CREATE UNLOGGED SEQUENCE quick;
CREATE VIEW as_caller WITH (security_invoker = true, check_option = local) AS SELECT id FROM team WHERE id > 0;

-- from 16
CREATE COLLATION ruled (provider = icu, locale = 'und', rules = '&a < g');

-- from 17
CREATE COLLATION built_in (provider = builtin, locale = 'C');
CREATE DOMAIN named AS int CONSTRAINT must_be NOT NULL;

-- from 18
CREATE TABLE newest (
  id int, valid_at daterange, z int CONSTRAINT must_have NOT NULL NO INHERIT,
  y int GENERATED ALWAYS AS (id * 2) VIRTUAL,
  CONSTRAINT newest_pkey PRIMARY KEY (id, valid_at WITHOUT OVERLAPS),
  CONSTRAINT newest_check CHECK (id > 0) NOT ENFORCED);
CREATE PUBLICATION generated FOR TABLE ONLY newest WITH (publish_generated_columns = stored);
