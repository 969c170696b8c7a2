#include <gmock/gmock.h>

#include <prodclone/base/text.hpp>

#include "migration_database.hpp"

namespace prodclone::migrations {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Migratus : public ::testing::Test {
 protected:
  MigrationDatabase db{Layout::migratus};

  void add(const std::string& name, const std::string& up, const std::string& down) {
    db.folder.add(name + ".up.sql", up).add(name + ".down.sql", down);
  }
  std::vector<std::string> state() {
    return db.column(
        "SELECT id || ' ' || coalesce(description, '') || CASE WHEN applied IS NULL THEN ' never' ELSE '' END FROM "
        "schema_migrations ORDER BY id");
  }
};

TEST_F(Migratus, GoesUpAndDownByItsRows) {
  add("1-a", "CREATE TABLE a (id int);\n--;;\nINSERT INTO a VALUES (1);", "DROP TABLE a;");
  add("2-b-two", "CREATE TABLE b (id int);", "DROP TABLE b;");
  EXPECT_THAT(db.up(), ElementsAre("1", "2"));
  EXPECT_THAT(state(), ElementsAre("1 a", "2 b-two"));
  EXPECT_THAT(db.up(), IsEmpty());
  EXPECT_THAT(db.down(), ElementsAre("2", "1"));
  EXPECT_THAT(state(), IsEmpty());
  EXPECT_THAT(db.tables(), ElementsAre("schema_migrations"));
}

TEST_F(Migratus, UndoesTheNewestByTheTimeOfApplying) {
  for (const auto* name : {"1-a", "2-b", "3-c"}) add(name, "SELECT 1;", "SELECT 1;");
  db.up();
  db.session().execute("UPDATE schema_migrations SET applied = now() + interval '1 day' WHERE id = 2");
  EXPECT_THAT(db.down({.steps = 2}), ElementsAre("2", "3"));
}

TEST_F(Migratus, RollsBackWholeAndLeavesNoRow) {
  add("1-a", "CREATE TABLE a (id int);\n--;;\n\nSELECT 1,\n  missing FROM a;\n", "DROP TABLE a;");
  const auto failure = db.up_failure();
  EXPECT_EQ(failure.index, 1U);
  EXPECT_EQ(failure.line, 5U);
  EXPECT_EQ(failure.sql.sqlstate, "42703");
  EXPECT_EQ(failure.state_left, "Nothing of the script was kept.");
  EXPECT_THAT(db.tables(), ElementsAre("schema_migrations"));
  EXPECT_THAT(state(), IsEmpty());
}

TEST_F(Migratus, RefusesAReservationThatAKilledRunLeft) {
  add("1-a", "CREATE TABLE a (id int);", "DROP TABLE a;");
  ensure_state_table(db.session(), db.project());
  db.session().execute("INSERT INTO schema_migrations (id) VALUES (-1)");
  const auto error = db.refusal();
  EXPECT_EQ(error.failure(), Failure::refused);
  EXPECT_THAT(error.what_failed(), AllOf(HasSubstr("row -1"), HasSubstr("stops with success")));
  EXPECT_THAT(error.remedy(), HasSubstr("DELETE FROM schema_migrations WHERE id = -1;"));
  EXPECT_THAT(db.up({.accept_dirty = true}), ElementsAre("1"));
  EXPECT_THAT(state(), ElementsAre("1 a"));
}

TEST_F(Migratus, OutsideATransactionKeepsWhatWasDoneAndTriesTheDownScript) {
  add("1-a",
      "-- :disable-transaction\nCREATE TABLE a (id int);\n--;;\nCREATE INDEX CONCURRENTLY a_id ON a "
      "(id);\n--;;\nSELECT 1/0;\n--;;\nSELECT 2;\n",
      "DROP INDEX missing;");
  const auto failure = db.up_failure();
  EXPECT_EQ(failure.index, 2U);
  EXPECT_EQ(failure.line, 6U);
  EXPECT_THAT(failure.committed, ElementsAre(0, 1));
  EXPECT_EQ(failure.state_left,
            "Statements 1 to 2 of 4 are committed and stay; statement 3 failed, 1 was not run. Migratus then ran the "
            "down script to back out: "
            "its statement 1 failed (index \"missing\" does not exist), so it undid nothing.");
  EXPECT_THAT(db.tables(), ElementsAre("a", "schema_migrations"));
  EXPECT_THAT(state(), IsEmpty());
}

TEST_F(Migratus, OutsideATransactionAPieceIsStillAllOrNothing) {
  add("1-a", "-- :disable-transaction\nCREATE TABLE a (id int);\n--;;\nCREATE TABLE b (id int); SELECT 1/0;\n",
      "DROP TABLE a;");
  EXPECT_THAT(db.up_failure().committed, ElementsAre(0));
  EXPECT_THAT(db.tables(), ElementsAre("schema_migrations"));  // the down script took a away again
}

TEST_F(Migratus, ConcurrentIndexNeedsTheOptOut) {
  add("1-a", "CREATE TABLE a (id int);", "DROP TABLE a;");
  add("2-b", "CREATE INDEX CONCURRENTLY a_id ON a (id);", "DROP INDEX a_id;");
  EXPECT_EQ(db.up_failure().sql.sqlstate, "25001");
  EXPECT_THAT(db.message, HasSubstr("-- :disable-transaction"));
  db.folder.add("2-b.up.sql", "-- :disable-transaction\nCREATE INDEX CONCURRENTLY a_id ON a (id);");
  EXPECT_THAT(db.up(), ElementsAre("2"));
}

TEST_F(Migratus, NamesTheCommitThatADeferredConstraintRefuses) {
  add("1-a",
      "CREATE TABLE a (id int PRIMARY KEY, up int REFERENCES a DEFERRABLE INITIALLY DEFERRED);\n--;;\nINSERT INTO a "
      "VALUES (1, 2);\n",
      "DROP TABLE a;");
  const auto failure = db.up_failure();
  EXPECT_TRUE(failure.bookkeeping);
  EXPECT_EQ(failure.statement.text, "COMMIT");
  EXPECT_EQ(failure.sql.sqlstate, "23503");
  EXPECT_EQ(failure.state_left, "Nothing of the script was kept.");
  EXPECT_THAT(state(), IsEmpty());
}

TEST_F(Migratus, FailsWhenAMigrationHidesTheStateTable) {
  add("1-a", "SELECT pg_catalog.set_config('search_path', '', false);", "SELECT 1;");
  const auto failure = db.up_failure();
  EXPECT_TRUE(failure.bookkeeping);
  EXPECT_EQ(failure.sql.sqlstate, "42P01");
  EXPECT_THAT(db.message, HasSubstr("search_path"));
}

TEST_F(Migratus, AfterACommitInTheScriptOnlyTheRestIsUndone) {
  add("1-a", "CREATE TABLE a (id int);\n--;;\nCOMMIT;\n--;;\nCREATE TABLE b (id int);\n--;;\nSELECT 1/0;\n",
      "DROP TABLE a;");
  const auto failure = db.up_failure();
  EXPECT_THAT(failure.committed, ElementsAre(0, 1));
  EXPECT_THAT(failure.state_left, HasSubstr("stops with success"));
  EXPECT_THAT(db.tables(), ElementsAre("a", "schema_migrations"));
  EXPECT_THAT(state(), ElementsAre("-1  never"));  // the reservation was committed with it, and now blocks every run
}

TEST_F(Migratus, LetsNoSettingReachTheNextMigration) {
  db.driver().run("SET application_name = 'the caller''s'");
  add("1-a",
      "SET timezone = 'Asia/Tokyo';\n--;;\nSET application_name = 'mine';\n--;;\nCREATE TEMPORARY TABLE t (id int);",
      "SELECT 1;");
  add("2-b",
      "CREATE TABLE b AS SELECT current_setting('timezone') AS zone, current_setting('application_name') AS name, "
      "to_regclass('t') IS NULL AS clean;",
      "DROP TABLE b;");
  const auto zone = db.driver().run("SHOW timezone").text(0, "TimeZone");
  db.up();
  EXPECT_THAT(db.column("SELECT zone || ', ' || name || ', ' || clean FROM b"),
              ElementsAre(zone + ", the caller's, true"));
}

TEST_F(Migratus, RunsFunctionBodiesDoBlocksAndCopyData) {
  const std::string atomic = db.driver().server_version() < 140000  // BEGIN ATOMIC came with 14
                                 ? "CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1; SELECT 2;';"
                                 : "CREATE FUNCTION g() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;";
  add("1-a",
      "CREATE TABLE a (id int, t text);\n--;;\nCREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  RETURN "
      "1; -- one\nEND $$;\n--;;\n"
      "DO $do$ BEGIN INSERT INTO a VALUES (f(), ';'); END $do$;\n--;;\n" +
          atomic +
          "\n--;;\n"
          "COPY a FROM stdin;\n2\tx\n3\t\\N\n\\.\n",
      "DROP FUNCTION g; DROP FUNCTION f; DROP TABLE a;");
  EXPECT_THAT(db.up(), ElementsAre("1"));
  EXPECT_THAT(db.column("SELECT id || coalesce(t, '-') FROM a ORDER BY id"), ElementsAre("1;", "2x", "3-"));
  EXPECT_THAT(db.down(), ElementsAre("1"));
}

TEST_F(Migratus, TellsTheHooksEverythingInOrder) {
  add("1-a", "CREATE TABLE a (id int);\n--;;\nINSERT INTO a VALUES (1), (2);", "DROP TABLE a;");
  std::vector<std::string> told;
  const auto on_transaction = [&] { return db.driver().transaction_state() == pg::TransactionState::in_transaction; };
  RunHooks hooks{.migration_begins = [&](const Migration& migration) { told.push_back("begins " + migration.id); },
                 .before_statement =
                     [&](const Statement& statement, std::size_t index) {
                       told.push_back("before " + std::to_string(index) +
                                      (on_transaction() ? " in transaction: " : ": ") + statement.text.substr(0, 8));
                     },
                 .after_statement =
                     [&](const Statement&, const StatementRun& run) {
                       told.push_back("after " + std::to_string(run.index) + (run.bookkeeping ? " bookkeeping" : "") +
                                      " rows " + std::to_string(run.affected_rows));
                     },
                 .transaction_ended = [&](std::chrono::microseconds,
                                          bool committed) { told.push_back(committed ? "committed" : "rolled back"); },
                 .migration_ended =
                     [&](const Migration& migration, bool succeeded) {
                       told.push_back("ended " + migration.id + (succeeded ? " well" : " badly"));
                     }};
  db.up({.hooks = hooks});
  EXPECT_THAT(
      told,
      ElementsAre("begins 1", "before 2 in transaction: INSERT I", "after 2 bookkeeping rows 1",
                  "before 0 in transaction: CREATE T", "after 0 rows 0", "before 1 in transaction: INSERT I",
                  "after 1 rows 2", "before 2 in transaction: INSERT I", "after 2 bookkeeping rows 1",
                  "before 2 in transaction: DELETE F", "after 2 bookkeeping rows 1", "committed", "ended 1 well"));
}

TEST_F(Migratus, KeepsTheObserversTimeOutOfTheClock) {
  add("1-a", "SELECT 1;\n--;;\nSELECT 2;", "SELECT 1;");
  std::vector<StatementRun> runs;
  using Clock = std::chrono::steady_clock;
  const auto pause = [] {
    const auto until = Clock::now() + std::chrono::milliseconds(300);
    while (Clock::now() < until) {
    }
  };
  db.up({.hooks = {.before_statement = [&](const Statement&, std::size_t) { pause(); },
                   .after_statement = [&](const Statement&, const StatementRun& run) { runs.push_back(run); }}});
  ASSERT_EQ(runs.size(), 5U);
  EXPECT_EQ(runs.front().started.count(), 0);
  EXPECT_LT(runs.back().started, std::chrono::milliseconds(300));
  for (std::size_t i = 1; i < runs.size(); ++i) EXPECT_GE(runs[i].started, runs[i - 1].started + runs[i - 1].took);
}

TEST_F(Migratus, HandsNoticesToTheHooks) {
  add("1-a", "DO $$ BEGIN RAISE NOTICE 'hello'; END $$;", "SELECT 1;");
  std::vector<std::string> notices;
  db.up({.hooks = {.notice = [&](const pg::Notice& notice) { notices.push_back(notice.message); }}});
  EXPECT_THAT(notices, ElementsAre("hello"));
}

TEST_F(Migratus, AHookThatThrowsLeavesNoTransactionOpen) {
  add("1-a", "CREATE TABLE a (id int);", "DROP TABLE a;");
  EXPECT_THROW(
      db.up({.hooks = {.before_statement = [](const Statement&, std::size_t) { throw std::runtime_error("mine"); }}}),
      std::runtime_error);
  EXPECT_EQ(db.driver().transaction_state(), pg::TransactionState::idle);
  EXPECT_THAT(db.tables(), ElementsAre("schema_migrations"));
}

TEST_F(Migratus, RefusesAnEditedHistoryUnlessTold) {
  add("1-a", "SELECT 1;", "SELECT 1;");
  write_sums(db.folder.path(), sums_of(db.project().migrations));
  db.up();
  add("1-a", "SELECT 2;", "SELECT 1;");
  add("2-b", "SELECT 3;", "SELECT 1;");
  const auto error = db.refusal();
  EXPECT_EQ(error.failure(), Failure::refused);
  EXPECT_THAT(error.what_failed(), HasSubstr("1-a"));
  EXPECT_THAT(db.up({.accept_edited = true}), ElementsAre("2"));
}

TEST_F(Migratus, RunsNothingWhileAPendingScriptHasAnOpenQuote) {
  add("1-a", "SELECT 1;", "SELECT 1;");
  add("2-b", "SELECT 1;\nSELECT 'oops;", "SELECT 1;");
  const auto error = db.refusal();
  EXPECT_EQ(error.failure(), Failure::migration_failed);
  EXPECT_THAT(error.what_failed(), HasSubstr("2-b.up.sql:2"));
  EXPECT_THAT(db.tables(), IsEmpty());
  EXPECT_THAT(db.up({.up_to = "1"}), ElementsAre("1"));
}

TEST_F(Migratus, RefusesToGoDownWithoutAScriptOrAFile) {
  add("1-a", "SELECT 1;", "SELECT 1;");
  db.folder.add("2-b.up.sql", "SELECT 1;");
  db.up();
  EXPECT_THROW(db.down(), Error);
  EXPECT_THAT(state(), ElementsAre("1 a", "2 b"));
  std::filesystem::remove(db.folder.path() / "2-b.up.sql");
  try {
    db.down({.steps = 1});
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::refused);
    EXPECT_THAT(error.what_failed(), HasSubstr("a row for 2"));
  }
}

TEST_F(Migratus, RunsTheInitScriptInOneTransaction) {
  add("1-a", "SELECT 1;", "SELECT 1;");
  EXPECT_FALSE(run_init(db.driver(), db.project()));
  db.folder.add("init.sql", "CREATE TABLE a (id int);\n--;;\nSELECT 1/0;\n");
  EXPECT_THROW(run_init(db.driver(), db.project()), MigrationFailed);
  EXPECT_THAT(db.tables(), IsEmpty());
  db.folder.add("init.sql", "CREATE TABLE a (id int);\n--;;\nCREATE TABLE b (id int);\n");
  EXPECT_TRUE(run_init(db.driver(), db.project()));
  EXPECT_THAT(db.tables(), ElementsAre("a", "b"));
}

TEST_F(Migratus, ALostConnectionIsSaidToBeOfUnknownOutcome) {
  add("1-a", "SELECT pg_terminate_backend(pg_backend_pid());", "SELECT 1;");
  EXPECT_THAT(db.up_failure().state_left, HasSubstr("connection was lost"));
}

}  // namespace
}  // namespace prodclone::migrations
