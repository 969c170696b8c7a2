// The ground on which everything is measured: a folder of its own with two servers of one major on one file system,
// ours and one with PostgreSQL's own defaults. Removed with all that is in it, also when this process is killed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <prodclone/pg/conninfo.hpp>
#include <prodclone/pg/installation.hpp>
#include <prodclone/pg/server_record.hpp>
#include <prodclone/pg/tools.hpp>

#include "comparison.hpp"

namespace prodclone::bench {

class Arena {
 public:
  explicit Arena(const std::filesystem::path& parent);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  const std::filesystem::path& folder() const { return folder_; }

  // Throws Error(could_not_check) when the second one does not run with the defaults after all.
  void start_servers(int major);
  const pg::ServerRecord& ours() const { return ours_; }
  const pg::ServerRecord& by_default() const { return by_default_; }
  const pg::Tools& tools() const { return tools_; }
  ProcessorTime processor_time() const { return ProcessorTime({ours_.postmaster.pid, by_default_.postmaster.pid}); }
  MachineFacts facts() const;

 private:
  std::filesystem::path folder_, order_;
  pg::ServerRecord ours_, by_default_;
  pg::Tools tools_;
};

// For main: the exit code when this process was started to clean up after a killed one.
std::optional<int> serve_as_arena_cleaner(int argc, char** argv);

}  // namespace prodclone::bench
