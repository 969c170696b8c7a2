#include <prodclone/dump/take.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/process/child.hpp>
#include <sql/source_facts.hpp>
#include <sql/source_roles.hpp>
#include <sql/source_settings.hpp>

#include "connection_string.hpp"
#include "marked_children.hpp"

namespace prodclone::dump {

namespace fs = std::filesystem;

namespace {

std::string_view suffix_of(DumpFormat format) {
  switch (format) {
    case DumpFormat::custom: return ".dump";
    case DumpFormat::directory: return ".dir";
    case DumpFormat::tar: return ".tar";
    case DumpFormat::plain: return ".sql";
    case DumpFormat::gzip: return ".sql.gz";
  }
  return ".dump";
}

// orcha-20260424T100000Z.dump; a name is a file's, whatever the database is called.
std::string name_for(const std::string& database, WallTime now, DumpFormat format) {
  std::string name;
  for (const char c : database)
    name += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ? c : '_';
  return name + '-' + replaced(replaced(iso8601(now), "-", ""), ":", "") + std::string(suffix_of(format));
}

std::vector<std::string> arguments_for(const TakeOptions& options, const pg::ConnInfo& source, const fs::path& partial) {
  std::vector<std::string> arguments{options.tools.pg_dump.string(), "--no-password", "--verbose", "--file=" + partial.string()};
  const int level = options.compression.value_or(1);
  switch (options.format) {
    case DumpFormat::custom: arguments.push_back("--format=custom"); break;
    case DumpFormat::directory:
      arguments.push_back("--format=directory");
      arguments.push_back(fmt::format("--jobs={}", std::max(options.jobs, 1)));
      break;
    case DumpFormat::tar: arguments.push_back("--format=tar"); break;
    case DumpFormat::plain:
    case DumpFormat::gzip: arguments.push_back("--format=plain"); break;
  }
  if (options.format != DumpFormat::tar && options.format != DumpFormat::plain) arguments.push_back(fmt::format("--compress={}", level));
  arguments.push_back("--dbname=" + connection_string(source.database));
  return arguments;
}

std::string remedy_for(std::string_view said) {
  const auto says = [&](std::string_view words) { return said.find(words) != std::string_view::npos; };
  if (says("row-level security"))
    return "A dump must see every row: use the tables' owner (without FORCE ROW LEVEL SECURITY) or a role with BYPASSRLS.";
  if (says("permission denied"))
    return "Let the role read it all: GRANT pg_read_all_data (PostgreSQL 14 and newer), or dump as the owner.";
  if (says("server version mismatch")) return "Install postgresql-client of the server's major.";
  if (says("No space left")) return "Free room in the dump folder's file system.";
  if (says("lock timeout") || says("deadlock")) return "Something holds a strong lock on the source (a migration?): try again when it has ended.";
  if (says("terminating connection") || says("server closed")) return "The source ended the connection: look into its log, then try again.";
  return {};
}

[[noreturn]] void fail(const process::Outcome& outcome) {
  std::vector<std::string> errors;
  bool error = false;
  for (const auto& line : lines_of(outcome.err)) {
    if (line.starts_with("pg_dump: ")) error = line.starts_with("pg_dump: error: ") || line.starts_with("pg_dump: detail: ") || line.starts_with("pg_dump: hint: ");
    if (error) errors.push_back(line.starts_with("pg_dump: ") ? line.substr(9) : line);
  }
  const auto text = joined(errors, " ");
  throw Error(Failure::could_not_check,
              fmt::format("pg_dump failed ({}): {}", process::describe(outcome), text.empty() ? std::string(trimmed(outcome.err)) : text),
              remedy_for(text));
}

struct Facts {
  Manifest manifest;
  std::int64_t tables = 0;
};

Facts read_facts(const pg::ConnInfo& source) {
  pg::Session session(source);
  Facts facts;
  auto& manifest = facts.manifest;
  session.in_snapshot([&] {
    const auto facts_row = session.query(sql::source_facts);
    manifest.source = pg::masked(source);
    manifest.database = source.database;
    manifest.server_version = facts_row.text(0, "server_version");
    manifest.server_major = static_cast<int>(facts_row.integer(0, "server_major"));
    manifest.encoding = facts_row.text(0, "encoding");
    manifest.lc_collate = facts_row.text(0, "datcollate");
    manifest.lc_ctype = facts_row.text(0, "datctype");
    manifest.timezone = facts_row.text(0, "timezone");
    facts.tables = facts_row.integer(0, "tables");
    const auto roles = session.query(sql::source_roles);
    for (std::size_t row = 0; row < roles.rows(); ++row) manifest.roles.push_back(roles.text(row, "rolname"));
    const auto settings = session.query(sql::source_settings);
    for (std::size_t row = 0; row < settings.rows(); ++row)
      manifest.settings.push_back({settings.text(row, "role"), settings.text(row, "name"), settings.text(row, "value")});
    const auto extensions = session.query(
        "SELECT extname, extversion FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql' ORDER BY extname COLLATE \"C\"");
    for (std::size_t row = 0; row < extensions.rows(); ++row)
      manifest.extensions.push_back({extensions.text(row, "extname"), extensions.text(row, "extversion")});
  });
  std::sort(manifest.roles.begin(), manifest.roles.end());
  return facts;
}

// What has been written when it does not become a dump.
class Partial {
 public:
  explicit Partial(fs::path path) : path_(std::move(path)) {}
  ~Partial() {
    std::error_code gone;
    fs::remove_all(path_, gone);
  }
  Partial(const Partial&) = delete;
  Partial& operator=(const Partial&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

Manifest facts_of(const pg::ConnInfo& source) { return read_facts(source).manifest; }

StoredDump take_dump(const pg::ConnInfo& source, const DumpStore& store, const TakeOptions& given) {
  return doing(fmt::format("dumping {}", pg::masked(source)), [&] {
    auto [manifest, tables] = read_facts(source);
    auto options = given;
    if (options.tools.pg_dump.empty()) options.tools = pg::find_tools(*manifest.server_major);
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto name = options.name.empty() ? name_for(source.database, now, options.format) : options.name;
    if (name.find('/') != std::string::npos || name.starts_with('.'))
      throw Error(Failure::usage, fmt::format("\"{}\" is no name for a dump in the store.", name), "Name a file without folders.");
    manifest.taken_at = now;
    manifest.schema_fingerprint = options.schema_fingerprint;

    const Partial partial(store.partial_path(name));
    const MarkedChildren children;
    process::Command command{.arguments = arguments_for(options, source, partial.path()), .environment = pg::environment(source)};
    command.environment[MarkedChildren::variable] = children.mark();
    command.environment["LC_ALL"] = "C";  // its lines are read
    std::int64_t done = 0;
    const auto report = [&, total = tables] {
      if (options.progress) options.progress({fmt::format("dumping {}", source.database), std::min(done, total), total, "tables"});
    };
    report();
    const auto outcome = process::run(command, {.on_error_line = [&](std::string_view line) {
      if (!line.starts_with("pg_dump: dumping contents of table ")) return;
      ++done;
      report();
    }});
    if (!outcome.succeeded()) fail(outcome);
    done = tables;
    report();
    // Exit code 0 and yet no dump would be a broken disk; admit() reads it again.
    return store.admit(partial.path(), name, std::move(manifest));
  });
}

}  // namespace prodclone::dump
