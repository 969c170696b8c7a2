#include <gmock/gmock.h>

#include "migration_folder.hpp"

namespace prodclone::migrations {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Piece {
  std::string text;
  std::size_t line;
  std::size_t message;
  friend bool operator==(const Piece&, const Piece&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Piece& piece) {
    return out << piece.line << '/' << piece.message << ": " << piece.text;
  }
};

std::vector<Piece> pieces(const Script& script) {
  std::vector<Piece> result;
  for (const auto& statement : script.statements) result.push_back({statement.text, statement.line, statement.message});
  return result;
}

struct Read {
  Script up;
  std::vector<Seen> problems;
};

Read read_up(const std::string& content) {
  MigrationFolder folder;
  folder.add("1-a.up.sql", content).add("1-a.down.sql", "SELECT 1;");
  const auto project = folder.read(Layout::migratus);
  return {project.migrations.front().up, seen(project.problems)};
}

TEST(Migratus, CutsAtSeparatorLinesAndKeepsTheLinesOfTheFile) {
  const auto read = read_up("CREATE TABLE a (id int);\n--;;\n\nCREATE TABLE b (\n  id int\n);\n\n--;;\nSELECT 1");
  EXPECT_THAT(pieces(read.up), ElementsAre(Piece{"CREATE TABLE a (id int)", 1, 0},
                                           Piece{"CREATE TABLE b (\nid int\n)", 4, 1}, Piece{"SELECT 1", 9, 2}));
  EXPECT_THAT(read.problems, IsEmpty());
}

TEST(Migratus, SendsSeveralStatementsOfOnePieceTogether) {
  const auto read = read_up("SELECT 1; SELECT 2;\nSELECT 3;\n--;;\nSELECT 4;\n");
  EXPECT_THAT(pieces(read.up), ElementsAre(Piece{"SELECT 1", 1, 0}, Piece{"SELECT 2", 1, 0}, Piece{"SELECT 3", 2, 0},
                                           Piece{"SELECT 4", 4, 1}));
}

TEST(Migratus, NamesASecondStatementThatItsDriverCannotTake) {
  EXPECT_THAT(read_up("CREATE TABLE a (id int);\nCREATE TABLE b (id int);\n--;;\nCREATE TABLE c (id int);\n").problems,
              ElementsAre(Seen{ProblemKind::several_statements, "1", "1-a.up.sql", 2, false}));
  EXPECT_THAT(read_up("CREATE TABLE a (id int);\nSELECT 1;\n").problems, IsEmpty());
}

TEST(Migratus, DropsTheWholeSeparatorLineAndSaysWhatWasLost) {
  const auto read = read_up("SELECT 1;\nSELECT 2; --;;\nSELECT 3;\n");
  EXPECT_THAT(pieces(read.up), ElementsAre(Piece{"SELECT 1", 1, 0}, Piece{"SELECT 3", 3, 1}));
  EXPECT_THAT(read.problems, ElementsAre(Seen{ProblemKind::lost_text, "1", "1-a.up.sql", 2, false}));
}

TEST(Migratus, SeparatorWithoutLineEndIsAComment) {
  EXPECT_THAT(pieces(read_up("SELECT 1;\nSELECT 2\n--;;").up),
              ElementsAre(Piece{"SELECT 1", 1, 0}, Piece{"SELECT 2", 2, 0}));
}

TEST(Migratus, CutsCommentsOutOfLiteralsToo) {
  const auto read = read_up("-- a remark -- here\nSELECT 1; -- one\n--;;\nINSERT INTO t VALUES ('a--b');\n");
  EXPECT_THAT(read.problems, ElementsAre(Seen{ProblemKind::lost_text, "1", "1-a.up.sql", 4, false},
                                         Seen{ProblemKind::unterminated, "1", "1-a.up.sql", 4, true}));
}

TEST(Migratus, DoesNotMistakeCommentsInFunctionBodiesForLostText) {
  EXPECT_THAT(read_up("DO $$\nBEGIN -- don't mind\n  PERFORM 'a'; -- nor this\nEND $$; -- it's over\n").problems,
              IsEmpty());
}

TEST(Migratus, KeepsFunctionBodiesWhole) {
  const auto read = read_up(
      "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN -- go\n  RETURN 1;\nEND $$;\n--;;\nSELECT f();\n");
  EXPECT_THAT(
      pieces(read.up),
      ElementsAre(Piece{"CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN \nRETURN 1;\nEND $$", 1, 0},
                  Piece{"SELECT f()", 6, 1}));
  EXPECT_THAT(read.problems, IsEmpty());
}

TEST(Migratus, ReadsWindowsLineEndsAndKeepsTheLines) {
  EXPECT_THAT(pieces(read_up("SELECT 1;\r\n--;;\r\nSELECT 2;\r\n").up),
              ElementsAre(Piece{"SELECT 1", 1, 0}, Piece{"SELECT 2", 3, 1}));
}

TEST(Migratus, LeavesTheTransactionOnlyOnTheVeryFirstBytes) {
  EXPECT_FALSE(read_up("-- :disable-transaction\nCREATE INDEX CONCURRENTLY i ON t (a);\n").up.transactional);
  const auto late = read_up("\n-- :disable-transaction\nCREATE INDEX CONCURRENTLY i ON t (a);\n");
  EXPECT_TRUE(late.up.transactional);
  EXPECT_THAT(late.problems, ElementsAre(Seen{ProblemKind::unexpected_setting, "1", "1-a.up.sql", 0, false},
                                         Seen{ProblemKind::refuses_transaction, "1", "1-a.up.sql", 3, false}));
}

TEST(Migratus, NamesWhatEscapesItsTransaction) {
  EXPECT_THAT(read_up("BEGIN;\n--;;\nSELECT 1;\n--;;\nCOMMIT;\n").problems,
              ElementsAre(Seen{ProblemKind::escapes_transaction, "1", "1-a.up.sql", 1, false},
                          Seen{ProblemKind::escapes_transaction, "1", "1-a.up.sql", 5, false}));
}

TEST(Migratus, NamesCopyDataThatItsDriverCannotSend) {
  const auto read = read_up("COPY t (a) FROM stdin;\n1\n2\n\\.\n");
  ASSERT_EQ(read.up.statements.size(), 1U);
  EXPECT_EQ(read.up.statements.front().copy_data, "1\n2\n");
  EXPECT_THAT(read.problems, ElementsAre(Seen{ProblemKind::copy_data, "1", "1-a.up.sql", 2, false}));
}

TEST(Migratus, NamesEverythingThatIsMissingDoubledOrSkipped) {
  MigrationFolder folder;
  folder.add("1-a.up.sql", "-- nothing\n")
      .add("1-a.down.sql", "SELECT 1;")
      .add("2-b.up.sql", "SELECT 1;")
      .add("3-c.down.sql", "SELECT 1;")
      .add("4-d.up.sql", "SELECT 1;")
      .add("4-d.down.sql", "SELECT 1;")
      .add("04-e.up.sql", "SELECT 1;")
      .add("04-e.down.sql", "SELECT 1;")
      .add("5_f.up.sql", "SELECT 1;")
      .add("6-g.edn", "{}")
      .add("notes.txt", "")
      .add("init.sql", "SELECT 1;");
  EXPECT_THAT(seen(folder.read(Layout::migratus).problems),
              ElementsAre(Seen{ProblemKind::unparsable_name, "", "5_f.up.sql", 0, false},
                          Seen{ProblemKind::unparsable_name, "6", "6-g.edn", 0, true},
                          Seen{ProblemKind::empty_up, "1", "1-a.up.sql", 0, false},
                          Seen{ProblemKind::missing_down, "2", "2-b.up.sql", 0, false},
                          Seen{ProblemKind::missing_up, "3", "3-c.down.sql", 0, true},
                          Seen{ProblemKind::duplicate_id, "", "04-e.down.sql", 0, true}));
}

TEST(Migratus, SendsTheInitScriptUncut) {
  MigrationFolder folder;
  folder.add("1-a.up.sql", "SELECT 1;")
      .add("1-a.down.sql", "SELECT 1;")
      .add("init.sql", "SELECT 1;\n--;;\nSELECT '--';\n");
  const auto project = folder.read();
  ASSERT_TRUE(project.init);
  EXPECT_TRUE(project.init->transactional);
  EXPECT_THAT(pieces(*project.init), ElementsAre(Piece{"SELECT 1", 1, 0}, Piece{"SELECT '--'", 3, 0}));
  EXPECT_THAT(project.problems, IsEmpty());
  EXPECT_EQ(project.migrations.size(), 1U);
}

}  // namespace
}  // namespace prodclone::migrations
