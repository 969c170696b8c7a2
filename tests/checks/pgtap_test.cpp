#include <prodclone/checks/pgtap.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prodclone::checks {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Findings judged(const std::string& output, const std::string& ending = {}, bool show = false) {
  return pgtap_findings({.file = "/p/refactors/rename/pgtap/names.sql", .moment = "after 7", .output = output, .errors = "psql: ERROR: nothing", .ending = ending, .show_values = show});
}

TEST(Tap, IsReadTestByTest) {
  const auto report = read_tap("1..4\nok 1 - first\nnot ok 2 - it\\#s # 1\n# Failed test 2: \"second\"\n#         have: 1\n#         want: 2\nok 3 # SKIP no server\nnot ok 4 - later # TODO not yet\n# Looks like you failed 1 test of 4\n");
  EXPECT_EQ(report.plan, 4);
  ASSERT_EQ(report.tests.size(), 4U);
  EXPECT_EQ(report.tests[0], (TapTest{.number = 1, .ok = true, .description = "first"}));
  EXPECT_EQ(report.tests[1], (TapTest{.number = 2, .description = "it#s # 1", .diagnostics = {"Failed test 2: \"second\"", "        have: 1", "        want: 2"}}));
  EXPECT_EQ(report.tests[2], (TapTest{.number = 3, .ok = true, .directive = TapDirective::skip, .reason = "no server"}));
  EXPECT_EQ(report.tests[3], (TapTest{.number = 4, .description = "later", .directive = TapDirective::todo, .reason = "not yet"}));
}

TEST(Tap, SubtestsBelongToTheTestThatSumsThemUp) {
  const auto report = read_tap("# Subtest: public.test_a()\n    ok 1 - one\n    1..1\nok 1 - public.test_a\n    not ok 1 - two\n    1..1\nnot ok 2 - public.test_b\n1..2\n");
  ASSERT_EQ(report.tests.size(), 2U);
  EXPECT_EQ(report.plan, 2);
  EXPECT_THAT(report.tests[0].diagnostics, IsEmpty());
  EXPECT_THAT(report.tests[1].diagnostics, ElementsAre("    not ok 1 - two", "    1..1"));
}

TEST(PgTap, PassesWhenThePlanWasKept) {
  EXPECT_THAT(judged("1..2\nok 1 - a\nok 2\n"), IsEmpty());
  EXPECT_THAT(judged("ok 1 - a\n1..1\n"), IsEmpty());
  EXPECT_THAT(judged("1..1\nnot ok 1 - a # TODO later\n"), IsEmpty());
}

TEST(PgTap, EachFailedTestIsAFailureWithItsDiagnosticsMasked) {
  const std::string output = "1..2\nnot ok 1 - a\n# Failed test 1: \"a\"\n#     have: Ada\n#     want: Bob\n#     Extra records:\n#         (1,Ada)\nnot ok 2 - b\n";
  const auto findings = judged(output);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].what, "Test 1 is not ok: a.");
  EXPECT_EQ(findings[0].severity, Severity::failure);
  EXPECT_THAT(findings[0].evidence, ElementsAre("Failed test 1: \"a\"", "    have: ****", "    want: Bob", "    Extra records:", "        (****)"));
  EXPECT_THAT(judged(output, "", true)[0].evidence, Contains("        (1,Ada)"));
}

TEST(PgTap, TestsMissingFromOrBeyondThePlanFail) {
  const auto missing = judged("1..3\nok 1\nok 3\n");
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_EQ(missing[0].what, "3 tests planned, 2 ran.");
  EXPECT_THAT(missing[0].evidence, ElementsAre("test 2 did not run"));
  EXPECT_EQ(judged("1..1\nok 1\nok 2\n").at(0).what, "1 test planned, 2 ran.");
  EXPECT_THAT(judged("ok 1\n").at(0).what, HasSubstr("no plan"));
  EXPECT_THAT(judged("").at(0).what, HasSubstr("Could not check"));
  EXPECT_THAT(judged("1..0\n").at(0).what, HasSubstr("Could not check"));
  EXPECT_THAT(judged("1..0 # SKIP no data\n").at(0).what, HasSubstr("SKIP no data"));
}

TEST(PgTap, AScriptThatStopsIsNotChecked) {
  const auto stopped = judged("1..2\nok 1\n", "exit code 3");
  ASSERT_EQ(stopped.size(), 2U);
  EXPECT_EQ(stopped[0].what, "Could not check: psql ended with exit code 3.");
  EXPECT_THAT(stopped[0].evidence, ElementsAre("psql: ERROR: nothing"));
  EXPECT_THAT(judged("1..1\nok 1\nBail out! no disk\n").at(0).what, HasSubstr("no disk"));
}

TEST(PgTap, WhatWasSkippedIsAWarning) {
  const auto findings = judged("1..1\nok 1 # SKIP no server\n");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::warning);
}

}  // namespace
}  // namespace prodclone::checks
