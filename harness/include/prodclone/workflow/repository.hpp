// What a stranger's repository tells by itself: its migrations and the tool behind them, declared schema, dumps,
// database variables, servers. Reads files only; values of variables are never kept, because they hold passwords.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace prodclone::workflow {

// One thing that was found, for people: "migrations", "db/migrations: 12, golang-migrate", "the names of its files".
struct Found {
  std::string what = {};
  std::string value = {};
  std::string from = {};
  friend bool operator==(const Found&, const Found&) = default;
};

// Another tool's own commands, run through the layout `command`.
struct ToolCommands {
  std::vector<std::string> up = {}, down = {}, status = {};
  std::string pending_pattern = {};
  std::string url_env = {};          // empty: DATABASE_URL
  std::string table = {};
  bool needs_loopback = false;       // its driver knows no sockets
  friend bool operator==(const ToolCommands&, const ToolCommands&) = default;
};

struct FoundMigrations {
  std::string layout = {};                     // as prodclone.json names it
  std::string tool = {};                       // "golang-migrate"
  std::filesystem::path directory = {};        // relative to the root; empty: the tool's own business
  std::filesystem::path init = {};             // as prodclone.json has it; empty: none
  std::size_t count = 0;
  std::string last = {};                       // the name of the last one; empty: not known
  ToolCommands commands = {};                  // layout command
  friend bool operator==(const FoundMigrations&, const FoundMigrations&) = default;
};

struct Repository {
  std::filesystem::path root = {};
  std::optional<FoundMigrations> migrations = {};
  std::filesystem::path declared_schema = {};  // relative; empty: none
  std::filesystem::path dump = {};             // relative; the newest
  std::string database_env = {};               // receives a database's name
  std::string url_env = {};                    // receives a whole URL
  std::vector<Found> found = {};               // in the order in which a reader wants them
  std::vector<std::string> notes = {};         // what is not supported, not certain, or to be done first
};

// What somebody says outranks what is found.
struct RepositoryHints {
  std::filesystem::path migrations = {};       // a folder
  std::string layout = {};
};

Repository look_at_repository(const std::filesystem::path& root, const RepositoryHints& hints = {});

}  // namespace prodclone::workflow
