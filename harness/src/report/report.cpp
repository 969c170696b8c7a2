#include <prodclone/report/report.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <prodclone/base/text.hpp>

namespace prodclone::report {

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed: return "passed";
    case Outcome::failed: return "failed";
    case Outcome::could_not_check: return "could_not_check";
    case Outcome::unfinished: return "unfinished";
  }
  return "failed";
}

std::optional<Outcome> parse_outcome(std::string_view text) {
  for (const auto outcome : {Outcome::passed, Outcome::failed, Outcome::could_not_check, Outcome::unfinished})
    if (text == to_string(outcome)) return outcome;
  return std::nullopt;
}

std::vector<Verdict> verdicts(const Report& report) {
  std::map<std::string, Verdict> by_label;
  for (const auto& test : report.tests)
    for (const auto& label : test.labels) {
      auto& verdict = by_label[label];
      verdict.label = label;
      ++verdict.tests;
      verdict.failed += test.outcome == Outcome::failed;
      verdict.could_not_check += test.outcome == Outcome::could_not_check;
      verdict.unfinished += test.outcome == Outcome::unfinished;
      verdict.warnings += static_cast<int>(std::count_if(test.findings.begin(), test.findings.end(), [](const checks::Finding& one) {
        return one.severity == checks::Severity::warning;
      }));
    }
  std::vector<Verdict> result;
  for (auto& [label, verdict] : by_label) result.push_back(std::move(verdict));
  return result;
}

namespace {

int count(const Report& report, Outcome outcome) {
  return static_cast<int>(std::count_if(report.tests.begin(), report.tests.end(), [&](const Test& test) { return test.outcome == outcome; }));
}

}  // namespace

bool green(const Report& report) {
  return !report.tests.empty() && report.migration_failure.empty() && count(report, Outcome::passed) == static_cast<int>(report.tests.size());
}

std::string conclusion(const Report& report) {
  if (report.tests.empty()) return "No test has run: nothing is known.";
  const auto all = counted(static_cast<long long>(report.tests.size()), "test");
  if (green(report)) return fmt::format("All {} passed.", all);
  std::vector<std::string> parts;
  if (!report.migration_failure.empty()) parts.emplace_back("a migration failed");
  if (const int failed = count(report, Outcome::failed)) parts.push_back(fmt::format("{} of {} failed", failed, all));
  if (const int blind = count(report, Outcome::could_not_check)) parts.push_back(fmt::format("{} could not check", blind));
  if (const int cut = count(report, Outcome::unfinished)) parts.push_back(fmt::format("{} did not finish", cut));
  auto sentence = joined(parts, ", ") + '.';
  sentence[0] = sentence[0] == 'a' ? 'A' : sentence[0];
  return sentence;
}

std::vector<std::string> left_out(const Report& report) {
  std::vector<std::string> parts;
  const auto add = [&](const std::string& part) {
    if (std::find(parts.begin(), parts.end(), part) == parts.end()) parts.push_back(part);
  };
  for (const auto& test : report.tests)
    for (const auto& finding : test.findings)
      if (finding.severity == checks::Severity::not_checked) add(finding.what);
  if (report.trace) {
    for (const auto& part : report.trace->not_measured) add("Not measured: " + part + '.');
    for (const auto& migration : report.trace->migrations)
      for (const auto& statement : migration.statements)
        for (const auto& part : statement.not_measured) add(fmt::format("Not measured in {}:{}: {}.", statement.file, statement.line, part));
  }
  return parts;
}

std::vector<TableLock> locks_against_writes(const rehearsal::LockTrace& trace) {
  std::map<std::string, TableLock> tables;
  for (const auto& migration : trace.migrations)
    for (const auto& statement : migration.statements)
      for (const auto& lock : statement.locks) {
        const bool holds_rows = lock.kind == "table" || lock.kind == "partitioned_table" || lock.kind == "materialized_view";
        if (!lock.pre_existing || !holds_rows || !rehearsal::blocks_writes(lock.mode)) continue;
        auto& table = tables[lock.relation];
        table.relation = lock.relation;
        table.mode = std::max(table.mode, lock.mode);
        table.held = std::max(table.held, lock.held);
        table.size = lock.size;
      }
  std::vector<TableLock> longest;
  for (auto& [name, table] : tables) longest.push_back(std::move(table));
  std::stable_sort(longest.begin(), longest.end(), [](const auto& a, const auto& b) { return a.held > b.held; });
  return longest;
}

int rewrites(const rehearsal::MigrationTrace& migration) {
  int count = 0;
  for (const auto& statement : migration.statements)
    for (const auto& rewrite : statement.rewrites) count += rewrite.pre_existing && !statement.bookkeeping;  // golang-migrate empties its table
  return count;
}

}  // namespace prodclone::report
