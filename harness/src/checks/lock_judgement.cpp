#include "lock_judgement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include <prodclone/base/day.hpp>
#include <prodclone/base/text.hpp>

namespace prodclone::checks {

Finding finding_at(const MigrationTrace& migration, const StatementTrace& statement, std::string object) {
  Finding finding{.object = std::move(object), .where = place(statement), .evidence = {excerpt(statement)}};
  if (finding.object.empty()) finding.object = migration.name;
  return finding;
}

std::string place(const StatementTrace& statement) {
  if (statement.bookkeeping || statement.file.empty()) return "the migration tool's own statement";
  return fmt::format("{}:{}", std::filesystem::path(statement.file).filename().string(), statement.line);
}

std::string excerpt(const StatementTrace& statement) {
  std::string line;
  for (const auto& part : lines_of(statement.text)) {
    const auto text = trimmed(part);
    if (text.empty() || text.starts_with("--")) continue;
    line = text;
    break;
  }
  constexpr std::size_t enough = 100;
  if (line.size() <= enough) return line;
  auto end = enough;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;  // not inside a character
  return line.substr(0, end) + "…";
}

std::string rows_text(std::int64_t rows) {
  if (rows >= 1'000'000) return fmt::format("{:.1f} M rows", static_cast<double>(rows) / 1e6);
  return counted(rows, "row");
}

std::string sized(const std::string& table, Bytes size, std::int64_t rows) {
  return fmt::format("{} ({}, {})", table, to_string(size), rows_text(rows));
}

std::string blocked_by(rehearsal::LockMode mode) {
  return blocks_reads(mode) ? "reads and writes" : blocks_writes(mode) ? "writes" : "other schema changes";
}

bool contains_words(const StatementTrace& statement, std::string_view words) {
  std::string spaced;
  for (const char c : statement.text) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank) spaced += c;
    else if (!spaced.empty() && spaced.back() != ' ') spaced += ' ';
  }
  return upper(spaced).find(words) != std::string::npos;
}

bool matters(const HeldLock& lock) {
  return lock.pre_existing && blocks_writes(lock.mode) && lock.kind != "toast_table" && lock.kind != "composite_type" &&
         !lock.relation.starts_with("pg_toast.");
}

void apply_exceptions(Finding& finding, const std::string& rule, const std::string& id, const std::string& name, const LockBudgets& budgets,
                      std::chrono::year_month_day today) {
  if (finding.severity == Severity::note) return;
  for (const auto& exception : budgets.exceptions) {
    const bool meant = exception.rule == rule && (matches_glob(exception.migration, id) || matches_glob(exception.migration, name));
    if (!meant) continue;
    if (today <= exception.until) {
      finding.severity = Severity::note;
      finding.evidence.push_back(fmt::format("accepted until {}: {}", iso_day(exception.until), exception.reason));
      return;
    }
    finding.evidence.push_back(fmt::format("its exception expired on {}: {}", iso_day(exception.until), exception.reason));
  }
  if (finding.severity == Severity::failure)
    finding.remedy += fmt::format("\nto accept: budgets.exceptions: {{\"migration\": \"{}\", \"rule\": \"{}\", \"until\": \"<date>\", \"reason\": \"<why>\"}}",
                                  name, rule);
}

const std::vector<JudgedRule>& judged_rules() {
  static const std::vector<JudgedRule> rules = {
      {"LK01", "readers do not wait over budget", judge_blocked_reads, true},
      {"LK02", "writers do not wait over budget", judge_blocked_writes, true},
      {"LK03", "no ACCESS EXCLUSIVE lock is held over budget", judge_long_exclusive},
      {"LK04", "no large table is rewritten", judge_rewrites},
      {"LK05", "no large table is read whole under a conflicting lock", judge_scans},
      {"LK06", "indexes of large tables are built and dropped concurrently", judge_index_work},
      {"LK07", "no lock is held across later statements for long", judge_idle_holds},
      {"LK08", "conflicting locks are asked for with a lock_timeout", judge_lock_timeout},
      {"LK09", "time-outs are in the right order", judge_timeout_order},
      {"LK11", "tables that the script does not name are known", judge_bystanders},
      {"LK13", "few rows are locked at a time, and not for long", judge_row_locks},
      {"LK14", "no index is locked that planning needs", judge_planner_blocks, true},
      {"LK15", "statements prepared before still run", judge_stale_plans, true},
      {"LK16", "read replicas do not wait for long", judge_replicas},
      {"LK17", "WAL and temporary files stay within budget", judge_volume},
      {"LK20", "statements and migrations end in time", judge_durations},
      {"LK24", "production's rows fit", judge_data_failure},
      {"LK25", "no sequence is locked for long", judge_sequences},
      {"unmeasured", "everything was measured", judge_unmeasured},
  };
  return rules;
}

}  // namespace prodclone::checks
