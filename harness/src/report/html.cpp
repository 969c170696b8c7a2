#include <fmt/format.h>

#include <prodclone/base/text.hpp>
#include <prodclone/report/render.hpp>

#include "wording.hpp"

namespace prodclone::report {

namespace {

using checks::Severity;

constexpr std::string_view style = R"(
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #cf222e; --warn: #9a6700; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin-bottom: .2rem } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
pre { background: #8881; padding: .6rem .8rem; border-radius: 6px; overflow-x: auto; font-size: 13px }
.finding { border-left: 4px solid var(--line); padding: .1rem 0 .1rem 1rem; margin: 1rem 0 } .finding p { margin: .3rem 0 }
.failure { border-color: var(--bad) } .warning { border-color: var(--warn) }
.good { color: var(--good) } .bad { color: var(--bad) } .verdict { font-weight: 600; font-size: 1.15rem } .quiet { opacity: .75 }
code { font-size: 13px } ul { padding-left: 1.2rem }
)";

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '&': result += "&amp;"; break;
      case '"': result += "&quot;"; break;
      default: result += c;
    }
  }
  return result;
}

std::string block(const checks::Finding& finding) {
  auto html = fmt::format("<div class=\"finding {}\"><p><code>{}</code> <strong>{}</strong></p><p>{}</p>", checks::to_string(finding.severity),
                          escaped(finding.check), escaped(finding.object), escaped(finding.what));
  if (!finding.why.empty()) html += fmt::format("<p>{}</p>", escaped(finding.why));
  if (!finding.where.empty()) html += fmt::format("<p class=\"quiet\">{}</p>", escaped(finding.where));
  if (!finding.evidence.empty()) html += fmt::format("<details><summary>seen</summary><pre>{}</pre></details>", escaped(joined(finding.evidence, "\n")));
  if (!finding.remedy.empty()) html += fmt::format("<pre>{}</pre>", escaped(finding.remedy));
  return html + "</div>\n";
}

std::string section(const Report& report, const char* title, std::initializer_list<Severity> wanted) {
  std::string blocks;
  for (const auto severity : wanted)
    for (const auto& test : report.tests)
      for (const auto& finding : test.findings)
        if (finding.severity == severity) blocks += block(finding);
  return blocks.empty() ? "" : fmt::format("<h2>{}</h2>\n{}", title, blocks);
}

std::string other_failures(const Report& report) {
  std::string html;
  if (!report.migration_failure.empty())
    html += fmt::format("<div class=\"finding failure\"><p><strong>A migration failed</strong></p><pre>{}</pre></div>\n", escaped(report.migration_failure));
  for (const auto& test : report.tests)
    if (test.outcome != Outcome::passed && !speaks_through_findings(test))
      html += fmt::format("<div class=\"finding failure\"><p><code>{}</code> <strong>{}</strong></p><pre>{}</pre></div>\n", word(test.outcome), escaped(test.name), escaped(said(test, report)));
  return html;
}

std::string verdict_table(const Report& report) {
  std::string html = "<table><tr><th>label</th><th></th><th>tests</th></tr>\n";
  for (const auto& one : verdicts(report))
    html += fmt::format("<tr><td>{}</td><td class=\"{}\">{}</td><td>{}</td></tr>\n", escaped(one.label), one.passed() ? "good" : "bad", word(one), described(one));
  return html + "</table>\n";
}

std::string lock_table(const rehearsal::LockTrace& trace) {
  const auto tables = locks_against_writes(trace);
  if (tables.empty()) return {};
  std::string html = "<h2>Locked against writes</h2>\n<table><tr><th>table</th><th>strongest lock</th><th class=\"n\">longest</th><th class=\"n\">size</th></tr>\n";
  for (const auto& one : tables)
    html += fmt::format("<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n", escaped(one.relation), rehearsal::sql_name(one.mode), to_string(one.held), to_string(one.size));
  return html + "</table>\n";
}

std::string phase_table(const Report& report) {
  if (report.phases.empty()) return {};
  std::string html = "<h2>Phases</h2>\n<table>\n";
  for (const auto& phase : report.phases)
    html += fmt::format("<tr><td>{}</td><td class=\"n\">{}</td><td>{}</td></tr>\n", escaped(phase.name), took(phase.took), escaped(described(phase)));
  return html + "</table>\n";
}

std::string test_table(const Report& report) {
  std::string html = "<h2>Tests</h2>\n<table><tr><th>test</th><th>labels</th><th></th><th class=\"n\">time</th></tr>\n";
  for (const auto& test : report.tests)
    html += fmt::format("<tr><td>{}</td><td>{}</td><td class=\"{}\">{}</td><td class=\"n\">{}</td></tr>\n", escaped(test.name), escaped(joined(test.labels, ", ")),
                        test.outcome == Outcome::passed ? "good" : "bad", word(test.outcome), took(test.took));
  return html + "</table>\n";
}

std::string list(const char* title, const std::vector<std::string>& items) {
  if (items.empty()) return {};
  std::string html = fmt::format("<h2>{}</h2>\n<ul>", title);
  for (const auto& item : items) html += "<li>" + escaped(item) + "</li>\n";
  return html + "</ul>\n";
}

}  // namespace

std::string to_html(const Report& report) {
  auto html = fmt::format("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
                          "<title>{}: migration rehearsal</title><style>{}</style></head><body>\n", escaped(report.project), style);
  html += fmt::format("<h1>{}: migration rehearsal</h1>\n<p class=\"quiet\">{}</p>\n<p class=\"verdict {}\">{}</p>\n", escaped(report.project), escaped(heading_line(report)),
                      green(report) ? "good" : "bad", escaped(conclusion(report)));
  html += verdict_table(report);
  if (!green(report)) html += "<h2>What is wrong</h2>\n" + other_failures(report) + section(report, "Findings", {Severity::failure});
  html += list("Migrations", migration_lines(report));
  if (report.trace) html += lock_table(*report.trace);
  html += section(report, "Worth knowing", {Severity::warning, Severity::note});
  html += list("Not checked", left_out(report));
  html += phase_table(report) + test_table(report);
  return html + "</body></html>\n";
}

}  // namespace prodclone::report
