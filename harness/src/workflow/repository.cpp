#include <prodclone/workflow/repository.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/dump/dump_file.hpp>

#include "repository_parts.hpp"

namespace prodclone::workflow {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t readable_by_people = std::size_t{1} << 20;

bool made_by_tools(const std::string& name) {
  static const std::set<std::string> names = {"node_modules", "vendor", "target", "build", "dist", "venv", "__pycache__",
                                              "_build", "deps", "Testing", "site-packages", "tmp", "log"};
  return names.contains(name) || (name.starts_with('.') && name != ".github" && name != ".gitlab");
}

void walk(const fs::path& folder, const fs::path& relative, int depth, Tree& tree) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (entry->is_symlink(error)) continue;
    if (entry->is_directory(error)) {
      if (depth == 0 || made_by_tools(name)) continue;
      tree.folders.push_back(relative / name);
      walk(entry->path(), relative / name, depth - 1, tree);
    } else if (entry->is_regular_file(error)) {
      tree.files.push_back(relative / name);
    }
  }
}

bool inside(const fs::path& path, const fs::path& folder) {
  return !folder.empty() && path.lexically_relative(folder).string().substr(0, 2) != "..";
}

}  // namespace

bool Tree::has(const fs::path& file) const { return std::binary_search(files.begin(), files.end(), file); }

fs::path Tree::first(const std::vector<std::string>& names) const {
  for (const auto& name : names)
    if (has(name)) return name;
  return {};
}

std::string Tree::text(const fs::path& file) const {
  std::error_code error;
  if (fs::file_size(root / file, error) > readable_by_people || error) return {};
  try {
    return read_file(root / file);
  } catch (const Error&) {
    return {};  // not ours to read
  }
}

Tree tree_of(const fs::path& root) {
  Tree tree{.root = root};
  walk(root, {}, 8, tree);
  std::sort(tree.files.begin(), tree.files.end());
  std::sort(tree.folders.begin(), tree.folders.end());
  return tree;
}

void find_declared_schema(const Tree& tree, Repository& repository) {
  auto file = tree.first({"db/structure.sql", "structure.sql", "schema.sql", "db/schema.sql", "sql/schema.sql", "database/schema.sql", "resources/schema.sql"});
  for (const char* folder : {"schema", "db/schema", "sql/schema", "database/schema", "resources/schema"}) {
    if (!file.empty()) break;
    for (const auto& one : tree.files)
      if (one.parent_path() == folder && one.extension() == ".sql") file = folder;
  }
  if (tree.has("db/schema.rb"))
    repository.notes.push_back("db/schema.rb is Ruby, which prodclone cannot compare with. `config.active_record.schema_format = :sql` makes Rails write db/structure.sql.");
  if (file.empty() || (repository.migrations && inside(file, repository.migrations->directory))) return;
  repository.declared_schema = file;
  repository.found.push_back({"declared schema", file.string(), "its name; what migrations lead to is compared with it"});
}

void find_dump(const Tree& tree, Repository& repository) {
  std::vector<fs::path> candidates;
  for (const auto& file : tree.files) {
    const auto extension = file.extension().string();
    const auto top = file.begin()->string();
    const bool in_a_folder_of_dumps = top == "dump" || top == "dumps" || top == "backup" || top == "backups";
    if (extension == ".dump" || extension == ".pgdump" || extension == ".backup" ||
        (in_a_folder_of_dumps && (extension == ".sql" || extension == ".gz" || extension == ".tar")))
      candidates.push_back(file);
  }
  fs::file_time_type newest{};
  std::size_t dumps = 0;
  for (const auto& candidate : candidates) {
    try {
      const auto dump = dump::recognise(tree.root / candidate);
      const auto time = fs::last_write_time(tree.root / candidate);
      ++dumps;
      if (!repository.dump.empty() && time <= newest) continue;
      newest = time;
      repository.dump = candidate;
    } catch (const Error&) {
      // Not a dump, whatever its name: nothing to rehearse with.
    }
  }
  if (repository.dump.empty()) return;
  const auto dump = dump::recognise(tree.root / repository.dump);
  repository.found.push_back({"dump", fmt::format("{}: {}, {}{}", repository.dump.string(), to_string(dump.format), to_string(dump.size),
                                                  dump.server_version.empty() ? "" : ", of PostgreSQL " + dump.server_version),
                              dumps > 1 ? "its content; the newest of several" : "its content"});
}

Repository look_at_repository(const fs::path& root, const RepositoryHints& hints) {
  Repository repository{.root = fs::absolute(root).lexically_normal()};
  const auto tree = tree_of(repository.root);
  find_migrations(tree, hints, repository);
  find_declared_schema(tree, repository);
  find_dump(tree, repository);
  find_variables(tree, repository);
  find_server(tree, repository);
  return repository;
}

}  // namespace prodclone::workflow
