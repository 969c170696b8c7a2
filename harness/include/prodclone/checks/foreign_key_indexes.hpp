// Foreign keys that a migration adds without an index on their columns: every delete or key change of a parent reads the
// child whole, under a row lock of the parent. On a large table a failure, on others a warning.
#pragma once

#include <set>
#include <string>

#include <prodclone/checks/finding.hpp>
#include <prodclone/checks/lock_budgets.hpp>
#include <prodclone/data/foreign_key.hpp>

namespace prodclone::checks {

// `added`: "child table.key" of the keys that were not there before. Findings of the check "fk/missing_index".
Findings foreign_key_index_findings(const data::ForeignKeyReports& reports, const std::set<std::string>& added, const LockBudgets& budgets);

}  // namespace prodclone::checks
