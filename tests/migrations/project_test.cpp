#include <prodclone/migrations/project.hpp>

#include <gmock/gmock.h>

#include <prodclone/base/error.hpp>

#include "migration_folder.hpp"

namespace prodclone::migrations {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> ids(const Project& project) {
  std::vector<std::string> result;
  for (const auto& migration : project.migrations) result.push_back(migration.id);
  return result;
}

Error error_of(const MigrationFolder& folder) {
  try {
    folder.read();
  } catch (const Error& error) {
    return error;
  }
  return Error(Failure::cleanup_incomplete, "nothing was thrown");
}

TEST(ProjectDetection, TellsTheLayoutsByTheirFileNames) {
  MigrationFolder pairs, migratus, folders;
  pairs.add("1_a.up.sql", "SELECT 1;").add("1_a.down.sql", "SELECT 1;").add("README.md", "");
  migratus.add("1-a.up.sql", "SELECT 1;").add("init.sql", "SELECT 1;");
  folders.add("2026-01-01-000000_a/up.sql", "SELECT 1;").add("2026-01-01-000000_a/down.sql", "SELECT 1;");
  EXPECT_EQ(pairs.read().layout, Layout::up_down_pairs);
  EXPECT_EQ(migratus.read().layout, Layout::migratus);
  EXPECT_EQ(folders.read().layout, Layout::folder_pairs);
}

TEST(ProjectDetection, NamesBothLayoutsWhenTwoFit) {
  MigrationFolder folder;
  folder.add("1_a.up.sql", "").add("2-b.up.sql", "").add("3-c.up.sql", "");
  const auto error = error_of(folder);
  EXPECT_EQ(error.failure(), Failure::usage);
  EXPECT_THAT(error.what_failed(), AllOf(HasSubstr("1 file like 1_a.up.sql (up_down_pairs)"),
                                         HasSubstr("2 files like 2-b.up.sql (migratus)")));
}

TEST(ProjectDetection, NamesWhatItSawWhenNoneFits) {
  MigrationFolder flyway, empty;
  flyway.add("V1__create.sql", "").add("V2__alter.sql", "");
  const auto error = error_of(flyway);
  EXPECT_EQ(error.failure(), Failure::usage);
  EXPECT_THAT(error.what_failed(),
              AllOf(HasSubstr("2 files (V1__create.sql, V2__alter.sql)"), HasSubstr("looks like Flyway")));
  EXPECT_THAT(error_of(empty).what_failed(), HasSubstr("holds no file"));
}

TEST(ProjectDetection, MissingFolderIsAUsageError) {
  try {
    read_project({.dir = "/no/such/folder"});
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::usage);
    EXPECT_THAT(error.what_failed(), HasSubstr("/no/such/folder"));
  }
}

TEST(ProjectDetection, CommandNeedsItsUpCommandAndReadsNoFile) {
  MigrationFolder folder;
  folder.add("env.py", "").add("versions/a.py", "");
  EXPECT_THAT(error_of(folder).what_failed(), HasSubstr("env.py looks like Alembic"));
  EXPECT_THROW(folder.read(Layout::command), Error);
  const auto project = read_project({.dir = folder.path(), .command = {.up = {"alembic", "upgrade", "head"}}});
  EXPECT_EQ(project.layout, Layout::command);
  EXPECT_THAT(project.migrations, ElementsAre());
}

TEST(ProjectDetection, CommandNeedsNoFolder) {
  EXPECT_EQ(read_project({.layout = Layout::command, .command = {.up = {"rake", "db:migrate"}}}).layout,
            Layout::command);
}

TEST(ProjectOrder, IsNumericForPairsAndMigratusWhateverTheZeros) {
  MigrationFolder pairs, migratus;
  for (const auto* number : {"10", "9", "0002", "20260424101500"}) {
    pairs.add(std::string(number) + "_a.up.sql", "SELECT 1;").add(std::string(number) + "_a.down.sql", "SELECT 1;");
    migratus.add(std::string(number) + "-a.up.sql", "SELECT 1;").add(std::string(number) + "-a.down.sql", "SELECT 1;");
  }
  EXPECT_THAT(ids(pairs.read()), ElementsAre("2", "9", "10", "20260424101500"));
  EXPECT_THAT(ids(migratus.read()), ElementsAre("2", "9", "10", "20260424101500"));
}

TEST(ProjectOrder, IsByteWiseForFoldersWithoutHyphens) {
  MigrationFolder folder;
  for (const auto* name : {"2026-02-01-000000_b", "10_a", "9_c"})
    folder.add(std::string(name) + "/up.sql", "SELECT 1;");
  EXPECT_THAT(ids(folder.read()), ElementsAre("10", "20260201000000", "9"));
}

TEST(FindMigration, TakesIdOrNameAndOffersTheNearest) {
  MigrationFolder folder;
  folder.add("20260424-rename-tenant.up.sql", "SELECT 1;").add("20260424-rename-tenant.down.sql", "SELECT 1;");
  const auto project = folder.read();
  EXPECT_EQ(find_migration(project, "20260424").name, "20260424-rename-tenant");
  EXPECT_EQ(find_migration(project, "20260424-rename-tenant").id, "20260424");
  try {
    find_migration(project, "20260424-rename-tenat");
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::usage);
    EXPECT_THAT(error.remedy(), HasSubstr("20260424-rename-tenant"));
  }
}

TEST(ParseLayout, NamesTheNearest) {
  EXPECT_EQ(parse_layout("folder_pairs"), Layout::folder_pairs);
  try {
    parse_layout("migratos");
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::usage);
    EXPECT_THAT(error.remedy(), HasSubstr("migratus"));
  }
}

}  // namespace
}  // namespace prodclone::migrations
