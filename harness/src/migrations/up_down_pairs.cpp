// golang-migrate: `^([0-9]+)_(.*)\.(down|up)\.(.*)$`, a whole file in one message and no transaction of its own.
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

struct Name {
  std::string version, title;
  bool up = true;
};

std::optional<Name> parse_name(const std::string& file) {
  const auto digits = file.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string::npos || file[digits] != '_') return std::nullopt;
  // `(.*)` is greedy: the last `.up.` or `.down.` counts.
  const auto up = file.rfind(".up."), down = file.rfind(".down.");
  if (up == std::string::npos && down == std::string::npos) return std::nullopt;
  const bool is_up = down == std::string::npos || (up != std::string::npos && up > down);
  const auto at = is_up ? up : down;
  if (at < digits + 1) return std::nullopt;
  return Name{file.substr(0, digits), file.substr(digits + 1, at - digits - 1), is_up};
}

Script read_script(const fs::path& file, const std::string& id, std::vector<Problem>& problems) {
  const ScriptSource source{.file = file,
                            .content = read_file(file),
                            .transactional = false,
                            .layout = Layout::up_down_pairs,
                            .migration = id};
  return make_script(source, {{.text = source.content}}, problems);
}

}  // namespace

bool is_up_down_pair(const fs::path& relative) {
  return !relative.has_parent_path() && relative.extension() == ".sql" && parse_name(relative.filename().string());
}

void read_up_down_pairs(const Listing& listing, Project& project) {
  struct Files {
    std::vector<fs::path> ups, downs;
  };
  std::map<std::string, Files> versions;
  std::map<fs::path, Name> names;
  for (const auto& relative : listing.files) {
    if (relative.has_parent_path()) continue;
    const auto file = listing.dir / relative;
    if (project.settings.init && file.filename() == project.settings.init->filename()) continue;
    const auto name = parse_name(relative.string());
    if (!name) {
      if (relative.extension() == ".sql")
        project.problems.push_back(
            {ProblemKind::unparsable_name,
             false,
             {},
             file,
             0,
             "golang-migrate ignores this file without a word: its name is not <number>_<name>.up.sql or .down.sql.",
             "Rename it, or move it out of the folder."});
      continue;
    }
    auto& files = versions[without_leading_zeros(name->version)];
    (name->up ? files.ups : files.downs).push_back(file);
    names[file] = *name;
  }
  for (const auto& [id, files] : versions) {
    for (const auto* half : {&files.ups, &files.downs})
      if (half->size() > 1) {
        std::vector<std::string> found;
        for (const auto& file : *half) found.push_back(file.filename().string());
        project.problems.push_back({ProblemKind::duplicate_id,
                                    true,
                                    {},
                                    half->front(),
                                    0,
                                    fmt::format("{} files have the version {}: {}. golang-migrate refuses to start.",
                                                found.size(), id, joined(found, ", ")),
                                    "Give all but one a new number."});
      }
    const auto& named = names.at(files.ups.empty() ? files.downs.front() : files.ups.front());
    Migration migration{.id = id, .name = named.version + '_' + named.title};
    if (!files.ups.empty()) {
      migration.up = read_script(files.ups.front(), id, project.problems);
      if (migration.up.statements.empty())
        project.problems.push_back(
            {ProblemKind::empty_up, false, id, files.ups.front(), 0,
             "The up script holds no statement: golang-migrate moves to this version and does nothing.",
             "Write the change, or delete the file before anyone applies it."});
    } else {
      migration.up.transactional = false;
      migration.up.file = listing.dir / (migration.name + ".up.sql");
      project.problems.push_back(
          {ProblemKind::missing_up, false, id, files.downs.front(), 0,
           fmt::format("There is no {}.up.sql: golang-migrate takes it as empty and moves to this version.",
                       migration.name),
           "Write it."});
    }
    if (!files.downs.empty())
      migration.down = read_script(files.downs.front(), id, project.problems);
    else
      project.problems.push_back({ProblemKind::missing_down, false, id, files.ups.front(), 0,
                                  fmt::format("There is no {}.down.sql.", migration.name),
                                  "Write it, even if only to say why there is no way back."});
    project.migrations.push_back(std::move(migration));
  }
}

}  // namespace prodclone::migrations
