#include "traffic_windows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prodclone::rehearsal::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Oid orders = 16400, orders_pkey = 16402, made_by_the_run = 16500;

// What a server would have told before the run.
Relations relations() {
  const auto row = [](Oid oid, const char* name, const char* kind, Oid table) {
    return std::vector<std::optional<std::string>>{std::to_string(oid), "public", name, kind, "1", std::to_string(table), "4096", "100"};
  };
  std::vector<std::optional<std::string>> cells;
  for (const auto& one : {row(orders, "orders", "r", orders), row(orders_pkey, "orders_pkey", "i", orders)}) cells.insert(cells.end(), one.begin(), one.end());
  return Relations(pg::Result({"oid", "nspname", "relname", "relkind", "relfilenode", "table_oid", "size", "rows"}, cells));
}

// Seen by looks every 10 ms from `first` to `last`.
SeenLock lock(Oid relation, LockMode mode, Duration first, Duration last) { return {relation, mode, first - 10ms, first, last, last + 10ms}; }

SeenTraffic run(std::vector<SeenLock> locks) {
  SeenTraffic seen{.locks = std::move(locks), .statements_known = true};
  seen.timeline.statements = {{.migration = "1", .file = "1.up.sql", .text = "ALTER TABLE orders …", .line = 1, .began = 100ms, .ended = 110ms},
                              {.migration = "1", .file = "1.up.sql", .text = "UPDATE …", .line = 2, .began = 111ms, .ended = 400ms}};
  seen.timeline.transaction_ends = {401ms};
  return seen;
}

TableTraffic only(const SeenTraffic& seen, const std::map<std::string, ExpectedBlocking>& expected = {}) {
  const auto all = table_traffic(seen, relations(), expected);
  EXPECT_THAT(all, SizeIs(1));
  return all.at(0);
}

TEST(TrafficWindows, BeginWithTheStatementAndEndWithTheTransaction) {
  const auto traffic = only(run({lock(orders, LockMode::access_exclusive, 104ms, 398ms)}));
  EXPECT_EQ(traffic.table, "public.orders");
  ASSERT_THAT(traffic.reads.windows, SizeIs(1));
  EXPECT_EQ(traffic.reads.windows[0].from, 100ms);
  EXPECT_EQ(traffic.reads.windows[0].until, 401ms);
  EXPECT_EQ(traffic.reads.windows[0].line, 1U);
  EXPECT_THAT(traffic.reads.windows[0].through, ElementsAre("public.orders"));
  EXPECT_EQ(traffic.reads.longest, 301ms);
  EXPECT_EQ(traffic.writes.longest, 301ms);
}

TEST(TrafficWindows, OfStatementsBetweenTwoLooksTheFirstRunTellsWhichTookTheLock) {
  auto seen = run({lock(orders, LockMode::access_exclusive, 112ms, 398ms)});
  EXPECT_EQ(only(seen).reads.windows.at(0).line, 1U) << "the earliest that may have";
  const auto traffic = only(seen, {{"public.orders", {.reads = 290ms, .writes = 290ms, .taken_by = {{"1.up.sql", 2}}}}});
  EXPECT_EQ(traffic.reads.windows.at(0).line, 2U);
  EXPECT_EQ(traffic.reads.windows[0].from, 111ms);
}

TEST(TrafficWindows, AShareLockStopsWritersOnly) {
  const auto traffic = only(run({lock(orders, LockMode::share, 104ms, 398ms)}));
  EXPECT_THAT(traffic.reads.windows, IsEmpty());
  EXPECT_EQ(traffic.writes.total, 301ms);
}

TEST(TrafficWindows, AnIndexStopsItsTableOnlyWhenNobodyMayUseIt) {
  const auto rebuilt = only(run({lock(orders_pkey, LockMode::access_exclusive, 120ms, 398ms)}));
  EXPECT_THAT(rebuilt.reads.windows.at(0).through, ElementsAre("public.orders_pkey"));
  EXPECT_EQ(rebuilt.reads.windows[0].from, 110ms) << "while the second statement may have run";
  EXPECT_THAT(table_traffic(run({lock(orders_pkey, LockMode::share, 120ms, 398ms)}), relations(), {}), IsEmpty());
}

TEST(TrafficWindows, WhatTheRunMadeIsNobodysTable) {
  EXPECT_THAT(table_traffic(run({lock(made_by_the_run, LockMode::access_exclusive, 120ms, 398ms)}), relations(), {}), IsEmpty());
}

TEST(TrafficWindows, TransactionsThatFollowAtOnceAreTwoWindows) {
  auto seen = run({lock(orders, LockMode::access_exclusive, 104ms, 395ms)});
  seen.timeline.transaction_ends = {250ms, 401ms};
  seen.locks[0].last = 395ms;
  const auto traffic = only(seen);
  EXPECT_THAT(traffic.reads.windows, SizeIs(2));
  EXPECT_EQ(traffic.reads.longest, 151ms);
  EXPECT_EQ(traffic.reads.total, 301ms);
}

TEST(TrafficWindows, WithoutKnowingTheStatementsTheLooksAreTheMeasure) {
  auto seen = run({lock(orders, LockMode::access_exclusive, 104ms, 398ms)});
  seen.timeline = {};
  seen.statements_known = false;
  const auto traffic = only(seen);
  EXPECT_EQ(traffic.reads.windows.at(0).from, 94ms);
  EXPECT_EQ(traffic.reads.windows[0].until, 408ms);
  EXPECT_EQ(traffic.reads.windows[0].file, "");
}

TEST(TrafficWindows, AProbeThatWaitedForALockIsToldFromOneThatStalled) {
  auto seen = run({lock(orders, LockMode::access_exclusive, 104ms, 398ms)});
  seen.probes = {{.table = orders, .use = Use::reads, .asked = 20, .usual = 1ms, .waits = {{20ms, 60ms, false}, {120ms, 402ms, true}}}};
  const auto probe = only(seen).reads.probe;
  ASSERT_TRUE(probe);
  EXPECT_EQ(probe->longest, 282ms);
  EXPECT_EQ(probe->stalled, 40ms);
  EXPECT_TRUE(only(seen).reads.trustworthy);
}

TEST(TrafficWindows, ALockThatOnlyAProbeMetIsAWindowToo) {
  auto seen = run({});
  seen.probes = {{.table = orders, .use = Use::writes, .asked = 20, .usual = 1ms, .waits = {{120ms, 402ms, true}}}};
  const auto traffic = only(seen);
  EXPECT_EQ(traffic.writes.longest, 281ms) << "until the transaction ended, which gives everything back";
  EXPECT_THAT(traffic.writes.windows.at(0).through, IsEmpty());
}

TEST(TrafficWindows, FiguresThatDisagreeAreNotTrusted) {
  const auto seen = run({lock(orders, LockMode::access_exclusive, 104ms, 398ms)});
  EXPECT_TRUE(only(seen, {{"public.orders", {.reads = 340ms, .writes = 260ms}}}).reads.trustworthy);
  EXPECT_FALSE(only(seen, {{"public.orders", {.reads = 500ms, .writes = 300ms}}}).reads.trustworthy);
  EXPECT_TRUE(agree(3ms, 50ms));
  EXPECT_TRUE(agree(1000ms, 1200ms));
  EXPECT_FALSE(agree(1000ms, 1300ms));
}

TEST(TrafficWindows, ALockThatWasExpectedAndNotSeenIsTold) {
  const auto traffic = only(run({}), {{"public.orders", {.reads = 0ms, .writes = 700ms}}});
  EXPECT_FALSE(traffic.writes.trustworthy);
  EXPECT_TRUE(traffic.reads.trustworthy);
}

TEST(TrafficWindows, RowLocksEndWithTheirTransaction) {
  auto seen = run({});
  seen.row_looks[orders] = {{90ms, 64, 0}, {150ms, 64, 16}, {200ms, 64, 32}, {390ms, 64, 32}, {440ms, 64, 8}, {490ms, 64, 0}};
  const auto rows = only(seen).row_locks;
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->sampled, 64);
  EXPECT_DOUBLE_EQ(rows->largest_share, 0.5);
  EXPECT_EQ(rows->longest, 251ms) << "from the first look that met one to the end of the transaction";
}

}  // namespace
}  // namespace prodclone::rehearsal::test
