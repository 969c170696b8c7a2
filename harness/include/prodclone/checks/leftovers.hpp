// Judges what a migration left behind. What was there before the migration is a note: production lives with it. What
// came with the migration is a failure, unless a waiver in leftovers_left accepts it; docs/leftovers.md has the rules.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <prodclone/checks/finding.hpp>
#include <prodclone/checks/lock_budgets.hpp>
#include <prodclone/config/waivers.hpp>
#include <prodclone/rehearsal/lock_trace.hpp>
#include <prodclone/rehearsal/remains.hpp>

namespace prodclone::checks {

struct LeftoverRule {
  std::string id = {};      // "invalid_index"; findings are of the check "leftovers/invalid_index"
  std::string claim = {};   // what holds when it finds nothing, for the name of a test
};
const std::vector<LeftoverRule>& leftover_rules();

struct LeftoverContext {
  rehearsal::LockTrace trace = {};                          // when base tables were written and views refreshed
  TableSize large{{8 << 20}, 100'000};                      // from here on missing statistics are a failure
  std::vector<config::LeftoverLeftWaiver> waivers = {};
  std::chrono::year_month_day today = {};
};

// Throws Error(could_not_check) when one side could not be looked at.
Findings leftovers(const rehearsal::Remains& before, const rehearsal::Remains& after, const LeftoverContext& context);
// One rule. Throws std::logic_error on an unknown id.
Findings leftovers(const rehearsal::Remains& before, const rehearsal::Remains& after, const LeftoverContext& context, const std::string& rule);

}  // namespace prodclone::checks
