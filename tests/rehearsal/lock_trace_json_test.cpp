#include <prodclone/rehearsal/lock_trace_json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/base/error.hpp>

namespace prodclone::rehearsal {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// Every member has a value of its own, so that one that is forgotten shows.
LockTrace full_trace() {
  const HeldLock lock{"public.a", "b", "index", "public.t", LockMode::share_row_exclusive, true, true, {8192}, 12, 1500us, 700us, Exactness::sampled};
  const Rewrite rewrite{"public.t", "table", "rewritten", true, {8192}, {16384}, 77};
  const Scan scan{"public.t", "verify", "c", "ATRewriteTable", "verifying table \"t\"", true, LockMode::access_exclusive, {1}, 2};
  const StatementTrace statement{"m.sql", 3, "ALTER …", "ALTER TABLE", true, true, 10us, 20us, 5, "23505", "no", 500ms, 0ms, 900ms,
                                 {lock}, {rewrite}, {scan, Scan{.relation = "public.u"}}, {"sufficient"}, {{"public.t", 1, 2, 3, 4, 5}}, Bytes{9}, std::nullopt, {"x"}};
  const MigrationTrace migration{"1", "one", true, {statement}, {{0, 0, 1us, 2us, true}}, std::nullopt, Bytes{4}};
  return {{"15.18", "replica", true, {1}, {2}, 3, 1s, "UTC", 2}, "db", {99}, {migration}, {"y"}};
}

TEST(LockTraceJson, KeepsEveryFact) { EXPECT_EQ(lock_trace_from_json(to_json(full_trace())), full_trace()); }

TEST(LockTraceJson, NamesItsForm) {
  EXPECT_THAT(to_json({}), HasSubstr(R"("schema": "prodclone/trace/1")"));
  EXPECT_THAT(to_json(full_trace()), testing::AllOf(HasSubstr(R"("held_ms": 1.5)"), HasSubstr(R"("mode": "share_row_exclusive")"), HasSubstr(R"("lock_timeout_ms": 500.0)")));
}

TEST(LockTraceJson, RefusesWhatIsNoTrace) {
  EXPECT_THROW(lock_trace_from_json("{"), Error);
  EXPECT_THROW(lock_trace_from_json(R"({"schema": "prodclone/trace/2"})"), Error);
  EXPECT_THROW(lock_trace_from_json(R"({"schema": "prodclone/trace/1"})"), Error);
}

TEST(LockTraceJson, SurvivesTextInAnotherEncoding) {
  LockTrace trace = full_trace();
  trace.migrations[0].statements[0].text = "-- \xe9";
  EXPECT_NO_THROW(lock_trace_from_json(to_json(trace)));
}

}  // namespace
}  // namespace prodclone::rehearsal
