#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <prodclone/pg/sql_scanner.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace prodclone::pg {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Texts = std::vector<std::string>;

ScriptPart statement(std::string text, std::size_t offset, std::size_t line, std::size_t end_line) {
  return {ScriptPartKind::statement, std::move(text), offset, line, end_line};
}
ScriptPart data(std::string text, std::size_t offset, std::size_t line, std::size_t end_line) {
  return {ScriptPartKind::copy_data, std::move(text), offset, line, end_line};
}
ScriptPart command(std::string text, std::size_t offset, std::size_t line) {
  return {ScriptPartKind::psql_command, std::move(text), offset, line, line};
}

// The texts of a script in which everything is closed, with a mark before what is not a statement.
Texts texts(std::string_view script, const ScanOptions& options = {}) {
  const ScanResult result = scan_script(script, options);
  EXPECT_EQ(result.unterminated, std::nullopt) << script;
  Texts found;
  for (const ScriptPart& part : result.parts) {
    if (part.kind == ScriptPartKind::copy_data) found.push_back("data:" + part.text);
    if (part.kind == ScriptPartKind::psql_command) found.push_back("psql:" + part.text);
    if (part.kind == ScriptPartKind::statement) found.push_back(part.text);
  }
  return found;
}

std::optional<Unterminated> unterminated(std::string_view script) { return scan_script(script).unterminated; }

TEST(ScanScript, GivesTextOffsetAndLines) {
  EXPECT_THAT(scan_script("-- head\nSELECT 1;\n\nUPDATE t\n  SET a = 2\n;DELETE\nFROM t -- end\n").parts,
              ElementsAre(statement("SELECT 1", 8, 2, 2), statement("UPDATE t\n  SET a = 2\n", 19, 4, 5),
                          statement("DELETE\nFROM t", 41, 6, 7)));
}

TEST(ScanScript, KeepsCommentsInsideAndDropsThoseAround) {
  EXPECT_THAT(texts("/* a */ -- b\nSELECT /* c; */ 1 -- d;\n; /* e */"), ElementsAre("SELECT /* c; */ 1 -- d;\n"));
}

TEST(ScanScript, GivesNothingForWhatIsEmpty) {
  EXPECT_THAT(texts(""), IsEmpty());
  EXPECT_THAT(texts(" ;; -- only\n ; /* comments */ ;\n"), IsEmpty());
}

TEST(ScanScript, SkipsByteOrderMarkOnlyAtTheStart) {
  EXPECT_THAT(scan_script("\xef\xbb\xbfSELECT 1;").parts, ElementsAre(statement("SELECT 1", 3, 1, 1)));
  EXPECT_THAT(texts("SELECT 1;\xef\xbb\xbf;"), ElementsAre("SELECT 1", "\xef\xbb\xbf"));
}

TEST(ScanScript, TakesWindowsLineEnds) {
  EXPECT_THAT(scan_script("SELECT\r\n1;\r\n-- c;\r\nCOPY t FROM stdin;\r\n1\r\n\\.\r\n\\echo x\r\nSELECT 2\r\n").parts,
              ElementsAre(statement("SELECT\r\n1", 0, 1, 2), statement("COPY t FROM stdin", 19, 4, 4),
                          data("1\r\n", 39, 5, 5), command("\\echo x", 46, 7), statement("SELECT 2", 55, 8, 8)));
}

TEST(ScanScript, SurvivesNulBytes) {
  const std::string script("SELECT '\0;'; \0 SELECT 2;", 24);
  EXPECT_THAT(texts(script), ElementsAre(std::string("SELECT '\0;'", 11), std::string("\0 SELECT 2", 10)));
}

TEST(ScanScript, EndsStatementsOnlyOutsideParentheses) {
  EXPECT_THAT(texts("CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b); SELECT 1"),
              ElementsAre("CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b)", "SELECT 1"));
  EXPECT_THAT(texts("SELECT 1); SELECT 2"), ElementsAre("SELECT 1)", "SELECT 2"));
}

TEST(ScanScript, ReadsQuotedStrings) {
  EXPECT_THAT(texts("SELECT 'it''s;'; SELECT ''; SELECT 2"), ElementsAre("SELECT 'it''s;'", "SELECT ''", "SELECT 2"));
  EXPECT_THAT(texts(R"(SELECT '\'; SELECT 2)"), ElementsAre(R"(SELECT '\')", "SELECT 2"));
  EXPECT_THAT(texts(R"(SELECT e'\';', E'\\'; SELECT 2)"), ElementsAre(R"(SELECT e'\';', E'\\')", "SELECT 2"));
  EXPECT_THAT(texts(R"(SELECT type'\'; SELECT 2)"), ElementsAre(R"(SELECT type'\')", "SELECT 2"));
  EXPECT_THAT(texts(R"(SELECT B'1;', x'\', N'\', U&'\'; SELECT 2)"),
              ElementsAre(R"(SELECT B'1;', x'\', N'\', U&'\')", "SELECT 2"));
}

TEST(ScanScript, ContinuesStringsOnTheNextLine) {
  EXPECT_THAT(texts("SELECT E'a' -- c\n '\\';'; SELECT 2"), ElementsAre("SELECT E'a' -- c\n '\\';'", "SELECT 2"));
  EXPECT_THAT(texts("SELECT E'a' '\\'; SELECT 2"), ElementsAre("SELECT E'a' '\\'", "SELECT 2"));
}

TEST(ScanScript, EscapesByBackslashWhenStringsDoNotConform) {
  const ScanOptions old = {.standard_conforming_strings = false};
  EXPECT_THAT(texts(R"(SELECT '\';', N'\';'; SELECT 2)", old), ElementsAre(R"(SELECT '\';', N'\';')", "SELECT 2"));
  EXPECT_THAT(texts(R"(SELECT B'\', U&'\'; SELECT 2)", old), ElementsAre(R"(SELECT B'\', U&'\')", "SELECT 2"));
}

TEST(ScanScript, FollowsTheSettingForStrings) {
  EXPECT_THAT(
      texts(
          R"(SET standard_conforming_strings = off; SELECT '\';'; set session STANDARD_CONFORMING_STRINGS to 'on'; SELECT '\'; x)"),
      ElementsAre("SET standard_conforming_strings = off", R"(SELECT '\';')",
                  "set session STANDARD_CONFORMING_STRINGS to 'on'", R"(SELECT '\')", "x"));
  EXPECT_THAT(texts(R"(SET escape_string_warning = off; SELECT '\'; x)"),
              ElementsAre("SET escape_string_warning = off", R"(SELECT '\')", "x"));
}

TEST(ScanScript, ReadsQuotedNames) {
  EXPECT_THAT(texts("SELECT \"a;\"\"b;\", U&\"c;\\\"; SELECT 2"),
              ElementsAre("SELECT \"a;\"\"b;\", U&\"c;\\\"", "SELECT 2"));
}

TEST(ScanScript, ReadsDollarQuotes) {
  EXPECT_THAT(texts("DO $$ a; ' $x$ $$; SELECT 2"), ElementsAre("DO $$ a; ' $x$ $$", "SELECT 2"));
  EXPECT_THAT(texts("DO $fn$ $$; $f$ ; $$fn$; SELECT 2"), ElementsAre("DO $fn$ $$; $f$ ; $$fn$", "SELECT 2"));
  EXPECT_THAT(texts("SELECT $é_1$;$é$;$é_1$; x"), ElementsAre("SELECT $é_1$;$é$;$é_1$", "x"));
}

TEST(ScanScript, KnowsDollarsThatQuoteNothing) {
  EXPECT_THAT(texts("SELECT $1; SELECT $2; x"), ElementsAre("SELECT $1", "SELECT $2", "x"));
  EXPECT_THAT(texts("SELECT a$b$c; SELECT a$b$c; x$$; y$$"), ElementsAre("SELECT a$b$c", "SELECT a$b$c", "x$$", "y$$"));
  EXPECT_THAT(texts("SELECT $a; x"), ElementsAre("SELECT $a", "x"));
}

TEST(ScanScript, FindsCommentsInsideOperators) {
  EXPECT_THAT(texts("SELECT 1+--;\n2; SELECT 3*/*;*/4; SELECT 5 - - 6 / * 7; x"),
              ElementsAre("SELECT 1+--;\n2", "SELECT 3*/*;*/4", "SELECT 5 - - 6 / * 7", "x"));
}

TEST(ScanScript, EndsLineCommentsAtEitherNewline) {
  EXPECT_THAT(texts("SELECT 1 -- a;\r; SELECT 2 -- b;\n; x"), ElementsAre("SELECT 1 -- a;\r", "SELECT 2 -- b;\n", "x"));
}

TEST(ScanScript, NestsBlockComments) {
  EXPECT_THAT(texts("SELECT 1 /* ; /* ; */ ; **/; SELECT '/*'; SELECT 2 /*/ ; */; x"),
              ElementsAre("SELECT 1 /* ; /* ; */ ; **/", "SELECT '/*'", "SELECT 2 /*/ ; */", "x"));
}

TEST(ScanScript, KeepsAtomicBodiesWhole) {
  const std::string body =
      "create or replace procedure p(a int) BEGIN atomic SELECT CASE WHEN a = 1. THEN (CASE a WHEN 1 THEN 2 END) END; "
      "END";
  EXPECT_THAT(texts(body + "; SELECT 1"), ElementsAre(body, "SELECT 1"));
  const std::string labels = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS end; SELECT t.case FROM t; END";
  EXPECT_THAT(texts(labels + "; SELECT 1"), ElementsAre(labels, "SELECT 1"));
}

TEST(ScanScript, TakesNothingElseForAnAtomicBody) {
  EXPECT_THAT(texts("CREATE FUNCTION begin() RETURNS int AS 'x'; SELECT 1"),
              ElementsAre("CREATE FUNCTION begin() RETURNS int AS 'x'", "SELECT 1"));
  EXPECT_THAT(texts("CREATE TABLE begin (atomic int); BEGIN; SELECT begin atomic; END; x"),
              ElementsAre("CREATE TABLE begin (atomic int)", "BEGIN", "SELECT begin atomic", "END", "x"));
}

TEST(ScanScript, CutsOutCopyData) {
  EXPECT_THAT(scan_script("COPY t (a, b) FROM stdin;\n1\t';\n\\N\t\\.\n\\.x\n\\.\nSELECT 1;").parts,
              ElementsAre(statement("COPY t (a, b) FROM stdin", 0, 1, 1), data("1\t';\n\\N\t\\.\n\\.x\n", 26, 2, 4),
                          statement("SELECT 1", 44, 6, 6)));
  EXPECT_THAT(texts("copy \"t\" from /* c */ STDIN with (format csv, null ';');\n\\.\nx"),
              ElementsAre("copy \"t\" from /* c */ STDIN with (format csv, null ';')", "data:", "x"));
}

TEST(ScanScript, SeesNoDataAfterOtherCopies) {
  EXPECT_THAT(texts("COPY t TO STDOUT;\na;\nCOPY t FROM 'stdin';\nb;\nCOPY (SELECT * FROM stdin) TO STDOUT;\nc;\n"
                    "SELECT copy FROM stdin;\nd"),
              ElementsAre("COPY t TO STDOUT", "a", "COPY t FROM 'stdin'", "b", "COPY (SELECT * FROM stdin) TO STDOUT",
                          "c", "SELECT copy FROM stdin", "d"));
}

TEST(ScanScript, TakesDataFromTheLineBelowWhenTheLineGoesOn) {
  EXPECT_THAT(scan_script("COPY a FROM stdin; COPY b FROM stdin; SELECT\n1\n\\.\n2\n\\.\n3; x").parts,
              ElementsAre(statement("COPY a FROM stdin", 0, 1, 1), data("1\n", 45, 2, 2),
                          statement("COPY b FROM stdin", 19, 1, 1), data("2\n", 50, 4, 4),
                          statement("SELECT\n3", 38, 1, 6), statement("x", 58, 6, 6)));
}

TEST(ScanScript, CutsOutPsqlCommands) {
  EXPECT_THAT(texts("\\restrict k;y\nSELECT 1;\\echo 'a;b\\'c' \\echo d \\\\ SELECT 2;\n\\! ls \\x\nSELECT '\\x'"),
              ElementsAre("psql:\\restrict k;y", "SELECT 1", "psql:\\echo 'a;b\\'c'", "psql:\\echo d", "SELECT 2",
                          "psql:\\! ls \\x", "SELECT '\\x'"));
  EXPECT_THAT(texts("SELECT 1\n\\echo x\n+ 2; y"), ElementsAre("psql:\\echo x", "SELECT 1\n+ 2", "y"));
}

TEST(ScanScript, ThrowsTheLineAwayAfterWhatIsNoCommand) {
  EXPECT_THAT(texts("SELECT 1 \\'x' \\echo y;\n+ 2; \\.; x\ny"),
              ElementsAre("psql:\\'x' \\echo y;", "SELECT 1\n+ 2", "psql:\\.; x", "y"));
}

TEST(ScanScript, KeepsForcedSemicolonsInTheStatement) {
  EXPECT_THAT(texts("SELECT 1\\; COPY t FROM stdin;\n1\n\\.\nx"),
              ElementsAre("SELECT 1; COPY t FROM stdin", "data:1\n", "x"));
}

TEST(ScanScript, EndsStatementsAtCommandsThatSend) {
  EXPECT_THAT(
      texts("SELECT (1 \\gexec\nSELECT 2 \\gx | cat \\echo\nSELECT 3\n\\g;\n; SELECT 4 \\r\nSELECT 5 \\q\nSELECT 6"),
      ElementsAre("SELECT (1", "psql:\\gexec", "SELECT 2", "psql:\\gx | cat \\echo", "psql:\\g;", "SELECT 3\n",
                  "psql:\\r", "psql:\\q", "SELECT 5"));
}

TEST(ScanScript, GivesClientCopiesTheirData) {
  EXPECT_THAT(texts("\\copy t (a) from stdin\n1;\n\\.\nx"),
              ElementsAre("psql:\\copy t (a) from stdin", "data:1;\n", "x"));
  EXPECT_THAT(texts("\\copy t from 'stdin.csv'\nx; \\copy t to stdout\ny"),
              ElementsAre("psql:\\copy t from 'stdin.csv'", "x", "psql:\\copy t to stdout", "y"));
}

TEST(ScanScript, LeavesBackslashesToOtherTools) {
  EXPECT_THAT(texts("SELECT 1 \\g\n2; \\echo", {.psql_commands = false}), ElementsAre("SELECT 1 \\g\n2", "\\echo"));
}

TEST(ScanScript, NamesWhatIsNotClosed) {
  EXPECT_EQ(unterminated("x;\nSELECT\n 'a;"), (Unterminated{"quoted string", 3}));
  EXPECT_EQ(unterminated("SELECT E'a\\'"), (Unterminated{"quoted string", 1}));
  EXPECT_EQ(unterminated("\nSELECT \"a;"), (Unterminated{"quoted identifier", 2}));
  EXPECT_EQ(unterminated("\nDO $fn$ a; $f$"), (Unterminated{"dollar quote $fn$", 2}));
  EXPECT_EQ(unterminated("x;\n/* /* */"), (Unterminated{"comment", 2}));
  EXPECT_EQ(unterminated("SELECT\n((1);\nx"), (Unterminated{"parenthesis", 2}));
  EXPECT_EQ(unterminated("\nCREATE FUNCTION f() BEGIN ATOMIC SELECT 1;"), (Unterminated{"BEGIN ATOMIC body", 2}));
  EXPECT_EQ(unterminated("COPY t FROM stdin;\n1\n2"), (Unterminated{"COPY data", 2}));
  EXPECT_EQ(unterminated("COPY t FROM stdin;\n1\n\\."), std::nullopt);
}

TEST(ScanScript, StillGivesThePartsOfACutOffScript) {
  EXPECT_EQ(
      scan_script("COPY t FROM stdin;\n1\n2"),
      (ScanResult{{statement("COPY t FROM stdin", 0, 1, 1), data("1\n2", 19, 2, 3)}, Unterminated{"COPY data", 2}}));
  EXPECT_EQ(scan_script("SELECT 'a; "),
            (ScanResult{{statement("SELECT 'a; ", 0, 1, 1)}, Unterminated{"quoted string", 1}}));
}

TEST(ForEachPart, PassesOnWhatTheVisitorThrows) {
  const auto refuse = [](const ScriptPartView&) { throw std::out_of_range("enough"); };
  EXPECT_THROW(for_each_part("SELECT 1;", {}, refuse), std::out_of_range);
}

// Pieces whose parts are known, glued at random, must give exactly these parts at these places.
TEST(ScanScript, SplitsAnyConcatenation) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const Texts statements = {"SELECT 1",
                            "SELECT 'a;''\\', \";\"\"\"",
                            "DO $q$ ; $$ ' $q$",
                            "SELECT E'\\';' /* ; /* */ ' */ + 1",
                            "UPDATE t\nSET a = (1;\n2) -- ; '\n",
                            "SELECT a$b$, $1, x'', 'é'",
                            "CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE 1 WHEN 1 THEN 2 END; END"};
  const Texts fillers = {"", " ", "\n", "\r\n\r\n", "-- it's;\n", "/* $$ ( ; */", ";", "\n \n"};
  const auto pick = [&random](const Texts& from) { return from[random() % from.size()]; };
  for (int round = 0; round < 300; ++round) {
    std::string script;
    std::vector<ScriptPart> expected;
    const auto line = [&script](std::size_t offset) {
      return 1 + static_cast<std::size_t>(
                     std::count(script.begin(), script.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
    };
    const auto add = [&](ScriptPartKind kind, const std::string& text, std::size_t significant) {
      const std::size_t offset = script.size();
      script += text;
      expected.push_back({kind, text, offset, line(offset), line(offset + significant - 1)});
    };
    for (auto count = random() % 12; count > 0; --count) {
      script += pick(fillers);
      const auto kind = random() % 8;
      if (kind == 0) {
        add(ScriptPartKind::statement, "COPY t FROM stdin", 17);
        script += ";\n";
        add(ScriptPartKind::copy_data, "1\t'\n;$$\n\\.\\.\n", 13);
        script += "\\.\n";
      } else if (kind == 1) {
        add(ScriptPartKind::psql_command, "\\echo ';\" a'", 12);
        script += "\n";
      } else {
        const std::string text = pick(statements);
        add(ScriptPartKind::statement, text, text.find(" -- ") == std::string::npos ? text.size() : text.find(" -- "));
        script += ";";
      }
    }
    EXPECT_EQ(scan_script(script), (ScanResult{expected, std::nullopt})) << script;
  }
}

// Whatever the bytes: parts lie inside the script, and a plain statement read alone is itself again.
TEST(ScanScript, AcceptsAnyBytes) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const Texts bits = {"'",
                      "\"",
                      "$",
                      "$a$",
                      "\\",
                      "\\.",
                      "\\;",
                      "\\g",
                      "\n",
                      "\r",
                      " ",
                      ";",
                      "(",
                      ")",
                      "-",
                      "/",
                      "*",
                      "e",
                      "E'",
                      "U&\"",
                      "COPY t FROM stdin",
                      "CREATE FUNCTION f",
                      " BEGIN ATOMIC ",
                      " END ",
                      " CASE ",
                      ".",
                      "1",
                      "\xef\xbb\xbf",
                      "\xff",
                      std::string(1, '\0'),
                      "SET standard_conforming_strings=off",
                      "\\copy t from stdin",
                      "|",
                      "\\q",
                      "`"};
  for (int round = 0; round < 3000; ++round) {
    std::string script;
    for (auto count = random() % 40; count > 0; --count) script += bits[random() % bits.size()];
    const ScanResult result = scan_script(script);
    for (const ScriptPart& part : result.parts) {
      ASSERT_LE(part.offset, script.size()) << script;
      ASSERT_LE(part.line, part.end_line) << script;
      if (part.kind == ScriptPartKind::statement) {
        ASSERT_FALSE(part.text.empty()) << script;
      } else {
        ASSERT_EQ(script.substr(part.offset, part.text.size()), part.text) << script;
      }
    }
  }
}

}  // namespace
}  // namespace prodclone::pg
