#include <prodclone/workflow/server.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/embedded_server.hpp>
#include <prodclone/pg/installation.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/pg/session.hpp>

namespace prodclone::workflow {

namespace {

constexpr int oldest_major = 13;

std::string environment_value(const std::string& name, const std::string& key) {
  const char* value = std::getenv(name.c_str());
  if (value != nullptr && *value != '\0') return value;
  throw Error(Failure::usage, fmt::format("The variable {} (prodclone.json: {}) is not set.", name, key),
              fmt::format("Set it, for example: export {}=…", name));
}

bool on_this_machine(const std::string& host) {
  // A name may begin with 127. as well, and be anybody's.
  const bool address = host.find_first_not_of("0123456789.") == std::string::npos;
  return host.empty() || host.front() == '/' || host == "localhost" || host == "::1" || (address && host.starts_with("127."));
}

// Every place that libpq may connect to: it takes a list of hosts, an address beside the name, and what the connection
// string leaves out from variables.
std::vector<std::string> places(const pg::ConnInfo& info) {
  auto all = split(info.host, ',');
  const auto address = info.options.find("hostaddr");
  const char* inherited = std::getenv("PGHOSTADDR");
  if (address != info.options.end())
    for (auto& one : split(address->second, ',')) all.push_back(std::move(one));
  else if (inherited != nullptr)
    for (auto& one : split(inherited, ',')) all.push_back(std::move(one));
  return all;
}

void refuse_foreign_hosts(const pg::ConnInfo& info, const std::vector<std::string>& allowed) {
  if (info.options.contains("service"))
    throw Error(Failure::refused, "The connection string names a service, so it does not say where the server is.",
                "Write the host into it.");
  for (const auto& place : places(info)) {
    if (on_this_machine(place) || std::find(allowed.begin(), allowed.end(), place) != allowed.end()) continue;
    throw Error(Failure::refused,
                fmt::format("The server {} is not on this machine, and prodclone.json does not allow it.", place),
                fmt::format("Rehearsals create and drop databases. If it is no production server, add \"{}\" to "
                            "server.allow_hosts.", place));
  }
}

}  // namespace

std::optional<Bytes> Server::free_space() const {
  if (data.empty()) return std::nullopt;
  std::error_code error;
  const auto space = std::filesystem::space(data, error);
  if (error) return std::nullopt;
  return Bytes{static_cast<std::int64_t>(space.available)};
}

std::optional<databases::OwnFiles> Server::own_files() const {
  if (!embedded) return std::nullopt;
  return databases::OwnFiles{.data = data, .reflinks = pg::reflinks_of(home, data)};
}

std::filesystem::path server_home(const config::Project& project, int major) {
  return project.state_directory() / ("server-" + std::to_string(major));
}

std::vector<std::pair<int, std::filesystem::path>> server_homes(const config::Project& project) {
  std::vector<std::pair<int, std::filesystem::path>> homes;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(project.state_directory(), error)) {
    const auto name = entry.path().filename().string();
    constexpr std::string_view prefix = "server-";
    int major = 0;
    if (!name.starts_with(prefix)) continue;
    const auto* begin = name.data() + prefix.size();
    const auto* end = name.data() + name.size();
    if (begin != end && std::from_chars(begin, end, major).ptr == end) homes.emplace_back(major, entry.path());
  }
  std::sort(homes.rbegin(), homes.rend());
  return homes;
}

int choose_major(const config::Project& project, std::optional<int> dump_major) {
  const auto installations = pg::find_installations(project.server.binaries);
  if (project.server.major) {
    if (dump_major && *dump_major > *project.server.major)
      throw Error(Failure::could_not_check,
                  fmt::format("The dump comes from PostgreSQL {} and server.major asks for {}.", *dump_major, *project.server.major),
                  "A dump cannot be loaded into an older server: raise server.major or remove it.");
    return pg::choose(installations, {.exactly = project.server.major}).major;
  }
  if (!dump_major) return pg::choose(installations).major;
  return pg::choose(installations, {.at_least = std::max(*dump_major, oldest_major)}).major;
}

Server server_by_url(const config::Project& project) {
  const auto& wanted = project.server;
  auto info = pg::parse_conninfo(wanted.url_env.empty() ? wanted.url : environment_value(wanted.url_env, "server.url_env"));
  if (wanted.url_env.empty() && !info.password.empty())
    throw Error(Failure::usage, "server.url in prodclone.json holds a password.",
                "Take it out and name a variable in server.password_env, or put the whole URL into one and name it in server.url_env.");
  if (!wanted.password_env.empty()) info.password = Secret(environment_value(wanted.password_env, "server.password_env"));
  if (info.host.empty()) info.host = pg::conninfo_from_environment().host;
  refuse_foreign_hosts(info, wanted.allow_hosts);
  if (info.database.empty()) info.database = "postgres";
  pg::Session session(info);
  const auto facts = session.query(
      "SELECT pg_catalog.current_setting('server_version') AS version, "
      "pg_catalog.pg_is_in_recovery() AS standby, current_user AS role, "
      "(SELECT rolcreatedb OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) AS may_create");
  if (session.server_major() < oldest_major)
    throw Error(Failure::could_not_check, fmt::format("The server runs PostgreSQL {}.", facts.text(0, "version")),
                fmt::format("prodclone rehearses on PostgreSQL {} and later.", oldest_major));
  if (facts.boolean(0, "standby"))
    throw Error(Failure::refused, fmt::format("The server at {} is a standby.", pg::masked(info)), "Name one that can be written to.");
  if (!facts.boolean(0, "may_create"))
    throw Error(Failure::could_not_check, fmt::format("The role {} may not create databases.", facts.text(0, "role")),
                fmt::format("Let an administrator run: ALTER ROLE {} CREATEDB", pg::quote_identifier(facts.text(0, "role"))));
  return {.maintenance = info, .major = session.server_major(), .version = facts.text(0, "version")};
}

Server obtain_server(const config::Project& project, std::optional<int> dump_major, const std::string& started_by) {
  if (project.server.kind == config::ServerKind::url) {
    auto server = server_by_url(project);
    if (dump_major && *dump_major > server.major)
      throw Error(Failure::could_not_check,
                  fmt::format("The dump comes from PostgreSQL {} and the server runs {}.", *dump_major, server.major),
                  "A dump cannot be loaded into an older server: use a newer one, or the embedded server.");
    return server;
  }
  return embedded_server(project, choose_major(project, dump_major), started_by);
}

Server embedded_server(const config::Project& project, int major, const std::string& started_by) {
  const auto home = server_home(project, major);
  // Drivers of other languages do not know sockets in folders.
  bool tcp = project.server.loopback || (project.application.configured() && project.application.tcp);
  // One that runs without, since before the application was configured, serves everything else as well.
  if (const auto running = pg::EmbeddedServer::status(home); running && running->listen == pg::Listen::socket_only) tcp = project.server.loopback;
  const auto record = pg::EmbeddedServer::start_or_attach(
      {.home = home,
       .installation = pg::choose(pg::find_installations(project.server.binaries), {.exactly = major}),
       .listen = tcp ? pg::Listen::loopback : pg::Listen::socket_only,
       .settings = project.server.settings,
       .started_by = started_by});
  return {.maintenance = record.conninfo(), .tcp = record.tcp(), .major = major, .version = record.version, .embedded = true, .home = home, .data = record.data};
}

}  // namespace prodclone::workflow
