#include <fmt/format.h>

#include "judge_parts.hpp"

namespace prodclone::preflight {

namespace {

using checks::Findings;
using checks::Severity;

constexpr std::int64_t too_old = 1'500'000'000;   // of 2,147,483,648: writes stop some millions before

}  // namespace

Findings judge_server(const Question& question) {
  const auto& server = question.facts.server;
  Findings findings;
  if (server.standby)
    findings.push_back({.check = "preflight/server", .object = server.address, .what = "It is a standby.", .where = server.database, .why = "A migration cannot run here, and the primary's sessions are not seen here.",
                        .remedy = "Name the primary in the source."});
  else if (server.read_only)
    findings.push_back({.check = "preflight/server", .object = server.address, .what = "default_transaction_read_only is on.", .where = server.database, .why = "The migration fails at its first statement.",
                        .remedy = "Find out who set it, and why: many providers do when the disk is full."});
  if (server.database_xid_age > too_old)
    findings.push_back({.check = "preflight/wraparound", .object = server.database_xid_oldest, .what = fmt::format("The database's oldest row is {} transactions old.", server.database_xid_age), .where = server.database,
                        .why = "Somewhat over two thousand million the server accepts no more writes, and every vacuum is one to prevent that.",
                        .remedy = "VACUUM (FREEZE) the oldest tables first; find what holds them back: long transactions, prepared ones, slots."});
  const auto free_slots = server.lock_slots - server.locks_in_use;
  if (question.targets.relations_locked * 2 > free_slots && server.lock_slots > 0)
    findings.push_back({.check = "preflight/lock_table", .severity = question.targets.relations_locked > free_slots ? Severity::failure : Severity::warning, .object = server.address,
                        .what = fmt::format("The migration locks {} relations; {} of {} places are free.", question.targets.relations_locked, free_slots, server.lock_slots), .where = server.database,
                        .why = "\"out of shared memory\" then hits any session, not only the migration.", .remedy = "Raise max_locks_per_transaction, or migrate in smaller transactions."});
  for (const auto& trigger : question.facts.event_triggers)
    findings.push_back({.check = "preflight/event_trigger", .severity = Severity::warning, .object = trigger.name, .what = fmt::format("It runs {} at {}.", trigger.function, trigger.event), .where = server.database,
                        .why = "It may refuse or slow down DDL that went through in the rehearsal, where the role was another one.", .remedy = "Know what it does for the role that migrates."});
  return findings;
}

}  // namespace prodclone::preflight
