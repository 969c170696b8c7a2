// Judges what a migration did to live tables, from its trace. Each rule has an id that budgets and suites refer to.
#pragma once

#include <chrono>
#include <ostream>
#include <string>
#include <vector>

#include <prodclone/checks/finding.hpp>
#include <prodclone/checks/lock_budgets.hpp>
#include <prodclone/rehearsal/lock_trace.hpp>
#include <prodclone/rehearsal/traffic_trace.hpp>

namespace prodclone::checks {

struct LockRule {
  std::string id = {};      // "LK04"; findings are of the check "locks/LK04"
  std::string claim = {};   // what holds when it finds nothing, for the name of a test
};
inline void PrintTo(const LockRule& rule, std::ostream* out) { *out << rule.id << ", " << rule.claim; }
const std::vector<LockRule>& lock_rules();

// What both passes have measured. Without a traffic trace the rules about it are not applied; asked for one of them by its
// id, it is a failure that nothing was measured.
struct LockFacts {
  const rehearsal::LockTrace& trace;
  const rehearsal::TrafficTrace* traffic = nullptr;
};
// All rules, or one of them. Throws std::logic_error on an unknown id.
Findings lock_findings(const LockFacts& facts, const LockBudgets& budgets, std::chrono::year_month_day today);
Findings lock_findings(const LockFacts& facts, const LockBudgets& budgets, std::chrono::year_month_day today, const std::string& rule);

// All rules. `today` decides which exceptions have expired. What an exception covers becomes a note.
Findings lock_findings(const rehearsal::LockTrace& trace, const LockBudgets& budgets, std::chrono::year_month_day today);

// One of them. Throws std::logic_error on an unknown id.
Findings lock_findings(const rehearsal::LockTrace& trace, const LockBudgets& budgets, std::chrono::year_month_day today,
                       const std::string& rule);

}  // namespace prodclone::checks
