#include <prodclone/config/project.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>

#include "application.hpp"
#include "json_object.hpp"
#include "preflight.hpp"

namespace prodclone::config {

namespace {

namespace fs = std::filesystem;

fs::path absolute_in(const fs::path& root, const std::string& path) {
  return path.empty() ? fs::path() : (root / path).lexically_normal();
}

SourceKind source_kind(JsonObject& object) {
  const auto kind = object.text("kind", "dump");
  if (kind == "dump") return SourceKind::dump;
  if (kind == "url") return SourceKind::url;
  if (kind == "existing") return SourceKind::existing;
  if (kind == "rds") return SourceKind::rds;
  object.wrong("kind", "one of \"dump\", \"url\", \"existing\", \"rds\"");
}

Source read_source(const std::string& name, JsonObject object, const fs::path& root) {
  Source source{.name = name, .kind = source_kind(object)};
  switch (source.kind) {
    case SourceKind::dump:
      source.path = absolute_in(root, object.text("path"));
      if (source.path.empty()) object.wrong("path", "the path of a dump file or folder");
      break;
    case SourceKind::url:
      source.url = object.text("url");
      source.url_env = object.text("url_env");
      if (source.url.empty() && source.url_env.empty())
        object.wrong("url_env", "the name of the variable that holds the connection string");
      source.password_env = object.text("password_env");
      source.passfile = absolute_in(root, object.text("passfile"));
      source.replica_url_env = object.text("replica_url_env");
      source.exclude_data = object.texts("exclude_data");
      break;
    case SourceKind::existing:
      source.database = object.text("database");
      if (source.database.empty()) object.wrong("database", "the name of a database on the configured server");
      source.exclude_data = object.texts("exclude_data");
      break;
    case SourceKind::rds:
      source.database = object.text("database");
      for (const char* key : {"instance", "bastion", "region", "user", "password_secret"})
        if (auto value = object.optional_text(key)) source.details[key] = *value;
      break;
  }
  object.finish();
  return source;
}

Server read_server(std::optional<JsonObject> object, const fs::path& root) {
  Server server;
  if (!object) return server;
  const auto kind = object->text("kind", object->has("url") || object->has("url_env") ? "url" : "embedded");
  if (kind == "url") server.kind = ServerKind::url;
  else if (kind != "embedded") object->wrong("kind", "\"embedded\" or \"url\"");
  server.url = object->text("url");
  server.url_env = object->text("url_env");
  server.password_env = object->text("password_env");
  server.allow_hosts = object->texts("allow_hosts");
  server.major = object->integer("major");
  server.loopback = object->boolean("loopback", false);
  server.settings = object->text_map("settings");
  for (const auto& folder : object->texts("binaries")) server.binaries.push_back(absolute_in(root, folder));
  object->finish();
  if (server.kind == ServerKind::url && server.url.empty() && server.url_env.empty())
    object->wrong("url_env", "the name of the variable that holds the connection string (or give \"url\" without a password)");
  return server;
}

Migrations read_migrations(std::optional<JsonObject> object, const fs::path& root) {
  Migrations migrations;
  std::string init = "init.sql";
  bool init_given = false;
  if (object) {
    migrations.layout = object->text("layout", "auto");
    migrations.directory = absolute_in(root, object->text("dir"));
    init_given = object->has("init");
    init = object->text("init", init);
    migrations.table = object->text("table");
    migrations.command.up = object->texts("up");
    migrations.command.down = object->texts("down");
    migrations.command.status = object->texts("status");
    migrations.command.pending_pattern = object->text("pending_pattern");
    migrations.command.url_env = object->text("url_env", migrations.command.url_env);
    migrations.attempts = object->integer("attempts").value_or(migrations.attempts);
    if (migrations.attempts < 1) object->wrong("attempts", "a number from 1 up");
    migrations.pause = std::chrono::milliseconds(object->integer("pause_ms").value_or(static_cast<int>(migrations.pause.count())));
    object->finish();
  }
  if (migrations.directory.empty()) {
    for (const char* folder : {"migrations", "db/migrations", "resources/migrations", "sql/migrations"})
      if (migrations.directory.empty() && fs::is_directory(root / folder)) migrations.directory = root / folder;
  }
  if (migrations.layout != "command" && migrations.directory.empty())
    throw Error(Failure::usage, fmt::format("No migrations folder was found in {}.", root.string()),
                "Set migrations.dir in prodclone.json.");
  if (migrations.layout != "command" && !fs::is_directory(migrations.directory))
    throw Error(Failure::usage, fmt::format("The migrations folder {} does not exist.", migrations.directory.string()),
                "Correct migrations.dir in prodclone.json.");
  // As migratus has it, init stands in the migrations folder; a path from the project's root works too.
  for (const auto& folder : {migrations.directory, root})
    if (migrations.init.empty() && !init.empty() && !folder.empty() && fs::is_regular_file(folder / init))
      migrations.init = (folder / init).lexically_normal();
  if (init_given && !init.empty() && migrations.init.empty())
    throw Error(Failure::usage, fmt::format("migrations.init: there is no {} in {} or {}.", init,
                                            migrations.directory.string(), root.string()));
  return migrations;
}

Budgets read_budgets(std::optional<JsonObject> object) {
  Budgets budgets;
  if (!object) return budgets;
  const auto numbers = [](JsonObject& from, std::map<std::string, double>& to) {
    for (const auto& key : from.keys()) {
      if (key == "tables" || key == "exceptions" || key == "match") continue;
      if (const auto number = from.number(key)) to[key] = *number;
    }
  };
  numbers(*object, budgets.values);
  for (auto& table : object->objects("tables")) {
    TableBudget budget{.match = table.text("match")};
    if (budget.match.empty()) table.wrong("match", "a pattern such as \"public.order*\"");
    numbers(table, budget.values);
    table.finish();
    budgets.tables.push_back(std::move(budget));
  }
  for (auto& exception : object->objects("exceptions")) {
    BudgetException value{exception.text("migration"), exception.text("rule"), exception.text("until"), exception.text("reason")};
    exception.finish();
    if (value.reason.empty() || value.until.empty() || value.rule.empty() || value.migration.empty())
      throw Error(Failure::usage, fmt::format("{} needs migration, rule, until and reason.", exception.where()));
    budgets.exceptions.push_back(std::move(value));
  }
  object->finish();
  return budgets;
}

nlohmann::json parse_json(const std::string& text, const fs::path& file) {
  try {
    return nlohmann::json::parse(text, nullptr, true, /*ignore_comments=*/true);
  } catch (const nlohmann::json::parse_error& error) {
    // `byte` counts from 1 and may be the line end itself, which still belongs to its line.
    const auto before = std::min(error.byte == 0 ? 0 : error.byte - 1, text.size());
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(before), '\n');
    throw Error(Failure::usage, fmt::format("{}:{} is not valid JSON.", file.string(), line),
                "Look for a missing comma, quote or bracket there.");
  }
}

std::string default_name(const fs::path& root) {
  std::string name;
  for (const char c : lower(root.filename().string())) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name.empty() ? "project" : name;
}

void check_database_name(const std::string& name, const char* key) {
  // Names that begin with prodclone_tmp_ are those of half-made databases, which any run may remove.
  if (name.empty() || name.size() > 63 || name == "postgres" || name == "template0" || name == "template1" ||
      name.starts_with("prodclone_tmp_"))
    throw Error(Failure::usage, fmt::format("databases.{} cannot be \"{}\".", key, name),
                "Choose a name of its own, at most 63 bytes.");
}

}  // namespace

Project parse_project(const std::string& text, const fs::path& file) {
  const auto json = parse_json(text, file);
  JsonObject top(json, file.filename().string(), "");
  Project project{.file = fs::absolute(file).lexically_normal()};
  project.root = project.file.parent_path();
  top.ignore("$schema");
  project.name = top.text("project", default_name(project.root));
  project.default_source = top.optional_text("default_source");
  for (auto& [name, object] : top.members("sources")) project.sources[name] = read_source(name, object, project.root);
  project.server = read_server(top.object("server"), project.root);
  project.databases = {.clone = project.name + "_prod_clone", .fresh = project.name + "_fresh"};
  if (auto databases = top.object("databases")) {
    project.databases.clone = databases->text("clone", project.databases.clone);
    project.databases.fresh = databases->text("fresh", project.databases.fresh);
    project.databases.single_copy = databases->boolean("single_copy", false);
    databases->finish();
  }
  check_database_name(project.databases.clone, "clone");
  check_database_name(project.databases.fresh, "fresh");
  if (project.databases.clone == project.databases.fresh)
    throw Error(Failure::usage, "databases.clone and databases.fresh are the same.", "Give them different names.");
  project.migrations = read_migrations(top.object("migrations"), project.root);
  if (auto schema = top.object("schema")) {
    project.schema = {absolute_in(project.root, schema->text("expected")), absolute_in(project.root, schema->text("waivers"))};
    schema->finish();
    if (!project.schema.expected.empty() && !fs::exists(project.schema.expected))
      throw Error(Failure::usage, fmt::format("schema.expected: {} does not exist.", project.schema.expected.string()));
  }
  project.application = read_application(top.object("application"), project.root);
  project.ingestion = read_ingestion(top.object("ingestion"));
  project.smoke = read_screens(top.objects("smoke"));
  check_application(project);
  project.budgets = read_budgets(top.object("budgets"));
  project.preflight = read_preflight(top.object("preflight"), project.sources);
  project.show_keys = top.boolean("show_keys", false);
  top.finish();
  if (project.default_source && !project.sources.contains(*project.default_source)) {
    std::vector<std::string> names;
    for (const auto& [name, source] : project.sources) names.push_back(name);
    const auto near = nearest(*project.default_source, names);
    throw Error(Failure::usage, fmt::format("default_source \"{}\" is not among the sources.", *project.default_source),
                near ? fmt::format("Did you mean \"{}\"?", *near) : "");
  }
  return project;
}

namespace {

// For one run on a small machine: the file is the whole team's.
Project with_variables(Project project) {
  constexpr const char* variable = "PRODCLONE_SINGLE_COPY";
  const char* value = std::getenv(variable);
  if (value == nullptr || *value == '\0') return project;
  const std::string_view said = value;
  if (said != "0" && said != "1") throw Error(Failure::usage, fmt::format("{} is \"{}\".", variable, said), "Set it to 1 or 0.");
  project.databases.single_copy = said == "1";
  return project;
}

}  // namespace

Project load_project(const std::optional<fs::path>& file, const fs::path& start) {
  if (file) {
    if (!fs::is_regular_file(*file))
      throw Error(Failure::usage, fmt::format("There is no file {}.", file->string()), "Name a prodclone.json.");
    return with_variables(parse_project(read_file(*file), *file));
  }
  for (auto folder = fs::absolute(start).lexically_normal();; folder = folder.parent_path()) {
    if (fs::is_regular_file(folder / "prodclone.json"))
      return with_variables(parse_project(read_file(folder / "prodclone.json"), folder / "prodclone.json"));
    if (folder == folder.parent_path()) break;
  }
  throw Error(Failure::usage, fmt::format("No prodclone.json was found in {} or above.", fs::absolute(start).string()),
              "`prodclone init` writes one, in the repository's folder; or name it with --config.");
}

Source choose_source(const Project& project, const std::optional<std::string>& name) {
  const auto wanted = name ? name : project.default_source;
  if (!wanted) return {.name = "dump", .kind = SourceKind::dump};
  const auto found = project.sources.find(*wanted);
  if (found != project.sources.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [known, source] : project.sources) names.push_back(known);
  const auto near = nearest(*wanted, names);
  throw Error(Failure::usage, fmt::format("There is no source \"{}\" in {}.", *wanted, project.file.string()),
              near            ? fmt::format("Did you mean \"{}\"?", *near)
              : names.empty() ? "No sources are declared there."
                              : fmt::format("Known: {}.", joined(names, ", ")));
}

}  // namespace prodclone::config
