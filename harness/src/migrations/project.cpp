#include <prodclone/migrations/project.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>

#include "layouts.hpp"

namespace prodclone::migrations {

namespace {

namespace fs = std::filesystem;

Listing list(const fs::path& dir) {
  Listing listing{.dir = dir};
  const auto hidden = [](const fs::path& path) { return path.filename().string().starts_with('.'); };
  for (const auto& entry : fs::directory_iterator(dir)) {
    if (hidden(entry.path())) continue;
    if (entry.is_directory()) {
      listing.folders.push_back(entry.path().filename());
      for (const auto& inner : fs::directory_iterator(entry.path()))
        if (inner.is_regular_file() && !hidden(inner.path()))
          listing.files.push_back(entry.path().filename() / inner.path().filename());
    } else if (entry.is_regular_file()) {
      listing.files.push_back(entry.path().filename());
    }
  }
  std::sort(listing.files.begin(), listing.files.end());
  std::sort(listing.folders.begin(), listing.folders.end());
  return listing;
}

struct Seen {
  Layout layout;
  std::size_t count = 0;
  fs::path example = {};
};

std::vector<Seen> layouts_seen(const Listing& listing) {
  std::vector<Seen> all;
  for (const auto& row : layout_rows()) {
    if (row.is_script == nullptr) continue;
    Seen seen{row.layout};
    for (const auto& file : listing.files)
      if (row.is_script(file) && seen.count++ == 0) seen.example = file;
    if (seen.count > 0) all.push_back(seen);
  }
  return all;
}

// Folders of tools that we do not stand in for, by what is unmistakable in them.
std::string tool_of(const Listing& listing) {
  struct Marker {
    std::string_view glob, tool;
  };
  static constexpr Marker markers[] = {
      {"env.py", "Alembic"},
      {"atlas.sum", "Atlas"},
      {"sqitch.plan", "Sqitch"},
      {"migration_lock.toml", "Prisma"},
      {"*/migration.sql", "Prisma"},
      {"V*__*.sql", "Flyway"},
      {"*.rb", "Rails"},
      {"*.exs", "Ecto"},
      {"*.edn", "Migratus (Clojure)"},
      {"*.py", "Django or yoyo"},
      {"*.php", "Laravel"},
      {"meta/_journal.json", "Drizzle"},
  };
  for (const auto& marker : markers)
    for (const auto& file : listing.files)
      if (matches_glob(marker.glob, file.string())) return fmt::format("{} looks like {}", file.string(), marker.tool);
  return {};
}

Layout detect(const Listing& listing, const Settings& settings) {
  const auto seen = layouts_seen(listing);
  if (seen.size() == 1) return seen.front().layout;
  if (seen.empty() && !settings.command.up.empty()) return Layout::command;
  const auto where = settings.dir.string();
  if (seen.size() > 1) {
    std::vector<std::string> found;
    for (const auto& one : seen)
      found.push_back(fmt::format("{} like {} ({})", counted(static_cast<long long>(one.count), "file"),
                                  one.example.string(), to_string(one.layout)));
    throw Error(Failure::usage,
                fmt::format("The migrations in {} fit more than one layout: {}.", where, joined(found, ", ")),
                "Set \"migrations\": { \"layout\": … } to the one that is meant, or move the other files away.");
  }
  std::vector<std::string> names;
  for (const auto& file : listing.files)
    if (names.size() < 5) names.push_back(file.string());
  auto what = fmt::format("The layout of the migrations in {} cannot be told: ", where);
  if (listing.files.empty())
    what += "it holds no file.";
  else
    what += fmt::format("it holds {} ({}{}).", counted(static_cast<long long>(listing.files.size()), "file"),
                        joined(names, ", "), listing.files.size() > names.size() ? ", …" : "");
  if (const auto tool = tool_of(listing); !tool.empty()) what += ' ' + tool + '.';
  std::vector<std::string> known;
  for (const auto& row : layout_rows()) known.push_back(fmt::format("{} ({})", to_string(row.layout), row.facts.files));
  throw Error(Failure::usage, what,
              "Known layouts: " + joined(known, "; ") + ". For any other tool configure the layout `command`.");
}

void read_init_script(Project& project) {
  const auto& settings = project.settings;
  const auto file = settings.dir / settings.init.value_or("init.sql");
  if (!fs::exists(file)) {
    if (settings.init)
      throw Error(Failure::usage, fmt::format("The init script {} does not exist.", file.string()),
                  "Correct \"migrations\": { \"init\": … }.");
    return;
  }
  if (!settings.init && project.layout != Layout::migratus) return;
  project.init = read_init(file, project.layout, project.problems);
}

}  // namespace

Project read_project(const Settings& settings) {
  // A tool behind its own commands may keep its files wherever it likes.
  const bool needs_folder = settings.layout != Layout::command || !settings.dir.empty();
  if (needs_folder && !fs::is_directory(settings.dir))
    throw Error(Failure::usage, fmt::format("There is no migrations folder {}.", settings.dir.string()),
                "Set \"migrations\": { \"dir\": … } to the folder that holds the migrations.");
  Project project{.settings = settings};
  const auto listing = needs_folder ? list(settings.dir) : Listing{};
  project.layout = settings.layout == Layout::automatic ? detect(listing, settings) : settings.layout;
  const auto& row = layout_row(project.layout);
  if (row.read == nullptr) {
    if (settings.command.up.empty())
      throw Error(Failure::usage, "The layout `command` needs the tool's up command.",
                  R"(Set "migrations": { "layout": "command", "up": ["alembic", "upgrade", "heads"], … }.)");
  } else {
    row.read(listing, project);
    std::stable_sort(project.migrations.begin(), project.migrations.end(),
                     [&](const Migration& a, const Migration& b) { return row.sorts_before(a.id, b.id); });
  }
  read_init_script(project);
  if (project.layout != Layout::command) project.sums = read_sums(settings.dir);
  return project;
}

const Migration& find_migration(const Project& project, const std::string& id_or_name) {
  std::vector<std::string> names;
  for (const auto& migration : project.migrations) {
    if (migration.id == id_or_name || migration.name == id_or_name) return migration;
    names.push_back(migration.name);
  }
  const auto near = nearest(id_or_name, names);
  throw Error(Failure::usage,
              fmt::format("There is no migration \"{}\" in {}.", id_or_name, project.settings.dir.string()),
              near ? "Did you mean \"" + *near + "\"?" : "Name it by its id or by its file name without .up.sql.");
}

std::string state_table_name(const Project& project) {
  if (!project.settings.state_table.empty()) return project.settings.state_table;
  if (project.layout == Layout::command) return project.settings.command.state_table;  // empty: not known
  return std::string(tool_facts(project.layout).state_table);
}

std::string to_string(const Problem& problem) {
  auto where = problem.file.string();
  if (problem.line != 0) where += fmt::format(":{}", problem.line);
  return fmt::format("{}: {}", where, problem.what);
}

}  // namespace prodclone::migrations
