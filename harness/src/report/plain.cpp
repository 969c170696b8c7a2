#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/text.hpp>
#include <prodclone/report/render.hpp>

#include "wording.hpp"

namespace prodclone::report {

namespace {

using checks::Severity;

class Page {
 public:
  explicit Page(bool colour) : colour_(colour) {}

  void line(const std::string& text) { text_ += text + '\n'; }
  void heading(const std::string& text) { text_ += '\n' + painted(text, "1") + '\n'; }
  std::string painted(const std::string& text, const char* code) const {
    return colour_ ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
  }
  std::string painted(const std::string& text, bool good) const { return painted(text, good ? "32" : "1;31"); }
  std::string text() && { return std::move(text_); }

 private:
  bool colour_;
  std::string text_;
};

void findings(Page& page, const Report& report, Severity severity) {
  for (const auto& test : report.tests)
    for (const auto& finding : test.findings)
      if (finding.severity == severity) page.line(checks::to_string(finding));
}

void locks(Page& page, const rehearsal::LockTrace& trace) {
  const auto tables = locks_against_writes(trace);
  if (tables.empty()) return;
  page.heading(fmt::format("{} locked against writes{}", counted(std::ssize(tables), "table"), tables.size() > 5 ? "; the longest" : ""));
  for (std::size_t i = 0; i < std::min<std::size_t>(5, tables.size()); ++i)
    page.line(fmt::format("  {:<36} {:<22} {:>9}  ({})", tables[i].relation, rehearsal::sql_name(tables[i].mode), to_string(tables[i].held), to_string(tables[i].size)));
}

}  // namespace

std::string to_plain(const Report& report, bool colour) {
  Page page(colour);
  page.line(heading_line(report));
  if (!report.phases.empty()) page.heading("Phases");
  for (const auto& phase : report.phases) page.line(fmt::format("  {:<9} {:>9}  {}", phase.name, took(phase.took), described(phase)));
  page.heading("Migrations");
  for (const auto& line : migration_lines(report)) page.line("  " + line);
  if (report.trace) locks(page, *report.trace);

  const auto noticed = std::any_of(report.tests.begin(), report.tests.end(), [](const Test& test) {
    return std::any_of(test.findings.begin(), test.findings.end(), [](const auto& one) { return one.severity == Severity::note || one.severity == Severity::warning; });
  });
  if (noticed) page.heading("Worth knowing");
  findings(page, report, Severity::note);
  findings(page, report, Severity::warning);
  if (const auto parts = left_out(report); !parts.empty()) {
    page.heading("Not checked");
    for (const auto& part : parts) page.line("  " + part);
  }
  if (!green(report)) page.heading("Failures");
  if (!report.migration_failure.empty()) page.line(report.migration_failure);
  findings(page, report, Severity::failure);
  for (const auto& test : report.tests) {
    if (test.outcome == Outcome::passed || speaks_through_findings(test)) continue;
    page.line(fmt::format("{} {}", word(test.outcome), test.name));
    for (const auto& line : lines_of(said(test, report))) page.line("  " + line);
  }

  page.heading("Verdict");
  for (const auto& verdict : verdicts(report))
    page.line(fmt::format("  {} {:<12} {}", page.painted(fmt::format("{:<4}", word(verdict)), verdict.passed()), verdict.label, described(verdict)));
  page.line(page.painted(conclusion(report), green(report)));
  return std::move(page).text();
}

}  // namespace prodclone::report
