// The rules about how long a lock is held, and on what.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include <prodclone/base/text.hpp>

#include "lock_holds.hpp"

namespace prodclone::checks {

namespace {

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
bool is_sequence(const HeldLock& lock) { return lock.kind == "sequence"; }

}  // namespace

Findings judge_long_exclusive(const LockCase& given) {
  Findings findings;
  for (const auto& [table, hold] : longest_by_table(given.migration, stops_reads)) {
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

// One transaction holds many locks for the same later statements: one finding for those over budget, one for the rest.
Findings judge_idle_holds(const LockCase& given) {
  std::map<Severity, std::vector<Hold>> held;
  for (const auto& [table, hold] : longest_by_table(given.migration, any)) {
    const auto& lock = *hold.lock;
    const auto limits = limits_for(given.budgets, table);
    if (lock.held <= 2 * lock.needed + limits.idle_hold) continue;
    const auto limit = blocks_reads(lock.mode) ? limits.blocked_reads : limits.blocked_writes;
    held[lock.held > limit ? Severity::failure : Severity::warning].push_back(hold);
  }
  Findings findings;
  for (auto& [severity, holds] : held) {
    std::stable_sort(holds.begin(), holds.end(), [](const Hold& a, const Hold& b) { return a.lock->held > b.lock->held; });
    const auto& worst = holds.front();
    const auto& lock = *worst.lock;
    const auto [size, rows] = size_of(given.migration, lock);
    auto finding = finding_at(given.migration, *worst.statement, lock.table);
    finding.severity = severity;
    finding.what = fmt::format("{} on {} was needed for {} and held for {}", sql_name(lock.mode), sized(lock.table, size, rows), to_string(lock.needed),
                               to_string(lock.held));
    finding.what += holds.size() == 1 ? "." : fmt::format("; so were locks on {}.", counted(std::ssize(holds) - 1, "other table"));
    finding.why = fmt::format("{} on it wait until the transaction ends, although the statement that took the lock was done.",
                              blocks_reads(lock.mode) ? "Reads and writes" : "Writes");
    for (auto line : later_statements(given.migration, worst)) finding.evidence.push_back(std::move(line));
    for (std::size_t i = 1; i < holds.size() && i <= 10; ++i)
      finding.evidence.push_back(fmt::format("{}: {} on {}, needed for {}, held for {}", place(*holds[i].statement), sql_name(holds[i].lock->mode),
                                             holds[i].lock->table, to_string(holds[i].lock->needed), to_string(holds[i].lock->held)));
    finding.remedy = "Take strong locks last, or COMMIT after this statement: put the later ones into a migration of their own.";
    findings.push_back(std::move(finding));
  }
  return findings;
}

Findings judge_replicas(const LockCase& given) {
  Findings findings;
  for (const auto& [table, hold] : longest_by_table(given.migration, stops_reads)) {
    const auto budget = limits_for(given.budgets, table).replica_blocked;
    if (hold.lock->held <= budget) continue;
    const auto [size, rows] = size_of(given.migration, *hold.lock);
    auto finding = finding_at(given.migration, *hold.statement, table);
    finding.severity = Severity::warning;
    finding.what = fmt::format("ACCESS EXCLUSIVE on {} was held for {}{}, and read replicas replay it; the budget is {}.", sized(table, size, rows),
                               to_string(hold.lock->held), how_known(*hold.lock), to_string(budget));
    finding.why = "Queries on a standby wait as long, or are cancelled after max_standby_streaming_delay.";
    finding.remedy = "As for LK03. Where no replica serves reads: budgets.replica_blocked_ms.";
    findings.push_back(std::move(finding));
  }
  return findings;
}

Findings judge_sequences(const LockCase& given) {
  Findings findings;
  for (const auto& [sequence, hold] : longest_by_table(given.migration, is_sequence)) {
    const auto& lock = *hold.lock;
    const auto budget = limits_for(given.budgets, sequence).sequence;
    if (lock.held <= budget) continue;
    auto finding = finding_at(given.migration, *hold.statement, sequence);
    finding.what = fmt::format("{} on the sequence {} was held for {}{}; the budget is {}.", sql_name(lock.mode), sequence, to_string(lock.held),
                               how_known(lock), to_string(budget));
    finding.why = "Every nextval waits, and so does every INSERT whose key comes from it.";
    finding.evidence.push_back(fmt::format("the statement itself took {}", to_string(lock.needed)));
    finding.remedy = "Change the sequence in a short transaction of its own.";
    findings.push_back(std::move(finding));
  }
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
  finding.what = fmt::format("{} locked that the statement does not name: {}.", counted(std::ssize(tables), "table was", "tables were"),
                             joined({tables.begin(), tables.end()}, ", "));
  finding.why = "Referenced tables, default partitions and the like wait too, and nobody expects it from the text; their budgets apply as to any other.";
  finding.evidence = std::move(evidence);
  finding.remedy = "Nothing when the holds are short; else treat these tables as targets of the migration.";
  return {std::move(finding)};
}

}  // namespace prodclone::checks
