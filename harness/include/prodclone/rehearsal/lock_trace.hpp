// What a migration did to the relations that were there before it: facts only, as values.
// The JSON form (lock_trace_json.hpp) has the same names, durations in `_ms`, sizes in `_bytes`.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/base/quantities.hpp>
#include <prodclone/rehearsal/lock_mode.hpp>

namespace prodclone::rehearsal {

using Duration = std::chrono::microseconds;

// How a figure was come by.
enum class Exactness {
  exact,    // read between statements while the transaction was open
  sampled,  // read while the statement ran: shorter locks may be missing
};

struct HeldLock {
  std::string relation = {};     // as it was named before the run, or when first seen if the run made it
  std::string name_then = {};    // as it was named when the statement began; what the author's text may call it
  std::string kind = {};         // table, partitioned_table, index, sequence, view, materialized_view, …
  std::string table = {};        // of an index or a TOAST table: its table; else the relation itself
  LockMode mode = LockMode::access_share;
  bool pre_existing = false;     // was there before the run
  bool named = false;            // the statement's text names it
  Bytes size = {};               // before the run, of the table with its TOAST (of all partitions)
  std::int64_t rows = 0;         // the planner's estimate before the run
  Duration held = {};            // from the start of the taking statement to the end of its transaction
  Duration needed = {};          // the taking statement's own time
  Exactness exactness = Exactness::exact;
  friend bool operator==(const HeldLock&, const HeldLock&) = default;
};

struct Rewrite {
  std::string relation = {};
  std::string kind = {};
  std::string reason = {};       // rewritten, emptied, index_rebuilt
  bool pre_existing = false;
  Bytes size = {}, size_after = {};
  std::int64_t rows = 0;
  friend bool operator==(const Rewrite&, const Rewrite&) = default;
};

// The server read a whole relation; `under` is the strongest lock that the migration held on it meanwhile.
struct Scan {
  std::string relation = {};
  std::string purpose = {};      // verify, foreign_key_child, foreign_key_parent, index_build
  std::string object = {};       // the index or constraint it was for
  std::string function = {};     // the server's source function that said so
  std::string said = {};         // in the server's words
  bool pre_existing = false;
  std::optional<LockMode> under = {};
  Bytes size = {};
  std::int64_t rows = 0;
  friend bool operator==(const Scan&, const Scan&) = default;
};

// Counters of one relation over one statement. Only known inside a transaction.
struct RowChanges {
  std::string relation = {};
  std::int64_t scans = 0, read = 0, inserted = 0, updated = 0, deleted = 0;
  friend bool operator==(const RowChanges&, const RowChanges&) = default;
};

struct StatementTrace {
  std::string file = {};
  std::size_t line = 0;
  std::string text = {};
  std::string command = {};                        // ALTER TABLE, CREATE INDEX CONCURRENTLY, …
  bool bookkeeping = false;
  bool autocommit = false;
  Duration started = {}, took = {};
  std::int64_t affected_rows = 0;
  std::string error_sqlstate = {}, error = {};     // empty: it succeeded
  std::optional<Duration> lock_timeout = {}, statement_timeout = {};  // in force when it began; zero: none
  std::optional<Duration> deadlock_timeout = {};   // likewise
  std::vector<HeldLock> locks = {};                // those that this statement was the first to take
  std::vector<Rewrite> rewrites = {};
  std::vector<Scan> scans = {};
  std::vector<std::string> scans_skipped = {};     // the server said why it need not look
  std::vector<RowChanges> rows = {};
  std::optional<Bytes> wal = {}, temp = {};
  std::vector<std::string> not_measured = {};
  friend bool operator==(const StatementTrace&, const StatementTrace&) = default;
};

struct TransactionTrace {
  std::size_t first_statement = 0, last_statement = 0;
  Duration began = {}, ended = {};
  bool committed = false;
  friend bool operator==(const TransactionTrace&, const TransactionTrace&) = default;
};

struct MigrationTrace {
  std::string id = {}, name = {};
  bool succeeded = false;
  std::vector<StatementTrace> statements = {};
  std::vector<TransactionTrace> transactions = {};
  std::optional<Bytes> wal = {}, temp = {};
  friend bool operator==(const MigrationTrace&, const MigrationTrace&) = default;
};

// What the figures depend on; a reader compares it with production.
struct ServerFacts {
  std::string version = {};
  std::string wal_level = {};
  bool fsync = false;
  Bytes shared_buffers = {}, maintenance_work_mem = {};
  int max_parallel_maintenance_workers = 0;
  Duration deadlock_timeout = {};
  std::string time_zone = {};
  int cores = 0;                                   // of the machine that observed
  friend bool operator==(const ServerFacts&, const ServerFacts&) = default;
};

struct LockTrace {
  ServerFacts server = {};
  std::string database = {};
  Bytes database_size = {};
  std::vector<MigrationTrace> migrations = {};
  std::vector<std::string> not_measured = {};
  friend bool operator==(const LockTrace&, const LockTrace&) = default;
};

// When the last statement or transaction of the migration ended, observers' time left out.
Duration duration_of(const MigrationTrace& migration);

}  // namespace prodclone::rehearsal
