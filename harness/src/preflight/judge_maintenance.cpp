#include <fmt/format.h>

#include "judge_parts.hpp"

namespace prodclone::preflight {

namespace {

using checks::Finding;
using checks::Findings;
using checks::Severity;
using rehearsal::LockMode;

std::string doing(const Maintenance& work) {
  if (work.kind == "vacuum") return work.wraparound ? "An autovacuum to prevent wraparound is at work on it" : work.autovacuum ? "An autovacuum is at work on it" : "A VACUUM is at work on it";
  if (work.kind == "create_index") return "An index is being built on it";
  if (work.kind == "cluster") return "It is being rewritten (CLUSTER, VACUUM FULL)";
  return work.autovacuum ? "An autovacuum is analysing it" : "An ANALYZE is at work on it";
}

Finding on_table(const Question& question, const Maintenance& work) {
  const bool yields = work.autovacuum && !work.wraparound;
  return {.check = work.wraparound ? "preflight/wraparound" : "preflight/maintenance",
          .severity = yields || work.kind == "analyze" ? Severity::warning : Severity::failure,
          .object = work.table,
          .what = fmt::format("{} ({}, {}).", doing(work), who(work.pid, work.user, work.application), work.phase),
          .where = question.facts.server.database,
          .why = work.wraparound ? "It gives way to nobody: the migration waits until it has read the whole table, or fails at its lock_timeout."
                 : yields        ? "It is cancelled only once the migration has waited for deadlock_timeout: a shorter lock_timeout fails every time."
                                 : "Its lock conflicts with the migration's, and it gives way to nobody.",
          .remedy = work.wraparound ? "Let it end (pg_stat_progress_vacuum tells how far it is); ending it only makes the server start it again."
                    : yields        ? "Set deadlock_timeout below lock_timeout in the migration's session, or wait until it has ended."
                                    : fmt::format("Wait for it, or SELECT pg_cancel_backend({});", work.pid),
          .evidence = {"since " + work.since}};
}

}  // namespace

Findings judge_maintenance(const Question& question) {
  Findings findings;
  for (const auto& work : question.facts.maintenance) {
    if (work.kind == "base_backup") {
      findings.push_back({.check = "preflight/base_backup",
                          .severity = Severity::warning,
                          .object = who(work.pid, work.user, work.application),
                          .what = fmt::format("A base backup is being taken ({}).", work.phase),
                          .where = question.facts.server.database,
                          .why = "Both want the same disk, and all that the deploy writes must be replayed when that backup is restored.",
                          .remedy = "Deploy after it has ended.",
                          .evidence = {"since " + work.since}});
    } else if (conflict(LockMode::share_update_exclusive, question.targets.lock_on(work.table))) {
      findings.push_back(on_table(question, work));
    }
  }
  return findings;
}

}  // namespace prodclone::preflight
