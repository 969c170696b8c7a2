// A throw-away PostgreSQL cluster that lives in a folder (its home), for whoever has no server of their own.
// It outlives the process that started it; who stops it is the caller's decision (leases, the warden).
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/pg/installation.hpp>
#include <prodclone/pg/server_record.hpp>

namespace prodclone::pg {

struct ServerSettings {
  std::filesystem::path home = {};
  Installation installation = {};
  Listen listen = Listen::socket_only;
  std::string locale = {};                           // of a new cluster; empty: C.UTF-8, or that of the one running
  std::map<std::string, std::string> settings = {};  // added to ours, for a server that is not running yet
  std::string started_by = {};                       // shown by status; empty: this process
  std::chrono::seconds patience = std::chrono::seconds(120);  // until it accepts connections
};

class EmbeddedServer {
 public:
  // The running server of this home, or a new one; two processes that call at once get the same. Starts after any kind
  // of crash: a cluster that the machine's own crash may have torn (it runs without fsync) is made anew. A killed
  // postmaster may lose the commits of its last second (synchronous_commit is off): what must last, a mark that
  // something is complete, is committed with it on.
  // Throws Error(could_not_check) with the end of the server's log when it does not start, and when the one that
  // runs is of another major or locale or does not listen as wanted.
  static ServerRecord start_or_attach(const ServerSettings& settings);

  // The running server; none when there is no home, no server, or a dead one.
  static std::optional<ServerRecord> status(const std::filesystem::path& home);

  // Fast shutdown; immediate when it still runs after `patience`; then SIGKILL to all that is left of it. Keeps the
  // data. True if one ran. Throws Error(cleanup_incomplete) when something of it cannot be killed.
  static bool stop(const std::filesystem::path& home, std::chrono::seconds patience = std::chrono::seconds(30));

  // Where its data is, whether it runs or not; none when there is none.
  static std::vector<std::filesystem::path> data_folders(const std::filesystem::path& home);

  // Stops it and removes all that it left behind, also outside of home; the home itself when nothing else is in it.
  static void destroy(const std::filesystem::path& home);
};

}  // namespace prodclone::pg
