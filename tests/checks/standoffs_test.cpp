#include <prodclone/checks/standoffs.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace prodclone::checks {
namespace {

using namespace std::chrono_literals;
using rehearsal::Holder;
using rehearsal::Left;
using rehearsal::LockMode;
using rehearsal::Standoff;
using rehearsal::Standoffs;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::chrono::year_month_day today{std::chrono::year(2026), std::chrono::month(11), std::chrono::day(20)};

Standoff standoff(std::chrono::microseconds waited) {
  return {.migration = "0042", .name = "0042_x", .table = "public.orders", .rows = 5'000'000, .met = true, .waiting_statement = "ALTER TABLE orders …",
          .attempts = {{.succeeded = true, .took = waited}}, .reads_blocked = waited, .writes_blocked = waited};
}
Standoff gave_up(Left left) {
  auto one = standoff(500ms);
  one.attempts = {{.sqlstate = "55P03", .error = "canceling statement due to lock timeout", .took = 500ms}};
  one.left = left;
  one.second_run = rehearsal::Attempt{.succeeded = true};
  one.left_then = Left::as_migrated;
  return one;
}
Standoff holding(std::string held, std::string wanted) {
  auto one = standoff(1ms);
  one.table = std::move(wanted);
  one.held = {{std::move(held), LockMode::share_row_exclusive}};
  return one;
}
Findings judged(std::vector<Standoff> fought, const std::string& rule, const std::vector<std::string>& order = {}, const LockBudgets& budgets = {}) {
  return standoff_findings({.fought = std::move(fought)}, budgets, order, today, rule);
}

TEST(Standoffs, AQueueOverBudgetIsAFailureWithTheFigure) {
  const auto findings = judged({standoff(2690ms)}, "LK10");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::failure);
  EXPECT_EQ(findings[0].check, "locks/LK10");
  EXPECT_THAT(findings[0].what, HasSubstr("every read and write of the table queued for 2.7 s"));
  EXPECT_THAT(findings[0].remedy, HasSubstr(R"("rule": "LK10")"));
  EXPECT_THAT(judged({standoff(2400ms)}, "LK10"), IsEmpty()) << "a lock_timeout of two seconds is in budget";
}

TEST(Standoffs, AQueueOnASmallTableIsAWarning) {
  auto one = standoff(2690ms);
  one.rows = 100;
  EXPECT_THAT(judged({one}, "LK10"), ElementsAre(Field(&Finding::severity, Severity::warning)));
}

TEST(Standoffs, OnlyWritesQueueBehindAWeakerLock) {
  auto one = standoff(2690ms);
  one.reads_blocked = 1ms;
  EXPECT_THAT(judged({one}, "LK10"), ElementsAre(Field(&Finding::what, HasSubstr("every write of the table queued"))));
}

TEST(Standoffs, ATableMayHaveABudgetOfItsOwn) {
  LockBudgets budgets;
  budgets.tables = {{"public.order*", {{"queue_ms", 200}}}};
  EXPECT_THAT(judged({standoff(300ms)}, "LK10", {}, budgets), testing::SizeIs(1));
}

TEST(Standoffs, GivingUpWithoutAnotherAttemptIsAWarning) {
  EXPECT_THAT(judged({gave_up(Left::unchanged)}, "LK10"), ElementsAre(Field(&Finding::severity, Severity::warning)));
  auto again = gave_up(Left::unchanged);
  again.attempts.push_back({.succeeded = true, .took = 2ms});
  EXPECT_THAT(judged({again}, "LK10"), IsEmpty());
}

TEST(Standoffs, AnExceptionMakesItANote) {
  LockBudgets budgets;
  budgets.exceptions = {{"0042_*", "LK10", std::chrono::year(2027) / 1 / 31, "maintenance window"}};
  EXPECT_THAT(judged({standoff(2690ms)}, "LK10", {}, budgets), ElementsAre(Field(&Finding::severity, Severity::note)));
}

TEST(Standoffs, WhatWasNotRehearsedIsSaid) {
  const auto findings = standoff_findings({.not_rehearsed = {"0042_x against an idle reader of public.t: no time left"}}, {}, {}, today, "LK10");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::not_checked);
  EXPECT_THAT(findings[0].evidence, ElementsAre(HasSubstr("public.t")));
}

TEST(Standoffs, APartLeftBehindIsAFailureUnlessASecondRunRepairsIt) {
  auto stuck = gave_up(Left::partly);
  stuck.second_run = rehearsal::Attempt{.sqlstate = "42701", .error = "column \"a\" already exists"};
  stuck.left_then = Left::partly;
  EXPECT_THAT(judged({stuck}, "LK19"), ElementsAre(testing::AllOf(Field(&Finding::severity, Severity::failure),
                                                                  Field(&Finding::evidence, testing::Contains(HasSubstr("already exists"))))));
  EXPECT_THAT(judged({gave_up(Left::partly)}, "LK19"), ElementsAre(Field(&Finding::severity, Severity::warning)));
  EXPECT_THAT(judged({gave_up(Left::unchanged)}, "LK19"), IsEmpty());
  EXPECT_THAT(judged({standoff(1ms)}, "LK19"), IsEmpty());
}

TEST(Standoffs, AToolThatRefusesASecondRunIsAWarningWhereNothingStayed) {
  auto dirty = gave_up(Left::unchanged);
  dirty.second_run = rehearsal::Attempt{.error = "Dirty database version 2"};
  dirty.left_then = Left::unchanged;
  EXPECT_THAT(judged({dirty}, "LK19"), ElementsAre(testing::AllOf(Field(&Finding::severity, Severity::warning),
                                                                  Field(&Finding::evidence, testing::Contains(HasSubstr("Dirty database version 2"))))));
}

TEST(Standoffs, ASecondRunThatReachesAnotherSchemaRepairsNothing) {
  auto one = gave_up(Left::unchanged);
  one.left_then = Left::partly;
  EXPECT_THAT(judged({one}, "LK19"), ElementsAre(Field(&Finding::severity, Severity::failure)));
}

TEST(Standoffs, LocksAgainstTheApplicationsOrderAreAFailure) {
  const std::vector<std::string> order = {"customers", "orders"};
  EXPECT_THAT(judged({holding("public.orders", "public.customers")}, "LK12", order), ElementsAre(Field(&Finding::severity, Severity::failure)));
  EXPECT_THAT(judged({holding("public.customers", "public.orders")}, "LK12", order), IsEmpty());
  EXPECT_THAT(judged({holding("public.items", "public.orders")}, "LK12", order), ElementsAre(Field(&Finding::severity, Severity::warning)));
  EXPECT_THAT(judged({holding("public.orders", "public.customers")}, "LK12"), ElementsAre(Field(&Finding::severity, Severity::note)));
}

TEST(Standoffs, AnUnknownRuleIsAMistakeOfOurs) { EXPECT_THROW(judged({}, "LK99"), std::logic_error); }

}  // namespace
}  // namespace prodclone::checks
