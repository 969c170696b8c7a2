#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/report/report.hpp>

#include "sample_report.hpp"

namespace prodclone::report {
namespace {

using namespace std::chrono_literals;
using rehearsal::LockMode;
using testing::ElementsAre;

TEST(Verdicts, CountTestsUnderEachOfTheirLabels) {
  EXPECT_THAT(verdicts(sample_report()),
              ElementsAre(Verdict{.label = "fk", .tests = 1, .failed = 1, .warnings = 1}, Verdict{.label = "refactor", .tests = 1, .unfinished = 1},
                          Verdict{.label = "schema", .tests = 1}, Verdict{.label = "smoke", .tests = 2, .could_not_check = 2},
                          Verdict{.label = "tenancy", .tests = 1, .unfinished = 1}));
}

TEST(Conclusion, IsGreenOnlyWhenEverythingRanAndPassed) {
  Report report{.tests = {{.name = "A.a"}, {.name = "B.b"}}};
  EXPECT_TRUE(green(report));
  EXPECT_EQ(conclusion(report), "All 2 tests passed.");
  for (const auto outcome : {Outcome::failed, Outcome::could_not_check, Outcome::unfinished}) {
    report.tests[1].outcome = outcome;
    EXPECT_FALSE(green(report)) << to_string(outcome);
  }
  report.tests[1].outcome = Outcome::passed;
  report.migration_failure = "division by zero";
  EXPECT_FALSE(green(report));
  EXPECT_EQ(conclusion(report), "A migration failed.");
}

TEST(Conclusion, NothingThatRanIsNotGreen) {
  EXPECT_FALSE(green({}));
  EXPECT_EQ(conclusion({}), "No test has run: nothing is known.");
}

TEST(Conclusion, NamesEachWayOfNotPassing) { EXPECT_EQ(conclusion(sample_report()), "1 of 5 tests failed, 2 could not check, 1 did not finish."); }

TEST(LeftOut, IsWhatWasNotCheckedAndNotMeasured) {
  EXPECT_THAT(left_out(sample_report()), ElementsAre("No declared schema was compared.", "Not measured in 1.up.sql:3: temporary files."));
}

TEST(LocksAgainstWrites, AreTheLongestAndStrongestOfEachTableThatWasThere) {
  rehearsal::LockTrace trace;
  auto index = lock_of("public.i", LockMode::access_exclusive, 9s);
  index.kind = "index";
  auto new_table = lock_of("public.new", LockMode::access_exclusive, 9s);
  new_table.pre_existing = false;
  trace.migrations = {{.statements = {{.locks = {lock_of("public.a", LockMode::share, 20ms), lock_of("public.b", LockMode::row_exclusive, 9s), index, new_table}},
                                      {.locks = {lock_of("public.a", LockMode::access_exclusive, 10ms), lock_of("public.c", LockMode::share, 30ms)}}}}};
  const auto tables = locks_against_writes(trace);
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[0].relation, "public.c");
  EXPECT_EQ(tables[1].relation, "public.a");
  EXPECT_EQ(tables[1].mode, LockMode::access_exclusive);
  EXPECT_EQ(tables[1].held, 20ms);
}

TEST(Rewrites, CountOnlyWhatWasThereBefore) {
  EXPECT_EQ(rewrites({.statements = {{.rewrites = {{.relation = "a", .pre_existing = true}, {.relation = "new"}}}}}), 1);
  EXPECT_EQ(rewrites({.statements = {{.bookkeeping = true, .rewrites = {{.relation = "schema_migrations", .pre_existing = true}}}}}), 0);
}

TEST(Outcomes, AreWordsThatComeBack) {
  for (const auto outcome : {Outcome::passed, Outcome::failed, Outcome::could_not_check, Outcome::unfinished}) EXPECT_EQ(parse_outcome(to_string(outcome)), outcome);
  EXPECT_EQ(parse_outcome("green"), std::nullopt);
}

}  // namespace
}  // namespace prodclone::report
