#include <prodclone/checks/sql_case.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/text.hpp>

namespace prodclone::checks {

namespace {

std::string row_text(const data::QueryReport& statement, const std::vector<std::optional<std::string>>& row, bool show_values) {
  std::vector<std::string> cells;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const auto value = !row[i] ? "NULL" : show_values ? row[i]->substr(0, 200) : "****";
    cells.push_back(statement.columns[i] + '=' + replaced(value, "\n", " "));
  }
  return cells.empty() ? "(a row without columns)" : joined(cells, ", ");
}

// Masked rows look alike: said once, with their number.
std::vector<std::string> rows_text(const data::QueryReport& statement, bool show_values) {
  std::vector<std::pair<std::string, int>> runs;
  for (const auto& row : statement.rows) {
    auto text = row_text(statement, row, show_values);
    if (!runs.empty() && runs.back().first == text) ++runs.back().second;
    else runs.emplace_back(std::move(text), 1);
  }
  std::vector<std::string> lines;
  for (const auto& [text, times] : runs) lines.push_back(times == 1 ? text : fmt::format("{} (in {} rows)", text, times));
  if (const auto more = statement.count - static_cast<std::int64_t>(statement.rows.size()); more > 0) lines.push_back(fmt::format("and {} more", more));
  return lines;
}

std::vector<std::string> statement_lines(const data::QueryReport& statement) {
  constexpr std::size_t most = 20;
  auto lines = lines_of(statement.text);
  if (lines.size() > most) {
    lines.resize(most);
    lines.emplace_back("…");
  }
  return lines;
}

}  // namespace

Findings sql_case_findings(const QueryScriptFacts& facts) {
  Findings findings;
  const auto object = (facts.file.parent_path().filename() / facts.file.filename()).string();
  bool failed = false;
  for (const auto& statement : facts.report.statements) {
    if (statement.error.empty() && statement.count == 0) continue;
    Finding finding{.check = "refactor/sql", .object = object, .where = fmt::format("{}:{}, {}", facts.file.string(), statement.line, facts.moment),
                    .evidence = statement_lines(statement)};
    if (!statement.error.empty()) {
      failed = true;
      finding.what = "Could not check: " + statement.error;
      finding.why = "A claim that could not be tried is not known to hold.";
      finding.remedy = fmt::format("Correct the statement; it must run {}.", facts.moment);
    } else {
      finding.what = fmt::format("The query returned {}, and must return none.", counted(statement.count, "row"));
      finding.why = "The case calls each of them a mistake, and they are rows of production.";
      finding.remedy = "Correct the migration, the rows in production, or the case.";
      if (!facts.show_values) finding.remedy += " \"show_keys\": true in prodclone.json prints the values.";
      for (auto& line : rows_text(statement, facts.show_values)) finding.evidence.push_back(std::move(line));
    }
    findings.push_back(std::move(finding));
  }
  if (!failed && !facts.report.asks())
    findings.push_back({.check = "refactor/sql", .object = object, .what = "Could not check: no statement of the file is a query.",
                        .where = facts.file.string(), .why = "A file that asks nothing is always green.",
                        .remedy = "Write a query that returns the offending rows."});
  return findings;
}

}  // namespace prodclone::checks
