#include <prodclone/migrations/new_migration.hpp>

#include <gmock/gmock.h>

#include <prodclone/base/error.hpp>

namespace prodclone::migrations {
namespace {

using testing::ElementsAre;

Project project_with(Layout layout, const std::string& name) {
  Project project{.settings = {.layout = layout, .dir = "/m"}, .layout = layout};
  if (!name.empty()) project.migrations.push_back({.id = name, .name = name});
  return project;
}

std::vector<std::string> paths(const std::vector<NewFile>& files) {
  std::vector<std::string> result;
  for (const auto& file : files) result.push_back(file.path.string());
  return result;
}

const NewMigration change{.name = "reach-it", .up = {"A;", "B;"}, .down = {"C;"}};

TEST(NewMigration, ANumberGoesOnAsItIsWritten) {
  const auto files = files_of(project_with(Layout::up_down_pairs, "000099_x"), {change, change}, "20261120");
  EXPECT_THAT(paths(files), ElementsAre("/m/000100_reach_it.up.sql", "/m/000100_reach_it.down.sql", "/m/000101_reach_it.up.sql", "/m/000101_reach_it.down.sql"));
  EXPECT_EQ(files[0].content, "A;\nB;\n");
}

TEST(NewMigration, ADateIsTodaysUnlessTheNewestIsLater) {
  EXPECT_THAT(paths(files_of(project_with(Layout::migratus, "20260424-x"), {change}, "20261120")), ElementsAre("/m/20261120-reach-it.up.sql", "/m/20261120-reach-it.down.sql"));
  EXPECT_THAT(paths(files_of(project_with(Layout::migratus, "20270101-x"), {change}, "20261120")), ElementsAre("/m/20270102-reach-it.up.sql", "/m/20270102-reach-it.down.sql"));
}

TEST(NewMigration, MigratusCutsItsStatementsAndLeavesTheTransactionWhereItMust) {
  auto outside = change;
  outside.transactional = false;
  const auto files = files_of(project_with(Layout::migratus, "001-x"), {outside}, "20261120");
  EXPECT_EQ(files[0].content, "-- :disable-transaction\nA;\n--;;\nB;\n");
}

TEST(NewMigration, DieselHasAFolderForEach) {
  auto outside = change;
  outside.transactional = false;
  const auto files = files_of(project_with(Layout::folder_pairs, "2026-04-24-101500_x"), {outside}, "20261120");
  EXPECT_THAT(paths(files), ElementsAre("/m/2026-11-20-000000_reach_it/up.sql", "/m/2026-11-20-000000_reach_it/down.sql", "/m/2026-11-20-000000_reach_it/metadata.toml"));
}

TEST(NewMigration, AnEmptyFolderBeginsWithToday) {
  EXPECT_THAT(paths(files_of(project_with(Layout::migratus, ""), {change}, "20261120")), ElementsAre("/m/20261120-reach-it.up.sql", "/m/20261120-reach-it.down.sql"));
}

TEST(NewMigration, AToolOfItsOwnWritesItsOwn) {
  EXPECT_THROW(files_of(project_with(Layout::command, ""), {change}, "20261120"), Error);
}

}  // namespace
}  // namespace prodclone::migrations
