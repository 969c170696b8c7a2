#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <prodclone/base/error.hpp>
#include <prodclone/base/quantities.hpp>
#include <prodclone/databases/leases.hpp>
#include <prodclone/pg/embedded_server.hpp>
#include <prodclone/workflow/server.hpp>

#include "commands.hpp"
#include "output.hpp"

namespace prodclone::cli {

namespace {

nlohmann::ordered_json description_of(const pg::ServerRecord& record) {
  nlohmann::ordered_json json = {{"running", true},
                                 {"major", record.major},
                                 {"version", record.version},
                                 {"pid", record.postmaster.pid},
                                 {"url", pg::url_without_password(record.conninfo())},
                                 {"data", record.data.string()},
                                 {"log", record.log.string()},
                                 {"started_at", iso8601(record.started_at)},
                                 {"started_by", record.started_by}};
  if (const auto tcp = record.tcp()) json["tcp_url"] = pg::url_without_password(*tcp);
  return json;
}

void print(const pg::ServerRecord& record) {
  fmt::print("PostgreSQL {} runs (pid {}), started {} by {}\n", record.version, record.postmaster.pid, iso8601(record.started_at), record.started_by);
  print_how_to_connect(record.conninfo());
  fmt::print("  data: {}\n  log:  {}\n", record.data.string(), record.log.string());
}

int server_status(const config::Project& project, bool json) {
  nlohmann::ordered_json servers = nlohmann::json::array();
  for (const auto& [major, home] : workflow::server_homes(project)) {
    const auto record = pg::EmbeddedServer::status(home);
    if (json) servers.push_back(record ? description_of(*record) : nlohmann::ordered_json{{"running", false}, {"major", major}, {"home", home.string()}});
    else if (record) print(*record);
    else fmt::print("PostgreSQL {} does not run; its data is in {}\n", major, home.string());
  }
  if (json) fmt::print("{}\n", nlohmann::ordered_json{{"schema", "prodclone/server/1"}, {"servers", servers}}.dump(2));
  else if (workflow::server_homes(project).empty()) fmt::print("There is no embedded server.\n");
  return 0;
}

int server_start(config::Project project, const Arguments& arguments) {
  if (arguments.loopback) project.server.loopback = true;
  const int major = workflow::choose_major(project, std::nullopt);
  databases::Leases leases(project.state_directory());
  const auto thing = "server:" + std::to_string(major);
  const auto guard = leases.lock(thing);
  workflow::embedded_server(project, major, "prodclone server start");
  leases.keep(thing, "prodclone server start");
  return server_status(project, arguments.json);
}

int server_stop(const config::Project& project, const Arguments& arguments) {
  databases::Leases leases(project.state_directory());
  for (const auto& [major, home] : workflow::server_homes(project)) {
    const auto thing = "server:" + std::to_string(major);
    const auto guard = leases.lock(thing);
    const auto lease = leases.find(thing);
    for (const auto& holder : lease ? lease->holders : std::vector<std::string>{})
      for (const auto& run : leases.runs())
        if (run.id == holder && process::alive(run.owner))
          throw Error(Failure::refused, fmt::format("The server is in use by {} (pid {}).", run.what, run.owner.pid), "Wait until it has ended, or end it.");
    pg::EmbeddedServer::stop(home);
    leases.forget(thing);
  }
  return server_status(project, arguments.json);
}

}  // namespace

int server(const Arguments& arguments) {
  const auto project = project_of(arguments);
  if (project.server.kind == config::ServerKind::url)
    throw Error(Failure::usage, "prodclone.json names a server of your own, so there is no embedded one.");
  if (arguments.subcommand == "start") return server_start(project, arguments);
  if (arguments.subcommand == "stop") return server_stop(project, arguments);
  return server_status(project, arguments.json);
}

}  // namespace prodclone::cli
