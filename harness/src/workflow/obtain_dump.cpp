#include <prodclone/workflow/obtain_dump.hpp>

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/dump/survey.hpp>
#include <prodclone/pg/embedded_server.hpp>
#include <prodclone/pg/tools.hpp>
#include <prodclone/workflow/server.hpp>

namespace prodclone::workflow {

namespace {

namespace fs = std::filesystem;

std::string variable(const std::string& name, const std::string& key) {
  const char* value = std::getenv(name.c_str());
  if (value != nullptr && *value != '\0') return value;
  throw Error(Failure::usage, fmt::format("The variable {} (prodclone.json: {}) is not set.", name, key),
              fmt::format("Set it, for example: export {}=…", name));
}

// libpq passes over a password file that others may read, and says so on standard error only.
void require_private(const fs::path& file, const std::string& key) {
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0)
    throw Error(Failure::usage, fmt::format("{}: there is no file {}.", key, file.string()));
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    throw Error(Failure::usage, fmt::format("{}: others may read {}, so libpq does not use it.", key, file.string()),
                fmt::format("Run `chmod 600 {}`.", file.string()));
}

std::vector<pg::ConnInfo> hosts_of(const config::Source& source, const std::string& text) {
  const auto key = "sources." + source.name;
  auto hosts = pg::parse_hosts(text);
  if (!source.passfile.empty()) require_private(source.passfile, key + ".passfile");
  const auto password = source.password_env.empty() ? std::optional<Secret>() : Secret(variable(source.password_env, key + ".password_env"));
  for (auto& host : hosts) {
    if (password) host.password = *password;
    if (!source.passfile.empty()) {
      // The file is for this source, whatever PGPASSWORD says.
      if (!password) host.password = {};
      host.options["passfile"] = source.passfile.string();
    }
    if (host.database.empty()) host.database = host.user;
  }
  return hosts;
}

dump::LiveSource by_url(const config::Source& source) {
  const auto key = "sources." + source.name;
  const auto written = source.url_env.empty() ? pg::parse_hosts(source.url) : std::vector<pg::ConnInfo>();
  if (std::any_of(written.begin(), written.end(), [](const pg::ConnInfo& host) { return !host.password.empty(); }))
    throw Error(Failure::usage, fmt::format("{}.url in prodclone.json holds a password.", key),
                "Take it out and name a variable in password_env, or put the whole URL into one and name it in url_env.");
  dump::LiveSource live{.hosts = hosts_of(source, source.url_env.empty() ? source.url : variable(source.url_env, key + ".url_env")),
                        .exclude_data = source.exclude_data};
  if (!source.replica_url_env.empty()) live.replicas = hosts_of(source, variable(source.replica_url_env, key + ".replica_url_env"));
  return live;
}

dump::LiveSource existing(const config::Project& project, const config::Source& source) {
  const auto key = "sources." + source.name;
  if (source.database == project.databases.clone || source.database == project.databases.fresh)
    throw Error(Failure::usage, fmt::format("{}.database is \"{}\", which prodclone makes itself.", key, source.database),
                "Name the database that is to be copied.");
  if (project.server.kind == config::ServerKind::url)
    return {.hosts = {server_by_url(project).maintenance.with_database(source.database)}, .exclude_data = source.exclude_data};
  for (const auto& [major, home] : server_homes(project))
    if (const auto record = pg::EmbeddedServer::status(home))
      return {.hosts = {record->conninfo().with_database(source.database)}, .exclude_data = source.exclude_data};
  throw Error(Failure::could_not_check, fmt::format("{}: no embedded server runs that could hold the database \"{}\".", key, source.database),
              "Name your own server in `server`, or start the embedded one: prodclone server start.");
}

config::Source named_source(const config::Project& project, const std::optional<std::string>& name) {
  if (name || project.default_source) return config::choose_source(project, name);
  std::vector<std::string> names;
  for (const auto& [known, source] : project.sources) names.push_back(known);
  throw Error(Failure::usage, "No source was named, and prodclone.json has no default_source.",
              names.empty() ? "Declare one in `sources` of prodclone.json, then name it with --source."
                            : fmt::format("Name one: prodclone clone --source {}.", joined(names, " | ")));
}

}  // namespace

dump::LiveSource live_source_of(const config::Project& project, const config::Source& source) {
  switch (source.kind) {
    case config::SourceKind::url: return by_url(source);
    case config::SourceKind::existing: return existing(project, source);
    case config::SourceKind::dump:
      throw Error(Failure::usage, fmt::format("The source \"{}\" is a dump, and no live server.", source.name), "Name a source of kind url.");
    case config::SourceKind::rds: break;
  }
  throw Error(Failure::usage, fmt::format("The source \"{}\" is of kind rds, which is not built yet.", source.name),
              "Take the dump yourself and name it as a source of kind dump; a server that can be reached is a source of kind url.");
}

std::unique_ptr<dump::Source> open_source(const config::Project& project, const config::Source& source) {
  return dump::live_source(live_source_of(project, source));
}

Obtained obtain_dump(const config::Project& project, const ObtainOptions& options) {
  const auto began = std::chrono::steady_clock::now();
  const auto source = named_source(project, options.source);
  Obtained obtained{.source = source.name};
  const dump::DumpStore store(project.dump_directory());
  obtained.removed = store.remove_leftovers();
  obtained.warnings = store.warnings();
  if (source.kind == config::SourceKind::dump) {
    const auto file = dump::recognise(source.path);
    obtained.dump = {file, dump::manifest_of(file, pg::find_tools(dump::major_of(file.server_version).value_or(0), project.server.binaries))};
    return obtained;
  }
  doing(fmt::format("cloning from the source \"{}\"", source.name), [&] {
    const auto live = open_source(project, source);
    const auto look = live->look();
    if (options.before) options.before(look);
    obtained.warnings.insert(obtained.warnings.end(), look.warnings.begin(), look.warnings.end());
    make_private_directory(project.state_directory() / "runs");
    obtained.dump = live->take(store, {.tools = pg::find_tools(look.major, project.server.binaries),
                                       .source_name = source.name,
                                       .warden = project.state_directory() / "runs" / ("dump-" + random_hex(8) + ".warden"),
                                       .progress = options.progress});
  });
  obtained.taken = true;
  obtained.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  return obtained;
}

}  // namespace prodclone::workflow
