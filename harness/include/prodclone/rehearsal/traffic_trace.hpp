// How long readers and writers of each table really waited while the migrations ran: facts only, as values. Times are
// since the run began. The JSON form (traffic_trace_json.hpp) has the same names, durations in `_ms`, sizes in `_bytes`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/rehearsal/lock_trace.hpp>

namespace prodclone::rehearsal {

// A time in which a table could not be used, as the locks that were looked at tell: at most one look too long.
struct BlockedWindow {
  Duration from = {}, until = {};
  std::string migration = {};               // id; empty: an external tool's
  std::string file = {};                    // of the statement that ran when it began; empty: not known
  std::size_t line = 0;
  std::string text = {};
  std::vector<std::string> through = {};    // what was locked: the table itself, indexes of it; empty: only a probe waited
  Duration length() const { return until - from; }
  friend bool operator==(const BlockedWindow&, const BlockedWindow&) = default;
};

// What a harmless statement felt that was sent again and again.
struct ProbeWaits {
  std::int64_t asked = 0;
  Duration usual = {};                      // half of the answers came within this
  Duration longest = {}, total = {};        // of waits for a lock
  Duration stalled = {};                    // the longest answer that no lock explains: input, output, processor
  friend bool operator==(const ProbeWaits&, const ProbeWaits&) = default;
};

// One table, for its readers or for its writers.
struct Blocking {
  Duration longest = {}, total = {};
  std::vector<BlockedWindow> windows = {};
  std::optional<ProbeWaits> probe = {};     // of the hottest tables
  std::optional<Duration> computed = {};    // the longest hold by the lock trace of the first run, where it has one
  bool trustworthy = true;                  // the figures agree: within 50 ms or a fifth
  friend bool operator==(const Blocking&, const Blocking&) = default;
};

// Rows that the migration keeps locked until its transaction ends, by a sample.
struct RowLocks {
  std::int64_t sampled = 0;                 // rows
  double largest_share = 0;                 // of them, locked at one moment
  Duration longest = {};                    // time in which some were locked without a break
  Bytes wal = {};                           // that the looking wrote, estimated from the first two looks
  friend bool operator==(const RowLocks&, const RowLocks&) = default;
};

struct TableTraffic {
  std::string table = {};
  Bytes size = {};
  std::int64_t rows = 0;
  Blocking reads = {}, writes = {};
  std::optional<RowLocks> row_locks = {};
  friend bool operator==(const TableTraffic&, const TableTraffic&) = default;
};

// A statement that a session had prepared before the migrations and that fails after one of them.
struct StalePlan {
  std::string table = {};
  std::string statement = {};
  std::string sqlstate = {}, message = {};
  std::string migration = {};               // after which; empty: an external tool's
  friend bool operator==(const StalePlan&, const StalePlan&) = default;
};

struct Unmeasured {
  std::string what = {};                    // blocking, row_locks, stale_plans
  std::string reason = {};
  friend bool operator==(const Unmeasured&, const Unmeasured&) = default;
};

struct TrafficTrace {
  ServerFacts server = {};
  std::string database = {};
  bool statements_known = false;            // our runner sent them; else windows name no file
  Duration took = {};
  std::int64_t looks = 0;                   // at all locks
  Duration longest_gap = {};                // between two of them: what is shorter may be missing
  std::vector<TableTraffic> tables = {};    // that were blocked or probed; any other was neither
  std::int64_t prepared = 0;                // statements tried again
  std::vector<StalePlan> stale_plans = {};
  std::vector<Unmeasured> not_measured = {};
  friend bool operator==(const TrafficTrace&, const TrafficTrace&) = default;
};

}  // namespace prodclone::rehearsal
