// Which tool applies the migrations: by the names of files where prodclone stands in for it, by what is unmistakable
// in the repository where it calls the tool itself.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/migrations/layout.hpp>
#include <prodclone/migrations/project.hpp>

#include "repository_parts.hpp"

namespace prodclone::workflow {

namespace {

namespace fs = std::filesystem;

struct Tool {
  std::string_view name;
  std::string_view glob;               // of a relative path
  ToolCommands commands;               // no `up`: not supported
  std::string_view note;               // what is not supported or must hold
};

const std::vector<Tool>& tools() {
  static const std::vector<Tool> all = {
      {"Alembic", "*alembic.ini",
       {.up = {"alembic", "upgrade", "heads"}, .down = {"alembic", "downgrade", "-{steps}"},
        .status = {"alembic", "history", "--indicate-current", "-rcurrent:heads"},
        .pending_pattern = R"(^[\w<>]+ -> (?!.*\(current\)))", .table = "alembic_version"}, ""},
      {"Rails", "*bin/rails",
       {.up = {"bin/rails", "db:migrate"}, .down = {"bin/rails", "db:rollback", "STEP={steps}"}, .status = {"bin/rails", "db:migrate:status"},
        .pending_pattern = R"(^\s*down\s)", .table = "schema_migrations"},
       "Rails writes db/schema.rb or db/structure.sql after db:migrate, also when prodclone calls it: look at `git status` afterwards. Not tried by prodclone's own tests."},
      {"Django", "*manage.py",
       {.up = {"python3", "manage.py", "migrate", "--noinput"}, .status = {"python3", "manage.py", "showmigrations", "--plan"},
        .pending_pattern = R"(^\[ \])", .table = "django_migrations"},
       "Django goes back by application and name, not by steps, so there is no down command yet and the suite `roundtrip` is red. Name in migrations.down the state that "
       "production is in: [\"python3\", \"manage.py\", \"migrate\", \"--noinput\", \"<application>\", \"<its last applied migration>\"]."},
      {"Prisma", "*migration_lock.toml",
       {.up = {"npx", "prisma", "migrate", "deploy"}, .status = {"npx", "prisma", "migrate", "status"}, .pending_pattern = R"(^\d{14}_)",
        .table = "_prisma_migrations", .needs_loopback = true},
       "Prisma has no down. Not tried by prodclone's own tests."},
      {"Flyway", "*V[0-9]*__*.sql", {}, ""},  // matched by hand below: globs here know no classes
      {"Sqitch", "*sqitch.plan", {}, "Sqitch"},
      {"Liquibase", "*liquibase.properties", {}, "Liquibase"},
      {"Atlas", "*atlas.sum", {}, "Atlas"},
      {"Ecto", "*priv/repo/migrations/*.exs", {}, "Ecto"},
      {"Knex", "*knexfile.*", {}, "Knex"},
      {"Laravel", "*database/migrations/*.php", {}, "Laravel"},
      {"Drizzle", "*meta/_journal.json", {}, "Drizzle"},
  };
  return all;
}

bool is_flyway(const fs::path& file) {
  const auto name = file.filename().string();
  return name.size() > 1 && name[0] == 'V' && std::isdigit(static_cast<unsigned char>(name[1])) && name.find("__") != std::string::npos && file.extension() == ".sql";
}

// A tool is called from its own folder.
std::vector<std::string> in_folder(const std::vector<std::string>& command, const fs::path& folder) {
  if (folder.empty() || command.empty()) return command;
  return {"sh", "-c", fmt::format("cd '{}' && exec {}", replaced(folder.string(), "'", R"('\'')"), joined(command, " "))};
}

void from_folder(ToolCommands& commands, const fs::path& folder) {
  for (auto* command : {&commands.up, &commands.down, &commands.status}) *command = in_folder(*command, folder);
}

std::string setting(const std::string& text, const std::string& key) {
  for (const auto& line : lines_of(text)) {
    const auto equals = line.find('=');
    if (equals != std::string::npos && trimmed(line.substr(0, equals)) == key) return std::string(trimmed(line.substr(equals + 1)));
  }
  return {};
}

// Alembic goes where env.py tells it. One that reads no variable would migrate whatever alembic.ini names, and not the clone.
void look_at_alembic(const Tree& tree, const fs::path& ini, FoundMigrations& migrations, Repository& repository) {
  const auto folder = ini.parent_path();
  auto location = replaced(setting(tree.text(ini), "script_location"), "%(here)s/", "");
  if (location.empty()) location = "alembic";
  const auto scripts = (folder / location).lexically_normal();
  for (const auto& file : tree.files) migrations.count += file.parent_path() == scripts / "versions" && file.extension() == ".py" ? 1U : 0U;
  const auto env = tree.text(scripts / "env.py");
  if (env.find("DATABASE_URL") != std::string::npos) return;
  if (env.find("environ") != std::string::npos || env.find("getenv") != std::string::npos) {
    repository.notes.push_back(fmt::format("{} reads the environment, but not DATABASE_URL. Set migrations.url_env in prodclone.json to the variable that it reads "
                                           "for the connection, or Alembic will not migrate the clone.", (scripts / "env.py").string()));
    return;
  }
  repository.notes.push_back(fmt::format(
      "{0} reads no variable: Alembic would go to the sqlalchemy.url of {1} and not to the clone. Put this into {0} before the first rehearsal:\n"
      "      import os\n"
      "      if \"DATABASE_URL\" in os.environ:\n"
      "          config.set_main_option(\"sqlalchemy.url\", os.environ[\"DATABASE_URL\"].replace(\"%\", \"%%\"))",
      (scripts / "env.py").string(), ini.string()));
}

void say(const FoundMigrations& migrations, const std::string& from, Repository& repository) {
  const auto where = migrations.directory.empty() ? std::string() : migrations.directory.string() + ": ";
  const auto many = migrations.count == 0 ? std::string() : counted(static_cast<long long>(migrations.count), "migration") + ", ";
  repository.found.push_back({"migrations", where + many + migrations.tool + " (layout " + migrations.layout + ")", from});
  if (!migrations.init.empty()) repository.found.push_back({"init script", migrations.init.string(), "its name; it runs before the first migration"});
}

// Folders that directly hold SQL, or folders that do (Diesel), likely ones first.
std::vector<fs::path> candidates(const Tree& tree) {
  std::set<fs::path> folders;
  for (const auto& file : tree.files) {
    if (file.extension() != ".sql") continue;
    folders.insert(file.parent_path());
    if (file.filename() == "up.sql") folders.insert(file.parent_path().parent_path());
  }
  std::vector<fs::path> result(folders.begin(), folders.end());
  std::stable_sort(result.begin(), result.end(), [](const fs::path& a, const fs::path& b) {
    const auto likely = [](const fs::path& path) { return lower(path.filename().string()).find("migrat") != std::string::npos; };
    return std::pair(!likely(a), std::distance(a.begin(), a.end())) < std::pair(!likely(b), std::distance(b.begin(), b.end()));
  });
  return result;
}

bool holds_directly(const Tree& tree, const fs::path& folder, migrations::Layout layout) {
  return std::any_of(tree.files.begin(), tree.files.end(), [&](const fs::path& file) {
    if (layout == migrations::Layout::folder_pairs) return file.parent_path().parent_path() == folder && file.filename() == "up.sql";
    const auto name = file.filename().string();
    return file.parent_path() == folder && (name.ends_with(".up.sql") || name.ends_with(".down.sql"));
  });
}

fs::path init_of(const Tree& tree, const fs::path& folder) {
  if (tree.has(folder / "init.sql")) return "init.sql";
  for (const auto& place : {fs::path("init.sql"), folder.parent_path() / "init.sql"})
    if (tree.has(place)) return place;
  return {};
}

bool find_by_file_names(const Tree& tree, const RepositoryHints& hints, Repository& repository) {
  auto folders = hints.migrations.empty() ? candidates(tree) : std::vector{hints.migrations};
  std::vector<std::string> others;
  for (const auto& folder : folders) {
    try {
      const auto project = migrations::read_project(
          {.layout = hints.layout.empty() ? migrations::Layout::automatic : migrations::parse_layout(hints.layout), .dir = tree.root / folder});
      if (project.layout == migrations::Layout::command || !holds_directly(tree, folder, project.layout)) continue;
      if (repository.migrations) {
        others.push_back(folder.string());
        continue;
      }
      repository.migrations = FoundMigrations{.layout = std::string(to_string(project.layout)),
                                              .tool = std::string(migrations::tool_facts(project.layout).tool),
                                              .directory = folder,
                                              .init = init_of(tree, folder),
                                              .count = project.migrations.size(),
                                              .last = project.migrations.empty() ? "" : project.migrations.back().name};
      say(*repository.migrations, hints.migrations.empty() ? "the names of its files" : "--migrations", repository);
    } catch (const Error& error) {
      if (hints.migrations.empty() && lower(folder.filename().string()).find("migrat") == std::string::npos) continue;
      repository.notes.emplace_back(error.what());
    }
  }
  if (!others.empty())
    repository.notes.push_back(fmt::format("There are migrations in {} as well; `--migrations` chooses another folder. A second database needs a prodclone.json of its own, in its own folder.", joined(others, ", ")));
  return repository.migrations.has_value();
}

void find_another_tool(const Tree& tree, Repository& repository) {
  for (const auto& file : tree.files)
    for (const auto& tool : tools()) {
      const bool flyway = tool.name == "Flyway" && is_flyway(file);
      if (!flyway && (tool.name == "Flyway" || !matches_glob(tool.glob, file.string()))) continue;
      FoundMigrations migrations{.layout = "command", .tool = std::string(tool.name), .commands = tool.commands};
      if (flyway)
        migrations.commands = {.up = {"sh", "-c",
                                      "FLYWAY_URL=jdbc:postgresql://$PGHOST:$PGPORT/$PGDATABASE FLYWAY_USER=$PGUSER FLYWAY_PASSWORD=$PGPASSWORD "
                                      "exec flyway -locations=filesystem:" + file.parent_path().string() + " migrate"},
                               .status = {"sh", "-c",
                                          "FLYWAY_URL=jdbc:postgresql://$PGHOST:$PGPORT/$PGDATABASE FLYWAY_USER=$PGUSER FLYWAY_PASSWORD=$PGPASSWORD "
                                          "exec flyway -locations=filesystem:" + file.parent_path().string() + " info"},
                               .pending_pattern = R"(\|\s*Pending\s*\|)", .table = "flyway_schema_history", .needs_loopback = true};
      auto folder = file.parent_path();
      if (tool.name == "Rails" || tool.name == "Prisma") folder = folder.parent_path();
      if (tool.name == "Prisma") folder = folder.parent_path();
      if (migrations.commands.up.empty()) {
        repository.notes.push_back(fmt::format(
            "{} looks like {}, for which prodclone knows no commands. Write them yourself (docs: migrations.md, the layout `command`): "
            "\"migrations\": {{ \"layout\": \"command\", \"up\": [\"…\"], \"status\": [\"…\"], \"pending_pattern\": \"…\" }}.", file.string(), tool.name));
        return;
      }
      if (!flyway) from_folder(migrations.commands, folder);
      if (tool.name == "Alembic") look_at_alembic(tree, file, migrations, repository);
      repository.migrations = migrations;
      say(migrations, file.string(), repository);
      if (flyway) repository.notes.emplace_back("Flyway's undo is not free software's: there is no down command, so nothing is rolled back. Not tried by prodclone's own tests.");
      else if (!tool.note.empty()) repository.notes.emplace_back(tool.note);
      repository.notes.push_back(fmt::format(
          "Only {0} can read its own files, so its statements are not seen one by one: the suite `locks` fails with \"not measured\" until "
          "budgets.exceptions accepts that with a reason and a date. Schema, foreign keys, data and history are checked as for any other tool.", tool.name));
      return;
    }
}

// "002_isotopes.sql": applied in order by something of the team's own.
bool is_numbered_sql(const fs::path& file) {
  const auto name = file.filename().string();
  const auto digits = name.find_first_not_of("0123456789");
  return file.extension() == ".sql" && digits != 0 && digits != std::string::npos && (name[digits] == '_' || name[digits] == '-');
}

// No tool is known by such files, so nobody but the team can say how they are applied.
void look_at_plain_sql(const Tree& tree, Repository& repository) {
  const auto first = std::find_if(tree.files.begin(), tree.files.end(), is_numbered_sql);
  if (first == tree.files.end()) return;
  const auto folder = first->parent_path();
  const auto many = std::count_if(tree.files.begin(), tree.files.end(), [&](const fs::path& file) { return file.parent_path() == folder && is_numbered_sql(file); });
  std::string program = "./your-command";
  for (const auto& file : tree.files) {
    const auto extension = file.extension().string();
    if (lower(file.stem().string()).find("migrat") == std::string::npos || (extension != "" && extension != ".sh" && extension != ".py")) continue;
    program = "./" + file.string();
    break;
  }
  repository.notes.push_back(fmt::format(
      "{0} holds {1}, which no tool that prodclone knows applies. Write a prodclone.json with the commands that you apply them with, and run `prodclone init` again, which adds the rest:\n"
      "      {{ \"migrations\": {{ \"layout\": \"command\", \"table\": \"<where they are recorded as applied>\",\n"
      "          \"up\": [\"{2}\", \"up\"], \"down\": [\"{2}\", \"down\", \"{{steps}}\"], \"status\": [\"{2}\", \"status\"],\n"
      "          \"pending_pattern\": \"^pending \" }} }}\n"
      "      (pending_pattern matches the lines of `status` that name a pending one; the database is in PG* and DATABASE_URL)",
      folder.empty() ? "The repository" : folder.string(), counted(many, "numbered SQL file"), program));
}

}  // namespace

void find_migrations(const Tree& tree, const RepositoryHints& hints, Repository& repository) {
  if (hints.layout != "command" && find_by_file_names(tree, hints, repository)) return;
  find_another_tool(tree, repository);
  if (!repository.migrations && repository.notes.empty()) look_at_plain_sql(tree, repository);
}

}  // namespace prodclone::workflow
