#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/text.hpp>
#include <prodclone/report/render.hpp>

#include "wording.hpp"

namespace prodclone::report {

namespace {

using checks::Severity;

// In running text and table cells: what Markdown or HTML would take for markup.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '<') result += "&lt;";
    else if (c == '>') result += "&gt;";
    else if (c == '&') result += "&amp;";
    else if (c == '\n') result += ' ';
    else {
      if (std::string_view("\\`*_[]|#~").find(c) != std::string_view::npos) result += '\\';
      result += c;
    }
  }
  return result;
}

// A fence longer than any run of backticks inside.
std::string fenced(const std::string& text, const std::string& language = {}) {
  std::size_t longest = 2, run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return fence + language + '\n' + text + (text.ends_with('\n') ? "" : "\n") + fence + '\n';
}

std::string block(const checks::Finding& finding) {
  auto text = fmt::format("**{}** {}: {}\n\n", escaped(finding.check), escaped(finding.object), escaped(finding.what));
  if (!finding.where.empty()) text += fmt::format("{}\n\n", escaped("Where: " + finding.where));
  if (!finding.why.empty()) text += escaped(finding.why) + "\n\n";
  if (!finding.evidence.empty()) text += "<details><summary>seen</summary>\n\n" + fenced(joined(finding.evidence, "\n")) + "\n</details>\n\n";
  if (!finding.remedy.empty()) text += fenced(finding.remedy, "sql") + '\n';
  return text;
}

std::string blocks(const Report& report, std::initializer_list<Severity> wanted) {
  std::string text;
  for (const auto severity : wanted)
    for (const auto& test : report.tests)
      for (const auto& finding : test.findings)
        if (finding.severity == severity) text += block(finding);
  return text;
}

std::string failures(const Report& report) {
  std::string text;
  if (!report.migration_failure.empty()) text += "**A migration failed**\n\n" + fenced(report.migration_failure) + '\n';
  text += blocks(report, {Severity::failure});
  for (const auto& test : report.tests)
    if (test.outcome != Outcome::passed && !speaks_through_findings(test))
      text += fmt::format("**{} {}**\n\n{}\n", word(test.outcome), escaped(test.name), fenced(said(test, report)));
  return text;
}

std::string locks(const rehearsal::LockTrace& trace) {
  const auto tables = locks_against_writes(trace);
  if (tables.empty()) return {};
  std::string text = "\n| locked against writes | strongest lock | longest | size |\n|---|---|--:|--:|\n";
  for (std::size_t i = 0; i < std::min<std::size_t>(10, tables.size()); ++i)
    text += fmt::format("| {} | {} | {} | {} |\n", escaped(tables[i].relation), rehearsal::sql_name(tables[i].mode), to_string(tables[i].held), to_string(tables[i].size));
  if (tables.size() > 10) text += fmt::format("| and {} more | | | |\n", tables.size() - 10);
  return text;
}

}  // namespace

std::string to_markdown(const Report& report) {
  auto text = fmt::format("## {} Migration rehearsal: {}\n\n{}\n\n", green(report) ? "✅" : "❌", escaped(conclusion(report)), escaped(heading_line(report)));
  text += "| | label | tests |\n|---|---|---|\n";
  for (const auto& verdict : verdicts(report)) text += fmt::format("| {} | {} | {} |\n", verdict.passed() ? "✅" : "❌", escaped(verdict.label), described(verdict));
  text += '\n';
  for (const auto& line : migration_lines(report)) text += "- " + escaped(line) + '\n';
  if (report.trace) text += locks(*report.trace);
  if (!green(report)) text += "\n### What is wrong\n\n" + failures(report);
  if (const auto noticed = blocks(report, {Severity::warning, Severity::note}); !noticed.empty())
    text += "\n<details><summary>Worth knowing</summary>\n\n" + noticed + "</details>\n";
  if (const auto parts = left_out(report); !parts.empty()) {
    text += "\n### Not checked\n\n";
    for (const auto& part : parts) text += "- " + escaped(part) + '\n';
  }
  return text;
}

}  // namespace prodclone::report
