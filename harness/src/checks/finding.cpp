#include <prodclone/checks/finding.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include <prodclone/base/text.hpp>

namespace prodclone::checks {

namespace {

std::string_view word(Severity severity) {
  switch (severity) {
    case Severity::failure: return "FAIL";
    case Severity::warning: return "WARN";
    case Severity::note: return "NOTE";
    case Severity::not_checked: return "LEFT OUT";
  }
  return "FAIL";
}

// Every line of the value stands under the first, so that SQL can be copied out.
std::string labelled(std::string_view label, std::string_view value) {
  if (value.empty()) return {};
  std::string text;
  for (const auto& line : lines_of(value)) {
    text += fmt::format("\n  {:<7}{}", text.empty() ? label : "", line);
  }
  return text;
}

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::failure: return "failure";
    case Severity::warning: return "warning";
    case Severity::note: return "note";
    case Severity::not_checked: return "not_checked";
  }
  return "failure";
}

std::optional<Severity> parse_severity(std::string_view text) {
  for (const auto severity : {Severity::failure, Severity::warning, Severity::note, Severity::not_checked})
    if (text == to_string(severity)) return severity;
  return std::nullopt;
}

void append(Findings& findings, Findings more) {
  findings.insert(findings.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

bool any_failure(const Findings& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const Finding& f) { return f.severity == Severity::failure; });
}

std::string to_string(const Finding& finding) {
  std::string text = fmt::format("{} {}  {}", word(finding.severity), finding.check, finding.object);
  text += labelled("what:", finding.what) + labelled("where:", finding.where) + labelled("why:", finding.why);
  for (const auto& line : finding.evidence) text += labelled("seen:", line);
  return text + labelled("do:", finding.remedy);
}

std::string to_string(const Findings& findings) {
  std::string text;
  for (const auto& finding : findings) text += to_string(finding) + '\n';
  return text;
}

}  // namespace prodclone::checks
