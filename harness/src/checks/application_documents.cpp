#include <fmt/format.h>

#include <prodclone/base/quantities.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/checks/application.hpp>

#include "application_words.hpp"

namespace prodclone::checks {

namespace {

using application::DocumentEnd;
using application::DocumentReport;

std::string what_happened(const DocumentReport& report, const std::string& deadline) {
  const auto last = report.states.empty() ? std::string("none") : report.states.back();
  switch (report.end) {
    case DocumentEnd::refused: return fmt::format("It was not taken: {}.", without_stop(report.answer));
    case DocumentEnd::failed: return fmt::format("It failed: its state became \"{}\" after {}.", last, prodclone::to_string(report.took));
    case DocumentEnd::stuck: return fmt::format("It is stuck: {} after it was given its state is still \"{}\".", deadline, last);
    case DocumentEnd::unseen: return fmt::format("It was taken, but {} later the state query still finds no row of it.", deadline);
    case DocumentEnd::program_ended: return fmt::format("The program ended while the document was at work; its last state: {}.", last);
    case DocumentEnd::done: break;
  }
  return "It arrived.";
}

}  // namespace

Findings ingestion_findings(const std::vector<DocumentReport>& documents, std::chrono::milliseconds deadline) {
  Findings findings;
  for (const auto& report : documents) {
    if (report.end == DocumentEnd::done) continue;
    Finding finding{.check = "ingestion", .object = report.document, .what = what_happened(report, prodclone::to_string(deadline)),
                    .why = "After the migration such documents would not get through.",
                    .remedy = "Read the log of the program; the document fails the same way when it is given to the program on the clone by hand."};
    if (report.end == DocumentEnd::unseen) finding.remedy = "If the document is there, the query does not find it: mend ingestion.state_query. Otherwise read the log of the program.";
    if (report.end == DocumentEnd::stuck) finding.remedy += " If it only needs longer, raise ingestion.deadline_s; if that state is an end, add it to ingestion.terminal.";
    if (!report.states.empty()) finding.evidence.push_back("states seen: " + joined(report.states, " → "));
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace prodclone::checks
