#include "wording.hpp"

#include <fmt/format.h>

#include <prodclone/base/text.hpp>

namespace prodclone::report {

std::string took(std::chrono::milliseconds duration) { return to_string(std::chrono::microseconds(duration)); }

std::string_view word(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed: return "ok";
    case Outcome::failed: return "FAIL";
    case Outcome::could_not_check: return "??";
    case Outcome::unfinished: return "CUT";
  }
  return "FAIL";
}

std::string_view word(const Verdict& verdict) {
  if (verdict.failed > 0) return word(Outcome::failed);
  if (verdict.could_not_check > 0) return word(Outcome::could_not_check);
  return word(verdict.unfinished > 0 ? Outcome::unfinished : Outcome::passed);
}

std::string described(const Verdict& verdict) {
  auto text = counted(verdict.tests, "test");
  if (verdict.failed > 0) text += fmt::format(", {} failed", verdict.failed);
  if (verdict.could_not_check > 0) text += fmt::format(", {} could not check", verdict.could_not_check);
  if (verdict.unfinished > 0) text += fmt::format(", {} did not finish", verdict.unfinished);
  if (verdict.warnings > 0) text += ", " + counted(verdict.warnings, "warning");
  return text;
}

std::string described(const Phase& phase) {
  if (phase.database.empty()) return phase.note;
  return phase.database + (phase.reused ? ", reused" : "") + (phase.note.empty() ? "" : ": " + phase.note);
}

std::string heading_line(const Report& report) {
  auto text = report.project;
  if (report.trace) text += fmt::format(" on PostgreSQL {}, {} of data", report.trace->server.version, to_string(report.trace->database_size));
  return text;
}

std::vector<std::string> migration_lines(const Report& report) {
  if (!report.trace) return {report.migration_failure.empty() ? "None was applied in this rehearsal." : "One failed; see below."};
  if (report.trace->migrations.empty()) return {"None was pending."};
  std::vector<std::string> lines;
  for (const auto& migration : report.trace->migrations) {
    if (migration.statements.empty() && !report.trace->not_measured.empty()) {
      lines.push_back(fmt::format("{}: {}; its statements were not seen", migration.name, migration.succeeded ? "applied by the tool itself" : "FAILED in the tool itself"));
      continue;
    }
    lines.push_back(fmt::format("{}: {} in {}, {}, {} rewritten{}", migration.name, migration.succeeded ? "applied" : "FAILED", to_string(rehearsal::duration_of(migration)),
                                counted(std::ssize(migration.statements), "statement"), counted(rewrites(migration), "table"),
                                migration.wal ? ", " + to_string(*migration.wal) + " of WAL" : ""));
  }
  return lines;
}

bool speaks_through_findings(const Test& test) { return test.outcome == Outcome::failed && checks::any_failure(test.findings); }

std::string said(const Test& test, const Report& report) {
  if (test.outcome == Outcome::unfinished) return "It began and never ended: its process was killed, or crashed.";
  for (const auto& other : report.tests) {
    if (&other == &test) break;
    if (!test.message.empty() && other.message == test.message) return "As " + other.name + '.';
  }
  return test.message;
}

}  // namespace prodclone::report
