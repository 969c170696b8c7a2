#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
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
  const auto plan = workflow::plan_migrations(*run, {.schema = schema,
                                                      .name = arguments.plan_name,
                                                      .allow_destructive = arguments.allow_destructive,
                                                      .renames = !arguments.no_renames,
                                                      .compared = {.owners = arguments.owners, .privileges = arguments.privileges}});
  run.end();
  if (!arguments.print)
    for (const auto& file : plan.files) {
      if (std::filesystem::exists(file.path)) throw Error(Failure::refused, fmt::format("{} is there already.", file.path.string()));
      std::filesystem::create_directories(file.path.parent_path());
      write_file_atomically(file.path, file.content);
    }
  for (const auto& rename : plan.renames)
    fmt::print(stderr, "assumed to be renamed: {}\n", to_string(rename));
  if (!plan.renames.empty()) fmt::print(stderr, "  Their definitions are equal and no others fit. If they are different things, plan with --no-renames.\n");
  if (plan.access_not_planned > 0)
    fmt::print(stderr, "{} in the declared schema {} other owners or privileges, which are not planned: --owners, --privileges.\n",
               counted(static_cast<long long>(plan.access_not_planned), "object"), plan.access_not_planned == 1 ? "has" : "have");
  if (arguments.json) {
    nlohmann::ordered_json json = {{"schema", "prodclone/plan/1"}, {"written", !arguments.print}, {"renames", nlohmann::json::array()}, {"files", nlohmann::json::array()}};
    for (const auto& rename : plan.renames) json["renames"].push_back({{"kind", rename.kind}, {"from", rename.from}, {"to", rename.to}});
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
