#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>

#include <prodclone/base/error.hpp>
#include <prodclone/workflow/init.hpp>

#include "commands.hpp"

namespace prodclone::cli {

namespace {

namespace fs = std::filesystem;
using workflow::FileAction;

fs::path own_program() { return fs::read_symlink("/proc/self/exe"); }

std::string done_to(const workflow::InitFile& file, bool dry_run) {
  switch (file.action) {
    case FileAction::write: return dry_run ? "would write" : "wrote";
    case FileAction::append: return dry_run ? "would add to" : "added to";
    case FileAction::keep: return "kept";
  }
  return "kept";
}

// What git ignores is nobody's business but the machine's.
bool is_for_people(const workflow::InitFile& file) { return *file.path.begin() != ".prodclone"; }

void print_json(const workflow::InitPlan& plan, bool dry_run) {
  nlohmann::ordered_json json = {{"schema", "prodclone/init/1"}, {"root", plan.repository.root.string()}, {"dry_run", dry_run}};
  json["found"] = nlohmann::json::array();
  for (const auto& one : plan.repository.found) json["found"].push_back({{"what", one.what}, {"value", one.value}, {"from", one.from}});
  json["notes"] = plan.repository.notes;
  json["files"] = nlohmann::json::array();
  for (const auto& file : plan.files) {
    if (!is_for_people(file)) continue;
    json["files"].push_back({{"path", file.path.string()},
                             {"action", file.action == FileAction::keep ? "keep" : file.action == FileAction::append ? "append" : "write"},
                             {"content", file.action == FileAction::keep ? nlohmann::json() : nlohmann::json(file.content)}});
  }
  json["next"] = plan.next;
  fmt::print("{}\n", json.dump(2));
}

}  // namespace

int init(const Arguments& arguments) {
  if (arguments.config) throw Error(Failure::usage, "`prodclone init` writes prodclone.json and reads none.", "Name the repository: --directory FOLDER.");
  const auto plan = workflow::plan_init(arguments.directory.empty() ? fs::current_path() : arguments.directory,
                                        {.hints = {.migrations = arguments.migrations, .layout = arguments.layout},
                                         .cpp = arguments.cpp,
                                         .server_url_env = arguments.server_url_env,
                                         .program = own_program()});
  if (!arguments.dry_run) workflow::carry_out(plan);
  if (arguments.json) {
    print_json(plan, arguments.dry_run);
    return 0;
  }
  fmt::print("Found in {}\n", plan.repository.root.string());
  for (const auto& one : plan.repository.found) fmt::print("  {:<22} {}\n  {:<22}   from {}\n", one.what, one.value, "", one.from);
  for (const auto& note : plan.repository.notes) fmt::print("  note: {}\n", note);
  fmt::print("\nFiles\n");
  for (const auto& file : plan.files)
    if (is_for_people(file))
      fmt::print("  {:<12} {}{}\n", done_to(file, arguments.dry_run), file.path.string(), file.action == FileAction::keep ? " (it is there)" : "");
  fmt::print("\nNext\n");
  for (const auto& line : plan.next) fmt::print("  {}\n", line);
  return 0;
}

// Installed it lies in the package; in a build, beside the folder of programs.
int ctest_script(const Arguments&) {
  const auto folder = own_program().parent_path();
  for (const auto& place : {folder / PRODCLONE_PACKAGE_FROM_BIN, folder / "../package"}) {
    const auto script = (place / "ProdcloneRehearse.cmake").lexically_normal();
    if (!fs::is_regular_file(script)) continue;
    fmt::print("{}\n", script.string());
    return 0;
  }
  throw Error(Failure::could_not_check, fmt::format("{} has no ProdcloneRehearse.cmake near it: the installation is not whole.", own_program().string()),
              "Install prodclone again.");
}

}  // namespace prodclone::cli
