// The `command` layout: any migration tool through its own commands, pointed at exactly one database.
// Its files are its own business: Project::migrations is empty, and no statement is known to us. What it did is seen
// in its state table, its output and in the database.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <prodclone/migrations/project.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/process/child.hpp>

namespace prodclone::migrations {

struct CommandOptions {
  std::optional<std::size_t> steps = {};  // for {steps}; a command that holds it needs it
  std::filesystem::path log = {};         // the output is appended here, passwords masked; empty: not kept
  std::function<void(std::string_view)> on_line = {};
};

// The child gets PGHOST, PGPORT, PGUSER, PGDATABASE, PGPASSWORD and the configured URL variables for this database;
// any other PG* variable of ours is removed.
// Throws Error(migration_failed) with the last lines of its output when it does not end with 0 or overruns its
// deadline, Error(could_not_check) when it cannot be started.
process::Outcome command_up(const Project& project, const pg::ConnInfo& database, const CommandOptions& options = {});
process::Outcome command_down(const Project& project, const pg::ConnInfo& database, const CommandOptions& options = {});
// Its exit code is the caller's to judge: some tools end with 1 when something is pending.
process::Outcome command_status(const Project& project, const pg::ConnInfo& database,
                                const CommandOptions& options = {});

// How many migrations are pending, as CommandSettings says it is to be found out. Throws Error(usage) when it does not.
std::size_t command_pending(const Project& project, const pg::ConnInfo& database, const CommandOptions& options = {});

}  // namespace prodclone::migrations
