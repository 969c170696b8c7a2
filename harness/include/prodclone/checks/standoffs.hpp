// Judges how a migration behaves with somebody in its way: the queue behind it (LK10), the order in which it takes
// locks (LK12), and what it leaves when it gives up (LK19).
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <prodclone/checks/finding.hpp>
#include <prodclone/checks/lock_budgets.hpp>
#include <prodclone/checks/locks.hpp>
#include <prodclone/rehearsal/standoff.hpp>

namespace prodclone::checks {

// LK10, LK12 and LK19; "LK10" also tells what was not rehearsed.
const std::vector<LockRule>& standoff_rules();

// `lock_order`: the application's tables in the order in which its transactions take them, globs; empty: not declared.
// Throws std::logic_error on an unknown rule.
Findings standoff_findings(const rehearsal::Standoffs& standoffs, const LockBudgets& budgets, const std::vector<std::string>& lock_order,
                           std::chrono::year_month_day today, const std::string& rule);

}  // namespace prodclone::checks
