#include "planted_difference.hpp"

namespace prodclone::schema {

const std::vector<PlantedDifference>& planted_differences() {
  static const std::vector<PlantedDifference> rows = {
      // Types
      {"EnumLabelRenamed", "CREATE TYPE s AS ENUM ('a', 'b')", "ALTER TYPE s RENAME VALUE 'a' TO 'z'", {"changed type public.s (labels)"}},
      {"EnumRenamed", "CREATE TYPE s AS ENUM ('a', 'b')", "ALTER TYPE s RENAME TO s2", {"added type public.s2", "removed type public.s"}, 13,
       {"renamed type public.s -> s2"}},
      {"CompositeAttributeType", "CREATE TYPE p AS (x int, y int)", "ALTER TYPE p ALTER ATTRIBUTE y TYPE bigint", {"changed type public.p (attributes)"}},
      {"DomainCheckAdded", "CREATE DOMAIN d AS int", "ALTER DOMAIN d ADD CONSTRAINT positive CHECK (VALUE > 0)",
       {"added check constraint public.d.positive"}},
      {"DomainCheckChanged", "CREATE DOMAIN d AS int CONSTRAINT c CHECK (VALUE > 0)",
       "ALTER DOMAIN d DROP CONSTRAINT c; ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE > 1)",
       {"changed check constraint public.d.c (definition)"}},
      {"DomainCheckNotValid", "CREATE DOMAIN d AS int", "ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID",
       {"added check constraint public.d.c"}},
      // Tables
      {"TableAddedIsOneEntry", "", "CREATE TABLE t (id serial PRIMARY KEY, x int CHECK (x > 0)); CREATE INDEX i ON t (x); COMMENT ON COLUMN t.x IS 'x'",
       {"added table public.t"}},
      {"TableRemovedIsOneEntry", "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, x int UNIQUE)", "DROP TABLE t",
       {"removed table public.t"}},
      {"TableInherits", "CREATE TABLE p (id int); CREATE TABLE c (id int)", "ALTER TABLE c INHERIT p",
       {"changed column public.c.id (inheritance)", "changed table public.c (inherits)"}},
      {"TableMovedToAnotherSchema", "CREATE SCHEMA s; CREATE TABLE t (id serial PRIMARY KEY); CREATE INDEX i ON t (id)", "ALTER TABLE t SET SCHEMA s",
       {"added table s.t", "removed table public.t"}, 13, {"renamed table public.t -> s.t"}},
      {"TableRenamedWithAllThatMentionsIt",
       "CREATE TABLE le (id serial PRIMARY KEY, k int CHECK (k > 0)); CREATE TABLE d (le_id int REFERENCES le); CREATE INDEX i ON le ((k + 1)) WHERE k > 3;"
       "CREATE VIEW v AS SELECT id, k FROM le WHERE k > 1; CREATE FUNCTION f(le) RETURNS int LANGUAGE sql AS 'SELECT 1';"
       "CREATE POLICY pol ON le USING (k > 0); COMMENT ON TABLE le IS 'the le'; COMMENT ON COLUMN le.k IS 'its k'",
       "ALTER TABLE le RENAME TO tenant",
       {"added table public.tenant", "changed foreign key public.d.d_le_id_fkey (definition)", "changed index public.i (on)", "changed view public.v (query)",
        "added function public.f(public.tenant)", "removed function public.f(public.le)", "changed sequence public.le_id_seq (owned_by)", "removed table public.le"},
       13, {"renamed table public.le -> tenant"}},
      // Partitions
      {"PartitionAdded", "CREATE TABLE p (id int, at date) PARTITION BY RANGE (at)",
       "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')", {"added table public.p1"}},
      {"PartitionDetached", "CREATE TABLE p (id int, at date) PARTITION BY RANGE (at); CREATE TABLE p1 PARTITION OF p DEFAULT",
       "ALTER TABLE p DETACH PARTITION p1",
       {"changed column public.p1.at (inheritance)", "changed column public.p1.id (inheritance)", "changed table public.p1 (bound, partition_of)"}},
      {"PartitionedColumnAddedIsOneEntry", "CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p DEFAULT",
       "ALTER TABLE p ADD COLUMN x int", {"added column public.p.x"}},
      {"PartitionedIndexAddedIsOneEntry", "CREATE TABLE p (id int, x int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p DEFAULT",
       "CREATE INDEX i ON p (x)", {"added index public.i"}},
      {"PartitionedIndexRenamedIsOneEntry",
       "CREATE TABLE p (id int, x int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p DEFAULT PARTITION BY LIST (x); CREATE TABLE p11 PARTITION OF p1 DEFAULT; CREATE INDEX i ON p (x)",
       "ALTER INDEX i RENAME TO j", {"renamed index public.i -> j"}},
      {"PartitionedIndexRenamedAllTheWayDown",
       "CREATE TABLE p (id int NOT NULL) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p DEFAULT; ALTER TABLE p ADD CONSTRAINT k PRIMARY KEY (id)",
       "ALTER INDEX k RENAME TO key; ALTER INDEX p1_pkey RENAME TO p1_key", {"renamed primary key public.p.k -> key"}},
      {"ViewThatMentionsARenamedOne", "CREATE VIEW v AS SELECT 1 AS x; CREATE VIEW w AS SELECT x FROM v", "ALTER VIEW v RENAME TO u", {"renamed view public.v -> u"}},
      {"ViewRenamedWithWhatStandsOnIt",
       "CREATE TABLE t (x int); CREATE VIEW v AS SELECT x FROM t; CREATE RULE r AS ON DELETE TO v DO INSTEAD DELETE FROM t; COMMENT ON COLUMN v.x IS 'its x'; COMMENT ON RULE r ON v IS 'r'",
       "ALTER VIEW v RENAME TO u", {"renamed view public.v -> u"}},
      {"PartitionedKeyAddedIsOneEntry", "CREATE TABLE p (id int NOT NULL) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p DEFAULT",
       "ALTER TABLE p ADD CONSTRAINT k PRIMARY KEY (id)", {"added primary key public.p.k"}},
      {"PartitionedForeignKeyAddedIsOneEntry",
       "CREATE TABLE o (id int PRIMARY KEY); CREATE TABLE p (id int, o_id int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p DEFAULT",
       "ALTER TABLE p ADD CONSTRAINT fk FOREIGN KEY (o_id) REFERENCES o", {"added foreign key public.p.fk"}},
      {"PartitionedTriggerAddedIsOneEntry",
       "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p DEFAULT",
       "CREATE TRIGGER t AFTER INSERT ON p FOR EACH ROW EXECUTE FUNCTION f()", {"added trigger public.p.t"}},
      // Columns
      {"ColumnIdentityAdded", "CREATE TABLE t (x int NOT NULL)", "ALTER TABLE t ALTER x ADD GENERATED ALWAYS AS IDENTITY",
       {"added sequence public.t_x_seq", "changed column public.t.x (identity)"}},
      {"ColumnGeneratedVirtual", "CREATE TABLE t (x int)", "ALTER TABLE t ADD y int GENERATED ALWAYS AS (x + 2) VIRTUAL", {"added column public.t.y"}, 18},
      {"ColumnRenamedWithAllThatMentionsIt",
       "CREATE TABLE t (x int CHECK (x > 0), y int GENERATED ALWAYS AS (x + 1) STORED, UNIQUE (x)); CREATE INDEX i ON t (x);"
       "CREATE VIEW v AS SELECT x FROM t WHERE x > 1; CREATE TABLE c (r int REFERENCES t (x)); CREATE STATISTICS s ON x, y FROM t;"
       "CREATE RULE r AS ON DELETE TO t WHERE old.x > 3 DO INSTEAD NOTHING;"
       "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
       "CREATE TRIGGER g AFTER UPDATE OF x ON t FOR EACH ROW WHEN (new.x > 2) EXECUTE FUNCTION f(); CREATE POLICY p ON t USING (x > 0)",
       "ALTER TABLE t RENAME x TO z",
       {"added column public.t.z", "changed check constraint public.t.t_x_check (definition)", "changed column public.t.y (generated)",
        "changed foreign key public.c.c_r_fkey (definition)", "changed index public.i (on)", "changed policy public.t.p (using)",
        "changed rule public.t.r (definition)", "changed statistics public.s (definition)", "changed trigger public.t.g (definition)",
        "changed unique constraint public.t.t_x_key (definition)", "changed view public.v (query)", "removed column public.t.x"},
       13, {"renamed column public.t.x -> z"}},
      // Constraints
      {"PrimaryKeyRenamedByItsIndex", "CREATE TABLE t (x int CONSTRAINT a PRIMARY KEY)", "ALTER INDEX a RENAME TO b", {"renamed primary key public.t.a -> b"}},
      // Indexes
      {"IndexPredicate", "CREATE TABLE t (x int); CREATE INDEX i ON t (x)", "DROP INDEX i; CREATE INDEX i ON t (x) WHERE x > 0", {"changed index public.i (on)"}},
      // Sequences
      {"SequenceType", "CREATE SEQUENCE s", "ALTER SEQUENCE s AS int", {"changed sequence public.s (data_type, maximum)"}},
      {"SequenceOfSerialRenamed", "CREATE TABLE t (id serial)", "ALTER SEQUENCE t_id_seq RENAME TO u_id_seq",
       {"renamed sequence public.t_id_seq -> u_id_seq"}},
      // Views
      {"ViewColumnRenamed", "CREATE TABLE t (x int); CREATE VIEW v AS SELECT x FROM t", "ALTER VIEW v RENAME COLUMN x TO y",
       {"changed view public.v (columns, query)"}, 13, {"changed view public.v (columns)"}},
      {"MaterializedViewIndex", "CREATE TABLE t (x int); CREATE MATERIALIZED VIEW m AS SELECT x FROM t", "CREATE UNIQUE INDEX i ON m (x)", {"added index public.i"}},
      // Functions
      {"FunctionCost", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "ALTER FUNCTION f() COST 7 PARALLEL SAFE", {"changed function public.f() (cost, parallel)"}},
      {"FunctionOverloadAdded", "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE FUNCTION f(a text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
       {"added function public.f(text)"}},
      // Triggers, rules, policies
      {"PolicyCommand", "CREATE TABLE t (x int); CREATE POLICY p ON t FOR SELECT USING (x > 0)",
       "DROP POLICY p ON t; CREATE POLICY p ON t AS RESTRICTIVE FOR DELETE USING (x > 0)", {"changed policy public.t.p (command, mode)"}},
      // The rest
      {"CommentAdded", "CREATE TABLE t (x int)", "COMMENT ON COLUMN t.x IS 'it''s x'", {"added comment on column public.t.x"}},
      {"CommentChanged", "CREATE TABLE t (x int CONSTRAINT c CHECK (x > 0)); COMMENT ON CONSTRAINT c ON t IS 'a'", "COMMENT ON CONSTRAINT c ON t IS 'b'",
       {"changed comment on check constraint public.t.c (text)"}},
      {"CommentOnFunctionRemoved", "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'; COMMENT ON FUNCTION f IS 'a'", "COMMENT ON FUNCTION f IS NULL",
       {"removed comment on function public.f(integer)"}},
      {"CommentOnViewColumn", "CREATE VIEW v AS SELECT 1 AS x", "COMMENT ON COLUMN v.x IS 'one'", {"added comment on column public.v.x"}},
      {"QuotedNames", "CREATE TABLE \"My Table\" (\"Some.Column\" int)", "ALTER TABLE \"My Table\" ALTER \"Some.Column\" SET DEFAULT 1; CREATE INDEX \"an \"\"Index\" ON \"My Table\" (\"Some.Column\")",
       {"added index public.\"an \"\"Index\"", "changed column public.\"My Table\".\"Some.Column\" (default)"}},
      // No difference
      {"SequenceValueIsNoDifference", "CREATE SEQUENCE s; CREATE TABLE t (id serial)", "SELECT nextval('s'); INSERT INTO t DEFAULT VALUES", {}},
      {"DroppedColumnGapIsNoDifference", "CREATE TABLE t (a int, b int)", "ALTER TABLE t ADD COLUMN z int; ALTER TABLE t DROP COLUMN z; ALTER TABLE t ADD COLUMN y int; ALTER TABLE t DROP COLUMN y", {}},
      {"ColumnOrderIsNoDifference", "CREATE TABLE t (a int, b int)", "ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int", {}},
      {"RecreatedIsNoDifference", "CREATE TABLE t (a int PRIMARY KEY, b text DEFAULT 'x'); CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT a FROM t",
       "DROP TABLE t CASCADE; CREATE TABLE t (b text DEFAULT 'x', a int PRIMARY KEY); CREATE VIEW v AS SELECT a FROM t; CREATE INDEX i ON t (b)", {}},
      {"OwnersAndPrivilegesAreNotAsked", "CREATE TABLE t (a int)", "GRANT SELECT ON t TO PUBLIC; GRANT UPDATE (a) ON t TO PUBLIC", {}},
  };
  return rows;
}

}  // namespace prodclone::schema
