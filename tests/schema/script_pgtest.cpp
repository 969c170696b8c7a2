#include <gmock/gmock.h>

#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/pg/sql_error.hpp>
#include <prodclone/schema/render.hpp>
#include <prodclone/schema/script.hpp>
#include <support/selftest_server.hpp>

#include "planted_difference.hpp"
#include "script_pairs.hpp"

namespace prodclone::schema {
namespace {

using testing::IsEmpty;

// Two schemas as scripts, and the way between them in both directions on a real server.
class Way {
 public:
  explicit Way(const pg::ConnInfo& database) : session_(database), driver_(database) {}

  int major() { return session_.server_major(); }
  void run(const std::string& ddl) {
    if (!ddl.empty()) session_.execute("SET search_path = public; " + ddl);
  }
  Snapshot state() { return take_snapshot(session_); }

  void empty() {
    const auto made = session_.query(
        "SELECT pg_catalog.format('DROP EVENT TRIGGER %I', evtname) AS drop FROM pg_catalog.pg_event_trigger "
        "UNION ALL SELECT pg_catalog.format('DROP EXTENSION %I CASCADE', extname) FROM pg_catalog.pg_extension WHERE oid >= 16384 "
        "UNION ALL SELECT pg_catalog.format('DROP SCHEMA %I CASCADE', nspname) FROM pg_catalog.pg_namespace "
        "WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'");
    for (std::size_t row = 0; row < made.rows(); ++row) session_.execute(made.text(row, "drop"));
    session_.execute("CREATE SCHEMA public");
  }

  // Applies the script as it would be applied by psql, part by part.
  void follow(const Script& script) {
    driver_.run("SET search_path = pg_catalog; SET check_function_bodies = off");
    for (const auto& part : parts_of(script)) {
      if (part.transaction) driver_.run("BEGIN");
      for (const auto* statement : part.statements) driver_.run(statement->sql);
      if (part.transaction) driver_.run("COMMIT");
    }
  }

  // From where the database is to `target`.
  void go(const Snapshot& target, bool lineage, const std::vector<std::string>& not_expressed) {
    const auto now = state();
    const auto script = write_script(now, target, {.lineage = lineage, .allow_destructive = true});
    SCOPED_TRACE(to_sql(script));
    std::vector<std::string> said;
    for (const auto& one : script.not_expressed) said.push_back(one.difference);
    ASSERT_THAT(said, testing::UnorderedElementsAreArray(not_expressed));
    if (!not_expressed.empty()) return;
    try {
      follow(script);
    } catch (const pg::SqlError& error) {
      FAIL() << error.what();
    }
    const auto left = diff(state(), target);
    EXPECT_TRUE(left.empty()) << to_plain(left, {.label_a = "reached", .label_b = "wanted"});
  }

 private:
  pg::Session session_;
  pg::Driver driver_;
};

// One database for all: making one for each row would take longer than the rows.
TEST(ScriptOfPlantedDifferences, CloseThemInBothDirections) {
  selftest::ScratchDatabase database;
  Way way(database.conninfo());
  for (const auto& row : planted_differences()) {
    SCOPED_TRACE(row.name);
    if (way.major() < row.from_major) continue;  // the diff's own test proves that this server refuses it
    way.empty();
    way.run(row.base);
    const auto a = way.state();
    way.run(row.changed);
    const auto b = way.state();
    const auto impossible = not_expressible(row.name);
    const auto go = [&](const char* direction, const Snapshot& target, bool lineage, const std::vector<std::string>& not_expressed) {
      SCOPED_TRACE(direction);
      way.go(target, lineage, not_expressed);
      return !testing::Test::HasFatalFailure() && not_expressed.empty();
    };
    go("back, within the lineage", a, true, impossible.lineage_back) && go("there, by names", b, false, impossible.there) &&
        go("back, by names", a, false, impossible.back);
  }
}

class ScriptOfPairTest : public testing::TestWithParam<ScriptPair> {};

TEST_P(ScriptOfPairTest, TurnsEachIntoTheOther) {
  selftest::ScratchDatabase one, other;
  Way a(one.conninfo()), b(other.conninfo());
  if (a.major() < GetParam().from_major) return;
  a.run(GetParam().a);
  b.run(GetParam().b);
  const auto was_a = a.state(), was_b = b.state();
  {
    SCOPED_TRACE("a to b");
    a.go(was_b, false, GetParam().cannot_there);
  }
  {
    SCOPED_TRACE("b to a");
    b.go(was_a, false, GetParam().cannot_back);
  }
}

INSTANTIATE_TEST_SUITE_P(All, ScriptOfPairTest, testing::ValuesIn(script_pairs()), [](const auto& row) { return row.param.name; });

class ScriptTest : public testing::Test {
 protected:
  selftest::ScratchDatabase database_;
  Way way_{database_.conninfo()};
  pg::Session session_{database_.conninfo()};
};

std::vector<std::string> statements(const std::vector<ScriptStatement>& of) {
  std::vector<std::string> lines;
  for (const auto& one : of) lines.push_back(one.sql);
  return lines;
}

TEST_F(ScriptTest, WithinOneLineageRenamesKeepRows) {
  way_.run("CREATE TABLE legal_entity (id serial PRIMARY KEY, name text); CREATE TABLE document (id int, legal_entity_id int REFERENCES legal_entity);"
           "CREATE FUNCTION f(legal_entity) RETURNS text LANGUAGE sql AS 'SELECT 1::text'; CREATE VIEW v AS SELECT legal_entity_id FROM document;"
           "INSERT INTO legal_entity (name) VALUES ('a'), ('b'); INSERT INTO document VALUES (1, 2)");
  const auto a = way_.state();
  way_.run("ALTER TABLE legal_entity RENAME TO tenant; ALTER TABLE document RENAME legal_entity_id TO tenant_id; ALTER SEQUENCE legal_entity_id_seq RENAME TO tenant_id_seq;"
           "ALTER TABLE tenant RENAME CONSTRAINT legal_entity_pkey TO tenant_pkey");
  const auto b = way_.state();
  const auto back = write_script(b, a, {.lineage = true});
  EXPECT_THAT(statements(back.statements), testing::Each(testing::HasSubstr(" RENAME ")));
  EXPECT_EQ(back.statements.size(), 4u);
  way_.follow(back);
  EXPECT_TRUE(diff(way_.state(), a).empty());
  way_.follow(write_script(a, b, {.lineage = true}));
  EXPECT_TRUE(diff(way_.state(), b).empty());
  EXPECT_EQ(session_.query("SELECT t.name FROM document d JOIN tenant t ON t.id = d.tenant_id").text(0, "name"), "b");
}

TEST_F(ScriptTest, NamesThatSwapGoThroughAThird) {
  way_.run("CREATE TABLE one (id int); CREATE TABLE two (id text); INSERT INTO two VALUES ('x')");
  const auto a = way_.state();
  way_.run("ALTER TABLE one RENAME TO t; ALTER TABLE two RENAME TO one; ALTER TABLE t RENAME TO two");
  way_.follow(write_script(way_.state(), a, {.lineage = true}));
  EXPECT_TRUE(diff(way_.state(), a).empty());
  EXPECT_EQ(session_.query("SELECT id FROM public.two").text(0, "id"), "x");
}

TEST_F(ScriptTest, WhatLosesRowsIsWithheldWithWhatNeedsIt) {
  way_.run("CREATE SCHEMA old; CREATE TABLE old.t (id int); CREATE TABLE kept (id int, gone text, x varchar(20)); CREATE VIEW v AS SELECT x FROM kept");
  const auto a = way_.state();
  way_.run("DROP SCHEMA old CASCADE; DROP VIEW v; ALTER TABLE kept DROP gone, ALTER x TYPE varchar(10), ADD new int; CREATE VIEW v AS SELECT x FROM kept");
  const auto b = way_.state();
  const auto script = write_script(a, b, {.keep_access = false});
  EXPECT_THAT(statements(script.statements), testing::ElementsAre("ALTER TABLE public.kept ADD COLUMN new integer;"));
  EXPECT_THAT(statements(script.withheld),
              testing::UnorderedElementsAre("DROP VIEW public.v;", "ALTER TABLE public.kept ALTER COLUMN x TYPE character varying(10);",
                                            testing::StartsWith("CREATE VIEW public.v AS"), "DROP TABLE old.t;", "DROP SCHEMA old;",
                                            "ALTER TABLE public.kept DROP COLUMN gone;"));
  EXPECT_THAT(to_sql(script), testing::AllOf(testing::HasSubstr("-- DESTRUCTIVE: loses all rows of old.t."), testing::HasSubstr("\n-- DROP TABLE old.t;\n")));
  for (const auto& line : statements(write_script(a, b, {.allow_destructive = true}).withheld)) ADD_FAILURE() << line;
}

TEST_F(ScriptTest, ASerialColumnThatBecomesAnIdentityKeepsCounting) {
  way_.run("CREATE TABLE t (id serial, x int)");
  const auto a = way_.state();
  way_.empty();
  way_.run("CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, x int); INSERT INTO t (x) VALUES (1), (2), (3)");
  const auto b = way_.state();
  way_.follow(write_script(b, a));
  EXPECT_TRUE(diff(way_.state(), a).empty());
  way_.run("INSERT INTO t (x) VALUES (4)");
  way_.follow(write_script(a, b));
  EXPECT_TRUE(diff(way_.state(), b).empty());
  way_.run("INSERT INTO t (x) VALUES (5)");
  EXPECT_EQ(session_.query("SELECT max(id) AS id FROM public.t").text(0, "id"), "5");
}

TEST_F(ScriptTest, WhatIsMadeAgainKeepsItsPrivileges) {
  way_.run("CREATE TABLE t (x int); CREATE VIEW v AS SELECT x FROM t; GRANT SELECT, UPDATE ON v TO PUBLIC; GRANT UPDATE (x) ON t TO PUBLIC;"
           "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE EXECUTE ON FUNCTION f FROM PUBLIC");
  const auto a = way_.state();
  way_.run("DROP VIEW v; DROP FUNCTION f; ALTER TABLE t ALTER x TYPE bigint; CREATE VIEW v AS SELECT x FROM t;"
           "CREATE FUNCTION f(b int) RETURNS int LANGUAGE sql AS 'SELECT 1'");
  const auto b = way_.state();
  const DiffOptions privileges{.privileges = true};
  EXPECT_FALSE(diff(a, b, privileges).empty());
  way_.follow(write_script(b, a, {.compared = privileges, .allow_destructive = true}));
  EXPECT_TRUE(diff(way_.state(), a, privileges).empty()) << to_plain(diff(way_.state(), a, privileges));
  way_.follow(write_script(a, b));
  const auto now = way_.state();
  EXPECT_TRUE(diff(now, b).empty());
  EXPECT_THAT(diff(a, now, privileges).entries, testing::Each(testing::Field(&Difference::touched, testing::Not(testing::Contains(testing::Field(&Touched::attribute, "privileges"))))));
}

TEST_F(ScriptTest, TablesInUseAreScannedWhileOthersReadAndWrite) {
  way_.run("CREATE TABLE t (id int, x int); CREATE TABLE r (id int)");
  const auto a = way_.state();
  way_.run("ALTER TABLE t ADD PRIMARY KEY (id), ADD CHECK (x > 0); ALTER TABLE r ADD FOREIGN KEY (id) REFERENCES t; CREATE INDEX i ON t (x)");
  std::vector<std::string> alone;
  const auto script = write_script(a, way_.state());
  for (const auto& one : script.statements)
    if (one.run != Run::in_transaction) alone.push_back(one.sql);
  EXPECT_THAT(to_sql(script), testing::AllOf(testing::HasSubstr("CREATE UNIQUE INDEX CONCURRENTLY t_pkey ON public.t (id);"),
                                             testing::HasSubstr("ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX t_pkey;"),
                                             testing::HasSubstr("ADD CONSTRAINT t_x_check CHECK ((x > 0)) NOT VALID;"),
                                             testing::HasSubstr("VALIDATE CONSTRAINT t_x_check;"), testing::HasSubstr("VALIDATE CONSTRAINT r_id_fkey;"),
                                             testing::HasSubstr("CREATE INDEX CONCURRENTLY i ON public.t USING btree (x);")));
  EXPECT_EQ(alone.size(), 5u) << testing::PrintToString(alone);
}

}  // namespace
}  // namespace prodclone::schema
