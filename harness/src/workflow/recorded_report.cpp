#include <prodclone/workflow/recorded_report.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/quantities.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/rehearsal/lock_trace_json.hpp>
#include <prodclone/workflow/findings_record.hpp>

namespace prodclone::workflow {

namespace {

using rehearsal::LockTrace;

struct TableLock {
  rehearsal::LockMode mode = rehearsal::LockMode::access_share;
  rehearsal::Duration held = {};
  Bytes size = {};
};

// The strongest and longest lock on each table that was there before, those that nobody notices left out.
std::map<std::string, TableLock> table_locks(const LockTrace& trace) {
  std::map<std::string, TableLock> tables;
  for (const auto& migration : trace.migrations)
    for (const auto& statement : migration.statements)
      for (const auto& lock : statement.locks) {
        const bool holds_rows = lock.kind == "table" || lock.kind == "partitioned_table" || lock.kind == "materialized_view";
        if (!lock.pre_existing || !holds_rows || !rehearsal::blocks_writes(lock.mode)) continue;
        auto& table = tables[lock.relation];
        table.mode = std::max(table.mode, lock.mode);
        table.held = std::max(table.held, lock.held);
        table.size = lock.size;
      }
  return tables;
}

std::string migrations_part(const LockTrace& trace) {
  std::string text = trace.migrations.empty() ? "No migration was pending.\n" : "";
  for (const auto& migration : trace.migrations) {
    std::size_t rewrites = 0;
    for (const auto& statement : migration.statements)
      rewrites += static_cast<std::size_t>(std::count_if(statement.rewrites.begin(), statement.rewrites.end(), [](const auto& one) { return one.pre_existing; }));
    text += fmt::format("{}: {} in {}, {}, {} rewritten{}\n", migration.name, migration.succeeded ? "applied" : "FAILED",
                        to_string(rehearsal::duration_of(migration)), counted(static_cast<long long>(migration.statements.size()), "statement"), rewrites,
                        migration.wal ? ", " + to_string(*migration.wal) + " of WAL" : "");
  }
  return text;
}

std::string locks_part(const LockTrace& trace) {
  const auto locks = table_locks(trace);
  if (locks.empty()) return {};
  std::vector<std::pair<std::string, TableLock>> longest(locks.begin(), locks.end());
  std::sort(longest.begin(), longest.end(), [](const auto& a, const auto& b) { return a.second.held > b.second.held; });
  std::string text = fmt::format("{} locked against writes; the longest:\n", counted(static_cast<long long>(longest.size()), "table was", "tables were"));
  for (std::size_t i = 0; i < std::min<std::size_t>(5, longest.size()); ++i)
    text += fmt::format("  {:<32} {:<22} {:>9}  ({})\n", longest[i].first, rehearsal::sql_name(longest[i].second.mode), to_string(longest[i].second.held), to_string(longest[i].second.size));
  return text;
}

std::string findings_part(const config::Project& project) {
  std::string failures, rest;
  long long failed = 0, others = 0;
  for (const auto& [name, findings] : recorded_findings(project))
    for (const auto& finding : findings) {
      if (finding.severity == checks::Severity::failure) ++failed, failures += checks::to_string(finding) + '\n';
      else ++others, rest += checks::to_string(finding) + '\n';
    }
  if (failed + others == 0) return "No findings.\n";
  return failures + rest + fmt::format("{}, {}.\n", counted(failed, "failure"), counted(others, "warning or note", "warnings and notes"));
}

}  // namespace

std::string recorded_report(const config::Project& project) {
  const auto record = project.record_directory();
  std::string text = fmt::format("project {}\n", project.name);
  bool any = false;
  if (const auto failure = read_file_if_present(record / "migration-failure.txt")) {
    text += "A migration failed:\n" + *failure + '\n';
    any = true;
  }
  if (const auto trace = read_file_if_present(record / "trace.json")) {
    const auto facts = rehearsal::lock_trace_from_json(*trace);
    text += fmt::format("rehearsed on PostgreSQL {}, {} of data\n", facts.server.version, to_string(facts.database_size));
    text += migrations_part(facts) + locks_part(facts);
    any = true;
  }
  if (!any && recorded_findings(project).empty())
    throw Error(Failure::could_not_check, fmt::format("Nothing has been rehearsed in {} yet.", project.root.string()),
                "Run `prodclone rehearse`, or `ctest -L prodclone`.");
  return text + findings_part(project);
}

}  // namespace prodclone::workflow
