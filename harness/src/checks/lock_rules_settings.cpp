// The rules about the session that asks for locks: how long it waits, and how a wait or the migration ends.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include <prodclone/base/text.hpp>

#include "lock_holds.hpp"

namespace prodclone::checks {

Findings judge_lock_timeout(const LockCase& given) {
  struct Group {
    std::vector<std::string> evidence = {};
    std::set<std::string> tables = {};
    const StatementTrace* first = nullptr;
  };
  Group missing_large, missing_small, too_long;
  for (const auto& statement : given.migration.statements) {
    if (statement.bookkeeping || !statement.lock_timeout) continue;
    for (const auto& lock : statement.locks) {
      if (!matters(lock)) continue;
      const auto [size, rows] = size_of(given.migration, lock);
      const bool large = limits_for(given.budgets, lock.table).large.reached_by(size, rows);
      const bool missing = statement.lock_timeout->count() == 0;
      if (!missing && (!large || *statement.lock_timeout <= given.budgets.lock_timeout)) continue;
      auto& group = !missing ? too_long : large ? missing_large : missing_small;
      if (group.first == nullptr) group.first = &statement;
      if (!group.tables.insert(lock.table).second) continue;
      group.evidence.push_back(fmt::format("{}: {} on {}{}", place(statement), sql_name(lock.mode), sized(lock.table, size, rows),
                                           missing ? "" : fmt::format(", lock_timeout {}", to_string(*statement.lock_timeout))));
    }
  }
  Findings findings;
  const auto add = [&](const Group& group, Severity severity, std::string what) {
    if (group.first == nullptr) return;
    auto finding = finding_at(given.migration, *group.first, given.migration.name);
    finding.severity = severity;
    finding.what = std::move(what);
    finding.evidence = group.evidence;
    finding.why = "One long query on such a table makes the migration wait, and every later query queues behind it: seconds of downtime from a "
                  "statement that needs a millisecond.";
    finding.remedy = "SET LOCAL lock_timeout = '500ms'; as the first statement, and run the migration again when it ends with 55P03.";
    findings.push_back(std::move(finding));
  };
  add(missing_large, Severity::failure,
      fmt::format("Locks that keep {} waiting were asked for without a lock_timeout.", counted(std::ssize(missing_large.tables), "large table")));
  add(missing_small, Severity::warning,
      fmt::format("Locks that keep {} waiting were asked for without a lock_timeout.", counted(std::ssize(missing_small.tables), "small table")));
  add(too_long, Severity::warning,
      fmt::format("lock_timeout is longer than {}: queries on {} may queue that long.", to_string(given.budgets.lock_timeout),
                  counted(std::ssize(too_long.tables), "large table")));
  return findings;
}

Findings judge_timeout_order(const LockCase& given) {
  const auto server = given.trace.server.deadlock_timeout;
  Findings findings;
  bool after_server = false, after_session = false;
  for (const auto& statement : given.migration.statements) {
    const bool asks = std::any_of(statement.locks.begin(), statement.locks.end(), matters);
    if (statement.bookkeeping || !asks || !statement.lock_timeout || statement.lock_timeout->count() == 0) continue;
    const auto patience = *statement.lock_timeout;
    auto finding = finding_at(given.migration, statement, given.migration.name);
    if (!after_server && server.count() > 0 && patience >= server) {
      after_server = true;
      finding.severity = Severity::warning;
      finding.what = fmt::format("lock_timeout is {}, the server's deadlock_timeout {}: in a deadlock the application gives way, not the migration.",
                                 to_string(patience), to_string(server));
      finding.why = "Whoever looks last is cancelled (40P01): a request of a user instead of a migration that can be run again.";
      finding.remedy = "A lock_timeout below the server's deadlock_timeout: SET LOCAL lock_timeout = '500ms';";
    } else if (!after_session && statement.deadlock_timeout && patience <= *statement.deadlock_timeout) {
      after_session = true;
      finding.severity = Severity::note;
      finding.what = fmt::format("lock_timeout is {}, the session's deadlock_timeout {}: an autovacuum that is at work on the table is not asked to go in time.",
                                 to_string(patience), to_string(*statement.deadlock_timeout));
      finding.why = "A waiting session has autovacuum cancelled only after its deadlock_timeout; before that this migration gives up (55P03).";
      finding.remedy = "Run it again when that happens; or SET LOCAL deadlock_timeout = '100ms'; where the role may (from 15 on GRANT SET ON PARAMETER).";
    } else {
      continue;
    }
    findings.push_back(std::move(finding));
  }
  return findings;
}

Findings judge_data_failure(const LockCase& given) {
  Findings findings;
  for (const auto& statement : given.migration.statements) {
    const bool by_data = statement.error_sqlstate.starts_with("22") || statement.error_sqlstate.starts_with("23");
    if (!by_data) continue;
    auto finding = finding_at(given.migration, statement, given.migration.name);
    finding.what = fmt::format("Production's rows do not allow this statement: {} ({}).", statement.error, statement.error_sqlstate);
    finding.why = "The deploy would stop here.";
    finding.remedy = "Find the rows (the feasibility suite counts them) and correct them in a migration before this one; add constraints NOT VALID so that new rows are right from now on.";
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace prodclone::checks
