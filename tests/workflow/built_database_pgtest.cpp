#include "built_database.hpp"

#include <gtest/gtest.h>

#include <prodclone/base/hash.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/quote.hpp>

#include "support/selftest_server.hpp"

namespace prodclone::workflow {
namespace {

TEST(CatalogState, IsAnotherAfterAnyChangeOfTheSchema) {
  const selftest::ScratchDatabase database;
  pg::Driver driver(database.conninfo());
  driver.run("CREATE TABLE person (id int PRIMARY KEY, name text)");
  for (const char* change : {"ALTER TABLE person ADD COLUMN by_hand text", "COMMENT ON TABLE person IS 'by hand'", "CREATE FUNCTION by_hand() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                             "CREATE OR REPLACE FUNCTION by_hand() RETURNS int LANGUAGE sql AS 'SELECT 2'", "ALTER TABLE person ALTER name SET STATISTICS 7",
                             "GRANT SELECT ON person TO PUBLIC",
                             "CREATE TYPE mood AS ENUM ('glad')", "ALTER TYPE mood ADD VALUE 'sad'", "ALTER TABLE person ENABLE ROW LEVEL SECURITY",
                             "CREATE SEQUENCE s", "ALTER SEQUENCE s INCREMENT 5", "ALTER INDEX person_pkey RENAME TO by_hand_pkey", "DROP TABLE person"}) {
    const auto before = catalog_state(database.conninfo());
    driver.run(change);
    EXPECT_NE(catalog_state(database.conninfo()), before) << change;
  }
}

TEST(CatalogState, IsTheSameAfterWhatServersDoByThemselves) {
  const selftest::ScratchDatabase database;
  pg::Driver driver(database.conninfo());
  driver.run("CREATE TABLE person (id int PRIMARY KEY, name text)");
  driver.run("INSERT INTO person SELECT i, 'x' FROM generate_series(1, 1000) i");
  const auto before = catalog_state(database.conninfo());
  for (const char* routine : {"VACUUM", "ANALYZE", "VACUUM FREEZE", "CHECKPOINT"}) driver.run(routine);
  EXPECT_EQ(catalog_state(database.conninfo()), before);
}

TEST(Surroundings, AreOthersWithAnotherRoleThatTheScriptsNameOrAnotherPgDump) {
  const pg::Tools tools{.pg_dump = "/bin/true", .pg_restore = "/bin/true"};
  const auto role = "st" + random_hex(8);
  const auto naming = "GRANT SELECT ON person TO " + role;
  const auto now = [&](const std::string& scripts) {
    pg::Session session(selftest::server());
    return surroundings(session, tools, scripts);
  };
  const auto without = now(naming), unaware = now("SELECT 1");
  pg::Driver admin(selftest::server());
  admin.run("CREATE ROLE " + role);
  EXPECT_NE(now(naming), without);
  EXPECT_EQ(now("SELECT 1"), unaware);
  EXPECT_NE(now("SELECT FROM pg_roles"), unaware);
  admin.run("ALTER ROLE " + role + " CREATEDB");
  const auto changed = now(naming);
  admin.run("ALTER ROLE " + role + " NOCREATEDB");
  EXPECT_NE(now(naming), changed);
  admin.run("DROP ROLE " + role);
  EXPECT_EQ(now(naming), without);
  pg::Session session(selftest::server());
  EXPECT_NE(surroundings(session, {.pg_dump = "/bin/false", .pg_restore = "/bin/true"}, naming), without) << "another pg_dump";
}

}  // namespace
}  // namespace prodclone::workflow
