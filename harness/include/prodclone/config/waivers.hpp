// The reviewed file of accepted differences (schema.waivers): each says what it accepts, why, and until when.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace prodclone::config {

// What may keep a name that a migration replaced. Patterns know `*` and `?`.
struct LeftoverWaiver {
  std::string kind = "*";       // "index", "function", "enum_value"
  std::string name = "*";       // qualified
  std::string word = "*";       // the replaced name
  std::string reason = {};
  std::chrono::year_month_day until = {};   // the last day on which it holds
};

struct Waivers {
  std::vector<LeftoverWaiver> leftovers = {};
};

// Throws Error(usage) that names file and key; no file: no waivers.
Waivers read_waivers(const std::filesystem::path& file);

}  // namespace prodclone::config
