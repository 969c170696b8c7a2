#include <prodclone/checks/lock_budgets.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/base/error.hpp>

namespace prodclone::checks {
namespace {

using namespace std::chrono_literals;

std::string remedy_of(const config::Budgets& configured) {
  try {
    lock_budgets(configured);
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::usage);
    return error.remedy();
  }
  return "(accepted)";
}

TEST(LockBudgetsFromConfig, NumbersReplaceDefaultsByName) {
  const auto budgets = lock_budgets({.values = {{"rewrite_mb", 16}, {"access_exclusive_ms", 200.5}, {"total_ms", 60000}}});
  EXPECT_EQ(budgets.defaults.rewrite, (TableSize{{16 << 20}, 100'000}));
  EXPECT_EQ(budgets.defaults.access_exclusive, 200500us);
  EXPECT_EQ(budgets.total, 60s);
  EXPECT_EQ(budgets.statement, LockBudgets{}.statement);
}

TEST(LockBudgetsFromConfig, AnUnknownNameIsAnErrorThatNamesTheNearest) {
  EXPECT_EQ(remedy_of({.values = {{"rewrite_mbs", 16}}}), "Did you mean rewrite_mb?");
  EXPECT_THAT(remedy_of({.tables = {{"public.*", {{"wal_mb", 1}}}}}), testing::Not("(accepted)"));
  EXPECT_THAT(remedy_of({.values = {{"rewrite_mb", -1}}}), testing::HasSubstr("from 0 up"));
}

TEST(LockBudgetsFromConfig, ExceptionsNeedADayAndAReason) {
  const auto budgets = lock_budgets({.exceptions = {{"0042_*", "LK04", "2027-01-31", "window"}}});
  EXPECT_EQ(budgets.exceptions.at(0).until, std::chrono::year(2027) / 1 / 31);
  EXPECT_EQ(remedy_of({.exceptions = {{"0042_*", "LK04", "2027-02-30", "window"}}}), "Write it as 2027-01-31.");
  EXPECT_EQ(remedy_of({.exceptions = {{"0042_*", "LK04", "soon", "window"}}}), "Write it as 2027-01-31.");
  EXPECT_THAT(remedy_of({.exceptions = {{"0042_*", "LK04", "2027-01-31", " "}}}), testing::HasSubstr("why"));
}

TEST(LockBudgetsForATable, TheStrictestMatchingEntryWins) {
  const auto budgets = lock_budgets({.values = {{"blocked_reads_ms", 700}},
                                     .tables = {{"public.orders", {{"blocked_reads_ms", 200}}},
                                                {"public.*", {{"blocked_reads_ms", 300}, {"blocked_writes_ms", 400}}},
                                                {"audit.*", {{"blocked_reads_ms", 30000}}}}});
  EXPECT_EQ(limits_for(budgets, "public.orders").blocked_reads, 200ms);
  EXPECT_EQ(limits_for(budgets, "public.orders").blocked_writes, 400ms);
  EXPECT_EQ(limits_for(budgets, "audit.log").blocked_reads, 30s);
  EXPECT_EQ(limits_for(budgets, "other.t").blocked_reads, 700ms);
}

}  // namespace
}  // namespace prodclone::checks
