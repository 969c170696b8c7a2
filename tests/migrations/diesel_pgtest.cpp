#include <gmock/gmock.h>

#include "migration_database.hpp"

namespace prodclone::migrations {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Diesel : public ::testing::Test {
 protected:
  MigrationDatabase db{Layout::folder_pairs};

  void add(const std::string& name, const std::string& up, const std::string& down) {
    db.folder.add(name + "/up.sql", up).add(name + "/down.sql", down);
  }
  std::vector<std::string> state() { return db.column("SELECT version FROM __diesel_schema_migrations ORDER BY 1"); }
};

TEST_F(Diesel, GoesUpAndDownByItsRows) {
  add("2026-01-01-000000_a", "CREATE TABLE a (id int);\nCREATE INDEX ON a (id);", "DROP TABLE a;");
  add("2026-01-02-000000_b", "CREATE TABLE b (id int);", "DROP TABLE b;");
  EXPECT_THAT(db.up(), ElementsAre("20260101000000", "20260102000000"));
  EXPECT_THAT(state(), ElementsAre("20260101000000", "20260102000000"));
  EXPECT_THAT(db.down({.steps = 1}), ElementsAre("20260102000000"));
  EXPECT_THAT(db.tables(), ElementsAre("__diesel_schema_migrations", "a"));
}

TEST_F(Diesel, RollsBackWholeAndLeavesNoRow) {
  add("1_a", "CREATE TABLE a (id int);\nSELECT 1/0;", "DROP TABLE a;");
  const auto failure = db.up_failure();
  EXPECT_EQ(failure.line, 2U);
  EXPECT_EQ(failure.state_left, "Nothing of the script was kept.");
  EXPECT_THAT(db.tables(), ElementsAre("__diesel_schema_migrations"));
  EXPECT_THAT(state(), IsEmpty());
}

TEST_F(Diesel, RunsAConcurrentIndexWhereTheMetadataSaysSo) {
  add("1_a", "CREATE TABLE a (id int);", "DROP TABLE a;");
  add("2_b", "CREATE INDEX CONCURRENTLY a_id ON a (id);", "DROP INDEX CONCURRENTLY a_id;");
  EXPECT_EQ(db.up_failure().sql.sqlstate, "25001");
  EXPECT_THAT(db.message, HasSubstr("run_in_transaction = false"));
  db.folder.add("2_b/metadata.toml", "run_in_transaction = false\n");
  EXPECT_THAT(db.up(), ElementsAre("2"));
  EXPECT_THAT(db.down({.steps = 1}), ElementsAre("2"));
}

TEST_F(Diesel, OutsideATransactionAFileOfSeveralStatementsIsStillOne) {
  add("1_a", "CREATE TABLE a (id int);\nSELECT 1/0;", "DROP TABLE a;");
  db.folder.add("1_a/metadata.toml", "run_in_transaction = false\n");
  EXPECT_THAT(db.up_failure().committed, IsEmpty());
  EXPECT_THAT(db.tables(), ElementsAre("__diesel_schema_migrations"));
}

TEST_F(Diesel, AppliesAnOlderMigrationThatCameLater) {
  add("2_b", "SELECT 1;", "SELECT 1;");
  db.up();
  add("1_a", "SELECT 1;", "SELECT 1;");
  EXPECT_THAT(db.up(), ElementsAre("1"));
}

}  // namespace
}  // namespace prodclone::migrations
