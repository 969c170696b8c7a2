#include <prodclone/checks/application.hpp>

#include <fmt/format.h>

#include <prodclone/base/quantities.hpp>
#include <prodclone/base/text.hpp>

#include "application_words.hpp"

namespace prodclone::checks {

namespace {

std::string why_not_booted(const application::BootReport& report) {
  if (report.baseline)
    return "It fails on production as it is today, so this is not the migration's doing: nothing that it does after the migration can be judged.";
  return report.release == "the previous release" ? "While the deploy rolls on, the instances that are not replaced yet run on the migrated database: they would be down."
                                                  : "After the deploy the service would be down.";
}

}  // namespace

Findings boot_findings(const application::BootReport& report) {
  Findings findings;
  const auto& readiness = report.readiness;
  Finding finding{.check = "application/boot", .object = report.release, .where = report.log.string(), .why = why_not_booted(report)};
  finding.evidence = {"started as: " + joined(report.command, " ")};
  for (const auto& line : report.log_tail) finding.evidence.push_back("log: " + line);
  if (readiness.ended) {
    finding.what = fmt::format("{} ended ({}) {} after its start on {}, before it was ready.", capitalised(report.release), *readiness.ended, prodclone::to_string(readiness.took), report.database);
    finding.remedy = "Read the end of its log; if the command is wrong, mend application in prodclone.json.";
    findings.push_back(finding);
  } else if (!readiness.ready) {
    finding.what = fmt::format("{} was not ready within {} on {}: {}.", capitalised(report.release), prodclone::to_string(report.ready_within), report.database, without_stop(readiness.last_answer));
    finding.remedy = "Read the end of its log; if it only needs longer, raise application.ready_within_s.";
    findings.push_back(finding);
  } else if (!report.ended_later.empty()) {
    finding.what = fmt::format("{} was ready on {}, and then ended by itself ({}).", capitalised(report.release), report.database, report.ended_later);
    finding.remedy = "Read the end of its log.";
    findings.push_back(finding);
  }
  for (auto& one : log_findings(report)) findings.push_back(std::move(one));
  return findings;
}

Findings log_findings(const application::BootReport& report) {
  Findings findings;
  for (const auto& match : report.log_matches)
    findings.push_back({.check = "application/log", .severity = report.baseline ? Severity::warning : Severity::failure, .object = match.pattern,
                        .what = fmt::format("{} wrote {} into its log on {}. {}", capitalised(report.release), counted(static_cast<long long>(match.count), "such line"), report.database, match.meaning),
                        .where = report.log.string(),
                        .why = report.baseline ? "Production logs this today, so it is not the migration's doing."
                                               : "An answer may look right while the work behind it failed.",
                        .remedy = "Mend the migration or the code. What is harmless is accepted in application.log_ignore.",
                        .evidence = match.lines});
  return findings;
}

Findings application_test_findings(const TestRun& run) {
  if (run.succeeded) return {};
  return {{.check = "application/tests", .object = joined(run.command, " "), .what = fmt::format("The application's own tests ended with {} on a copy of the migrated clone.", run.ended),
           .where = run.log.string(), .why = "They meet production's data here, and the new schema.", .remedy = "Read their output; run them by hand on the clone.", .evidence = run.tail}};
}

std::string capitalised(std::string text) {
  if (!text.empty()) text[0] = upper(text.substr(0, 1))[0];
  return text;
}

std::string without_stop(std::string text) {
  while (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace prodclone::checks
