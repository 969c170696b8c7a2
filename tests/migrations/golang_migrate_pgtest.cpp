#include <gmock/gmock.h>

#include "migration_database.hpp"

namespace prodclone::migrations {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class GolangMigrate : public ::testing::Test {
 protected:
  MigrationDatabase db{Layout::up_down_pairs};

  void add(const std::string& name, const std::string& up, const std::string& down) {
    db.folder.add(name + ".up.sql", up).add(name + ".down.sql", down);
  }
  std::vector<std::string> state() { return db.column("SELECT version || ' ' || dirty FROM schema_migrations"); }
};

TEST_F(GolangMigrate, GoesUpAndDownByItsVersionRow) {
  add("1_a", "CREATE TABLE a (id int);", "DROP TABLE a;");
  add("2_b", "CREATE TABLE b (id int);", "DROP TABLE b;");
  add("3_c", "CREATE TABLE c (id int);", "DROP TABLE c;");
  EXPECT_THAT(db.up({.steps = 2}), ElementsAre("1", "2"));
  EXPECT_THAT(state(), ElementsAre("2 false"));
  EXPECT_THAT(db.up(), ElementsAre("3"));
  EXPECT_THAT(db.tables(), ElementsAre("a", "b", "c", "schema_migrations"));
  EXPECT_THAT(db.down({.steps = 1}), ElementsAre("3"));
  EXPECT_THAT(state(), ElementsAre("2 false"));
  EXPECT_THAT(db.down(), ElementsAre("2", "1"));
  EXPECT_THAT(state(), IsEmpty());
  EXPECT_THAT(db.tables(), ElementsAre("schema_migrations"));
}

TEST_F(GolangMigrate, StopsBeforeAndAfterANamedMigration) {
  for (const auto* name : {"1_a", "2_b", "3_c"}) add(name, "SELECT 1;", "SELECT 1;");
  EXPECT_THAT(db.up({.stop_before = "2_b"}), ElementsAre("1"));
  EXPECT_THAT(db.up({.up_to = "2"}), ElementsAre("2"));
  EXPECT_THAT(db.refusal({.stop_before = "1_a"}).what_failed(), HasSubstr("1_a is applied already"));
}

TEST_F(GolangMigrate, RollsBackTheWholeFileAndStaysDirty) {
  add("1_a", "CREATE TABLE a (id int);", "");
  add("2_b",
      "-- the second\nCREATE TABLE b (id int);\n\nALTER TABLE b\n  ADD COLUMN c nonsense;\nCREATE TABLE d (id int);\n",
      "");
  const auto failure = db.up_failure();
  EXPECT_EQ(failure.migration, "2");
  EXPECT_EQ(failure.index, 1U);
  EXPECT_EQ(failure.file.filename(), "2_b.up.sql");
  EXPECT_EQ(failure.line, 5U);
  EXPECT_EQ(failure.sql.sqlstate, "42704");
  EXPECT_THAT(failure.committed, IsEmpty());
  EXPECT_THAT(failure.state_left, AllOf(HasSubstr("Nothing of the script was kept"), HasSubstr("version is dirty")));
  EXPECT_THAT(db.message, HasSubstr("2_b.up.sql:5"));
  EXPECT_THAT(db.tables(), ElementsAre("a", "schema_migrations"));
  EXPECT_THAT(state(), ElementsAre("2 true"));
  EXPECT_EQ(db.driver().transaction_state(), pg::TransactionState::idle);
}

TEST_F(GolangMigrate, RefusesADirtyVersionUnlessTold) {
  add("1_a", "CREATE TABLE a (id int);", "");
  db.session().execute("CREATE TABLE schema_migrations (version bigint not null primary key, dirty boolean not null)");
  db.session().execute("INSERT INTO schema_migrations VALUES (1, true)");
  const auto error = db.refusal();
  EXPECT_EQ(error.failure(), Failure::refused);
  EXPECT_THAT(error.what_failed(), HasSubstr("version 1 is dirty"));
  EXPECT_THAT(db.up({.accept_dirty = true}), ElementsAre("1"));
  EXPECT_THAT(state(), ElementsAre("1 false"));
}

TEST_F(GolangMigrate, FailedDownLeavesTheLowerVersionDirty) {
  add("1_a", "SELECT 1;", "SELECT 1/0;");
  db.up();
  EXPECT_THROW(db.down(), MigrationFailed);
  EXPECT_THAT(state(), ElementsAre("-1 true"));
}

TEST_F(GolangMigrate, RunsAConcurrentIndexAloneInItsFileAndNowhereElse) {
  add("1_a", "CREATE TABLE a (id int);", "");
  add("2_b", "-- alone\nCREATE INDEX CONCURRENTLY a_id ON a (id);\n", "");
  add("3_c", "SET lock_timeout = '5s';\nCREATE INDEX CONCURRENTLY a_id_2 ON a (id);\n", "");
  const auto failure = db.up_failure();
  EXPECT_EQ(failure.migration, "3");
  EXPECT_EQ(failure.line, 2U);
  EXPECT_EQ(failure.sql.sqlstate, "25001");
  EXPECT_THAT(db.message, HasSubstr("put the statement alone into a migration of its own"));
  EXPECT_THAT(db.column("SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 'a'::regclass"),
              ElementsAre("a_id"));
}

TEST_F(GolangMigrate, KeepsWhatCameBeforeACommitInTheMiddle) {
  add("1_a", "BEGIN;\nCREATE TABLE a (id int);\nCOMMIT;\nCREATE TABLE b (id int);\nSELECT 1/0;\n", "");
  const auto failure = db.up_failure();
  EXPECT_THAT(failure.committed, ElementsAre(0, 1, 2));
  EXPECT_THAT(failure.state_left,
              HasSubstr("Statements 1 to 3 of 5 are committed and stay; statement 5 failed, none was not run"));
  EXPECT_THAT(db.tables(), ElementsAre("a", "schema_migrations"));
}

TEST_F(GolangMigrate, FailsAScriptThatLeavesItsTransactionOpen) {
  add("1_a", "BEGIN;\nCREATE TABLE a (id int);\n", "");
  EXPECT_THAT(db.up_failure().sql.message, HasSubstr("leaves its own transaction open"));
  EXPECT_THAT(db.tables(), ElementsAre("schema_migrations"));
  EXPECT_THAT(state(), ElementsAre("1 true"));
}

TEST_F(GolangMigrate, RefusesAVersionThatHasNoFile) {
  add("1_a", "SELECT 1;", "");
  db.session().execute("CREATE TABLE schema_migrations (version bigint not null primary key, dirty boolean not null)");
  db.session().execute("INSERT INTO schema_migrations VALUES (7, false)");
  const auto error = db.refusal();
  EXPECT_EQ(error.failure(), Failure::refused);
  EXPECT_THAT(error.what_failed(), HasSubstr("version 7, and there is no file"));
}

TEST_F(GolangMigrate, KeepsItsStateInTheSchemaThatIsCurrentAtTheStart) {
  add("1_a", "CREATE SCHEMA other; SET search_path = other; CREATE TABLE a (id int);", "");
  add("2_b", "CREATE TABLE b (id int);", "");
  EXPECT_THAT(db.up(), ElementsAre("1", "2"));
  EXPECT_THAT(db.tables(), ElementsAre("b", "schema_migrations"));
  EXPECT_THAT(state(), ElementsAre("2 false"));
}

}  // namespace
}  // namespace prodclone::migrations
