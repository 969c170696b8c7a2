#include "arena.hpp"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/config/project.hpp>
#include <prodclone/pg/embedded_server.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/process/warden.hpp>
#include <prodclone/workflow/release.hpp>
#include <prodclone/workflow/server.hpp>

namespace prodclone::bench {

namespace {

namespace fs = std::filesystem;
constexpr std::string_view clean_argument = "--prodclone-bench-clean=";

// What our embedded server sets, set back to what a new cluster of PostgreSQL has.
const std::map<std::string, std::string>& default_settings() {
  static const std::map<std::string, std::string> settings{{"fsync", "on"},
                                                           {"synchronous_commit", "on"},
                                                           {"max_wal_senders", "10"},
                                                           {"max_wal_size", "1GB"},
                                                           {"checkpoint_timeout", "5min"},
                                                           {"shared_buffers", "128MB"},
                                                           {"maintenance_work_mem", "64MB"},
                                                           {"work_mem", "4MB"},
                                                           {"effective_cache_size", "4GB"},
                                                           {"max_parallel_maintenance_workers", "2"},
                                                           {"max_parallel_workers_per_gather", "2"},
                                                           {"jit", "on"},
                                                           {"max_prepared_transactions", "0"},
                                                           {"max_locks_per_transaction", "64"},
                                                           {"track_io_timing", "off"},
                                                           {"track_functions", "none"},
                                                           {"track_activity_query_size", "1kB"},
                                                           {"log_lock_waits", "off"},
                                                           {"log_line_prefix", "%m [%p] "},
                                                           {"shared_preload_libraries", ""}};
  return settings;
}

// Asked of the server itself, so that a setting that we add to ours some day cannot slip in.
void require_defaults(const pg::ServerRecord& server) {
  // What initdb writes by the locale and the machine, where the server lies, and who may reach it.
  static const std::set<std::string> of_the_place{"max_connections",
                                                  "shared_buffers",
                                                  "dynamic_shared_memory_type",
                                                  "max_wal_size",
                                                  "min_wal_size",
                                                  "log_timezone",
                                                  "TimeZone",
                                                  "DateStyle",
                                                  "lc_messages",
                                                  "lc_monetary",
                                                  "lc_numeric",
                                                  "lc_time",
                                                  "default_text_search_config",
                                                  "cluster_name",
                                                  "listen_addresses",
                                                  "unix_socket_directories",
                                                  "port",
                                                  "config_file",
                                                  "hba_file",
                                                  "ident_file",
                                                  "data_directory",
                                                  "log_destination",
                                                  "unix_socket_permissions"};
  pg::Session session(server.conninfo());
  const auto rows = session.query(
      "SELECT name, setting, boot_val FROM pg_catalog.pg_settings WHERE source IN ('configuration file', 'command "
      "line') "
      "AND setting IS DISTINCT FROM boot_val ORDER BY name");
  std::vector<std::string> others;
  for (std::size_t row = 0; row < rows.rows(); ++row)
    if (!of_the_place.contains(rows.text(row, "name")))
      others.push_back(fmt::format("{} is {}, not {}", rows.text(row, "name"), rows.text(row, "setting"),
                                   rows.text(row, "boot_val")));
  if (!others.empty())
    throw Error(Failure::could_not_check,
                "The server to compare with does not have PostgreSQL's defaults: " + joined(others, "; ") + '.',
                "Set them back in default_settings() of the benchmark.");
}

// Servers first: a folder that is removed under a running server leaves it where nobody can see it.
void clean(const fs::path& folder) {
  std::string failures;
  const auto attempt = [&](const auto& work) {
    try {
      work();
    } catch (const std::exception& error) {
      failures += std::string(error.what()) + '\n';
    }
  };
  for (const char* name : {"ours", "default"})
    if (fs::exists(folder / name)) attempt([&] { pg::EmbeddedServer::destroy(folder / name); });
  if (const auto file = folder / "sample/prodclone.json"; fs::exists(file))
    attempt([&] {
      const auto project = config::load_project(file, folder);
      workflow::release_everything(project);
      for (const auto& [major, home] : workflow::server_homes(project)) pg::EmbeddedServer::destroy(home);
    });
  if (failures.empty()) attempt([&] { fs::remove_all(folder); });
  if (!failures.empty())
    throw Error(Failure::cleanup_incomplete, fmt::format("{} is not clean: {}", folder.string(), failures));
}

std::string first_value(const fs::path& file, std::string_view key) {
  for (const auto& line : lines_of(read_file_if_present(file).value_or("")))
    if (line.starts_with(key) && line.find(':') != std::string::npos)
      return std::string(trimmed(line.substr(line.find(':') + 1)));
  return "unknown";
}

std::string file_system_of(const fs::path& path) {
  std::string best_type = "unknown", best_mount;
  for (const auto& line : lines_of(read_file_if_present("/proc/self/mounts").value_or(""))) {
    std::istringstream fields(line);
    std::string device, mount, type;
    fields >> device >> mount >> type;
    const auto inside = path.string().starts_with(mount == "/" ? mount : mount + '/');
    if (inside && mount.size() >= best_mount.size()) best_mount = mount, best_type = type;
  }
  return best_type;
}

}  // namespace

Arena::Arena(const fs::path& parent) {
  auto pattern = (fs::absolute(parent) / "prodclone-bench-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw Error(Failure::could_not_check, fmt::format("Cannot make a folder in {}.", parent.string()));
  folder_ = pattern;
  order_ = folder_.string() + ".warden";
  process::start_warden(
      {.file = order_,
       .watched = {process::self()},
       .on_death = {.arguments = {"/proc/self/exe", std::string(clean_argument) + folder_.string()}, .directory = "/"},
       .log = folder_.string() + ".log",
       .purpose = "cleans up " + folder_.string()});
}

Arena::~Arena() {
  try {
    clean(folder_);
    fs::remove(order_);
    fs::remove(folder_.string() + ".log");
  } catch (const std::exception& error) {
    fmt::print(stderr, "prodclone-bench: {}\n", error.what());
  }
}

void Arena::start_servers(int major) {
  const auto installation = pg::choose(pg::find_installations(), major == 0 ? pg::WantedMajor{} : pg::WantedMajor{.exactly = major});
  major = installation.major;
  try {
    tools_ = pg::find_tools(major);
  } catch (const Error&) {
    // Copies need none; what does need them says so.
  }
  ours_ = pg::EmbeddedServer::start_or_attach(
      {.home = folder_ / "ours", .installation = installation, .started_by = "prodclone-bench"});
  auto settings = default_settings();
  if (major >= 14) settings["compute_query_id"] = "auto";
  by_default_ = pg::EmbeddedServer::start_or_attach({.home = folder_ / "default",
                                                     .installation = installation,
                                                     .settings = settings,
                                                     .started_by = "prodclone-bench"});
  require_defaults(by_default_);
}

MachineFacts Arena::facts() const {
  MachineFacts facts{
      .cores = static_cast<int>(std::thread::hardware_concurrency()),
      .processor = first_value("/proc/cpuinfo", "model name"),
      .memory = to_string(Bytes{static_cast<std::int64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE)}) +
                " of memory",
      .postgres = ours_.version,
      .file_system = file_system_of(ours_.data)};
#ifdef __OPTIMIZE__
  facts.build = "optimised";
#else
  facts.build = "unoptimised";
#endif
  return facts;
}

std::optional<int> serve_as_arena_cleaner(int argc, char** argv) {
  if (argc != 2 || !std::string_view(argv[1]).starts_with(clean_argument)) return std::nullopt;
  try {
    const auto folder = std::string(argv[1]).substr(clean_argument.size());
    clean(folder);
    fs::remove(folder + ".log");  // it would only say that all is well
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return exit_code(Failure::cleanup_incomplete);
  }
}

}  // namespace prodclone::bench
