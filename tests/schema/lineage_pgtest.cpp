#include <gmock/gmock.h>

#include <algorithm>

#include <prodclone/pg/session.hpp>
#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/render.hpp>
#include <support/selftest_server.hpp>

namespace prodclone::schema {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Lineage : public testing::Test {
 protected:
  std::vector<std::string> changes(const std::string& base, const std::string& migration) {
    session_.execute("SET search_path = public; " + base);
    const auto before = take_snapshot(session_);
    session_.execute("SET search_path = public; " + migration);
    const auto after = take_snapshot(session_);
    std::vector<std::string> lines;
    for (const auto& d : diff_by_identity(before, after).entries) lines.push_back(to_string(d));
    return lines;
  }
  selftest::ScratchDatabase database_;
  pg::Session session_{database_.conninfo()};
};

const std::string documents =
    "CREATE TABLE legal_entity (id serial CONSTRAINT legal_entity_pkey PRIMARY KEY, name text);"
    "CREATE TABLE document (id int PRIMARY KEY, legal_entity_id int REFERENCES legal_entity, at date);"
    "CREATE INDEX document_entity ON document (legal_entity_id, at);"
    "CREATE VIEW v AS SELECT d.id, d.legal_entity_id FROM document d JOIN legal_entity e ON e.id = d.legal_entity_id;";

TEST_F(Lineage, ATenancyRenameIsItsRenamesAndNothingElse) {
  EXPECT_THAT(changes(documents,
                      "ALTER TABLE legal_entity RENAME TO tenant; ALTER INDEX legal_entity_pkey RENAME TO tenant_pkey;"
                      "ALTER TABLE document RENAME COLUMN legal_entity_id TO tenant_id"),
              UnorderedElementsAre("renamed table public.legal_entity -> tenant",
                                   "renamed primary key public.legal_entity.legal_entity_pkey -> tenant_pkey",
                                   "renamed column public.document.legal_entity_id -> tenant_id"));
}

TEST_F(Lineage, AViewMadeAgainOverRenamedThingsIsTheSameView) {
  EXPECT_THAT(changes(documents,
                      "DROP VIEW v; ALTER TABLE legal_entity RENAME TO tenant; ALTER TABLE document RENAME COLUMN "
                      "legal_entity_id TO tenant_id;"
                      "CREATE VIEW v AS SELECT d.id, d.tenant_id AS legal_entity_id FROM document d JOIN tenant e ON "
                      "e.id = d.tenant_id"),
              UnorderedElementsAre("renamed table public.legal_entity -> tenant",
                                   "renamed column public.document.legal_entity_id -> tenant_id"));
}

TEST_F(Lineage, AViewMadeAgainWithAnotherColumnNameIsChanged) {
  EXPECT_THAT(
      changes(documents,
              "DROP VIEW v; ALTER TABLE document RENAME COLUMN legal_entity_id TO tenant_id;"
              "CREATE VIEW v AS SELECT d.id, d.tenant_id FROM document d JOIN legal_entity e ON e.id = d.tenant_id"),
      UnorderedElementsAre("renamed column public.document.legal_entity_id -> tenant_id",
                           "changed view public.v (columns)"));
}

TEST_F(Lineage, AViewMadeAgainWithAnotherConditionIsChanged) {
  EXPECT_THAT(changes(documents,
                      "DROP VIEW v; ALTER TABLE legal_entity RENAME TO tenant;"
                      "CREATE VIEW v AS SELECT d.id, d.legal_entity_id FROM document d JOIN tenant e ON e.id = d.id"),
              UnorderedElementsAre("renamed table public.legal_entity -> tenant", "changed view public.v (query)"));
}

TEST_F(Lineage, ATypeChangeThatRemakesIndexesAndKeysIsOneChange) {
  EXPECT_THAT(changes("CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE, c text); CREATE INDEX i ON t (a, b); CREATE "
                      "STATISTICS s ON a, b FROM t",
                      "ALTER TABLE t ALTER a TYPE bigint, ALTER b TYPE bigint"),
              UnorderedElementsAre("changed column public.t.a (type)", "changed column public.t.b (type)"));
}

TEST_F(Lineage, CopyAndSwapIsNoChangeOfTheTable) {
  EXPECT_THAT(
      changes(
          "CREATE TABLE t (a int CONSTRAINT t_pkey PRIMARY KEY, b text DEFAULT 'x'); CREATE INDEX i ON t (b); COMMENT "
          "ON TABLE t IS 'it'",
          "CREATE TABLE t_new (LIKE t INCLUDING DEFAULTS); DROP TABLE t; ALTER TABLE t_new RENAME TO t;"
          "ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY (a); CREATE INDEX i ON t (b); COMMENT ON TABLE t IS 'it'"),
      IsEmpty());
}

TEST_F(Lineage, SwappingNamesIsSeenAsTwoRenames) {
  EXPECT_THAT(changes("CREATE TABLE a (x int); CREATE TABLE b (x int, y int)",
                      "ALTER TABLE a RENAME TO c; ALTER TABLE b RENAME TO a; ALTER TABLE c RENAME TO b"),
              UnorderedElementsAre("renamed table public.a -> b", "renamed table public.b -> a"));
}

TEST_F(Lineage, ARenamedTypeIsNoChangeOfItsUsers) {
  EXPECT_THAT(changes("CREATE TYPE s AS ENUM ('a', 'b'); CREATE TABLE t (x s DEFAULT 'a', CHECK (x <> 'b')); CREATE "
                      "INDEX i ON t (x) WHERE x = 'a';"
                      "CREATE FUNCTION f(s) RETURNS s LANGUAGE sql AS 'SELECT $1'; CREATE DOMAIN d AS s DEFAULT 'a'; "
                      "CREATE TYPE c AS (x s);"
                      "CREATE VIEW v AS SELECT x FROM t WHERE x = 'b'; CREATE TABLE p (x s) PARTITION BY LIST (x); "
                      "CREATE TABLE p1 PARTITION OF p FOR VALUES IN ('a')",
                      "ALTER TYPE s RENAME TO state; ALTER TYPE state RENAME VALUE 'b' TO 'z'"),
              UnorderedElementsAre("renamed type public.s -> state", "changed type public.state (labels)"));
}

TEST_F(Lineage, ARenamedSchemaIsOneRename) {
  EXPECT_THAT(
      changes(
          "CREATE SCHEMA old; CREATE TABLE old.t (id serial PRIMARY KEY, x text COLLATE \"C\" CHECK (x <> '')); CREATE "
          "INDEX i ON old.t (x);"
          "CREATE FUNCTION old.f(old.t) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW v AS SELECT id FROM old.t;"
          "COMMENT ON COLUMN old.t.x IS 'x'; CREATE TYPE old.s AS ENUM ('a'); CREATE TABLE u (s old.s DEFAULT 'a')",
          "ALTER SCHEMA old RENAME TO fresh"),
      UnorderedElementsAre("renamed schema old -> fresh"));
}

TEST_F(Lineage, ARenamedFunctionIsNoChangeOfItsTriggers) {
  EXPECT_THAT(
      changes("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TABLE t (x int);"
              "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
              "ALTER FUNCTION f() RENAME TO h"),
      UnorderedElementsAre("renamed function public.f() -> h()"));
}

TEST_F(Lineage, AFunctionMadeAgainForARenamedTypeIsTheSameFunction) {
  EXPECT_THAT(changes("CREATE TABLE le (id int); CREATE FUNCTION f(le) RETURNS int LANGUAGE sql AS 'SELECT 1'",
                      "DROP FUNCTION f(le); ALTER TABLE le RENAME TO tenant; CREATE FUNCTION f(tenant) RETURNS int "
                      "LANGUAGE sql AS 'SELECT 1'"),
              UnorderedElementsAre("renamed table public.le -> tenant"));
}

TEST_F(Lineage, ARenamedColumnOfAPartitionedTableIsOneRename) {
  EXPECT_THAT(changes("CREATE TABLE p (x int NOT NULL, y int CHECK (y > 0)) PARTITION BY LIST (x); CREATE TABLE p1 "
                      "PARTITION OF p FOR VALUES IN (1);"
                      "CREATE TABLE p2 PARTITION OF p DEFAULT; CREATE INDEX i ON p (x)",
                      "ALTER TABLE p RENAME x TO z"),
              UnorderedElementsAre("renamed column public.p.x -> z"));
}

TEST_F(Lineage, AChangeBesideARenameIsStillSeen) {
  EXPECT_THAT(changes(documents,
                      "ALTER TABLE document RENAME COLUMN legal_entity_id TO tenant_id; DROP INDEX document_entity;"
                      "CREATE INDEX document_entity ON document (tenant_id, at DESC)"),
              UnorderedElementsAre("renamed column public.document.legal_entity_id -> tenant_id",
                                   "changed index public.document_entity (on)"));
}

}  // namespace
}  // namespace prodclone::schema
