// Judges what was seen of the application under test.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <prodclone/application/boot_report.hpp>
#include <prodclone/application/ingestion.hpp>
#include <prodclone/application/screens.hpp>
#include <prodclone/checks/finding.hpp>

namespace prodclone::checks {

// A release that is not ready in time, or ends, is a failure; so is a line of its log that tells of a schema that does
// not fit, unless it is the baseline: production logs that today, so it is a warning.
Findings boot_findings(const application::BootReport& report);

// A document that did not reach a good end: refused, failed, stuck, never seen, or lost when the program ended.
Findings ingestion_findings(const std::vector<application::DocumentReport>& documents, std::chrono::milliseconds deadline);

// What the team's own tests did.
struct TestRun {
  std::vector<std::string> command = {};
  bool succeeded = false;
  std::string ended = {};                 // "exit code 1"
  std::filesystem::path log = {};
  std::vector<std::string> tail = {};
};
Findings application_test_findings(const TestRun& run);

struct ScreenOptions {
  bool show_values = false;   // of replies: they may be personal data
};

// One finding for each screen that does not answer as it is declared to, with all that is wrong about it.
Findings screen_findings(const std::vector<application::ScreenAnswer>& answers, const ScreenOptions& options = {});

// What stays for a person to do: a note with the list.
Findings checklist(const std::vector<config::Screen>& screens);

}  // namespace prodclone::checks
