#include "output.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <prodclone/base/error.hpp>
#include <prodclone/base/progress.hpp>
#include <prodclone/base/text.hpp>

namespace prodclone::cli {

CommandRun::CommandRun(const config::Project& project, const std::string& command, const std::string& source)
    : project_(project),
      provisioning_(project, {.owner = workflow::owner_of_this_process(false, "prodclone " + command),
                              .progress = terminal_progress(),
                              .source = source.empty() ? std::nullopt : std::optional(source),
                              .replaces_kept = true}) {}

CommandRun::~CommandRun() {
  if (ended_) return;
  try {
    print_release(workflow::release(project_, provisioning_.run()));
  } catch (const std::exception& error) {
    fmt::print(stderr, "prodclone: clean-up failed: {}\n", error.what());
  }
}

void CommandRun::end() {
  ended_ = true;
  const auto report = workflow::release(project_, provisioning_.run());
  if (!report.failed.empty())
    throw Error(Failure::cleanup_incomplete, "Clean-up is incomplete: " + joined(report.failed, "; "),
                "`prodclone drop-clone` tries again.");
}

void print_json(const Error& error) {
  const nlohmann::ordered_json json = {{"schema", "prodclone/error/1"}, {"exit_code", exit_code(error.failure())}, {"what", error.what_failed()},
                                       {"doing", error.doing()}, {"remedy", error.remedy()}};
  fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

nlohmann::ordered_json to_json(const checks::Finding& finding) {
  return {{"check", finding.check}, {"severity", checks::to_string(finding.severity)}, {"failure", finding.severity == checks::Severity::failure},
          {"object", finding.object}, {"what", finding.what}, {"where", finding.where}, {"why", finding.why}, {"remedy", finding.remedy},
          {"evidence", finding.evidence}};
}

void print_how_to_connect(const pg::ConnInfo& database) {
  fmt::print("  psql \"{}\"\n", pg::url_without_password(database));
}

void print_stage(const std::string& label, const workflow::StageResult& result) {
  fmt::print("{:<10}{}{}{}\n", label, result.database, result.reused ? ", reused: " : ": ", result.note);
}

void print_release(const workflow::ReleaseReport& report) {
  for (const auto& failure : report.failed) fmt::print(stderr, "prodclone: could not remove {}\n", failure);
}

}  // namespace prodclone::cli
