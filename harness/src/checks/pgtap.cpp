#include <prodclone/checks/pgtap.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include <prodclone/base/text.hpp>

namespace prodclone::checks {

namespace {

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// Takes the number at the beginning of the text, if there is one.
std::optional<long> take_number(std::string_view& text) {
  std::size_t digits = 0;
  while (digits < text.size() && digits < 9 && is_digit(text[digits])) ++digits;
  if (digits == 0) return std::nullopt;
  const long number = std::stol(std::string(text.substr(0, digits)));
  text.remove_prefix(digits);
  return number;
}

void read_plan(TapReport& report, std::string_view line) {
  line.remove_prefix(3);
  const auto plan = take_number(line);
  if (!plan) return;
  report.plan = plan;
  const auto note = trimmed(line);
  if (*plan == 0 && note.starts_with('#')) report.skipped = std::string(trimmed(note.substr(1)));
}

// "ok 3 - description # TODO reason"; a "#" that is part of the description is written "\#".
std::optional<TapTest> read_test(std::string_view line, long next) {
  TapTest test{.number = next, .ok = line.starts_with("ok")};
  line.remove_prefix(test.ok ? 2 : 6);
  if (!line.empty() && line.front() != ' ') return std::nullopt;
  line = trimmed(line);
  if (const auto number = take_number(line)) test.number = *number;
  line = trimmed(line);
  if (line.starts_with('-')) line = trimmed(line.substr(1));
  std::size_t mark = line.find('#');
  while (mark != std::string_view::npos && mark > 0 && line[mark - 1] == '\\') mark = line.find('#', mark + 1);
  if (mark != std::string_view::npos) {
    const auto note = trimmed(line.substr(mark + 1));
    const auto word = upper(note.substr(0, 4));
    test.directive = word == "TODO" ? TapDirective::todo : word == "SKIP" ? TapDirective::skip : TapDirective::none;
    if (test.directive != TapDirective::none) {
      test.reason = std::string(trimmed(note.substr(std::min(note.find(' '), note.size()))));
      line = trimmed(line.substr(0, mark));
    }
  }
  test.description = replaced(std::string(line), "\\#", "#");
  return test;
}

// pgTAP puts the found values after "have:" and into lines that are rows: "(1,Ada)".
std::string masked(const std::string& line) {
  const auto text = trimmed(line);
  const auto indent = line.substr(0, line.size() - std::string_view(line).substr(line.find_first_not_of(' ') == std::string::npos ? 0 : line.find_first_not_of(' ')).size());
  if (text.starts_with("have:")) return indent + "have: ****";
  if (text.starts_with("(")) return indent + "(****)";
  return line;
}

Finding finding_about(const PgTapFacts& facts) {
  return {.check = "refactor/pgtap", .object = (facts.file.parent_path().filename() / facts.file.filename()).string(),
          .where = facts.file.string() + ", " + facts.moment};
}

Finding failed_test(const PgTapFacts& facts, const TapTest& test) {
  auto finding = finding_about(facts);
  finding.what = fmt::format("Test {} is not ok: {}.", test.number, test.description.empty() ? "(no description)" : test.description);
  finding.why = "The case says that this holds.";
  finding.remedy = "Correct the migration or the test.";
  for (const auto& line : test.diagnostics) finding.evidence.push_back(facts.show_values ? line : masked(line));
  return finding;
}

void judge_plan(const PgTapFacts& facts, const TapReport& report, Findings& findings) {
  auto finding = finding_about(facts);
  finding.why = "A test that was planned and did not run is not known to pass.";
  finding.remedy = "Correct the plan, or find out where the script stopped.";
  const auto ran = static_cast<long>(report.tests.size());
  if (!report.plan) {
    finding.what = ran == 0 ? "Could not check: the script printed no test and no plan." : fmt::format("The script has no plan; {} ran.", counted(ran, "test"));
    finding.remedy = "Begin with SELECT plan(n) or no_plan() and end with SELECT * FROM finish().";
  } else if (report.skipped) {
    finding.what = "Could not check: the whole script was skipped: " + *report.skipped;
  } else if (*report.plan != ran) {
    finding.what = fmt::format("{} planned, {} ran.", counted(*report.plan, "test"), ran);
    for (long number = 1; number <= *report.plan && finding.evidence.size() < 10; ++number)
      if (std::none_of(report.tests.begin(), report.tests.end(), [&](const TapTest& test) { return test.number == number; }))
        finding.evidence.push_back(fmt::format("test {} did not run", number));
  } else if (*report.plan == 0) {
    finding.what = "Could not check: the script plans no test.";
  } else {
    return;
  }
  findings.push_back(std::move(finding));
}

}  // namespace

TapReport read_tap(std::string_view output) {
  TapReport report;
  std::vector<std::string> subtests;
  for (const auto& line : lines_of(output)) {
    if (line.starts_with(' ')) {
      subtests.push_back(line);
    } else if (line.starts_with("1..")) {
      read_plan(report, line);
    } else if (line.starts_with("Bail out!")) {
      report.bailed_out = std::string(trimmed(std::string_view(line).substr(9)));
    } else if (line.starts_with("ok") || line.starts_with("not ok")) {
      auto test = read_test(line, static_cast<long>(report.tests.size()) + 1);
      if (!test) continue;
      if (!test->ok) test->diagnostics = std::move(subtests);
      subtests.clear();
      report.tests.push_back(std::move(*test));
    } else if (line.starts_with('#') && !line.starts_with("# Looks like ") && !report.tests.empty() && !report.tests.back().ok) {
      report.tests.back().diagnostics.push_back(line.substr(line.starts_with("# ") ? 2 : 1));
    }
  }
  return report;
}

Findings pgtap_findings(const PgTapFacts& facts) {
  Findings findings;
  const auto report = read_tap(facts.output);
  for (const auto& test : report.tests) {
    if (test.directive == TapDirective::skip) {
      auto finding = finding_about(facts);
      finding.severity = Severity::warning;
      finding.what = fmt::format("Test {} was skipped: {}.", test.number, test.reason.empty() ? "no reason given" : test.reason);
      finding.why = "What it says is not known to hold.";
      findings.push_back(std::move(finding));
    } else if (!test.ok && test.directive != TapDirective::todo) {
      findings.push_back(failed_test(facts, test));
    }
  }
  if (report.bailed_out || !facts.ending.empty()) {
    auto finding = finding_about(facts);
    finding.what = report.bailed_out ? "Could not check: the script bailed out: " + *report.bailed_out : fmt::format("Could not check: psql ended with {}.", facts.ending);
    finding.why = "What came after it did not run.";
    finding.remedy = "Correct the script.";
    auto lines = lines_of(trimmed(facts.errors));
    if (lines.size() > 15) lines.erase(lines.begin(), lines.end() - 15);
    finding.evidence = std::move(lines);
    findings.push_back(std::move(finding));
  }
  judge_plan(facts, report, findings);
  return findings;
}

}  // namespace prodclone::checks
