// What an observer of a running migration is told, and when. All members may be empty. They are called on the thread
// that runs the migration, between its statements: whatever they take does not count as the migration's own time.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include <prodclone/migrations/migration.hpp>
#include <prodclone/pg/driver.hpp>

namespace prodclone::migrations {

struct StatementRun {
  std::size_t index = 0;                     // in the script, from 0
  bool bookkeeping = false;                  // the state table's own write, not the author's statement
  bool autocommit = false;                   // was its own transaction
  std::chrono::microseconds started = {};    // since the migration's first statement began, observers' time left out
  std::chrono::microseconds took = {};
  std::int64_t affected_rows = 0;
  std::optional<pg::SqlFacts> error = {};
};

struct RunHooks {
  std::function<void(const Migration&)> migration_begins = {};
  // The connection is idle or idle in transaction when these are called.
  std::function<void(const Statement&, std::size_t index)> before_statement = {};
  std::function<void(const Statement&, const StatementRun&)> after_statement = {};
  // The transaction that held the last statements has ended; `at` on the same clock as StatementRun::started.
  std::function<void(std::chrono::microseconds at, bool committed)> transaction_ended = {};
  std::function<void(const Migration&, bool succeeded)> migration_ended = {};
  // Every notice of the migration's connection; client_min_messages is what the observer asked for.
  std::function<void(const pg::Notice&)> notice = {};
};

}  // namespace prodclone::migrations
