#include <prodclone/migrations/state.hpp>

#include <gmock/gmock.h>

#include "migration_database.hpp"

namespace prodclone::migrations {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ReadState, SaysWhenThereIsNoTable) {
  MigrationDatabase db(Layout::migratus);
  db.folder.add("1-a.up.sql", "SELECT 1;");
  const auto state = read_state(db.session(), db.project());
  EXPECT_FALSE(state.table_present);
  EXPECT_THAT(state.applied, IsEmpty());
}

TEST(ReadState, ReadsMigratusRowsInTheOrderOfApplyingAndItsReservation) {
  MigrationDatabase db(Layout::migratus);
  db.folder.add("1-a.up.sql", "SELECT 1;");
  db.session().execute(
      "CREATE TABLE schema_migrations (id BIGINT UNIQUE NOT NULL, applied TIMESTAMP, description VARCHAR(1024));"
      "INSERT INTO schema_migrations VALUES (2, '2026-01-01', 'b'), (1, '2026-01-02', 'a'), (-1, NULL, NULL)");
  const auto state = read_state(db.session(), db.project());
  EXPECT_THAT(state.applied,
              ElementsAre(AppliedMigration{.id = "2", .description = "b", .applied_at = "2026-01-01 00:00:00"},
                          AppliedMigration{.id = "1", .description = "a", .applied_at = "2026-01-02 00:00:00"}));
  EXPECT_THAT(state.dirty, ElementsAre(DirtyMark{DirtyKind::reserved, "-1"}));
}

TEST(ReadState, BringsAnOldMigratusTableUpToDate) {
  MigrationDatabase db(Layout::migratus);
  db.folder.add("1-a.up.sql", "SELECT 1;");
  db.session().execute(
      "CREATE TABLE schema_migrations (id BIGINT UNIQUE NOT NULL); INSERT INTO schema_migrations VALUES (1)");
  EXPECT_THAT(read_state(db.session(), db.project()).applied, ElementsAre(AppliedMigration{.id = "1"}));
  ensure_state_table(db.session(), db.project());
  ensure_state_table(db.session(), db.project());
  EXPECT_THAT(read_state(db.session(), db.project()).applied, ElementsAre(AppliedMigration{.id = "1"}));
}

TEST(ReadState, TakesEverythingBelowAHighWaterMarkAsApplied) {
  MigrationDatabase db(Layout::up_down_pairs);
  db.folder.add("1_a.up.sql", "SELECT 1;").add("2_b.up.sql", "SELECT 1;").add("3_c.up.sql", "SELECT 1;");
  ensure_state_table(db.session(), db.project());
  db.session().execute("INSERT INTO schema_migrations VALUES (2, false)");
  EXPECT_THAT(read_state(db.session(), db.project()).applied,
              ElementsAre(AppliedMigration{.id = "1", .assumed = true}, AppliedMigration{.id = "2"}));
  db.session().execute("UPDATE schema_migrations SET dirty = true");
  const auto dirty = read_state(db.session(), db.project());
  EXPECT_THAT(dirty.applied, ElementsAre(AppliedMigration{.id = "1", .assumed = true}));
  EXPECT_THAT(dirty.dirty, ElementsAre(DirtyMark{DirtyKind::flagged, "2"}));
}

TEST(ReadState, RefusesATableOfAnotherTool) {
  MigrationDatabase db(Layout::migratus);
  db.folder.add("1-a.up.sql", "SELECT 1;");
  db.session().execute("CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL)");
  try {
    read_state(db.session(), db.project());
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::could_not_check);
    EXPECT_THAT(error.what_failed(), AllOf(HasSubstr("version, dirty"), HasSubstr("looks like golang-migrate's")));
  }
}

TEST(ReadState, FollowsAConfiguredTableInItsSchema) {
  MigrationDatabase db(Layout::folder_pairs);
  db.folder.add("1_a/up.sql", "SELECT 1;");
  db.session().execute("CREATE SCHEMA \"Own\"");
  auto project = db.project();
  project.settings.state_table = "Own.history";
  run_up(db.driver(), project);
  EXPECT_THAT(db.column("SELECT version FROM \"Own\".history"), ElementsAre("1"));
  EXPECT_EQ(read_state(db.session(), project).table, "\"Own\".history");
}

}  // namespace
}  // namespace prodclone::migrations
