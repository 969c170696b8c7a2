// The schema differences that a team has accepted, taken out of a comparison before it is judged.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <prodclone/checks/finding.hpp>
#include <prodclone/config/waivers.hpp>
#include <prodclone/schema/diff.hpp>

namespace prodclone::checks {

struct Acceptance {
  std::string of = {};                                    // "fresh" or "declared": which comparison this is
  std::vector<config::DifferenceWaiver> waivers = {};
  std::filesystem::path file = {};                        // that holds them
  std::chrono::year_month_day today = {};
};

struct AcceptedDifferences {
  schema::Differences remaining = {};
  Findings findings = {};  // a note for each accepted one; a failure for a waiver that has expired or accepts nothing
};

AcceptedDifferences accept_differences(schema::Differences differences, const Acceptance& acceptance);

}  // namespace prodclone::checks
