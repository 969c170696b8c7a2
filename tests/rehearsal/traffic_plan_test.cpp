#include "traffic_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/rehearsal/traffic_probe.hpp>

namespace prodclone::rehearsal::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

HeldLock lock(std::string table, LockMode mode, Duration held) {
  return {.relation = table, .kind = "table", .table = table, .mode = mode, .pre_existing = true, .held = held};
}

LockTrace trace(std::vector<StatementTrace> statements) {
  LockTrace made;
  made.migrations.push_back({.id = "1", .statements = std::move(statements)});
  return made;
}

TEST(TrafficPlan, ProbesTheTablesThatAreLockedMostStronglyAndLongest) {
  const auto plan = plan_traffic(trace({{.locks = {lock("a", LockMode::share, 900ms), lock("b", LockMode::access_exclusive, 1ms), lock("c", LockMode::row_exclusive, 5s),
                                                   lock("d", LockMode::access_exclusive, 20ms), lock("e", LockMode::share, 100ms), lock("f", LockMode::share, 2s)}}}));
  EXPECT_THAT(plan.probed, ElementsAre("d", "b", "f", "a"));
  EXPECT_THAT(plan.prepared, ElementsAre("d", "b")) << "only those can have got another form";
  EXPECT_THAT(plan.updated, IsEmpty());
}

TEST(TrafficPlan, LooksAtRowsOfTablesThatWereThereBefore) {
  auto made = lock("made", LockMode::row_exclusive, 1ms);
  made.pre_existing = false;
  const auto plan = plan_traffic(trace({{.locks = {lock("a", LockMode::row_exclusive, 1ms), lock("b", LockMode::row_exclusive, 1ms), made},
                                         .rows = {{.relation = "a", .updated = 10}, {.relation = "b", .deleted = 20}, {.relation = "made", .updated = 30}}}}));
  EXPECT_THAT(plan.updated, ElementsAre("b", "a"));
}

TEST(ExpectedBlocking, JoinsLocksThatOverlap) {
  const auto expected = expected_blocking(trace({{.started = 0ms, .locks = {lock("a", LockMode::share, 300ms)}},
                                                 {.started = 200ms, .locks = {lock("a", LockMode::access_exclusive, 300ms)}},
                                                 {.started = 900ms, .locks = {lock("a", LockMode::share, 400ms)}}}));
  EXPECT_EQ(expected.at("a").reads, 300ms);
  EXPECT_EQ(expected.at("a").writes, 500ms);
}

TEST(ExpectedBlocking, AnIndexCountsForItsTableWhenNobodyMayUseIt) {
  auto index = lock("a", LockMode::access_exclusive, 300ms);
  index.relation = "a_pkey";
  index.kind = "index";
  auto weak = index;
  weak.mode = LockMode::share;
  EXPECT_EQ(expected_blocking(trace({{.locks = {index}}})).at("a").reads, 300ms);
  EXPECT_THAT(expected_blocking(trace({{.locks = {weak}}})), IsEmpty());
}

}  // namespace
}  // namespace prodclone::rehearsal::test
