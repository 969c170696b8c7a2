#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/workflow/plan.hpp>

#include "commands.hpp"
#include "output.hpp"

namespace prodclone::cli {

int plan(const Arguments& arguments) {
  const auto project = project_of(arguments);
  const auto schema = arguments.plan_schema.empty() ? project.schema.expected : std::filesystem::absolute(arguments.plan_schema);
  if (schema.empty())
    throw Error(Failure::usage, "Which schema? prodclone.json declares none.", "--schema FILE|DIR, or schema.expected in prodclone.json.");
  CommandRun run(project, "plan");
  const auto plan = workflow::plan_migrations(*run, {.schema = schema, .name = arguments.plan_name, .allow_destructive = arguments.allow_destructive});
  run.end();
  if (!arguments.print)
    for (const auto& file : plan.files) {
      if (std::filesystem::exists(file.path)) throw Error(Failure::refused, fmt::format("{} is there already.", file.path.string()));
      std::filesystem::create_directories(file.path.parent_path());
      write_file_atomically(file.path, file.content);
    }
  if (arguments.json) {
    nlohmann::ordered_json json = {{"schema", "prodclone/plan/1"}, {"written", !arguments.print}, {"files", nlohmann::json::array()}};
    for (const auto& file : plan.files) json["files"].push_back({{"path", file.path.string()}, {"content", file.content}});
    fmt::print("{}\n", json.dump(2));
    return 0;
  }
  for (const auto& file : plan.files) {
    if (arguments.print)
      fmt::print("-- {}\n{}\n", file.path.string(), file.content);
    else
      fmt::print("wrote {}\n", file.path.string());
  }
  return 0;
}

}  // namespace prodclone::cli
