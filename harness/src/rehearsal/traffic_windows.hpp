// From what the probes saw to how long each table could not be used. Pure: what was seen goes in as values, so the
// reading of it can be tested without a server. All times are since the run began.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <prodclone/rehearsal/traffic_trace.hpp>

#include "relations.hpp"
#include "traffic_plan.hpp"

namespace prodclone::rehearsal {

// A lock that several looks in a row have shown, held or waited for; both keep others waiting.
struct SeenLock {
  Oid relation = 0;
  LockMode mode = LockMode::share;
  Duration clear_before = {}, first = {}, last = {}, clear_after = {};  // the looks before, at and after it
};

enum class Use { reads, writes };

// One statement of a probe, until it was answered; what a lock time-out cut short counts as one wait with what followed.
struct ProbeWait {
  Duration sent = {}, answered = {};
  bool refused = false;   // a lock time-out: certainly a lock
};

struct ProbeRecord {
  Oid table = 0;
  Use use = Use::reads;
  std::int64_t asked = 0;
  Duration usual = {};
  std::vector<ProbeWait> waits = {};   // of 10 ms and more
};

struct RowLook {
  Duration at = {};
  std::int64_t there = 0, locked = 0;  // of the sampled rows
};

struct RanStatement {
  std::string migration = {}, file = {}, text = {};
  std::size_t line = 0;
  Duration began = {}, ended = {};
};

struct Timeline {
  std::vector<RanStatement> statements = {};
  std::vector<Duration> transaction_ends = {};
};

struct SeenTraffic {
  std::vector<SeenLock> locks = {};
  std::vector<ProbeRecord> probes = {};
  std::map<Oid, std::vector<RowLook>> row_looks = {};
  std::map<Oid, Bytes> row_look_wal = {};
  Timeline timeline = {};
  bool statements_known = false;
};

// The tables that were there before and that were blocked, probed, or expected to be blocked, the worst first.
std::vector<TableTraffic> table_traffic(const SeenTraffic& seen, const Relations& relations,
                                        const std::map<std::string, ExpectedBlocking>& expected);

// Within 50 ms or a fifth of the larger.
bool agree(Duration one, Duration other);

}  // namespace prodclone::rehearsal
