#include <prodclone/checks/locks.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prodclone::checks {
namespace {

using namespace std::chrono_literals;
using rehearsal::HeldLock;
using rehearsal::LockMode;
using rehearsal::LockTrace;
using rehearsal::ProbeWaits;
using rehearsal::TableTraffic;
using rehearsal::TrafficTrace;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::chrono::year_month_day today{std::chrono::year(2026), std::chrono::month(11), std::chrono::day(20)};
constexpr Bytes big{494LL << 20};

HeldLock lock(LockMode mode) {
  return {.relation = "public.orders", .name_then = "orders", .kind = "table", .table = "public.orders", .mode = mode, .pre_existing = true, .size = big, .rows = 5'000'000};
}

// An ALTER TABLE at line 3, and at line 4 an UPDATE in the same transaction.
LockTrace trace(std::int64_t updated = 0, rehearsal::Duration ended = 400ms) {
  LockTrace made{.database = "clone"};
  made.migrations.push_back({.id = "0042", .name = "0042_x", .succeeded = true});
  auto& migration = made.migrations[0];
  migration.statements = {{.file = "m/0042_x.up.sql", .line = 3, .text = "ALTER TABLE orders …", .command = "ALTER TABLE", .locks = {lock(LockMode::row_exclusive)}},
                          {.file = "m/0042_x.up.sql", .line = 4, .text = "UPDATE orders …", .command = "UPDATE", .started = 100ms, .took = 200ms}};
  if (updated > 0) migration.statements[1].rows = {{.relation = "public.orders", .updated = updated}};
  migration.transactions = {{.last_statement = 1, .ended = ended, .committed = true}};
  return made;
}

TrafficTrace traffic(rehearsal::Duration longest, std::vector<std::string> through = {"public.orders"}) {
  rehearsal::Blocking blocking{.longest = longest, .total = longest};
  blocking.windows = {{.from = 1s, .until = 1s + longest, .migration = "0042", .file = "m/0042_x.up.sql", .line = 3, .through = std::move(through)}};
  blocking.probe = ProbeWaits{.asked = 30, .usual = 300us, .longest = longest - 10ms, .total = longest - 10ms};
  blocking.computed = longest;
  return {.statements_known = true, .looks = 100, .tables = {{.table = "public.orders", .size = big, .rows = 5'000'000, .reads = blocking, .writes = blocking}}};
}

Findings judged(const LockTrace& given, const TrafficTrace& measured, const std::string& rule, const LockBudgets& budgets = {}) {
  return lock_findings(LockFacts{given, &measured}, budgets, today, rule);
}

TEST(TrafficRules, LK01TellsWhoWaitedHowLongAndByWhatProof) {
  const auto findings = judged(trace(), traffic(1500ms), "LK01");
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].check, "locks/LK01");
  EXPECT_EQ(findings[0].severity, Severity::failure);
  EXPECT_EQ(findings[0].object, "public.orders");
  EXPECT_EQ(findings[0].where, "0042_x.up.sql:3");
  EXPECT_EQ(findings[0].what, "Reads of public.orders (494 MB, 5.0 M rows) were blocked for 1.5 s; the budget is 1.0 s.");
  EXPECT_THAT(findings[0].evidence, AllOf(Contains("ALTER TABLE orders …"), Contains("a SELECT by primary key, sent again and again, waited 1.5 s (else 0.3 ms)"),
                                          Contains("the locks of the first run make expect 1.5 s")));
}

TEST(TrafficRules, LK02HasABudgetOfItsOwn) {
  EXPECT_THAT(judged(trace(), traffic(1500ms), "LK02"), IsEmpty());
  EXPECT_THAT(judged(trace(), traffic(2500ms), "LK02"), SizeIs(1));
}

TEST(TrafficRules, BudgetsAreEachTablesOwn) {
  LockBudgets budgets;
  budgets.tables = {{"public.orders", {{"blocked_reads_ms", 200}, {"blocked_writes_ms", 5000}}}};
  EXPECT_THAT(judged(trace(), traffic(500ms), "LK01", budgets), SizeIs(1));
  EXPECT_THAT(judged(trace(), traffic(2500ms), "LK02", budgets), IsEmpty());
}

TEST(TrafficRules, AWindowIsJudgedWithItsMigration) {
  auto two = trace();
  two.migrations.push_back({.id = "0043", .name = "0043_y", .succeeded = true});
  EXPECT_THAT(judged(two, traffic(1500ms), "LK01"), SizeIs(1));
}

TEST(TrafficRules, WhatWasNotMeasuredIsAFailure) {
  auto failed = traffic(1ms);
  failed.not_measured = {{"blocking", "the probes stopped early: gone"}, {"stale_plans", "no room"}};
  for (const char* rule : {"LK01", "LK02", "LK14"}) EXPECT_THAT(judged(trace(), failed, rule), Contains(Field(&Finding::what, "Could not check: the probes stopped early: gone."))) << rule;
  EXPECT_THAT(judged(trace(), failed, "LK15"), SizeIs(1));
  for (const char* rule : {"LK01", "LK02", "LK14", "LK15"}) {
    const auto findings = lock_findings(trace(), {}, today, rule);
    EXPECT_THAT(findings, SizeIs(1)) << rule;
    EXPECT_THAT(findings, Each(Field(&Finding::severity, Severity::failure))) << rule;
  }
  for (const auto& finding : lock_findings(trace(), {}, today)) EXPECT_THAT(finding.what, testing::Not(HasSubstr("traffic"))) << "whoever has no second run is not judged by it";
}

TEST(TrafficRules, LooksThatWereTooFarApartAreNoPass) {
  auto slow = traffic(1ms);
  slow.longest_gap = 1200ms;
  EXPECT_THAT(judged(trace(), slow, "LK01"), Contains(Field(&Finding::what, HasSubstr("1.2 s apart"))));
  EXPECT_THAT(judged(trace(), slow, "LK02"), IsEmpty()) << "its budget is longer";
}

TEST(TrafficRules, FiguresThatDisagreeAboutABudgetAreAWarning) {
  auto doubtful = traffic(300ms);
  doubtful.tables[0].reads.computed = 1500ms;
  doubtful.tables[0].reads.trustworthy = false;
  const auto findings = judged(trace(), doubtful, "LK01");
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].severity, Severity::warning);
  EXPECT_THAT(findings[0].what, HasSubstr("Not trustworthy"));
}

TEST(TrafficRules, LK13CountsTheRowsOfATransaction) {
  const auto findings = judged(trace(10'001), traffic(1ms), "LK13");
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].what, "One transaction updated or deleted 10001 rows of public.orders (494 MB, 5.0 M rows); the budget is 10000 rows.");
  EXPECT_EQ(findings[0].where, "0042_x.up.sql:4");
  EXPECT_THAT(judged(trace(10'000), traffic(1ms), "LK13"), IsEmpty());
}

TEST(TrafficRules, LK13FlagsRowsThatStayLocked) {
  auto measured = traffic(1ms);
  measured.tables[0].row_locks = rehearsal::RowLocks{.sampled = 64, .largest_share = 0.25, .longest = 1100ms};
  const auto findings = judged(trace(10, 1300ms), measured, "LK13");
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_THAT(findings[0].what, HasSubstr("stayed locked for 1.2 s; the budget is 1.0 s"));
  EXPECT_THAT(findings[0].evidence, Contains("of 64 sampled rows, 25 % were locked at one moment, and some without a break for 1.1 s"));
  EXPECT_THAT(judged(trace(10, 1000ms), measured, "LK13"), IsEmpty());
}

TEST(TrafficRules, LK14IsAboutIndexesWhoseTableIsNotLocked) {
  EXPECT_THAT(judged(trace(), traffic(100ms), "LK14"), IsEmpty());
  const auto findings = judged(trace(), traffic(100ms, {"public.by_customer"}), "LK14");
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].severity, Severity::failure);
  EXPECT_THAT(findings[0].what, HasSubstr("could be planned for 100 ms: its index public.by_customer was locked"));
  auto small = traffic(100ms, {"public.by_customer"});
  small.tables[0].size = {8192};
  small.tables[0].rows = 10;
  EXPECT_THAT(judged(trace(), small, "LK14"), Contains(Field(&Finding::severity, Severity::warning)));
}

TEST(TrafficRules, LK15IsANoteUnlessABudgetSaysSo) {
  auto stale = traffic(1ms);
  stale.stale_plans = {{.table = "public.orders", .statement = "SELECT * FROM public.orders", .sqlstate = "0A000", .message = "cached plan must not change result type", .migration = "0042"}};
  EXPECT_THAT(judged(trace(), stale, "LK15"), Contains(AllOf(Field(&Finding::severity, Severity::note), Field(&Finding::what, HasSubstr("1 statement prepared before the migration fails")))));
  LockBudgets none;
  none.stale_plans = 0;
  EXPECT_THAT(judged(trace(), stale, "LK15", none), Contains(Field(&Finding::severity, Severity::failure)));
  stale.stale_plans[0].sqlstate = "42P01";
  EXPECT_THAT(judged(trace(), stale, "LK15", none), IsEmpty()) << "a table that is gone is for the previous release to say";
}

}  // namespace
}  // namespace prodclone::checks
