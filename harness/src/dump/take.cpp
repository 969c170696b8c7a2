#include <prodclone/dump/take.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/process/child.hpp>
#include <prodclone/process/warden.hpp>
#include <sql/source_facts.hpp>
#include <sql/source_roles.hpp>
#include <sql/source_settings.hpp>

#include "connection_string.hpp"
#include "marked_children.hpp"
#include "source_tables.hpp"

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

// Of two that were taken in one second the later one is orcha-20260424T100000Z-2.dump.
std::string unused_name(const fs::path& folder, const std::string& name, DumpFormat format) {
  const auto suffix = suffix_of(format);
  auto unused = name;
  for (int n = 2; fs::exists(folder / unused); ++n) unused = fmt::format("{}-{}{}", name.substr(0, name.size() - suffix.size()), n, suffix);
  return unused;
}

std::vector<std::string> arguments_for(const TakeOptions& options, const pg::ConnInfo& source, const std::vector<SourceTable>& tables,
                                       const fs::path& partial) {
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
  arguments.push_back(fmt::format("--lock-wait-timeout={}", options.lock_wait.count()));
  for (const auto& table : tables)
    if (table.excluded) arguments.push_back("--exclude-table-data=" + as_pattern(table));
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
  if (says("lock timeout") || says("statement timeout") || says("deadlock")) return "Something holds a strong lock on the source (a migration?): try again when it has ended.";
  if (says("conflict with recovery"))
    return says("relation lock")
               ? "The standby ended the dump to replay a schema change or a TRUNCATE of the primary: dump when none is under way, or raise max_standby_streaming_delay there (-1: it waits for the dump). "
                 "hot_standby_feedback does not help against this one."
               : "The standby ended the dump to go on with replay: set hot_standby_feedback=on or raise max_standby_streaming_delay there (-1: it waits for the dump), or dump from the primary.";
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
  std::vector<SourceTable> tables;
};

Facts read_facts(const pg::ConnInfo& source, const std::vector<std::string>& exclude_data = {}) {
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
    facts.tables = source_tables(session, exclude_data);
    for (const auto& table : facts.tables)
      if (table.excluded) manifest.excluded_data.push_back(table.qualified());
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

// How far pg_dump is, by the sizes of the tables that it has read. Of the one that it is reading, it says nothing: the
// dump's own growth tells, at the rate of compression so far.
class Meter {
 public:
  Meter(std::string phase, const std::vector<SourceTable>& tables, fs::path file, const ProgressSink& sink)
      : phase_(std::move(phase)), file_(std::move(file)), sink_(sink) {
    for (const auto& table : tables) {
      if (table.excluded || table.partitioned) continue;
      sizes_[table.qualified()] = table.bytes.count;
      total_ += table.bytes.count;
    }
    if (sink_) ticker_ = std::thread([this] { tick(); });
  }
  ~Meter() { stop(); }
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;

  void line(std::string_view said) {
    constexpr std::string_view begins = "pg_dump: dumping contents of table \"";
    if (!said.starts_with(begins)) return;
    const std::lock_guard lock(mutex_);
    finished_ += current_;
    written_before_ = written();
    const auto found = sizes_.find(std::string(said.substr(begins.size(), said.size() - begins.size() - 1)));
    current_ = found == sizes_.end() ? 0 : found->second;
  }
  void finish() {
    stop();
    if (sink_) sink_({phase_, std::max<std::int64_t>(total_, 1), std::max<std::int64_t>(total_, 1), "bytes"});
  }

 private:
  std::int64_t written() const {
    std::error_code error;
    std::int64_t bytes = 0;
    if (!fs::is_directory(file_, error)) {
      const auto size = fs::file_size(file_, error);
      return error ? 0 : static_cast<std::int64_t>(size);
    }
    for (const auto& entry : fs::directory_iterator(file_, error))
      if (const auto size = entry.file_size(error); !error) bytes += static_cast<std::int64_t>(size);
    return bytes;
  }
  void tick() {
    std::unique_lock lock(mutex_);
    while (!stopped_) {
      const auto rate = finished_ > 0 && written_before_ > 0 ? static_cast<double>(finished_) / static_cast<double>(written_before_) : 3.0;
      const auto inside = static_cast<std::int64_t>(static_cast<double>(written() - written_before_) * rate);
      done_ = std::max(done_, std::min(finished_ + std::clamp<std::int64_t>(inside, 0, current_), total_));
      sink_({phase_, done_, total_, "bytes"});
      wake_.wait_for(lock, std::chrono::milliseconds(500));
    }
  }
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    wake_.notify_all();
    if (ticker_.joinable()) ticker_.join();
  }

  std::string phase_;
  fs::path file_;
  const ProgressSink& sink_;
  std::map<std::string, std::int64_t> sizes_;
  std::int64_t total_ = 0, finished_ = 0, current_ = 0, written_before_ = 0, done_ = 0;
  bool stopped_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::thread ticker_;
};

// Removes what was written of the dump when we are killed.
class PartialWarden {
 public:
  PartialWarden(fs::path order, const fs::path& partial) : order_(std::move(order)) {
    if (order_.empty()) return;
    auto log = order_;
    log += ".log";
    process::start_warden({.file = order_, .watched = {process::self()}, .on_death = {.arguments = {"rm", "-rf", "--", partial.string()}},
                           .log = log, .purpose = "removes " + partial.string()});
  }
  ~PartialWarden() {
    if (order_.empty()) return;
    std::error_code gone;
    auto log = order_;
    log += ".log";
    fs::remove(order_, gone);
    fs::remove(log, gone);
  }
  PartialWarden(const PartialWarden&) = delete;
  PartialWarden& operator=(const PartialWarden&) = delete;

 private:
  fs::path order_;
};

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
    auto facts = read_facts(source, given.exclude_data);
    auto& manifest = facts.manifest;
    auto options = given;
    if (options.tools.pg_dump.empty()) options.tools = pg::find_tools(*manifest.server_major);
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto name = options.name.empty() ? name_for(source.database, now, options.format) : options.name;
    if (name.find('/') != std::string::npos || name.starts_with('.'))
      throw Error(Failure::usage, fmt::format("\"{}\" is no name for a dump in the store.", name), "Name a file without folders.");
    manifest.taken_at = now;
    manifest.schema_fingerprint = options.schema_fingerprint;
    manifest.source_name = options.source_name;

    const Partial partial(store.partial_path(name));
    const PartialWarden warden(options.warden, partial.path());
    const MarkedChildren children;
    process::Command command{.arguments = arguments_for(options, source, facts.tables, partial.path()), .environment = pg::environment(source)};
    command.environment[MarkedChildren::variable] = children.mark();
    command.environment["LC_ALL"] = "C";  // its lines are read
    Meter meter(fmt::format("dumping {}", source.database), facts.tables, partial.path(), options.progress);
    const auto outcome = process::run(command, {.on_error_line = [&](std::string_view line) { meter.line(line); }});
    if (!outcome.succeeded()) fail(outcome);
    meter.finish();
    // Exit code 0 and yet no dump would be a broken disk; admit() reads it again.
    return store.admit(partial.path(), options.name.empty() ? unused_name(store.folder(), name, options.format) : name, std::move(manifest));
  });
}

}  // namespace prodclone::dump
