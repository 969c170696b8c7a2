#include <gmock/gmock.h>

#include <algorithm>

#include <prodclone/base/hash.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/render.hpp>
#include <support/selftest_server.hpp>

namespace prodclone::schema {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class SnapshotTest : public testing::Test {
 protected:
  std::vector<std::string> names(const SnapshotOptions& options = {}) {
    std::vector<std::string> result;
    for (const auto& object : take_snapshot(session_, options).objects)
      if (object.kind != "comment") result.push_back(object.kind + ' ' + qualified_name(object));
    return result;
  }
  selftest::ScratchDatabase database_;
  pg::Session session_{database_.conninfo()};
};

TEST_F(SnapshotTest, AnEmptyDatabaseHasOnlyItsSchema) {
  EXPECT_THAT(names(), ElementsAre("schema public"));
}

TEST_F(SnapshotTest, MembersOfExtensionsAreNotListed) {
  session_.execute("CREATE EXTENSION btree_gist");
  EXPECT_THAT(names(), ElementsAre("extension btree_gist", "schema public"));
}

TEST_F(SnapshotTest, AnExcludedTableGoesWithAllThatStandsOnIt) {
  session_.execute(
      "CREATE TABLE t (id int); CREATE TABLE schema_migrations (id serial PRIMARY KEY, version bigint UNIQUE, note "
      "text);"
      "CREATE INDEX i ON schema_migrations (note); COMMENT ON COLUMN schema_migrations.note IS 'n';"
      "COMMENT ON CONSTRAINT schema_migrations_pkey ON schema_migrations IS 'k'; COMMENT ON INDEX i IS 'i'");
  const SnapshotOptions options{.exclude_tables = {"public.schema_migrations"}};
  EXPECT_THAT(names(options), ElementsAre("column public.t.id", "schema public", "table public.t"));
  EXPECT_THAT(canonical_text(take_snapshot(session_, options)), Not(HasSubstr("schema_migrations")));
}

TEST_F(SnapshotTest, OnlyTheSchemasAskedForAreListed) {
  session_.execute("CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.t (x int); CREATE TABLE b.t (x int)");
  EXPECT_THAT(names({.schemas = {"b"}}), ElementsAre("column b.t.x", "schema b", "table b.t"));
}

TEST_F(SnapshotTest, TemporaryTablesOfOthersAreNotListed) {
  session_.execute("CREATE TEMPORARY TABLE t (id serial PRIMARY KEY, x text CHECK (x <> '')); CREATE INDEX ON t (x)");
  EXPECT_THAT(names(), ElementsAre("schema public"));
}

TEST_F(SnapshotTest, ARoleWithoutAnyRightReadsTheSame) {
  session_.execute(
      "CREATE SCHEMA hidden; REVOKE ALL ON SCHEMA public FROM PUBLIC;"
      "CREATE TABLE hidden.t (id serial PRIMARY KEY, at timestamptz DEFAULT '2024-05-06 07:08:09+00', x text CHECK (x "
      "<> ''));"
      "CREATE VIEW hidden.v AS SELECT id, 'a'::text AS \"Kind\" FROM hidden.t; CREATE FUNCTION hidden.f(hidden.t) "
      "RETURNS int LANGUAGE sql AS 'SELECT 1';"
      "CREATE POLICY p ON hidden.t USING (x > 'a')");
  const auto role = "prodclone_tmp_" + random_hex(8);
  session_.execute("CREATE ROLE " + role);
  const auto as_superuser = take_snapshot(session_);
  // Settings of a role change how the server prints expressions; none of them may reach the snapshot.
  session_.execute(
      "SET ROLE " + role +
      "; SET datestyle = 'German'; SET timezone = 'Asia/Tokyo'; SET quote_all_identifiers = on;"
      "SET search_path = hidden; SET standard_conforming_strings = off; SET intervalstyle = 'sql_standard'");
  const auto as_nobody = take_snapshot(session_);
  session_.execute("RESET ROLE; DROP ROLE " + role);
  EXPECT_EQ(as_superuser, as_nobody);
}

TEST_F(SnapshotTest, EverythingIsQualifiedWhateverTheSearchPath) {
  session_.execute("CREATE TABLE t (id serial); CREATE VIEW v AS SELECT id FROM t");
  const auto text = canonical_text(take_snapshot(session_));
  EXPECT_THAT(text, HasSubstr("FROM public.t"));
  EXPECT_THAT(text, HasSubstr("nextval('public.t_id_seq'::regclass)"));
}

TEST_F(SnapshotTest, AnIndexThatIsNotValidDiffersFromOneThatIs) {
  session_.execute("CREATE TABLE t (x int)");
  session_.execute("INSERT INTO t VALUES (1), (1)");
  EXPECT_THROW(session_.execute("CREATE UNIQUE INDEX CONCURRENTLY i ON t (x)"), pg::SqlError);
  const auto broken = take_snapshot(session_);
  session_.execute("DROP INDEX i");
  const auto leftover = diff(broken, take_snapshot(session_));
  ASSERT_EQ(leftover.entries.size(), 1u);
  EXPECT_EQ(to_string(leftover.entries[0]), "removed index public.i");
  EXPECT_THAT(leftover.entries[0].touched, ElementsAre(Touched{"valid", "no", ""}));
  session_.execute("DELETE FROM t; CREATE UNIQUE INDEX i ON t (x)");
  const auto differences = diff(broken, take_snapshot(session_));
  ASSERT_EQ(differences.entries.size(), 1u);
  EXPECT_EQ(to_string(differences.entries[0]), "changed index public.i (valid)");
}

TEST_F(SnapshotTest, ItGivesUpInsteadOfQueueingBehindDdl) {
  session_.execute("CREATE TABLE t (x int); CREATE INDEX i ON t (x); CREATE VIEW v AS SELECT x FROM t");
  pg::Session other(database_.conninfo());
  other.execute("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE; LOCK TABLE v IN ACCESS EXCLUSIVE MODE");
  try {
    take_snapshot(session_, {.lock_timeout = std::chrono::milliseconds(20)});
    FAIL() << "read a view that another session had locked";
  } catch (const pg::SqlError& error) {
    EXPECT_TRUE(error.is("55P03")) << error.what();
    EXPECT_EQ(error.failure(), Failure::could_not_check);
    EXPECT_THAT(error.what(), HasSubstr("reading its "));
    EXPECT_THAT(error.what(), HasSubstr(database_.conninfo().database));
  }
  other.execute("ROLLBACK");
  EXPECT_THAT(names(), Contains("view public.v"));
}

}  // namespace
}  // namespace prodclone::schema
