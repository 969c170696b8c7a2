// Judges what of production's dump is not in the database that is rehearsed on.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <prodclone/checks/finding.hpp>

namespace prodclone::checks {

enum class LoadEffect { not_loaded, altered, left_out };

struct LoadFact {
  LoadEffect effect = LoadEffect::not_loaded;
  std::string kind = {}, name = {};
  std::string reason = {}, remedy = {};
  std::string cause = {};         // "extension postgis": what it needs and was not loaded either
  std::int64_t count = 1;
  friend bool operator==(const LoadFact&, const LoadFact&) = default;
};

// What a team accepts as missing. Patterns know `*` and `?`.
struct LoadWaiver {
  std::string kind = "*", name = "*", reason = {};
  std::chrono::year_month_day until = {};
};

struct LoadFacts {
  std::string dump = {};
  std::vector<LoadFact> facts = {};
  std::vector<std::string> excluded_data = {};  // tables whose rows were never taken
};

// What is not there is a failure unless waived, one for each root: its consequences are its evidence. What is there but
// changed is a warning; what was left out on purpose, and tables without their rows, are notes. A waiver that has
// expired is a failure of its own.
Findings load_findings(const LoadFacts& facts, const std::vector<LoadWaiver>& waivers, std::chrono::year_month_day today);

}  // namespace prodclone::checks
