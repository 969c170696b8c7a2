#include <gmock/gmock.h>

#include <prodclone/base/error.hpp>

#include "migration_folder.hpp"

namespace prodclone::migrations {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Project golang(const std::string& up) {
  MigrationFolder folder;
  folder.add("000007_a.up.sql", up).add("000007_a.down.sql", "SELECT 1;");
  return folder.read(Layout::up_down_pairs);
}

TEST(UpDownPairs, ReadsAFileAsOneMessageWithoutATransaction) {
  const auto project = golang("-- first\nSELECT 1;\n\nSELECT ';' ;\n");
  const auto& migration = project.migrations.front();
  EXPECT_EQ(migration.id, "7");
  EXPECT_EQ(migration.name, "000007_a");
  EXPECT_FALSE(migration.up.transactional);
  ASSERT_EQ(migration.up.statements.size(), 2U);
  EXPECT_EQ(migration.up.statements[1].line, 4U);
  EXPECT_EQ(migration.up.statements[1].message, migration.up.statements[0].message);
  EXPECT_THAT(project.problems, IsEmpty());
}

TEST(UpDownPairs, AcceptsATransactionAroundTheWholeFile) {
  EXPECT_THAT(golang("BEGIN;\nSELECT 1;\nSELECT 2;\nCOMMIT;\n").problems, IsEmpty());
}

TEST(UpDownPairs, NamesACommitInTheMiddleAndATransactionLeftOpen) {
  EXPECT_THAT(seen(golang("BEGIN;\nSELECT 1;\nCOMMIT;\nSELECT 2;\n").problems),
              ElementsAre(Seen{ProblemKind::escapes_transaction, "7", "000007_a.up.sql", 3, false}));
  EXPECT_THAT(seen(golang("BEGIN;\nSELECT 1;\n").problems),
              ElementsAre(Seen{ProblemKind::escapes_transaction, "7", "000007_a.up.sql", 1, false}));
}

TEST(UpDownPairs, NamesAConcurrentIndexOnlyWhenItIsNotAlone) {
  EXPECT_THAT(golang("-- alone\nCREATE INDEX CONCURRENTLY i ON t (a);\n").problems, IsEmpty());
  EXPECT_THAT(seen(golang("SET lock_timeout = '5s';\nCREATE INDEX CONCURRENTLY i ON t (a);\n").problems),
              ElementsAre(Seen{ProblemKind::refuses_transaction, "7", "000007_a.up.sql", 2, false}));
}

TEST(UpDownPairs, KeepsAMessageWholeThatUsesSavepoints) {
  const auto project = golang("SELECT 1;\nSAVEPOINT s;\nSELECT 2;\n");
  ASSERT_EQ(project.migrations.front().up.statements.size(), 1U);
  EXPECT_EQ(project.migrations.front().up.statements.front().text, "SELECT 1;\nSAVEPOINT s;\nSELECT 2;\n");
}

TEST(UpDownPairs, NamesTheLineWhereAQuoteIsLeftOpen) {
  EXPECT_THAT(seen(golang("SELECT 1;\nSELECT 'oops;\nSELECT 2;\n").problems),
              ElementsAre(Seen{ProblemKind::unterminated, "7", "000007_a.up.sql", 2, true}));
}

TEST(UpDownPairs, NamesEverythingThatIsMissingDoubledOrIgnored) {
  MigrationFolder folder;
  folder.add("1_a.up.sql", "SELECT 1;")
      .add("2_b.down.sql", "SELECT 1;")
      .add("3_c.up.sql", "")
      .add("3_c.down.sql", "")
      .add("4_d.up.sql", "SELECT 1;")
      .add("004_e.up.sql", "SELECT 1;")
      .add("4_d.down.sql", "SELECT 1;")
      .add("5-f.up.sql", "SELECT 1;");
  EXPECT_THAT(seen(folder.read(Layout::up_down_pairs).problems),
              ElementsAre(Seen{ProblemKind::unparsable_name, "", "5-f.up.sql", 0, false},
                          Seen{ProblemKind::missing_down, "1", "1_a.up.sql", 0, false},
                          Seen{ProblemKind::missing_up, "2", "2_b.down.sql", 0, false},
                          Seen{ProblemKind::empty_up, "3", "3_c.up.sql", 0, false},
                          Seen{ProblemKind::duplicate_id, "", "004_e.up.sql", 0, true}));
}

TEST(FolderPairs, ReadsVersionNameAndMetadata) {
  MigrationFolder folder;
  folder.add("2026-01-01-000000_a/up.sql", "SELECT 1;")
      .add("2026-01-01-000000_a/down.sql", "SELECT 1;")
      .add("2026-01-02-000000_b/up.sql", "SELECT 1;")
      .add("2026-01-02-000000_b/down.sql", "SELECT 1;")
      .add("2026-01-02-000000_b/metadata.toml", "# why\nrun_in_transaction = false\n");
  const auto project = folder.read();
  ASSERT_EQ(project.migrations.size(), 2U);
  EXPECT_EQ(project.migrations[0].id, "20260101000000");
  EXPECT_EQ(project.migrations[0].name, "2026-01-01-000000_a");
  EXPECT_TRUE(project.migrations[0].up.transactional);
  EXPECT_FALSE(project.migrations[1].up.transactional);
  EXPECT_FALSE(project.migrations[1].down->transactional);
  EXPECT_THAT(project.problems, IsEmpty());
}

TEST(FolderPairs, NamesMetadataThatSwitchesTheTransactionOffBySilence) {
  MigrationFolder folder;
  folder.add("1_a/up.sql", "SELECT 1;").add("1_a/down.sql", "SELECT 1;").add("1_a/metadata.toml", "owner = \"me\"\n");
  const auto project = folder.read();
  EXPECT_FALSE(project.migrations.front().up.transactional);
  EXPECT_THAT(seen(project.problems),
              ElementsAre(Seen{ProblemKind::unexpected_setting, "1", "metadata.toml", 0, false}));
}

TEST(FolderPairs, NamesWhatDieselRefusesAndWhatItLoses) {
  MigrationFolder folder;
  folder.add("1_a/up.sql", "")
      .add("1_a/down.sql", "SELECT 1;")
      .add("2_b/up.sql", "SELECT 1;")
      .add("3_c/down.sql", "SELECT 1;")
      .add("4_d/up.sql", "SELECT 1;")
      .add("4_d/down.sql", "SELECT 1;")
      .add("4_e/up.sql", "SELECT 1;")
      .add("4_e/down.sql", "SELECT 1;");
  EXPECT_THAT(seen(folder.read().problems), ElementsAre(Seen{ProblemKind::empty_up, "1", "up.sql", 0, true},
                                                        Seen{ProblemKind::missing_down, "2", "up.sql", 0, false},
                                                        Seen{ProblemKind::missing_up, "", "3_c", 0, true},
                                                        Seen{ProblemKind::duplicate_id, "", "4_d", 0, true}));
}

}  // namespace
}  // namespace prodclone::migrations
