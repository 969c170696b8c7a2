// Looks at a live server before a deploy without getting in anybody's way: one session, one READ ONLY transaction, the same
// number of queries however large the database, none of which waits. Nothing outlives the transaction, so a connection
// pooler passes on no setting of ours.
#pragma once

#include <chrono>
#include <vector>

#include <prodclone/pg/conninfo.hpp>
#include <prodclone/preflight/live_facts.hpp>
#include <prodclone/preflight/targets.hpp>

namespace prodclone::preflight {

// One of `hosts` that takes writes; else the first that answers, which the facts then call a standby. Throws SqlError
// where none answers.
pg::ConnInfo choose_host(const std::vector<pg::ConnInfo>& hosts);

struct LookOptions {
  std::chrono::seconds longer_than{30};          // transactions
  Targets targets = {};
  std::chrono::milliseconds lock_timeout{200};   // deparsing and sequences take a lock for a moment
  std::chrono::milliseconds statement_timeout{5000};
};

// Any role that may connect can do it. What the role may not see, and what was not answered in time, is in `unseen`.
// Throws SqlError when it cannot connect or loses the connection.
LiveFacts look_at(const pg::ConnInfo& database, const LookOptions& options = {});

}  // namespace prodclone::preflight
