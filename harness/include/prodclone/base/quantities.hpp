// Quantities with a type; units are spelled only where types end (JSON, flags, columns).
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

namespace prodclone {

struct Bytes {
  std::int64_t count = 0;
  auto operator<=>(const Bytes&) const = default;
  friend Bytes operator+(Bytes a, Bytes b) { return {a.count + b.count}; }
};

std::string to_string(Bytes bytes);                              // "494 MB", powers of 1024 as PostgreSQL prints them
std::string to_string(std::chrono::microseconds duration);       // "1.2 ms", "10.8 s", "3 min 20 s"

using WallTime = std::chrono::system_clock::time_point;
std::string iso8601(WallTime time);                              // 2026-04-24T10:00:00Z
WallTime parse_iso8601(const std::string& text);                 // throws Error(usage) on anything else

}  // namespace prodclone
