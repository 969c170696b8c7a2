// Judges what stands in the way of a migration on a live server.
#pragma once

#include <chrono>

#include <prodclone/checks/finding.hpp>
#include <prodclone/rehearsal/live_sessions.hpp>

namespace prodclone::checks {

struct LiveLockLimits {
  std::chrono::microseconds transaction = std::chrono::seconds(30);     // open longer, and holding a lock: a failure
  std::chrono::microseconds prepared = std::chrono::minutes(5);
};

// A long transaction that holds a lock, a prepared one that was left, and any chain of waiting sessions are failures: a
// migration would queue behind them, and everybody behind the migration. One without locks is a warning (it delays
// CONCURRENTLY). What this role could not see is a failure that says so.
Findings live_lock_findings(const rehearsal::LiveLocks& live, const LiveLockLimits& limits = {});

}  // namespace prodclone::checks
