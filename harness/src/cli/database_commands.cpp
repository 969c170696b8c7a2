#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>

#include <prodclone/base/error.hpp>

#include "commands.hpp"
#include "output.hpp"

namespace prodclone::cli {

using workflow::Stage;

config::Project project_of(const Arguments& arguments) {
  return config::load_project(arguments.config, std::filesystem::current_path());
}

int load(const Arguments& arguments) {
  auto project = project_of(arguments);
  auto source = arguments.source;
  if (!arguments.dump.empty()) {
    source = "(command line)";
    project.sources[source] = {.name = source, .kind = config::SourceKind::dump, .path = std::filesystem::absolute(arguments.dump)};
  }
  CommandRun run(project, "load", source);
  const auto pristine = run->require(Stage::pristine);
  run->keep(Stage::pristine, "prodclone load");
  std::optional<workflow::StageResult> clone;
  if (!arguments.no_clone) clone = run->make_clone_from(Stage::pristine, "prodclone load");
  const auto pending = run->pending();
  if (arguments.json) {
    nlohmann::ordered_json json = {{"schema", "prodclone/load/1"}, {"pristine", pristine.database}, {"reused", pristine.reused}, {"took_ms", pristine.took.count()}};
    if (clone) json["clone"] = clone->database;
    json["pending"] = nlohmann::json::array();
    for (const auto* migration : pending) json["pending"].push_back(migration->name);
    fmt::print("{}\n", json.dump(2));
  } else {
    print_stage("pristine", pristine);
    if (clone) {
      print_stage("clone", *clone);
      print_how_to_connect(run->conninfo(Stage::clone));
    }
    for (const auto* migration : pending) fmt::print("pending   {}\n", migration->name);
  }
  run.end();
  return 0;
}

int reset(const Arguments& arguments) {
  CommandRun run(project_of(arguments), "reset");
  const auto clone = run->make_clone_from(Stage::pristine, "prodclone reset");
  if (arguments.json) fmt::print("{}\n", nlohmann::ordered_json{{"schema", "prodclone/reset/1"}, {"clone", clone.database}, {"took_ms", clone.took.count()}}.dump(2));
  else print_stage("clone", clone);
  run.end();
  return 0;
}

int drop_clone(const Arguments& arguments) {
  const auto report = workflow::release_everything(project_of(arguments));
  if (arguments.json) {
    fmt::print("{}\n", nlohmann::ordered_json{{"schema", "prodclone/drop-clone/1"}, {"removed", report.removed}, {"failed", report.failed}}.dump(2));
  } else {
    for (const auto& name : report.removed) fmt::print("removed {}\n", name);
    if (report.removed.empty() && report.failed.empty()) fmt::print("There was nothing to remove.\n");
  }
  print_release(report);
  return report.failed.empty() ? 0 : exit_code(Failure::cleanup_incomplete);
}

int fresh(const Arguments& arguments) {
  CommandRun run(project_of(arguments), "fresh");
  const auto result = run->require(Stage::fresh);
  run->keep(Stage::fresh, "prodclone fresh");
  if (arguments.json) {
    fmt::print("{}\n", nlohmann::ordered_json{{"schema", "prodclone/fresh/1"}, {"database", result.database}, {"reused", result.reused}}.dump(2));
  } else {
    print_stage("fresh", result);
    print_how_to_connect(run->conninfo(Stage::fresh));
  }
  run.end();
  return 0;
}

}  // namespace prodclone::cli
