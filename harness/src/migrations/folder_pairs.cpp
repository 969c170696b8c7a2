// Diesel: <version>_<name>/up.sql and down.sql, metadata.toml to leave the transaction.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>

#include "layouts.hpp"
#include "script.hpp"

namespace prodclone::migrations {

namespace {

namespace fs = std::filesystem;

std::string version_of(const std::string& folder) {
  return replaced(folder.substr(0, folder.find('_')), "-", "");
}

// Only the one key, at the top of the file. Its absence means false to Diesel when the file is there (serde's default
// for a bool), and true when the file is not there.
bool runs_in_transaction(const fs::path& folder, const std::string& id, std::vector<Problem>& problems) {
  const auto file = folder / "metadata.toml";
  const auto content = read_file_if_present(file);
  if (!content) return true;
  for (const auto& line : lines_of(*content)) {
    const auto text = trimmed(std::string_view(line).substr(0, line.find('#')));
    if (text.starts_with('[')) break;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || trimmed(text.substr(0, equals)) != "run_in_transaction") continue;
    return trimmed(text.substr(equals + 1)) == "true";
  }
  problems.push_back({ProblemKind::unexpected_setting, false, id, file, 0,
                      "This file does not say run_in_transaction, and Diesel takes that for false.",
                      "Write run_in_transaction = true (or false) into it."});
  return false;
}

}  // namespace

bool is_folder_script(const fs::path& relative) {
  return relative.has_parent_path() && (relative.filename() == "up.sql" || relative.filename() == "down.sql");
}

void read_folder_pairs(const Listing& listing, Project& project) {
  std::map<std::string, std::vector<std::string>> folders;
  for (const auto& folder : listing.folders) folders[version_of(folder.string())].push_back(folder.string());
  for (const auto& [id, names] : folders) {
    if (names.size() > 1)
      project.problems.push_back(
          {ProblemKind::duplicate_id,
           true,
           {},
           listing.dir / names.front(),
           0,
           fmt::format("{} folders have the version {}: {}. Diesel keeps one and drops the others without a word.",
                       names.size(), id, joined(names, ", ")),
           "Give all but one a new version."});
    for (const auto& name : names) {
      const auto folder = listing.dir / name;
      const auto up = folder / "up.sql", down = folder / "down.sql";
      Migration migration{.id = id, .name = name};
      const bool transactional = runs_in_transaction(folder, id, project.problems);
      const auto read = [&](const fs::path& file) {
        const ScriptSource source{.file = file,
                                  .content = read_file(file),
                                  .transactional = transactional,
                                  .layout = Layout::folder_pairs,
                                  .migration = id};
        return make_script(source, {{.text = source.content}}, project.problems);
      };
      if (!fs::exists(up)) {
        project.problems.push_back({ProblemKind::missing_up,
                                    true,
                                    {},
                                    folder,
                                    0,
                                    "There is no up.sql: Diesel refuses the whole migrations folder.",
                                    "Write it, or move the folder away."});
        migration.up = {.file = up, .transactional = transactional};
      } else {
        migration.up = read(up);
        if (migration.up.content.empty())
          project.problems.push_back({ProblemKind::empty_up, true, id, up, 0,
                                      "The file is empty, which Diesel refuses.", "Write the change."});
        else if (migration.up.statements.empty())
          project.problems.push_back(
              {ProblemKind::empty_up, false, id, up, 0,
               "The up script holds no statement: Diesel records it as applied and does nothing.",
               "Write the change."});
      }
      if (fs::exists(down))
        migration.down = read(down);
      else
        project.problems.push_back({ProblemKind::missing_down, false, id, up, 0,
                                    fmt::format("There is no {}/down.sql.", name),
                                    "Write it, even if only to say why there is no way back."});
      project.migrations.push_back(std::move(migration));
    }
  }
}

}  // namespace prodclone::migrations
