#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <prodclone/base/error.hpp>
#include <prodclone/workflow/recorded_report.hpp>
#include <prodclone/workflow/rehearse.hpp>

#include "commands.hpp"
#include "output.hpp"

namespace prodclone::cli {

namespace {

// When several apply: 6, 2, 1 (docs: exit codes).
int verdict(const std::vector<workflow::CheckOutcome>& outcomes) {
  int code = 0;
  for (const auto& outcome : outcomes) {
    if (!outcome.error.empty()) return exit_code(Failure::could_not_check);
    if (checks::any_failure(outcome.findings)) code = exit_code(Failure::check_failed);
  }
  return code;
}

void print_json(const config::Project& project, const std::vector<workflow::CheckOutcome>& outcomes, int code) {
  nlohmann::ordered_json json = {{"schema", "prodclone/rehearsal/1"}, {"project", project.name}, {"exit_code", code},
                                 {"record", project.record_directory().string()}, {"checks", nlohmann::json::array()}};
  for (const auto& outcome : outcomes) {
    nlohmann::ordered_json check = {{"name", outcome.name}, {"label", outcome.label}, {"findings", nlohmann::json::array()}};
    check["error"] = outcome.error.empty() ? nlohmann::json() : nlohmann::json(outcome.error);
    for (const auto& finding : outcome.findings)
      check["findings"].push_back({{"check", finding.check}, {"failure", finding.severity == checks::Severity::failure}, {"object", finding.object},
                                   {"what", finding.what}, {"where", finding.where}, {"why", finding.why}, {"remedy", finding.remedy}});
    json["checks"].push_back(check);
  }
  fmt::print("{}\n", json.dump(2));
}

}  // namespace

int rehearse(const Arguments& arguments) {
  const auto project = project_of(arguments);
  CommandRun run(project, "rehearse", arguments.source);
  run->require(workflow::Stage::pristine);
  run->keep(workflow::Stage::pristine, "prodclone rehearse");
  run->require(workflow::Stage::migrated);
  run->make_clone_from(workflow::Stage::migrated, "prodclone rehearse");
  const auto outcomes = workflow::rehearse(*run);
  if (run->made(workflow::Stage::fresh)) run->keep(workflow::Stage::fresh, "prodclone rehearse");
  const int code = verdict(outcomes);
  if (arguments.json) {
    print_json(project, outcomes, code);
  } else {
    fmt::print("{}", workflow::recorded_report(project));
    for (const auto& outcome : outcomes)
      fmt::print("{:<4} {:<32} (ctest -L {})\n", !outcome.error.empty() ? "??" : checks::any_failure(outcome.findings) ? "FAIL" : "ok", outcome.name, outcome.label);
    print_how_to_connect(run->conninfo(workflow::Stage::clone));
    fmt::print("record: {}\n", project.record_directory().string());
  }
  run.end();
  return code;
}

int report(const Arguments& arguments) {
  fmt::print("{}", workflow::recorded_report(project_of(arguments)));
  return 0;
}

}  // namespace prodclone::cli
