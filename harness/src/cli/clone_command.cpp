#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <prodclone/base/quantities.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/workflow/obtain_dump.hpp>

#include "commands.hpp"
#include "output.hpp"

namespace prodclone::cli {

namespace {

void print_json(const workflow::Obtained& obtained) {
  const auto& manifest = obtained.dump.manifest;
  nlohmann::ordered_json json = {{"schema", "prodclone/clone/1"},
                                 {"source", obtained.source},
                                 {"dump", obtained.dump.file.path.string()},
                                 {"taken", obtained.taken},
                                 {"taken_at", iso8601(manifest.taken_at)},
                                 {"server_major", manifest.server_major ? nlohmann::ordered_json(*manifest.server_major) : nlohmann::ordered_json()},
                                 {"size_bytes", manifest.size.count},
                                 {"sha256", manifest.sha256},
                                 {"excluded_data", manifest.excluded_data},
                                 {"removed", obtained.removed},
                                 {"warnings", obtained.warnings},
                                 {"took_ms", obtained.took.count()}};
  fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace

int clone(const Arguments& arguments) {
  const auto project = project_of(arguments);
  const auto say = [](const std::string& sentence) { fmt::print(stderr, "prodclone: {}\n", sentence); };
  const auto obtained = workflow::obtain_dump(
      project, {.source = arguments.source.empty() ? std::nullopt : std::optional(arguments.source),
                .keep_clone = arguments.keep_clone,
                .progress = terminal_progress(),
                // Before it begins: who reads them can still stop it.
                .before = [&](const dump::SourceLook& look) {
                  fmt::print(stderr, "  {} of PostgreSQL {}{}: {}\n", prodclone::to_string(look.size), look.version, look.standby ? ", a standby" : "", look.server);
                  for (const auto& warning : look.warnings) say(warning);
                }});
  for (const auto& name : obtained.removed) say(fmt::format("removed the unfinished dump {}, left by a killed run", name));
  if (arguments.keep_clone) say("--keep-clone keeps an instance in the cloud; this source starts none");
  if (arguments.json) {
    print_json(obtained);
    return 0;
  }
  const auto& [file, manifest] = obtained.dump;
  fmt::print("{:<10}{} ({}, PostgreSQL {}{})\n", "dump", file.path.string(), prodclone::to_string(manifest.size), manifest.server_version.empty() ? "?" : manifest.server_version,
             obtained.taken ? ", in " + prodclone::to_string(obtained.took) : ", there already");
  if (!manifest.excluded_data.empty()) fmt::print("{:<10}the rows of {}\n", "left out", joined(manifest.excluded_data, ", "));
  fmt::print("next: prodclone rehearse{}\n", arguments.source.empty() ? "" : " --source " + arguments.source);
  return 0;
}

}  // namespace prodclone::cli
