#include <gtest/gtest.h>

#include <prodclone/base/day.hpp>

namespace prodclone {
namespace {

TEST(Day, IsReadAsItIsWritten) {
  for (const char* text : {"2027-01-31", "2028-02-29", "9999-12-31"}) {
    const auto day = parse_day(text);
    ASSERT_TRUE(day) << text;
    EXPECT_EQ(iso_day(*day), text);
  }
}

TEST(Day, IsNotWhatTheCalendarDoesNotHave) {
  for (const char* text : {"", "2027-02-29", "2027-13-01", "2027-01-31 12:00", "31.01.2027", "tomorrow"}) EXPECT_FALSE(parse_day(text)) << text;
}

TEST(Day, OrdersByTime) { EXPECT_LT(*parse_day("2026-12-31"), *parse_day("2027-01-01")); }

}  // namespace
}  // namespace prodclone
