// A project's prodclone.json as values. Unknown keys are errors that name the nearest known one; every key has a
// default that works where one can: `{}` beside a migrations folder and a dump is enough to rehearse.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/base/quantities.hpp>
#include <prodclone/config/application.hpp>
#include <prodclone/config/preflight.hpp>

namespace prodclone::config {

enum class SourceKind { dump, url, existing, rds };

struct Source {
  std::string name = {};
  SourceKind kind = SourceKind::dump;
  std::filesystem::path path = {};                 // dump
  std::string url = {};                            // url: without a password
  std::string url_env = {};                        // url: the variable that holds the connection string instead
  std::string password_env = {};                   // url: the variable that holds the password
  std::filesystem::path passfile = {};             // url: a password file as libpq reads it; absolute
  std::string replica_url_env = {};                // url: the variable that holds a replica's connection string
  std::vector<std::string> exclude_data = {};      // url, existing: globs of tables whose rows stay where they are
  std::string database = {};                       // existing: a database of the configured server; rds: the name there
  std::map<std::string, std::string> details = {}; // rds: instance, bastion, region, user, password_secret
};

enum class ServerKind { embedded, url };

struct Server {
  ServerKind kind = ServerKind::embedded;
  std::string url = {};                            // url: without a password
  std::string url_env = {};                        // url: the variable that holds it instead
  std::string password_env = {};                   // url: the variable that holds the password
  std::vector<std::string> allow_hosts = {};       // url: hosts beyond this machine that may be used
  std::optional<int> major = {};                   // embedded: absent: the dump's
  std::vector<std::filesystem::path> binaries = {};// embedded: folders to look in first
  bool loopback = false;                           // embedded: also listen on 127.0.0.1 with a password
  std::map<std::string, std::string> settings = {};
};

struct Databases {
  std::string clone = {};                          // default: <project>_prod_clone
  std::string fresh = {};                          // default: <project>_fresh
  bool single_copy = false;                        // one database that holds production's data, for a small disk
};

struct CommandLayout {
  std::vector<std::string> up = {}, down = {}, status = {};
  std::string pending_pattern = {};                // a line of the status command's output that names a pending one
  std::string url_env = "DATABASE_URL";
};

struct Migrations {
  std::string layout = "auto";
  std::filesystem::path directory = {};            // absolute
  std::filesystem::path init = {};                 // absolute; empty: none
  std::string table = {};                          // the tool's state table, when not its default
  CommandLayout command = {};
  int attempts = 1;                                // that the deploy makes when a lock was not to be had
  std::chrono::milliseconds pause = std::chrono::milliseconds(500);  // between them
};

struct Schema {
  std::filesystem::path expected = {};             // absolute; empty: no declared schema
  std::filesystem::path waivers = {};
};

struct TableBudget {
  std::string match = {};                          // glob on the qualified name
  std::map<std::string, double> values = {};       // a key of Budgets::values
};

struct BudgetException {
  std::string migration = {}, rule = {}, until = {}, reason = {};
};

// Numbers by name (`rewrite_mb`, `access_exclusive_ms`, …); the lock check knows the names and their defaults.
struct Budgets {
  std::map<std::string, double> values = {};
  std::vector<TableBudget> tables = {};
  std::vector<BudgetException> exceptions = {};
};

struct Project {
  std::filesystem::path file = {};                 // prodclone.json
  std::filesystem::path root = {};                 // its folder
  std::string name = {};
  std::optional<std::string> default_source = {};
  std::map<std::string, Source> sources = {};
  Server server = {};
  Databases databases = {};
  Migrations migrations = {};
  Schema schema = {};
  Budgets budgets = {};
  Application application = {};
  Ingestion ingestion = {};
  std::vector<Screen> smoke = {};
  Preflight preflight = {};
  bool show_keys = false;                          // print key values of offending rows instead of masking them

  std::string record = "record";                   // not configured: a run beside one of something else has its own

  std::filesystem::path state_directory() const { return root / ".prodclone"; }
  std::filesystem::path record_directory() const { return state_directory() / record; }
  std::filesystem::path dump_directory() const { return root / "dump"; }
};

// `file` when given, else prodclone.json found by walking up from `start`. Throws Error(usage) that names the file,
// the key and the remedy.
Project load_project(const std::optional<std::filesystem::path>& file, const std::filesystem::path& start);

// The same from text, and without what variables say (PRODCLONE_SINGLE_COPY); `file` is only named in errors and gives the root.
Project parse_project(const std::string& text, const std::filesystem::path& file);

// The source that was named, or the default one, or the newest dump in dump/ when none is declared.
Source choose_source(const Project& project, const std::optional<std::string>& name);

}  // namespace prodclone::config
