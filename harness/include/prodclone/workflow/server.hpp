// The server that a project rehearses on: the embedded one, started when needed, or the user's own by URL.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <prodclone/base/quantities.hpp>
#include <prodclone/config/project.hpp>
#include <prodclone/databases/cluster.hpp>
#include <prodclone/databases/leases.hpp>
#include <prodclone/pg/conninfo.hpp>

namespace prodclone::workflow {

struct Server {
  pg::ConnInfo maintenance = {};        // a database that is only connected to
  std::optional<pg::ConnInfo> tcp = {}; // embedded: the same on 127.0.0.1, where it listens
  int major = 0;
  std::string version = {};
  bool embedded = false;
  std::filesystem::path home = {};      // embedded
  std::filesystem::path data = {};      // embedded

  // "server:15", "server:url"; leased while runs need it.
  std::string thing() const { return embedded ? "server:" + std::to_string(major) : "server:url"; }
  // The data folder and what its disk can do (measured once), where it is ours.
  std::optional<databases::OwnFiles> own_files() const;
  std::optional<Bytes> free_space() const;  // on the disk of the data folder, where it is ours to see
};

std::filesystem::path server_home(const config::Project& project, int major);
// Homes that exist, running or not, newest major first.
std::vector<std::pair<int, std::filesystem::path>> server_homes(const config::Project& project);

// The major of the embedded server that fits a dump: the configured one, else the dump's, else the next above it.
int choose_major(const config::Project& project, std::optional<int> dump_major);

// Attaches to the running server or starts it. Throws Error(refused) for a server that the configuration does not
// allow, Error(could_not_check) when none can be had.
Server obtain_server(const config::Project& project, std::optional<int> dump_major, const std::string& started_by);

Server embedded_server(const config::Project& project, int major, const std::string& started_by);

// The user's own server, checked against what the configuration allows.
Server server_by_url(const config::Project& project);

}  // namespace prodclone::workflow
