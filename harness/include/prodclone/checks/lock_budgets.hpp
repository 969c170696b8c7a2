// What a migration may do to live traffic before its locks are a failure. docs/locks.md gives the reason for each default.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/base/quantities.hpp>
#include <prodclone/config/project.hpp>

namespace prodclone::checks {

// Reached by either: bytes alone miss a narrow table of many rows, rows alone a wide one.
struct TableSize {
  Bytes size = {};
  std::int64_t rows = 0;
  bool reached_by(Bytes table, std::int64_t table_rows) const { return table >= size || table_rows >= rows; }
  friend bool operator==(const TableSize&, const TableSize&) = default;
};

// For one table; names as in prodclone.json.
struct TableLimits {
  std::chrono::microseconds access_exclusive = std::chrono::milliseconds(500);  // access_exclusive_ms: on a large table
  std::chrono::microseconds blocked_reads = std::chrono::seconds(1);            // blocked_reads_ms: on any table
  std::chrono::microseconds blocked_writes = std::chrono::seconds(2);           // blocked_writes_ms
  std::int64_t rows_per_transaction = 10'000;                                   // rows_per_transaction: updated or deleted
  std::chrono::microseconds row_lock = std::chrono::seconds(1);                 // row_lock_ms: rows kept locked
  std::chrono::microseconds idle_hold = std::chrono::milliseconds(250);         // idle_hold_ms: beyond twice what was needed
  std::chrono::microseconds replica_blocked = std::chrono::seconds(1);          // replica_blocked_ms: a warning
  std::chrono::microseconds sequence = std::chrono::seconds(1);                 // sequence_ms: nobody gets a number meanwhile
  std::chrono::microseconds queue = std::chrono::milliseconds(2500);            // queue_ms: behind a migration that waits
  TableSize large{{8 << 20}, 100'000};                                          // large_mb, large_rows
  TableSize rewrite{{8 << 20}, 100'000};                                        // rewrite_mb, rewrite_rows: from here over budget
  TableSize scan{{8 << 20}, 100'000};                                           // scan_mb, scan_rows: scan or index build under lock
  friend bool operator==(const TableLimits&, const TableLimits&) = default;
};

struct TableBudget {
  std::string match = {};                      // glob on the qualified name
  std::map<std::string, double> values = {};   // any of the names above
};

struct LockException {
  std::string migration = {};                  // glob on its id or name
  std::string rule = {};                       // "LK04", or "unmeasured"
  std::chrono::year_month_day until = {};      // the last day on which it holds
  std::string reason = {};
};

struct LockBudgets {
  TableLimits defaults = {};
  std::vector<TableBudget> tables = {};
  std::vector<LockException> exceptions = {};
  std::chrono::microseconds migration = std::chrono::seconds(30);        // migration_seconds: each, up and down
  std::chrono::microseconds total = std::chrono::seconds(30);            // total_ms
  std::chrono::microseconds statement = std::chrono::seconds(5);         // statement_ms
  std::chrono::microseconds long_operation = std::chrono::minutes(20);   // long_operation_ms: CONCURRENTLY, VALIDATE, VACUUM
  std::chrono::microseconds lock_timeout = std::chrono::seconds(2);      // lock_timeout_ms: the longest that still helps
  std::optional<std::int64_t> stale_plans = {};                          // stale_plans: prepared statements that may fail; absent: a note
  std::chrono::microseconds adversary = std::chrono::seconds(30);        // adversary_seconds: for all that stand in the way
  std::chrono::microseconds holder = std::chrono::seconds(3);            // holder_ms: each of them
  Bytes wal{std::int64_t{1} << 30};                                      // wal_mb
  Bytes temp{std::int64_t{1} << 30};                                     // temp_mb
};

// Throws Error(usage) that names an unknown budget and the nearest known one, or a date that is none.
LockBudgets lock_budgets(const config::Budgets& configured);

// All names that a budget may have.
std::vector<std::string> lock_budget_names();

// For one table: of the entries that match, the strictest value of each; where none gives one, the default.
TableLimits limits_for(const LockBudgets& budgets, const std::string& table);

}  // namespace prodclone::checks
