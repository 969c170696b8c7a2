// Looks at a live server without getting in anybody's way: read-only, never waits for a lock, a few milliseconds.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <prodclone/pg/conninfo.hpp>
#include <prodclone/rehearsal/live_sessions.hpp>

namespace prodclone::rehearsal {

struct LiveLockOptions {
  std::chrono::seconds longer_than{30};        // transactions open at least this long
  std::vector<std::string> relations = {};     // qualified; only locks on these are listed. Empty: on any
};

// Throws SqlError when it cannot connect or ask. Needs no privilege, but without pg_read_all_stats (or superuser) other
// users' transactions are hidden: `not_measured` then says so.
LiveLocks look_at_live_locks(const pg::ConnInfo& database, const LiveLockOptions& options = {});

}  // namespace prodclone::rehearsal
