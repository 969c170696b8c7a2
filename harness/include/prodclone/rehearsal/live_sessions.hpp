// Who is in the way on a live server, as values: long transactions, chains of sessions that wait, prepared transactions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/rehearsal/lock_mode.hpp>
#include <prodclone/rehearsal/lock_trace.hpp>

namespace prodclone::rehearsal {

struct LiveLock {
  std::string relation = {};
  LockMode mode = LockMode::access_share;
  friend bool operator==(const LiveLock&, const LiveLock&) = default;
};

struct LiveSession {
  int pid = 0;
  std::string user = {}, application = {}, backend_type = {}, state = {}, wait = {};
  std::string since = {};                    // its transaction's beginning, ISO-8601 UTC
  bool hidden = {};                          // another user's: what it does, and since when, may not be seen
  Duration transaction_age = {}, in_state = {};
  std::int64_t snapshot_age = 0;             // transactions since its snapshot: what vacuum must keep for it
  std::string query = {};                    // without its constants
  std::vector<LiveLock> locks = {};          // on relations of this database; of the asked-for ones, where some were named
  friend bool operator==(const LiveSession&, const LiveSession&) = default;
};

// A session that waits, below the one that it waits for.
struct WaitingSession {
  int pid = 0;                               // 0: a prepared transaction
  int depth = 0;                             // 0: it blocks and waits for nobody
  std::vector<int> path = {};                // from the root to itself
  std::string user = {}, application = {}, state = {}, database = {};
  std::string since = {};                    // when it began to wait, of a root its transaction; ISO-8601 UTC
  Duration waiting = {};
  std::string waits_for = {};                // "AccessExclusiveLock on orders"
  std::string query = {};
  std::vector<LiveLock> locks = {};          // held or awaited, on the asked-for relations
  friend bool operator==(const WaitingSession&, const WaitingSession&) = default;
};

struct PreparedTransaction {
  std::string gid = {}, owner = {}, database = {};
  std::string since = {};                    // ISO-8601 UTC
  Duration age = {};
  std::vector<LiveLock> locks = {};
  friend bool operator==(const PreparedTransaction&, const PreparedTransaction&) = default;
};

struct LiveLocks {
  std::string database = {};
  std::vector<LiveSession> long_transactions = {};       // the oldest first
  std::vector<WaitingSession> waiting = {};              // depth first, each root with those behind it
  std::vector<PreparedTransaction> prepared = {};
  std::vector<std::string> not_measured = {};
  friend bool operator==(const LiveLocks&, const LiveLocks&) = default;
};

// A query without what may be personal in it: strings, numbers and dollar-quoted text become `?`.
std::string without_constants(std::string_view query);

}  // namespace prodclone::rehearsal
