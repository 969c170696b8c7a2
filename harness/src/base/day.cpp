#include <prodclone/base/day.hpp>

#include <fmt/format.h>

#include <cstdio>

namespace prodclone {

// Not through a point in time: the clock's range ends before the years that people write for "ever".
std::optional<Day> parse_day(const std::string& text) {
  int year = 0;
  unsigned month = 0, day = 0;
  char rest = '\0';
  if (std::sscanf(text.c_str(), "%4d-%2u-%2u%c", &year, &month, &day, &rest) != 3) return std::nullopt;
  const Day parsed{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  return parsed.ok() ? std::optional(parsed) : std::nullopt;
}

std::string iso_day(Day day) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

Day today() { return Day(std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())); }

}  // namespace prodclone
