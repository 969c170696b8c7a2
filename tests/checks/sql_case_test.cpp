#include <prodclone/checks/sql_case.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prodclone::checks {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

QueryScriptFacts facts(std::vector<data::QueryReport> statements, bool show = false) {
  return {.file = "/p/refactors/rename/after_x.sql", .moment = "after 7", .report = {.database = "d", .statements = std::move(statements)}, .show_values = show};
}

data::QueryReport rows(std::int64_t count) {
  data::QueryReport report{.line = 3, .text = "SELECT id,\n name FROM t", .query = true, .columns = {"id", "name"}, .count = count};
  for (std::int64_t n = 0; n < std::min<std::int64_t>(count, 10); ++n) report.rows.push_back({std::to_string(4711 + n), n == 0 ? std::nullopt : std::optional<std::string>("Ada")});
  return report;
}

TEST(SqlCase, HoldsWhenNoQueryReturnsRows) { EXPECT_THAT(sql_case_findings(facts({rows(0), {.line = 1, .text = "SET x = 1"}})), IsEmpty()); }

TEST(SqlCase, RowsAreAFailureWithFileLineAndStatement) {
  const auto findings = sql_case_findings(facts({rows(0), rows(12)}, true));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::failure);
  EXPECT_EQ(findings[0].object, "rename/after_x.sql");
  EXPECT_EQ(findings[0].what, "The query returned 12 rows, and must return none.");
  EXPECT_EQ(findings[0].where, "/p/refactors/rename/after_x.sql:3, after 7");
  EXPECT_THAT(findings[0].evidence, testing::ElementsAre("SELECT id,", " name FROM t", "id=4711, name=NULL", "id=4712, name=Ada", "id=4713, name=Ada", "id=4714, name=Ada", "id=4715, name=Ada",
                                                         "id=4716, name=Ada", "id=4717, name=Ada", "id=4718, name=Ada", "id=4719, name=Ada", "id=4720, name=Ada", "and 2 more"));
}

TEST(SqlCase, ValuesAreMaskedUnlessAskedFor) {
  const auto findings = sql_case_findings(facts({rows(3)}));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_THAT(to_string(findings[0]), Not(testing::AnyOf(HasSubstr("4711"), HasSubstr("Ada"))));
  EXPECT_THAT(findings[0].evidence, Contains("id=****, name=NULL"));
  EXPECT_THAT(findings[0].evidence, Contains("id=****, name=**** (in 2 rows)"));
}

TEST(SqlCase, AnErrorIsNeverTakenForAnAnswer) {
  const auto findings = sql_case_findings(facts({{.line = 9, .text = "SELECT x", .error = "column \"x\" does not exist"}, rows(0)}));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::failure);
  EXPECT_EQ(findings[0].what, "Could not check: column \"x\" does not exist");
  EXPECT_THAT(findings[0].where, HasSubstr(":9,"));
}

TEST(SqlCase, AFileThatAsksNothingIsAFailure) {
  const auto findings = sql_case_findings(facts({{.line = 1, .text = "SET x = 1"}}));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].what, "Could not check: no statement of the file is a query.");
}

}  // namespace
}  // namespace prodclone::checks
