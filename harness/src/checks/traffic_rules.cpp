// The rules about what readers, writers and pooled sessions felt while the migrations ran again, under probes.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include <prodclone/base/text.hpp>

#include "lock_judgement.hpp"

namespace prodclone::checks {

namespace {

using rehearsal::BlockedWindow;
using rehearsal::Blocking;
using rehearsal::StalePlan;
using rehearsal::TableTraffic;

// Not measured is never a pass. What holds for the whole run is told once.
Findings unmeasured(const LockCase& given, const std::string& what) {
  Findings findings;
  if (&given.migration != &given.trace.migrations.front()) return findings;
  const auto add = [&](const std::string& reason) {
    constexpr std::string_view could_not = "Could not check: ";
    findings.push_back({.object = given.trace.database,
                        .what = (reason.starts_with(could_not) ? "" : std::string(could_not)) + reason + (reason.ends_with('.') ? "" : "."),
                        .why = "What was not measured may be anything; it does not count as passed.",
                        .remedy = "Rehearse where the pending migrations can run a second time, on a copy of their own, under probes."});
  };
  if (given.traffic == nullptr) {
    add("nobody measured what traffic feels");
    return findings;
  }
  for (const auto& missing : given.traffic->not_measured)
    if (missing.what == what) add(missing.reason);
  return findings;
}

const StatementTrace* statement_of(const MigrationTrace& migration, const BlockedWindow& window) {
  for (const auto& statement : migration.statements)
    if (statement.file == window.file && statement.line == window.line) return &statement;
  return nullptr;
}

Finding finding_on(const LockCase& given, const TableTraffic& table, const BlockedWindow& window) {
  if (const auto* statement = statement_of(given.migration, window)) return finding_at(given.migration, *statement, table.table);
  return {.object = table.table, .where = given.migration.name};
}

struct Longest {
  const BlockedWindow* window = nullptr;
  std::size_t windows = 0;
  Duration total = {};
};

template <typename Wanted> Longest longest_of(const LockCase& given, const Blocking& blocking, Wanted wanted) {
  Longest longest;
  for (const auto& window : blocking.windows) {
    if (window.migration != given.migration.id || !wanted(window)) continue;
    ++longest.windows;
    longest.total += window.length();
    if (longest.window == nullptr || window.length() > longest.window->length()) longest.window = &window;
  }
  return longest;
}

std::vector<std::string> proofs(const LockCase& given, const TableTraffic& table, const Blocking& blocking, const Longest& longest, std::string_view statement) {
  std::vector<std::string> lines;
  if (blocking.probe && blocking.probe->longest > Duration{})
    lines.push_back(fmt::format("{}, sent again and again, waited {} (else {})", statement, to_string(blocking.probe->longest), to_string(blocking.probe->usual)));
  else if (!blocking.probe)
    lines.push_back("by looking at all locks every 10 ms; no probe was on this table");
  if (longest.windows > 1) lines.push_back(fmt::format("{} in all, in {} windows", to_string(longest.total), longest.windows));
  std::vector<std::string> others;
  for (const auto& through : longest.window->through)
    if (through != table.table) others.push_back(through);
  if (!others.empty()) lines.push_back("through " + some_of(others));
  if (blocking.computed) lines.push_back(fmt::format("the locks of the first run make expect {}", to_string(*blocking.computed)));
  if (!given.traffic->statements_known) lines.push_back("which statement it was is not known: an external tool sent it");
  if (!blocking.trustworthy) lines.push_back("the figures are more than a fifth apart: not trustworthy; rehearse again on a quiet machine");
  return lines;
}

struct Side {
  std::string_view who, statement, why;
  Blocking TableTraffic::* blocking;
  std::chrono::microseconds TableLimits::* limit;
};

constexpr Side readers{"Reads", "a SELECT by primary key", "Every query on it waits that long, and then the connections of the pool run out.", &TableTraffic::reads,
                       &TableLimits::blocked_reads};
constexpr Side writers{"Writes", "a DELETE of no row", "Every INSERT, UPDATE and DELETE on it waits that long, and whatever those hold waits with them.", &TableTraffic::writes,
                       &TableLimits::blocked_writes};

// The second run says less than the first, or than its own probe: neither figure is the truth then.
std::optional<Finding> doubt(const LockCase& given, const TableTraffic& table, const Side& side, Duration budget) {
  const auto& blocking = table.*side.blocking;
  const auto expected = blocking.computed.value_or(Duration{}), felt = blocking.probe ? blocking.probe->longest : Duration{};
  if (blocking.trustworthy || std::max(expected, felt) <= budget || &given.migration != &given.trace.migrations.front()) return std::nullopt;
  return Finding{.severity = Severity::warning,
                 .object = table.table,
                 .what = fmt::format("{} of {}: {} by the locks that were looked at, {} by the locks of the first run, {} by a probe. Not trustworthy.", side.who, table.table,
                                     to_string(blocking.longest), to_string(expected), to_string(felt)),
                 .where = given.migration.name,
                 .why = fmt::format("One of them is over the budget of {}.", to_string(budget)),
                 .remedy = "Rehearse again on a quiet machine."};
}

Findings judge_blocking(const LockCase& given, const Side& side) {
  auto findings = unmeasured(given, "blocking");
  if (given.traffic == nullptr) return findings;
  const auto least = given.budgets.defaults.*side.limit;
  if (given.traffic->longest_gap > least && least > Duration{} && &given.migration == &given.trace.migrations.front())
    findings.push_back({.object = given.trace.database,
                        .what = fmt::format("Could not check: two looks at the locks were {} apart; a table that was blocked for that long may be missing.", to_string(given.traffic->longest_gap)),
                        .why = "What was not measured may be anything; it does not count as passed.",
                        .remedy = "Rehearse again on a machine that does less besides."});
  for (const auto& table : given.traffic->tables) {
    const auto& blocking = table.*side.blocking;
    const auto longest = longest_of(given, blocking, [](const BlockedWindow&) { return true; });
    const auto budget = limits_for(given.budgets, table.table).*side.limit;
    if (longest.window == nullptr || longest.window->length() <= budget) {
      if (auto doubted = doubt(given, table, side, budget)) findings.push_back(*std::move(doubted));
      continue;
    }
    auto finding = finding_on(given, table, *longest.window);
    finding.what = fmt::format("{} of {} were blocked for {}{}; the budget is {}.", side.who, sized(table.table, table.size, table.rows), to_string(longest.window->length()),
                               given.traffic->statements_known ? "" : " (sampled)", to_string(budget));
    finding.why = side.why;
    for (auto& line : proofs(given, table, blocking, longest, side.statement)) finding.evidence.push_back(std::move(line));
    finding.remedy = "Do the long work under a weaker lock or in a transaction of its own, and end the transaction right after the statement that takes this one; what "
                     "the other findings on this statement say of rewrites, scans and idle locks is how.";
    findings.push_back(std::move(finding));
  }
  return findings;
}

// What one transaction did to the rows of one table.
struct RowWork {
  std::int64_t rows = 0;
  const StatementTrace* first = nullptr;
  const HeldLock* lock = nullptr;
  bool table_locked = false;   // nobody gets at the rows anyway
};

std::map<std::string, RowWork> row_work(const MigrationTrace& migration, const rehearsal::TransactionTrace& transaction) {
  std::map<std::string, RowWork> work;
  for (auto i = transaction.first_statement; i <= transaction.last_statement && i < migration.statements.size(); ++i)
    for (const auto& rows : migration.statements[i].rows) {
      if (rows.updated + rows.deleted == 0) continue;
      auto& one = work[rows.relation];
      one.rows += rows.updated + rows.deleted;
      if (one.first == nullptr) one.first = &migration.statements[i];
    }
  for (auto i = transaction.first_statement; i <= transaction.last_statement && i < migration.statements.size(); ++i)
    for (const auto& lock : migration.statements[i].locks) {
      const auto found = work.find(lock.relation);
      if (found == work.end() || !lock.pre_existing) continue;
      found->second.lock = &lock;
      found->second.table_locked = found->second.table_locked || blocks_writes(lock.mode);
    }
  std::erase_if(work, [](const auto& one) { return one.second.lock == nullptr; });
  return work;
}

std::vector<std::string> row_proofs(const LockCase& given, const std::string& table) {
  if (given.traffic == nullptr) return {};
  for (const auto& traffic : given.traffic->tables)
    if (traffic.table == table && traffic.row_locks && traffic.row_locks->largest_share > 0)
      return {fmt::format("of {} sampled rows, {:.0f} % were locked at one moment, and some without a break for {}", traffic.row_locks->sampled,
                          100 * traffic.row_locks->largest_share, to_string(traffic.row_locks->longest))};
  return {};
}

const StatementTrace* changes_form_of(const MigrationTrace& migration, const std::string& table) {
  for (const auto& statement : migration.statements)
    for (const auto& lock : statement.locks)
      if (lock.relation == table && blocks_reads(lock.mode)) return &statement;
  return nullptr;
}

}  // namespace

Findings judge_blocked_reads(const LockCase& given) { return judge_blocking(given, readers); }
Findings judge_blocked_writes(const LockCase& given) { return judge_blocking(given, writers); }

Findings judge_row_locks(const LockCase& given) {
  Findings findings;
  if (given.traffic != nullptr && !given.traffic->statements_known && &given.migration == &given.trace.migrations.front())
    findings.push_back({.severity = Severity::not_checked,
                        .object = given.trace.database,
                        .what = "Which rows an external migration tool updates in one transaction is not known; locks/unmeasured is the failure about it.",
                        .why = "Whoever writes to such a row waits until the transaction ends."});
  for (const auto& transaction : given.migration.transactions)
    for (const auto& [table, work] : row_work(given.migration, transaction)) {
      const auto limits = limits_for(given.budgets, table);
      const auto locked = transaction.ended - work.first->started;
      const bool many = work.rows > limits.rows_per_transaction, too_long = locked > limits.row_lock && !work.table_locked;
      if (!many && !too_long) continue;
      auto finding = finding_at(given.migration, *work.first, table);
      const auto whose = sized(table, work.lock->size, work.lock->rows);
      finding.what = many ? fmt::format("One transaction updated or deleted {} of {}; the budget is {}.", rows_text(work.rows), whose, rows_text(limits.rows_per_transaction))
                          : fmt::format("{} of {} stayed locked for {}; the budget is {}.", rows_text(work.rows), whose, to_string(locked), to_string(limits.row_lock));
      finding.why = "Whoever writes to one of these rows waits until the transaction ends, although no lock on the table says so; vacuum and replicas have all of it to do at once.";
      if (many) finding.evidence.push_back(fmt::format("from the first of these statements to the end of its transaction: {}", to_string(locked)));
      for (auto& line : row_proofs(given, table)) finding.evidence.push_back(std::move(line));
      finding.remedy = many ? "Write in batches by primary key, each in a transaction of its own, with a pause between; or in a job outside the deploy."
                            : "Let the transaction end right after the UPDATE, or do the long work before it.";
      findings.push_back(std::move(finding));
    }
  return findings;
}

Findings judge_planner_blocks(const LockCase& given) {
  auto findings = unmeasured(given, "blocking");
  if (given.traffic == nullptr) return findings;
  for (const auto& table : given.traffic->tables) {
    const auto only_indexes = [&](const BlockedWindow& window) {
      return !window.through.empty() && std::find(window.through.begin(), window.through.end(), table.table) == window.through.end();
    };
    const auto longest = longest_of(given, table.reads, only_indexes);
    if (longest.window == nullptr) continue;
    const auto limits = limits_for(given.budgets, table.table);
    auto finding = finding_on(given, table, *longest.window);
    if (!limits.large.reached_by(table.size, table.rows) && longest.window->length() <= limits.blocked_reads) finding.severity = Severity::warning;
    finding.what = fmt::format("No query on {} could be planned for {}: {} locked.", sized(table.table, table.size, table.rows), to_string(longest.window->length()),
                               longest.window->through.size() == 1 ? "its index " + longest.window->through.front() + " was" : "its indexes " + some_of(longest.window->through) + " were");
    finding.why = "Planning looks at every index of a table, so an index that nobody may use stops even queries that do not need it. The lock on the table itself would let them pass.";
    for (auto& line : proofs(given, table, table.reads, longest, readers.statement)) finding.evidence.push_back(std::move(line));
    finding.remedy = "REINDEX … CONCURRENTLY, or build a new index CONCURRENTLY and drop the old one CONCURRENTLY.";
    findings.push_back(std::move(finding));
  }
  return findings;
}

Findings judge_stale_plans(const LockCase& given) {
  auto findings = unmeasured(given, "stale_plans");
  if (given.traffic == nullptr) return findings;
  const auto& all = given.traffic->stale_plans;
  const auto changed_form = [](const StalePlan& plan) { return plan.sqlstate == "0A000"; };
  const auto stale = std::count_if(all.begin(), all.end(), changed_form);
  const bool over = given.budgets.stale_plans && stale > *given.budgets.stale_plans;
  std::vector<std::string> evidence;
  std::set<std::string> tables;
  const StatementTrace* first = nullptr;
  for (const auto& plan : all) {
    if (plan.migration != given.migration.id || !changed_form(plan)) continue;
    tables.insert(plan.table);
    evidence.push_back(fmt::format("{}: {} {}", plan.statement, plan.sqlstate, plan.message));
    if (first == nullptr) first = changes_form_of(given.migration, plan.table);
  }
  if (evidence.empty()) return findings;
  auto finding = first != nullptr ? finding_at(given.migration, *first, *tables.begin()) : Finding{.object = *tables.begin(), .where = given.migration.name};
  finding.severity = over ? Severity::failure : Severity::note;
  finding.what = fmt::format("{} prepared before the migration {} afterwards ({}){}.", counted(std::ssize(evidence), "statement"), evidence.size() == 1 ? "fails" : "fail",
                             some_of({tables.begin(), tables.end()}), over ? fmt::format("; the budget is {}", *given.budgets.stale_plans) : "");
  finding.why = "Pools and drivers keep statements prepared: each such session gets the error on every execution, until it prepares the statement anew.";
  for (auto& line : evidence) finding.evidence.push_back(std::move(line));
  finding.remedy = "Name the columns instead of SELECT *, which new columns then leave alone; else reconnect the pool right after the migration.";
  findings.push_back(std::move(finding));
  return findings;
}

}  // namespace prodclone::checks
