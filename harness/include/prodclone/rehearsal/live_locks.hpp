// Looks at a live server without getting in anybody's way: read-only, never waits for a lock, a few milliseconds.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <prodclone/pg/conninfo.hpp>
#include <prodclone/rehearsal/live_sessions.hpp>

namespace prodclone::pg {
class Session;
}

namespace prodclone::rehearsal {

struct LiveLockOptions {
  std::chrono::seconds longer_than{30};        // transactions open at least this long; pg_dump's always
  std::vector<std::string> relations = {};     // qualified; only locks on these are listed. Empty: on any
};

// Throws SqlError when it cannot connect or ask. Needs no privilege, but without pg_read_all_stats (or superuser) other
// users' transactions are hidden: `not_measured` then says so.
LiveLocks look_at_live_locks(const pg::ConnInfo& database, const LiveLockOptions& options = {});

// The same over a session, and in a transaction, of the caller's, with the caller's settings.
LiveLocks look_at_live_locks(pg::Session& session, const LiveLockOptions& options = {});

}  // namespace prodclone::rehearsal
