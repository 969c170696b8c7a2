// The rules about how long a lock is held, and how it is asked for.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include <prodclone/base/text.hpp>

#include "lock_judgement.hpp"

namespace prodclone::checks {

namespace {

struct Hold {
  const StatementTrace* statement = nullptr;
  const HeldLock* lock = nullptr;
};

// An index's lock counts for its table: a query plans with every index, so it waits for that one too.
// Of several locks on one table, the one held longest.
std::map<std::string, Hold> longest_by_table(const MigrationTrace& migration, bool (*wanted)(const HeldLock&)) {
  std::map<std::string, Hold> longest;
  for (const auto& statement : migration.statements)
    for (const auto& lock : statement.locks) {
      if (!matters(lock) || !wanted(lock)) continue;
      auto& hold = longest[lock.table];
      if (hold.lock == nullptr || lock.held > hold.lock->held) hold = {&statement, &lock};
    }
  return longest;
}

// The size of the table itself, also when only its index is locked.
std::pair<Bytes, std::int64_t> size_of(const MigrationTrace& migration, const HeldLock& lock) {
  for (const auto& statement : migration.statements)
    for (const auto& other : statement.locks)
      if (other.relation == lock.table) return {other.size, other.rows};
  return {lock.size, lock.rows};
}

std::string how_known(const HeldLock& lock) {
  return lock.exactness == rehearsal::Exactness::exact ? "" : " (sampled: at least)";
}

// The statements that ran while the lock lay idle, the longest first.
std::vector<std::string> later_statements(const MigrationTrace& migration, const Hold& hold) {
  std::vector<const StatementTrace*> later;
  const auto end = hold.statement->started + hold.lock->held;
  for (const auto& statement : migration.statements)
    if (&statement > hold.statement && statement.started < end) later.push_back(&statement);
  std::stable_sort(later.begin(), later.end(), [](const auto* a, const auto* b) { return a->took > b->took; });
  std::vector<std::string> lines;
  for (const auto* statement : later) {
    if (lines.size() == 3) {
      lines.push_back(fmt::format("and {} more", later.size() - 3));
      break;
    }
    lines.push_back(fmt::format("meanwhile {}: {} ({})", place(*statement), excerpt(*statement), to_string(statement->took)));
  }
  return lines;
}

bool any(const HeldLock&) { return true; }
bool exclusive(const HeldLock& lock) { return blocks_reads(lock.mode); }

}  // namespace

Findings judge_long_exclusive(const LockCase& given) {
  Findings findings;
  for (const auto& [table, hold] : longest_by_table(given.migration, exclusive)) {
    const auto& lock = *hold.lock;
    const auto limits = limits_for(given.budgets, table);
    const auto [size, rows] = size_of(given.migration, lock);
    const bool large = limits.large.reached_by(size, rows);
    const auto budget = large ? std::min(limits.access_exclusive, limits.blocked_reads) : limits.blocked_reads;
    if (lock.held <= budget) continue;
    auto finding = finding_at(given.migration, *hold.statement, table);
    finding.what = fmt::format("ACCESS EXCLUSIVE on {}{} was held for {}{}; the budget is {}.", sized(table, size, rows),
                               lock.relation == table ? "" : ", through " + lock.relation, to_string(lock.held), how_known(lock), to_string(budget));
    finding.why = "Every query on the table waits that long, SELECT too, here and on read replicas; then connections run out.";
    finding.evidence.push_back(fmt::format("the statement itself took {}", to_string(lock.needed)));
    finding.remedy = lock.held > 2 * lock.needed ? "End the transaction right after this statement; do long work before it, or after it in transactions of its own."
                                                 : "Split the change so that the slow part runs under a weaker lock; see the findings on the rewrite or the scan.";
    findings.push_back(std::move(finding));
  }
  return findings;
}

Findings judge_idle_holds(const LockCase& given) {
  Findings findings;
  for (const auto& [table, hold] : longest_by_table(given.migration, any)) {
    const auto& lock = *hold.lock;
    const auto limits = limits_for(given.budgets, table);
    if (lock.held <= 2 * lock.needed + limits.idle_hold) continue;
    const auto limit = blocks_reads(lock.mode) ? limits.blocked_reads : limits.blocked_writes;
    const auto [size, rows] = size_of(given.migration, lock);
    auto finding = finding_at(given.migration, *hold.statement, table);
    finding.severity = lock.held > limit ? Severity::failure : Severity::warning;
    finding.what = fmt::format("{} on {} was needed for {} and held for {}.", sql_name(lock.mode), sized(table, size, rows),
                               to_string(lock.needed), to_string(lock.held));
    finding.why = fmt::format("{} on it wait until the transaction ends, although the statement that took the lock was done.",
                              blocks_reads(lock.mode) ? "Reads and writes" : "Writes");
    const auto later = later_statements(given.migration, hold);
    finding.evidence.insert(finding.evidence.end(), later.begin(), later.end());
    finding.remedy = "Take strong locks last, or COMMIT after this statement: put the later ones into a migration of their own.";
    findings.push_back(std::move(finding));
  }
  return findings;
}

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

Findings judge_bystanders(const LockCase& given) {
  std::vector<std::string> evidence;
  std::set<std::string> tables;
  const StatementTrace* first = nullptr;
  for (const auto& statement : given.migration.statements)
    for (const auto& lock : statement.locks) {
      const bool is_table = lock.kind == "table" || lock.kind == "partitioned_table" || lock.kind == "materialized_view";
      if (!matters(lock) || lock.named || !is_table || statement.bookkeeping || !tables.insert(lock.relation).second) continue;
      if (first == nullptr) first = &statement;
      evidence.push_back(fmt::format("{}: {} on {} for {}", place(statement), sql_name(lock.mode), sized(lock.relation, lock.size, lock.rows), to_string(lock.held)));
    }
  if (first == nullptr) return {};
  auto finding = finding_at(given.migration, *first, given.migration.name);
  finding.severity = Severity::note;
  finding.what = fmt::format("{} locked that the statement does not name: {}.", counted(std::ssize(tables), "table is", "tables are"),
                             joined({tables.begin(), tables.end()}, ", "));
  finding.why = "Referenced tables, default partitions and the like wait too, and nobody expects it from the text; their budgets apply as to any other.";
  finding.evidence = std::move(evidence);
  finding.remedy = "Nothing when the holds are short; else treat these tables as targets of the migration.";
  return {std::move(finding)};
}

}  // namespace prodclone::checks
