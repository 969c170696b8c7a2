#include "server_tuning.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include <prodclone/base/text.hpp>

namespace prodclone::pg {

namespace {

constexpr std::int64_t mega = 1024 * 1024;

std::int64_t memory_limit() {
  std::int64_t limit = static_cast<std::int64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE);
  for (const char* file : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    std::ifstream stream(file);
    std::int64_t ours = 0;
    if (stream >> ours && ours > 0) limit = std::min(limit, ours);
  }
  return limit;
}

int usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? std::max(1, CPU_COUNT(&set)) : 1;
}

std::string megabytes(std::int64_t wanted, std::int64_t least, std::int64_t most) {
  return fmt::format("{}MB", std::clamp(wanted / mega, least, most));
}

}  // namespace

Machine this_machine() {
  struct statvfs shared {};
  const bool known = ::statvfs("/dev/shm", &shared) == 0;
  const auto size = known ? static_cast<std::int64_t>(shared.f_blocks) * static_cast<std::int64_t>(shared.f_frsize) : 0;
  return {.memory = {memory_limit()}, .cores = usable_cores(), .small_shared_memory = size < 512 * mega};
}

std::map<std::string, std::string> tuned_settings(const Machine& machine, const ServerFeatures& features) {
  const auto memory = machine.memory.count;
  std::map<std::string, std::string> settings{
      // Durability is what a throw-away cluster gives up. Full page images and wal_level stay: WAL is measured.
      {"fsync", "off"},
      {"synchronous_commit", "off"},
      {"full_page_writes", "on"},
      {"wal_level", "replica"},
      {"max_wal_senders", "0"},
      {"max_wal_size", "4GB"},
      {"checkpoint_timeout", "30min"},
      {"shared_buffers", megabytes(memory / 8, 64, 2048)},
      {"maintenance_work_mem", megabytes(memory / 32, 64, 1024)},
      {"work_mem", "16MB"},
      {"effective_cache_size", megabytes(memory / 2, 128, 1 << 20)},
      {"max_parallel_maintenance_workers", std::to_string(std::clamp(machine.cores / 2, 1, 4))},
      {"max_parallel_workers_per_gather", std::to_string(std::clamp(machine.cores / 2, 1, 4))},
      // Kept on: production has it, and it is what a migration's lock waits for.
      {"autovacuum", "on"},
      {"jit", "off"},
      {"max_connections", "100"},
      {"max_prepared_transactions", "8"},
      {"max_locks_per_transaction", "256"},  // a dump of thousands of tables is restored and locked in one transaction
      {"track_io_timing", "on"},
      {"track_functions", "pl"},
      {"track_activity_query_size", "16kB"},
      {"timezone", "UTC"},
      {"log_timezone", "UTC"},
      {"lc_messages", "C"},
      {"datestyle", "ISO, MDY"},
      {"logging_collector", "off"},
      {"log_destination", "stderr"},
      {"log_line_prefix", "%m [%p] %q%u@%d "},
      {"log_lock_waits", "on"},
      {"unix_socket_permissions", "0700"},
      {"password_encryption", "scram-sha-256"}};
  if (features.major >= 14) settings["compute_query_id"] = "on";
  if (features.pg_stat_statements) settings["shared_preload_libraries"] = "pg_stat_statements";
  if (machine.small_shared_memory) settings["dynamic_shared_memory_type"] = "mmap";
  return settings;
}

std::string configuration_file(const std::map<std::string, std::string>& settings) {
  std::string text = "# Written at each start of the embedded server; changes are lost.\n";
  for (const auto& [name, value] : settings)
    text += fmt::format("{} = '{}'\n", name, replaced(replaced(value, "\\", "\\\\"), "'", "''"));
  return text;
}

}  // namespace prodclone::pg
