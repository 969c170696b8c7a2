#include <prodclone/checks/live_locks.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prodclone::checks {
namespace {

using namespace std::chrono_literals;
using rehearsal::LiveLocks;
using rehearsal::LiveSession;
using rehearsal::LockMode;
using testing::Contains;
using testing::IsEmpty;

LiveSession session(rehearsal::Duration age, bool holds) {
  LiveSession made{.pid = 42, .user = "orcha", .application = "report", .state = "idle in transaction", .transaction_age = age, .query = "SELECT ?"};
  if (holds) made.locks = {{"public.orders", LockMode::row_exclusive}};
  return made;
}

TEST(LiveLockFindings, ALongTransactionWithLocksIsAFailure) {
  const auto findings = live_lock_findings({.database = "prod", .long_transactions = {session(90s, true)}});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::failure);
  EXPECT_EQ(findings[0].object, "session 42 (orcha, report)");
  EXPECT_THAT(findings[0].evidence, Contains("holds ROW EXCLUSIVE on public.orders"));
  EXPECT_EQ(findings[0].remedy, "Have its owner COMMIT or ROLLBACK; else SELECT pg_terminate_backend(42);");
}

TEST(LiveLockFindings, WithoutLocksItIsAWarningAndAYoungOneIsNothing) {
  EXPECT_EQ(live_lock_findings({.long_transactions = {session(90s, false)}}).at(0).severity, Severity::warning);
  EXPECT_THAT(live_lock_findings({.long_transactions = {session(20s, true)}}), IsEmpty());
}

TEST(LiveLockFindings, AChainIsOneFindingForEachRoot) {
  const LiveLocks live{.waiting = {{.pid = 1, .user = "a"}, {.pid = 2, .depth = 1, .path = {1, 2}, .user = "b", .waiting = 3s, .waits_for = "AccessExclusiveLock on public.t"},
                                   {.pid = 7, .user = "c"}, {.pid = 8, .depth = 1, .path = {7, 8}, .user = "d", .waiting = 1s, .waits_for = "ShareLock on transactionid"}}};
  const auto findings = live_lock_findings(live);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].what, "It keeps 1 session waiting.");
  EXPECT_THAT(findings[0].evidence, Contains("  session 2 (b) has waited 3.0 s for AccessExclusiveLock on public.t"));
}

TEST(LiveLockFindings, APreparedTransactionIsAFailureOnceItIsOld) {
  EXPECT_EQ(live_lock_findings({.prepared = {{.gid = "g", .owner = "o", .age = 10min}}}).at(0).severity, Severity::failure);
  EXPECT_EQ(live_lock_findings({.prepared = {{.gid = "g", .owner = "o", .age = 1s, .locks = {{"public.t", LockMode::row_exclusive}}}}}).at(0).severity, Severity::warning);
  EXPECT_THAT(live_lock_findings({.prepared = {{.gid = "g", .owner = "o", .age = 1s}}}), IsEmpty());
}

TEST(LiveLockFindings, WhatCouldNotBeSeenIsAFailure) { EXPECT_TRUE(any_failure(live_lock_findings({.not_measured = {"others"}}))); }

}  // namespace
}  // namespace prodclone::checks
