#include <prodclone/base/quantities.hpp>

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <ctime>

#include <prodclone/base/error.hpp>

namespace prodclone {

std::string to_string(Bytes bytes) {
  // As pg_size_pretty, so that figures can be compared: the next unit from 10 of it on, halves rounded away from zero.
  constexpr std::array units = {"bytes", "kB", "MB", "GB", "TB", "PB"};
  double value = static_cast<double>(bytes.count);
  std::size_t unit = 0;
  while (std::abs(std::round(value)) >= 10240 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  return fmt::format("{:.0f} {}", std::round(value), units[unit]);
}

std::string to_string(std::chrono::microseconds duration) {
  const double ms = static_cast<double>(duration.count()) / 1000;
  if (ms < 10) return fmt::format("{:.1f} ms", ms);
  if (ms < 1000) return fmt::format("{:.0f} ms", ms);
  if (ms < 60'000) return fmt::format("{:.1f} s", ms / 1000);
  const auto seconds = static_cast<long long>(ms / 1000);
  if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  return fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
}

std::string iso8601(WallTime time) {
  const auto seconds = std::chrono::system_clock::to_time_t(time);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec);
}

WallTime parse_iso8601(const std::string& text) {
  std::tm utc{};
  const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  if (end == nullptr || *end != '\0')
    throw Error(Failure::usage, fmt::format("\"{}\" is not a time.", text), "Write it as 2026-04-24T10:00:00Z.");
  return std::chrono::system_clock::from_time_t(timegm(&utc));
}

}  // namespace prodclone
