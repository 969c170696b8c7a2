#include <prodclone/workflow/server.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/embedded_server.hpp>
#include <prodclone/pg/installation.hpp>
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
  return host.empty() || host.front() == '/' || host == "localhost" || host == "::1" || host.starts_with("127.");
}

}  // namespace

std::optional<Bytes> Server::free_space() const {
  if (data.empty()) return std::nullopt;
  std::error_code error;
  const auto space = std::filesystem::space(data, error);
  if (error) return std::nullopt;
  return Bytes{static_cast<std::int64_t>(space.available)};
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
    if (std::from_chars(begin, name.data() + name.size(), major).ptr != begin) homes.emplace_back(major, entry.path());
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
  if (!on_this_machine(info.host) &&
      std::find(wanted.allow_hosts.begin(), wanted.allow_hosts.end(), info.host) == wanted.allow_hosts.end())
    throw Error(Failure::refused,
                fmt::format("The server {} is not on this machine, and prodclone.json does not allow it.", info.host),
                fmt::format("Rehearsals create and drop databases. If it is no production server, add \"{}\" to "
                            "server.allow_hosts.", info.host));
  if (info.database.empty()) info.database = "postgres";
  pg::Session session(info);
  const auto facts = session.query(
      "SELECT pg_catalog.current_setting('server_version') AS version, "
      "pg_catalog.pg_is_in_recovery() AS standby, "
      "(SELECT rolcreatedb OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) AS may_create");
  if (session.server_major() < oldest_major)
    throw Error(Failure::could_not_check, fmt::format("The server runs PostgreSQL {}.", facts.text(0, "version")),
                fmt::format("prodclone rehearses on PostgreSQL {} and later.", oldest_major));
  if (facts.boolean(0, "standby"))
    throw Error(Failure::refused, fmt::format("The server {} is a standby.", info.host), "Name one that can be written to.");
  if (!facts.boolean(0, "may_create"))
    throw Error(Failure::could_not_check, fmt::format("The role {} may not create databases on {}.", info.user, info.host),
                fmt::format("Let an administrator run: ALTER ROLE {} CREATEDB", info.user));
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
  const auto record = pg::EmbeddedServer::start_or_attach(
      {.home = home,
       .installation = pg::choose(pg::find_installations(project.server.binaries), {.exactly = major}),
       .listen = project.server.loopback ? pg::Listen::loopback : pg::Listen::socket_only,
       .settings = project.server.settings,
       .started_by = started_by});
  return {.maintenance = record.conninfo(), .major = major, .version = record.version, .embedded = true, .home = home, .data = record.data};
}

}  // namespace prodclone::workflow
