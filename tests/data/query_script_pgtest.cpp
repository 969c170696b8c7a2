#include <prodclone/data/query_script.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/pg/session.hpp>
#include <support/selftest_server.hpp>

namespace prodclone::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class QueryScript : public testing::Test {
 protected:
  QueryScript() { session_.execute("CREATE TABLE t (id int, note text); INSERT INTO t SELECT n, CASE WHEN n % 2 = 0 THEN 'even' END FROM generate_series(1, 25) n; CREATE SEQUENCE s"); }
  QueryScriptReport run(const std::string& script, QueryScriptOptions options = {}) const { return run_query_script(scratch_.conninfo(), script, options); }
  // Of a script with one statement.
  QueryReport only(const std::string& script) const {
    const auto report = run(script);
    EXPECT_EQ(report.statements.size(), 1U);
    return report.statements.empty() ? QueryReport{} : report.statements.front();
  }
  selftest::ScratchDatabase scratch_;
  pg::Session session_{scratch_.conninfo()};
};

TEST_F(QueryScript, CountsAllRowsAndKeepsTheFirst) {
  const auto report = run("SELECT id, note FROM t ORDER BY id", {.rows = 2});
  ASSERT_EQ(report.statements.size(), 1U);
  const auto& query = report.statements.front();
  EXPECT_EQ(query.count, 25);
  EXPECT_THAT(query.columns, ElementsAre("id", "note"));
  ASSERT_EQ(query.rows.size(), 2U);
  EXPECT_THAT(query.rows[0], ElementsAre("1", std::nullopt));
  EXPECT_THAT(query.rows[1], ElementsAre("2", "even"));
}

TEST_F(QueryScript, AsksWhereThereIsAQueryIfWithoutRows) {
  EXPECT_TRUE(run("SELECT 1 WHERE false").asks());
  EXPECT_TRUE(run("WITH x AS (SELECT 1) SELECT * FROM x WHERE false; SET LOCAL work_mem = '8MB'").asks());
  EXPECT_FALSE(run("SET LOCAL work_mem = '8MB'; DO $$BEGIN END$$").asks());
  EXPECT_FALSE(run("-- nothing yet").asks());
}

TEST_F(QueryScript, CountsRowsOfEveryKindOfQuery) {
  for (const char* sql : {"SELECT FROM t WHERE id = 1", "VALUES (1)", "TABLE t LIMIT 1", "(SELECT 1)", "WITH x AS (SELECT 1) SELECT * FROM x", "SHOW work_mem", "EXPLAIN SELECT 1"})
    EXPECT_EQ(only(sql).count, 1) << sql << ": " << only(sql).error;
}

TEST_F(QueryScript, AnErrorNamesItsLineAndHidesNoOther) {
  const auto report = run("SELECT 1 WHERE false;\n-- first\nSELECT 'ü',\n  nothing\nFROM t;\nSELECT id FROM t WHERE id = 3");
  ASSERT_EQ(report.statements.size(), 3U);
  EXPECT_EQ(report.statements[0].error, "");
  EXPECT_THAT(report.statements[1].error, HasSubstr("\"nothing\" does not exist (SQLSTATE 42703)"));
  EXPECT_EQ(report.statements[1].line, 4U);
  EXPECT_EQ(report.statements[2].count, 1);
}

TEST_F(QueryScript, WritesNothingWhateverItTries) {
  for (const char* sql : {"INSERT INTO t VALUES (99)", "WITH x AS (DELETE FROM t RETURNING id) SELECT * FROM x", "SELECT nextval('s')", "DROP TABLE t", "SELECT 1 INTO other",
                          "SET TRANSACTION READ WRITE", "COMMIT", "BEGIN", "ROLLBACK", "PREPARE TRANSACTION 'x'", "DO $$BEGIN COMMIT; END$$"})
    EXPECT_NE(only(sql).error, "") << sql;
  run("COMMIT; SET default_transaction_read_only = off; SET TRANSACTION READ WRITE; TRUNCATE t");
  EXPECT_EQ(session_.query("SELECT count(*) AS n FROM t").integer(0, "n"), 25);
}

TEST_F(QueryScript, RefusesWhatOnlyPsqlUnderstands) {
  EXPECT_THAT(run("\\set x 1\nSELECT 1 WHERE false").statements.at(0).error, HasSubstr("psql"));
  const auto cut = run("SELECT 1 WHERE false;\nSELECT 'abc");
  ASSERT_EQ(cut.statements.size(), 1U);
  EXPECT_EQ(cut.statements[0].line, 2U);
  EXPECT_THAT(cut.statements[0].error, HasSubstr("does not end"));
}

TEST_F(QueryScript, StopsAStatementAtItsDeadline) {
  const auto report = run("SELECT pg_sleep(60); SELECT 1 WHERE false", {.deadline = std::chrono::milliseconds(50)});
  ASSERT_EQ(report.statements.size(), 2U);
  EXPECT_THAT(report.statements[0].error, HasSubstr("statement timeout"));
  EXPECT_EQ(report.statements[1].error, "");
}

TEST_F(QueryScript, RowsThatRowSecurityWouldHideAreAnError) {
  const auto owner = selftest::ordinary_role();
  session_.execute("ALTER TABLE t ENABLE ROW LEVEL SECURITY; GRANT ALL ON t TO PUBLIC; GRANT ALL ON SCHEMA public TO PUBLIC; CREATE POLICY none ON t USING (false)");
  auto database = scratch_.conninfo();
  database.host = owner.host;
  database.port = owner.port;
  database.user = owner.user;
  database.password = owner.password;
  EXPECT_THAT(run_query_script(database, "SELECT * FROM t").statements.at(0).error, HasSubstr("row-level security"));
  const auto report = run_query_script(database, "SET LOCAL row_security = on; SELECT * FROM t");
  EXPECT_EQ(report.statements.at(1).error, "");
  EXPECT_EQ(report.statements.at(1).count, 0);
}

}  // namespace
}  // namespace prodclone::data
