// Applies migrations as the tool that they were written for would: its transactions, its state table, its refusals.
// Every statement is sent by itself and told to the hooks, as long as that does not change what the script means.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/migrations/migration_failed.hpp>
#include <prodclone/migrations/project.hpp>
#include <prodclone/migrations/run_hooks.hpp>
#include <prodclone/pg/driver.hpp>

namespace prodclone::migrations {

struct RunOptions {
  std::optional<std::size_t> steps = {};        // at most so many; absent: all
  std::optional<std::string> up_to = {};        // id or name, the last to run
  std::optional<std::string> stop_before = {};  // id or name, the first not to run
  bool accept_dirty = false;                    // a flagged migration is run again; a stuck reservation is removed
  bool accept_edited = false;
  RunHooks hooks = {};
};

struct RunReport {
  std::vector<std::string> migrations = {};  // ids, in the order in which they ran
};

// The state is read on a second connection to the driver's database, so the driver must be idle, and what it has not
// committed does not count. After each migration the driver's session is as it was before the run: a `SET search_path`
// in one migration does not reach the next.
// Throws Error(refused) before anything is touched when the history is dirty or edited, MigrationFailed afterwards.
RunReport run_up(pg::Driver& driver, const Project& project, const RunOptions& options = {});

// Newest first, by the tool's own idea of newest.
RunReport run_down(pg::Driver& driver, const Project& project, const RunOptions& options = {});

// The init script, if there is one. Returns whether there was.
bool run_init(pg::Driver& driver, const Project& project, const RunHooks& hooks = {});

}  // namespace prodclone::migrations
