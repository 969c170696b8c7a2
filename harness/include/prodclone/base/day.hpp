// Days, as waivers and exceptions name them.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace prodclone {

using Day = std::chrono::year_month_day;

// "2027-01-31"; years up to 9999, which people write for "ever". None: it is no day.
std::optional<Day> parse_day(const std::string& text);
std::string iso_day(Day day);

Day today();  // UTC

}  // namespace prodclone
