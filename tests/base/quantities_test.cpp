#include <gtest/gtest.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/quantities.hpp>

namespace prodclone {
namespace {

using namespace std::chrono_literals;

// The edges are those of PostgreSQL's own regression test of pg_size_pretty.
TEST(Quantities, BytesReadAsPostgresqlPrintsThem) {
  EXPECT_EQ(to_string(Bytes{0}), "0 bytes");
  EXPECT_EQ(to_string(Bytes{10239}), "10239 bytes");
  EXPECT_EQ(to_string(Bytes{10240}), "10 kB");
  EXPECT_EQ(to_string(Bytes{10485247}), "10239 kB");
  EXPECT_EQ(to_string(Bytes{10485248}), "10 MB");
  EXPECT_EQ(to_string(Bytes{10737418239}), "10 GB");
  EXPECT_EQ(to_string(Bytes{-10485248}), "-10 MB");
}

TEST(Quantities, DurationsUseTheUnitThatAPersonWould) {
  EXPECT_EQ(to_string(1234us), "1.2 ms");
  EXPECT_EQ(to_string(123456us), "123 ms");
  EXPECT_EQ(to_string(std::chrono::microseconds(10800ms)), "10.8 s");
  EXPECT_EQ(to_string(std::chrono::microseconds(200s)), "3 min 20 s");
  EXPECT_EQ(to_string(std::chrono::microseconds(2h + 5min)), "2 h 5 min");
}

TEST(Quantities, TimesGoToTextAndBack) {
  const auto time = parse_iso8601("2026-04-24T10:00:00Z");
  EXPECT_EQ(iso8601(time), "2026-04-24T10:00:00Z");
  EXPECT_EQ(iso8601(time + 500ms), "2026-04-24T10:00:00Z");
}

TEST(Quantities, WhatIsNoTimeIsAUsageError) {
  for (const auto* text : {"", "2026-04-24", "2026-04-24T10:00:00", "2026-13-24T10:00:00Z", "2026-04-24T10:00:00Zx"}) {
    try {
      parse_iso8601(text);
      ADD_FAILURE() << text << " was taken for a time";
    } catch (const Error& error) {
      EXPECT_EQ(error.failure(), Failure::usage) << text;
    }
  }
}

}  // namespace
}  // namespace prodclone
