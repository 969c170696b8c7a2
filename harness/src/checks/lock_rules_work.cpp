// The rules about the work that is done under a lock, and about its volume.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include <prodclone/base/text.hpp>

#include "lock_judgement.hpp"

namespace prodclone::checks {

namespace {

using rehearsal::Rewrite;
using rehearsal::Scan;

bool rewritten_by(const StatementTrace& statement, const std::string& relation) {
  return std::any_of(statement.rewrites.begin(), statement.rewrites.end(),
                     [&](const Rewrite& rewrite) { return rewrite.relation == relation && rewrite.reason != "index_rebuilt"; });
}

bool is_index_command(const StatementTrace& statement) {
  return statement.command.starts_with("REINDEX") ||
         (statement.command.find("INDEX") != std::string::npos &&
          (statement.command.starts_with("CREATE") || statement.command.starts_with("DROP")));
}

bool is_concurrent(const StatementTrace& statement) { return statement.command.find("CONCURRENTLY") != std::string::npos; }

std::string purpose_text(const Scan& scan) {
  if (scan.purpose == "verify") return "read whole to verify a constraint";
  if (scan.purpose == "index_build") return fmt::format("read whole to build the index {}", scan.object);
  if (scan.purpose == "read") return "read whole by the statement";
  return fmt::format("read whole to validate the foreign key {}", scan.object);
}

std::string volume(const StatementTrace& statement) {
  std::vector<std::string> parts;
  parts.push_back(fmt::format("took {}", to_string(statement.took)));
  if (statement.wal) parts.push_back(fmt::format("{} of WAL", to_string(*statement.wal)));
  if (statement.temp && statement.temp->count > 0) parts.push_back(fmt::format("{} of temporary files", to_string(*statement.temp)));
  return joined(parts, ", ");
}

}  // namespace

Findings judge_rewrites(const LockCase& given) {
  Findings findings;
  for (const auto& statement : given.migration.statements)
    for (const auto& rewrite : statement.rewrites) {
      if (!rewrite.pre_existing || rewrite.reason != "rewritten") continue;
      const auto limit = limits_for(given.budgets, rewrite.relation).rewrite;
      if (!limit.reached_by(rewrite.size, rewrite.rows)) continue;
      auto finding = finding_at(given.migration, statement, rewrite.relation);
      finding.what = fmt::format("The server wrote {} anew; the budget ends at {} or {}.", sized(rewrite.relation, rewrite.size, rewrite.rows),
                                 to_string(limit.size), rows_text(limit.rows));
      finding.why = "Reads and writes wait until the last row and the last index are written; the time grows with production's rows, "
                    "and disk space for a second copy is needed.";
      finding.evidence.push_back(volume(statement));
      const auto builds = std::count_if(statement.scans.begin(), statement.scans.end(), [&](const Scan& scan) {
        return scan.relation == rewrite.relation && scan.purpose == "index_build";
      });
      if (builds > 0) finding.evidence.push_back(counted(builds, "index was", "indexes were") + " built again");
      finding.remedy = rewrite_recipe(statement, rewrite.relation);
      findings.push_back(std::move(finding));
    }
  return findings;
}

Findings judge_scans(const LockCase& given) {
  Findings findings;
  for (const auto& statement : given.migration.statements) {
    std::set<std::string> done;
    for (const auto& scan : statement.scans) {
      if (!scan.pre_existing || rewritten_by(statement, scan.relation) || is_index_command(statement)) continue;
      const auto limit = limits_for(given.budgets, scan.relation).scan;
      if (!limit.reached_by(scan.size, scan.rows) || (scan.under && !blocks_writes(*scan.under))) continue;
      if (!done.insert(scan.relation).second) continue;
      auto finding = finding_at(given.migration, statement, scan.relation);
      const auto mode = scan.under ? std::string(sql_name(*scan.under)) : "a lock that could not be seen";
      finding.what = fmt::format("{} was {} under {}.", sized(scan.relation, scan.size, scan.rows), purpose_text(scan), mode);
      finding.why = fmt::format("{} wait for the whole read; on a cold cache in production it takes up to three times as long.",
                                scan.under && blocks_reads(*scan.under) ? "Reads and writes" : "Writes");
      finding.evidence.push_back(volume(statement));
      finding.evidence.push_back(fmt::format("the server said: {}", scan.said));
      finding.remedy = scan_recipe(statement, scan);
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

Findings judge_index_work(const LockCase& given) {
  Findings findings;
  for (const auto& statement : given.migration.statements) {
    if (!is_index_command(statement) || is_concurrent(statement)) continue;
    std::set<std::string> done;
    for (const auto& scan : statement.scans) {
      if (scan.purpose != "index_build" || !scan.pre_existing || !done.insert(scan.relation).second) continue;
      if (!limits_for(given.budgets, scan.relation).scan.reached_by(scan.size, scan.rows)) continue;
      const bool reindex = statement.command.starts_with("REINDEX");
      auto finding = finding_at(given.migration, statement, scan.relation);
      finding.what = fmt::format("The index {} of {} was {} without CONCURRENTLY.", scan.object, sized(scan.relation, scan.size, scan.rows),
                                 reindex ? "rebuilt" : "built");
      finding.why = reindex ? "Writes wait, and so does every query: planning needs the index that is locked."
                            : "Writes wait until the index is complete.";
      finding.evidence.push_back(volume(statement));
      finding.remedy = index_recipe(statement, scan.relation);
      findings.push_back(std::move(finding));
    }
    if (!statement.command.starts_with("DROP")) continue;
    for (const auto& lock : statement.locks) {
      if (lock.relation != lock.table || !matters(lock) || !limits_for(given.budgets, lock.relation).large.reached_by(lock.size, lock.rows)) continue;
      auto finding = finding_at(given.migration, statement, lock.relation);
      finding.severity = Severity::warning;
      finding.what = fmt::format("An index of {} was dropped without CONCURRENTLY: ACCESS EXCLUSIVE on the table.", sized(lock.relation, lock.size, lock.rows));
      finding.why = "Short by itself, but it waits for every running query on the table, and all others queue behind it.";
      finding.remedy = index_recipe(statement, lock.relation);
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

Findings judge_volume(const LockCase& given) {
  Findings findings;
  const auto& migration = given.migration;
  const auto add = [&](const std::optional<Bytes>& used, Bytes budget, std::string_view what, std::string_view why,
                       std::optional<Bytes> StatementTrace::* of_statement) {
    if (!used || *used <= budget) return;
    Finding finding{.object = migration.name,
                    .what = fmt::format("The migration wrote {} of {}; the budget is {}.", to_string(*used), what, to_string(budget)),
                    .why = std::string(why),
                    .remedy = "Write in batches in transactions of their own, and let replicas and archives catch up between."};
    const auto largest = std::max_element(migration.statements.begin(), migration.statements.end(), [&](const auto& a, const auto& b) {
      return (a.*of_statement).value_or(Bytes{}) < (b.*of_statement).value_or(Bytes{});
    });
    if (largest != migration.statements.end()) {
      finding.where = place(*largest);
      finding.evidence.push_back(fmt::format("most by {}: {} ({})", place(*largest), excerpt(*largest), to_string((*largest.*of_statement).value_or(Bytes{}))));
    }
    findings.push_back(std::move(finding));
  };
  add(migration.wal, given.budgets.wal, "WAL (counted for the whole server)", "Replicas fall behind, and slots and archives keep all of it on the primary's disk.",
      &StatementTrace::wal);
  add(migration.temp, given.budgets.temp, "temporary files", "They take disk space of the server while it serves traffic.", &StatementTrace::temp);
  return findings;
}

Findings judge_durations(const LockCase& given) {
  Findings findings;
  const auto& migration = given.migration;
  bool has_long_operation = false;
  for (const auto& statement : migration.statements) {
    const bool long_operation = is_concurrent(statement) || statement.command.starts_with("VACUUM") || contains_words(statement, "VALIDATE CONSTRAINT");
    has_long_operation = has_long_operation || long_operation;
    const auto budget = long_operation ? given.budgets.long_operation : given.budgets.statement;
    if (statement.took <= budget) continue;
    auto finding = finding_at(migration, statement, migration.name);
    finding.what = fmt::format("One statement took {}; the budget is {}.", to_string(statement.took), to_string(budget));
    finding.why = "A long statement holds its locks and its snapshot; when it is cancelled, all of it is lost.";
    finding.evidence.push_back(volume(statement));
    finding.remedy = "Split it into batches, or move it out of the deploy into a job of its own.";
    findings.push_back(std::move(finding));
  }
  const auto total = duration_of(migration);
  const auto budget = has_long_operation ? std::max(given.budgets.total, given.budgets.long_operation) : given.budgets.total;
  if (total > budget)
    findings.push_back({.object = migration.name,
                        .what = fmt::format("The migration took {}; the budget is {}.", to_string(total), to_string(budget)),
                        .why = "The deploy waits for it, and old and new code run side by side that long.",
                        .remedy = "Move the long statements out of the deploy into a migration or a job of their own."});
  return findings;
}

Findings judge_unmeasured(const LockCase& given) {
  Findings findings;
  const auto add = [&](Finding finding, const std::string& what) {
    finding.what = "Could not check: " + what + '.';
    finding.why = "What was not measured may be anything; it does not count as passed.";
    if (finding.remedy.empty()) finding.remedy = "Rehearse on a server and as a role that can measure it.";
    findings.push_back(std::move(finding));
  };
  // What holds for the whole run is told once.
  if (&given.migration == &given.trace.migrations.front())
    for (const auto& what : given.trace.not_measured) {
      const bool external = what.find("external migration tool") != std::string::npos;  // no other server would help
      add({.object = given.trace.database,
           .remedy = external ? "Read the SQL that the tool will send (many print it: alembic upgrade --sql) for locks, rewrites and a missing lock_timeout; then accept that it was not measured." : ""}, what);
    }
  for (const auto& statement : given.migration.statements) {
    for (const auto& what : statement.not_measured) add(finding_at(given.migration, statement, {}), what);
    const bool asked = std::any_of(statement.locks.begin(), statement.locks.end(), matters);
    if (asked && !statement.lock_timeout && !statement.bookkeeping) add(finding_at(given.migration, statement, {}), "the lock_timeout in force is not known");
    const bool may_commit_inside = statement.command == "CALL" || statement.command == "DO";
    if (statement.autocommit && may_commit_inside) {
      auto finding = finding_at(given.migration, statement, {});
      finding.severity = Severity::warning;
      finding.what = "Its locks were sampled while it ran outside a transaction: those of less than a few milliseconds may be missing.";
      finding.why = "A short ACCESS EXCLUSIVE lock needs a lock_timeout as much as a long one.";
      finding.remedy = "Look at the statement's text for schema changes; put those into a transaction.";
      findings.push_back(std::move(finding));
    }
  }
  if (!given.migration.succeeded) {
    Finding finding{.object = given.migration.name, .remedy = "Correct the migration first."};
    if (!given.migration.statements.empty()) finding.where = place(given.migration.statements.back());
    add(std::move(finding), "the migration did not succeed, so the locks of what follows are unknown");
  }
  return findings;
}

}  // namespace prodclone::checks
