#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <unistd.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/report/render.hpp>
#include <prodclone/workflow/recorded_report.hpp>
#include <prodclone/workflow/rehearse.hpp>

#include "commands.hpp"
#include "output.hpp"

namespace prodclone::cli {

namespace {

// When several apply: 6, 2, 1 (docs: exit codes). A check that had no migrated database is the migration's failure.
int verdict(const workflow::Rehearsal& rehearsal) {
  const bool migration_failed = !rehearsal.migration_failure.empty();
  int code = migration_failed ? exit_code(Failure::migration_failed) : 0;
  for (const auto& outcome : rehearsal.checks) {
    if (!outcome.error.empty() && !migration_failed) return exit_code(Failure::could_not_check);
    if (checks::any_failure(outcome.findings) && code == 0) code = exit_code(Failure::check_failed);
  }
  return code;
}

void print_json(const config::Project& project, const workflow::Rehearsal& rehearsal, int code) {
  nlohmann::ordered_json json = {{"schema", "prodclone/rehearsal/1"}, {"project", project.name}, {"exit_code", code},
                                 {"record", project.record_directory().string()}};
  json["migration_failure"] = rehearsal.migration_failure.empty() ? nlohmann::json() : nlohmann::json(rehearsal.migration_failure);
  json["checks"] = nlohmann::json::array();
  for (const auto& outcome : rehearsal.checks) {
    nlohmann::ordered_json check = {{"name", outcome.name}, {"label", outcome.label}, {"findings", nlohmann::json::array()}};
    check["error"] = outcome.error.empty() ? nlohmann::json() : nlohmann::json(outcome.error);
    for (const auto& finding : outcome.findings)
      check["findings"].push_back(to_json(finding));
    json["checks"].push_back(check);
  }
  fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

bool coloured(const Arguments& arguments) {
  const char* unwanted = std::getenv("NO_COLOR");   // https://no-color.org
  return arguments.color && (unwanted == nullptr || *unwanted == '\0') && isatty(STDOUT_FILENO) == 1;
}

// True: it was asked for.
bool write_to(const std::string& target, const std::string& text) {
  if (target == "-") fmt::print("{}", text);
  else if (!target.empty()) write_file_atomically(target, text);
  return !target.empty();
}

}  // namespace

int rehearse(const Arguments& arguments) {
  const auto project = project_of(arguments);
  CommandRun run(project, "rehearse", arguments.source);
  run->require(workflow::Stage::pristine);
  run->keep(workflow::Stage::pristine, "prodclone rehearse");
  const auto rehearsal = workflow::rehearse(*run, [&] { run->make_clone_from(workflow::Stage::migrated, "prodclone rehearse"); });
  for (const auto built : {workflow::Stage::fresh, workflow::Stage::expected})
    if (run->made(built)) run->keep(built, "prodclone rehearse");
  const int code = verdict(rehearsal);
  const auto record = workflow::write_reports(run->project());
  if (arguments.json) {
    print_json(run->project(), rehearsal, code);
  } else {
    fmt::print("{}", report::to_plain(workflow::recorded_report(run->project()), coloured(arguments)));
    if (rehearsal.migration_failure.empty()) print_how_to_connect(run->conninfo(workflow::Stage::clone));
    fmt::print("  {}\n", (record / "report.html").string());
  }
  run.end();
  return code;
}

int report(const Arguments& arguments) {
  const auto recorded = workflow::recorded_report(project_of(arguments));
  bool written = write_to(arguments.html, report::to_html(recorded));
  written = write_to(arguments.markdown, report::to_markdown(recorded)) || written;
  written = write_to(arguments.sarif, report::to_sarif(recorded)) || written;
  if (arguments.json) fmt::print("{}", report::to_json(recorded));
  else if (!written) fmt::print("{}", report::to_plain(recorded, coloured(arguments)));
  return 0;
}

}  // namespace prodclone::cli
