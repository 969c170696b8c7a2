#include <prodclone/rehearsal/traffic_trace_json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/base/error.hpp>

namespace prodclone::rehearsal::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TrafficTrace sample() {
  return {.server = {.version = "15.18", .cores = 2},
          .database = "clone",
          .statements_known = true,
          .took = 1200ms,
          .looks = 120,
          .longest_gap = 14ms,
          .tables = {{.table = "public.orders",
                      .size = {1 << 20},
                      .rows = 5000,
                      .reads = {.longest = 700ms,
                                .total = 710ms,
                                .windows = {{.from = 100ms, .until = 800ms, .migration = "0042", .file = "0042.up.sql", .line = 3, .text = "ALTER …", .through = {"public.orders"}}},
                                .probe = ProbeWaits{.asked = 20, .usual = 300us, .longest = 690ms, .total = 690ms, .stalled = 12ms},
                                .computed = 699ms},
                      .writes = {.longest = 700ms, .total = 710ms, .trustworthy = false},
                      .row_locks = RowLocks{.sampled = 64, .largest_share = 0.5, .longest = 300ms, .wal = {225}}}},
          .prepared = 2,
          .stale_plans = {{.table = "public.orders", .statement = "SELECT * FROM public.orders", .sqlstate = "0A000", .message = "cached plan must not change result type", .migration = "0042"}},
          .not_measured = {{"blocking", "the probes stopped early"}}};
}

TEST(TrafficTraceJson, ReadsBackWhatItWrote) { EXPECT_EQ(traffic_trace_from_json(to_json(sample())), sample()); }

TEST(TrafficTraceJson, NamesItsFormAndItsUnits) {
  const auto text = to_json(sample());
  EXPECT_THAT(text, HasSubstr(R"("schema": "prodclone/traffic/1")"));
  EXPECT_THAT(text, HasSubstr(R"("longest_ms": 700.0)"));
  EXPECT_THAT(text, HasSubstr(R"("wal_bytes": 225)"));
}

TEST(TrafficTraceJson, AnythingElseCannotBeRead) {
  for (const char* text : {"{", "{}", R"({"schema": "prodclone/trace/1"})"}) EXPECT_THROW(traffic_trace_from_json(text), Error) << text;
}

}  // namespace
}  // namespace prodclone::rehearsal::test
