#include <prodclone/migrations/comparison.hpp>

#include <gmock/gmock.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/hash.hpp>

#include "migration_folder.hpp"

namespace prodclone::migrations {

void PrintTo(const MigrationCondition& c, std::ostream* out) {
  *out << c.name << (c.applied ? " applied" : "") << (c.pending ? " pending" : "") << (c.dirty ? " dirty" : "")
       << (c.edited ? " edited" : "") << (c.line_endings ? " line_endings" : "") << (c.unreviewed ? " unreviewed" : "")
       << (c.missing_file ? " missing" : "") << (c.out_of_order ? " out_of_order" : "")
       << (c.no_down ? " no_down" : "");
}

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Migration migration(const std::string& id, const std::string& content = "SELECT 1;\n") {
  return {.id = id, .name = id + "-m", .up = {.file = id + "-m.up.sql", .content = content}, .down = Script{}};
}

Project project(std::vector<Migration> migrations, Layout layout = Layout::migratus) {
  return {.layout = layout, .migrations = std::move(migrations)};
}

MigrationCondition applied(const std::string& id) {
  return {.id = id, .name = id + "-m", .file = id + "-m.up.sql", .applied = true};
}
MigrationCondition pending(const std::string& id) {
  return {.id = id, .name = id + "-m", .file = id + "-m.up.sql", .pending = true};
}

TEST(Compare, SplitsFilesIntoAppliedAndPending) {
  const auto result =
      compare(project({migration("1"), migration("2")}), {.table_present = true, .applied = {{.id = "1"}}}, {});
  EXPECT_THAT(result.migrations, ElementsAre(applied("1"), pending("2")));
  EXPECT_THAT(applied_ids(result), ElementsAre("1"));
  EXPECT_THAT(pending_ids(result), ElementsAre("2"));
}

TEST(Compare, FindsRowsWithoutAFileInTheirPlaceOfTheOrder) {
  const auto result = compare(project({migration("2"), migration("10")}),
                              {.applied = {{.id = "2"}, {.id = "9", .description = "gone"}}}, {});
  const MigrationCondition missing{.id = "9", .name = "9 gone", .applied = true, .missing_file = true};
  EXPECT_THAT(result.migrations, ElementsAre(applied("2"), missing, pending("10")));
}

TEST(Compare, FindsAPendingFileBelowAnAppliedOne) {
  const auto result =
      compare(project({migration("1"), migration("2"), migration("3")}), {.applied = {{.id = "2"}}}, {});
  auto late = pending("1");
  late.out_of_order = true;
  EXPECT_THAT(result.migrations, ElementsAre(late, applied("2"), pending("3")));
}

TEST(Compare, FindsAMissingDownScript) {
  auto without = migration("1");
  without.down.reset();
  auto expected = pending("1");
  expected.no_down = true;
  EXPECT_THAT(compare(project({without}), {}, {}).migrations, ElementsAre(expected));
}

TEST(Compare, MarksTheDirtyVersion) {
  const State state{.applied = {{.id = "1"}}, .dirty = {{DirtyKind::flagged, "2"}}};
  auto dirty = pending("2");
  dirty.dirty = true;
  const auto result = compare(project({migration("1"), migration("2")}, Layout::up_down_pairs), state, {});
  EXPECT_THAT(result.migrations, ElementsAre(applied("1"), dirty));
  EXPECT_THAT(result.dirty, ElementsAre(DirtyMark{DirtyKind::flagged, "2"}));
}

TEST(Compare, FindsEditsOnlyInAppliedMigrations) {
  const std::vector<Migration> reviewed{migration("1"), migration("2"), migration("3")};
  auto sums = sums_of(reviewed);
  sums.erase("3-m");
  const auto result = compare(project({migration("1", "SELECT 2;\n"), migration("2", "SELECT 2;\n"), migration("3")}),
                              {.applied = {{.id = "1"}}}, sums);
  auto edited = applied("1");
  edited.edited = true;
  auto unreviewed = pending("3");
  unreviewed.unreviewed = true;
  EXPECT_THAT(result.migrations, ElementsAre(edited, pending("2"), unreviewed));
}

TEST(Compare, TellsLineEndingsFromEdits) {
  const auto sums = sums_of({migration("1")});
  auto expected = applied("1");
  expected.line_endings = true;
  EXPECT_THAT(compare(project({migration("1", "SELECT 1;\r\n")}), {.applied = {{.id = "1"}}}, sums).migrations,
              ElementsAre(expected));
}

TEST(Sums, AreWrittenSortedAndReadBack) {
  MigrationFolder folder;
  const Sums sums = sums_of({migration("2"), migration("1")});
  write_sums(folder.path(), sums);
  EXPECT_EQ(read_sums(folder.path()), sums);
  std::ifstream file(folder.path() / "prodclone.sum");
  std::string first;
  std::getline(file, first);
  EXPECT_EQ(first, sha256("SELECT 1;\n") + "  1-m");
}

TEST(Sums, AreAbsentWithoutAFile) {
  EXPECT_EQ(read_sums(MigrationFolder().path()), std::nullopt);
}

TEST(Sums, NameTheLineThatCannotBeReadOrIsDoubled) {
  const auto line = sha256("x") + "  1-m\n";
  for (const auto& [content, message] :
       {std::pair<std::string, std::string>{line + "<<<<<<< HEAD\n", "prodclone.sum:2: this is not"},
        std::pair<std::string, std::string>{line + line, "prodclone.sum:2: this migration has a line already"}}) {
    MigrationFolder folder;
    folder.add("prodclone.sum", content);
    try {
      read_sums(folder.path());
      FAIL() << "nothing was thrown";
    } catch (const Error& error) {
      EXPECT_EQ(error.failure(), Failure::usage);
      EXPECT_THAT(error.what_failed(), HasSubstr(message));
    }
  }
}

}  // namespace
}  // namespace prodclone::migrations
