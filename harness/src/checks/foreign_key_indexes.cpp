#include <prodclone/checks/foreign_key_indexes.hpp>

#include <fmt/format.h>

#include <prodclone/base/text.hpp>

namespace prodclone::checks {

Findings foreign_key_index_findings(const data::ForeignKeyReports& reports, const std::set<std::string>& added, const LockBudgets& budgets) {
  Findings findings;
  for (const auto& report : reports.keys) {
    const auto& key = report.key;
    const auto name = key.child + '.' + key.name;
    if (key.lookup_indexed || !added.contains(name)) continue;
    const bool large = key.child_rows >= limits_for(budgets, key.child).large.rows;
    findings.push_back({.check = "fk/missing_index",
                        .severity = large ? Severity::failure : Severity::warning,
                        .object = name,
                        .what = fmt::format("The migration adds this key, and no index of {} ({}) begins with {}.", key.child, counted(key.child_rows, "row"), joined(key.child_columns, ", ")),
                        .where = reports.database,
                        .why = fmt::format("Each delete in {}, and each change of its key, reads {} whole to look for children.", key.parent, key.child),
                        .remedy = fmt::format("CREATE INDEX CONCURRENTLY ON {} ({});  -- in a migration before this one", key.sql_child, joined(key.child_columns, ", "))});
  }
  return findings;
}

}  // namespace prodclone::checks
