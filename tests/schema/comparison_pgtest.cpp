#include <prodclone/schema/comparison.hpp>

#include <gmock/gmock.h>

#include <prodclone/base/error.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/schema/render.hpp>
#include <support/selftest_server.hpp>

namespace prodclone::schema {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string types = "CREATE TYPE state AS ENUM ('open', 'closed'); CREATE DOMAIN code AS varchar(40) CHECK (VALUE <> '');";
const std::string functions =
    "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;"
    "CREATE FUNCTION half(integer, by integer DEFAULT 2) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 / $2';";
const std::string parent =
    "CREATE TABLE parent (id bigserial PRIMARY KEY, state state NOT NULL DEFAULT 'open', codes code[], at timestamptz DEFAULT now(), "
    "CONSTRAINT known CHECK (state IN ('open', 'closed')));";
const std::string child =
    "CREATE TABLE child (id integer GENERATED ALWAYS AS IDENTITY, parent_id bigint REFERENCES parent ON DELETE CASCADE, size integer, "
    "half integer GENERATED ALWAYS AS (half(size)) STORED, UNIQUE (parent_id, size)) PARTITION BY RANGE (size);"
    "CREATE TABLE child_1 PARTITION OF child FOR VALUES FROM (0) TO (10);"
    "CREATE TRIGGER touch BEFORE UPDATE ON child FOR EACH ROW WHEN (OLD.size <> NEW.size) EXECUTE FUNCTION touch();"
    "CREATE POLICY own ON child USING (EXISTS (SELECT FROM parent p WHERE p.id = parent_id AND p.state = 'open'));";
const std::string indexes =
    "CREATE INDEX open_ones ON parent (at DESC) WHERE state = 'open'; CREATE INDEX by_half ON child (half(size));"
    "CREATE VIEW both_of AS SELECT p.*, c.size FROM parent p LEFT JOIN child c ON c.parent_id = p.id WHERE p.state <> 'closed';"
    "COMMENT ON VIEW both_of IS 'both'; COMMENT ON CONSTRAINT known ON parent IS 'known';";

class ComparisonTest : public testing::Test {
 protected:
  static void run(const selftest::ScratchDatabase& database, const std::string& ddl) {
    pg::Session(database.conninfo()).execute("SET search_path = public; " + ddl);
  }
  selftest::ScratchDatabase a_, b_;
};

TEST_F(ComparisonTest, EqualSchemasArePrintedByNeitherSide) {
  run(a_, types + functions + parent + child + indexes);
  run(b_, "CREATE TABLE gone (id int); DROP TABLE gone;" + functions + types + parent + child + indexes);
  const auto compared = compare_databases(a_.conninfo(), b_.conninfo());
  EXPECT_TRUE(compared.differences.empty()) << to_plain(compared.differences);
  EXPECT_EQ(compared.read, 0u);
  EXPECT_GT(compared.units, 10u);
}

TEST_F(ComparisonTest, OnlyWhatIsApartIsPrinted) {
  run(a_, types + functions + parent + child + indexes);
  run(b_, types + functions + parent + child + indexes + "ALTER INDEX open_ones RENAME TO still_open;");
  const auto compared = compare_databases(a_.conninfo(), b_.conninfo());
  ASSERT_EQ(compared.differences.entries.size(), 1u) << to_plain(compared.differences);
  EXPECT_EQ(to_string(compared.differences.entries[0]), "renamed index public.open_ones -> still_open");
  EXPECT_LT(compared.read, 4u);
}

TEST_F(ComparisonTest, ARenamedColumnIsFoundInWhatMentionsIt) {
  run(a_, types + functions + parent + child + indexes);
  run(b_, types + functions + parent + child + indexes + "ALTER TABLE parent RENAME state TO condition;");
  pg::Session a(a_.conninfo()), b(b_.conninfo());
  const auto wanted = diff(take_snapshot(a), take_snapshot(b));
  EXPECT_EQ(compare_databases(a_.conninfo(), b_.conninfo()).differences, wanted);
}

// The same server by another way counts as another one, where low OIDs may mean other things.
TEST_F(ComparisonTest, NeitherRoleNorClusterMatters) {
  run(a_, types + functions + parent + child + indexes);
  run(b_, functions + types + parent + child + indexes);
  const auto compared = compare_databases(a_.conninfo(), selftest::ordinary_role().with_database(b_.conninfo().database));
  EXPECT_TRUE(compared.differences.empty()) << to_plain(compared.differences);
  EXPECT_EQ(compared.read, 0u);
}

TEST_F(ComparisonTest, ACatalogThatMayNotBeReadIsNamed) {
  pg::Session(b_.conninfo()).execute("REVOKE SELECT ON pg_catalog.pg_trigger FROM PUBLIC");
  const auto role = selftest::ordinary_role().with_database(b_.conninfo().database);
  try {
    compare_databases(a_.conninfo(), role);
    FAIL() << "compared what it could not read";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::could_not_check);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("pg_trigger"), HasSubstr(b_.conninfo().database)));
  }
}

TEST_F(ComparisonTest, ADatabaseThatIsNotThereIsNamed) {
  try {
    compare_databases(a_.conninfo(), a_.conninfo().with_database("never_made"));
    FAIL() << "compared with nothing";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::could_not_check);
    EXPECT_THAT(error.what(), HasSubstr("never_made"));
  }
}

}  // namespace
}  // namespace prodclone::schema
