#include <prodclone/checks/live_locks.hpp>

#include <fmt/format.h>

#include <prodclone/base/quantities.hpp>
#include <prodclone/base/text.hpp>

namespace prodclone::checks {

namespace {

using prodclone::to_string;
using rehearsal::LiveLock;

std::string listed(const std::vector<LiveLock>& locks) {
  std::vector<std::string> texts;
  for (const auto& lock : locks) {
    if (texts.size() == 5) {
      texts.push_back(fmt::format("and {} more", locks.size() - 5));
      break;
    }
    texts.push_back(fmt::format("{} on {}", sql_name(lock.mode), lock.relation));
  }
  return joined(texts, ", ");
}

std::string who(int pid, const std::string& user, const std::string& application) {
  if (pid == 0) return "a prepared transaction";
  return fmt::format("session {} ({}{})", pid, user, application.empty() ? "" : ", " + application);
}

Finding long_transaction(const rehearsal::LiveSession& session, const std::string& database) {
  const bool holds = !session.locks.empty();
  Finding finding{.check = "locks/live/long_transaction",
                  .severity = holds ? Severity::failure : Severity::warning,
                  .object = who(session.pid, session.user, session.application),
                  .what = fmt::format("Its transaction has been open for {} ({}).", to_string(session.transaction_age), session.state.empty() ? session.backend_type : session.state),
                  .where = database,
                  .why = holds ? "A migration of these tables waits for it, and every query behind the migration waits too."
                               : "CREATE INDEX CONCURRENTLY and the like wait for its snapshot, and vacuum keeps dead rows for it.",
                  .remedy = session.state.starts_with("idle in transaction")
                                ? fmt::format("Have its owner COMMIT or ROLLBACK; else SELECT pg_terminate_backend({});", session.pid)
                                : fmt::format("Wait for it, or SELECT pg_cancel_backend({});", session.pid)};
  if (holds) finding.evidence.push_back("holds " + listed(session.locks));
  if (!session.query.empty()) finding.evidence.push_back("last query: " + session.query.substr(0, 200));
  return finding;
}

// One finding for each root: who blocks, and all who stand behind.
Findings chains(const rehearsal::LiveLocks& live) {
  Findings findings;
  for (const auto& session : live.waiting) {
    if (session.depth == 0) {
      findings.push_back({.check = "locks/live/blocking_chain",
                          .object = who(session.pid, session.user, session.application),
                          .where = live.database,
                          .why = "Queues do not dissolve by themselves; a migration would stand at their end and make them longer.",
                          .remedy = session.pid == 0 ? "See pg_prepared_xacts; COMMIT PREPARED or ROLLBACK PREPARED."
                                                     : fmt::format("End the transaction at the root: SELECT pg_terminate_backend({});", session.pid),
                          .evidence = {fmt::format("{}: {}", session.state.empty() ? "blocks" : session.state, session.query.substr(0, 200))}});
      continue;
    }
    if (findings.empty()) continue;
    findings.back().evidence.push_back(fmt::format("{}{} has waited {} for {}", std::string(static_cast<std::size_t>(session.depth) * 2, ' '),
                                                   who(session.pid, session.user, session.application), to_string(session.waiting), session.waits_for));
  }
  for (auto& finding : findings) finding.what = fmt::format("It keeps {} waiting.", counted(std::ssize(finding.evidence) - 1, "session"));
  return findings;
}

}  // namespace

Findings live_lock_findings(const rehearsal::LiveLocks& live, const LiveLockLimits& limits) {
  Findings findings;
  for (const auto& what : live.not_measured)
    findings.push_back({.check = "locks/live/unmeasured", .object = live.database, .what = "Could not check: " + what + '.', .where = live.database,
                        .why = "What was not seen does not count as absent.", .remedy = "Look as a role with pg_read_all_stats (pg_monitor has it)."});
  for (auto& finding : chains(live)) findings.push_back(std::move(finding));
  for (const auto& session : live.long_transactions)
    if (session.transaction_age >= limits.transaction) findings.push_back(long_transaction(session, live.database));
  for (const auto& prepared : live.prepared) {
    const bool old = prepared.age >= limits.prepared;
    if (!old && prepared.locks.empty()) continue;
    Finding finding{.check = "locks/live/prepared_transaction",
                    .severity = old ? Severity::failure : Severity::warning,
                    .object = prepared.gid,
                    .what = fmt::format("A prepared transaction of {} has been there for {}.", prepared.owner, to_string(prepared.age)),
                    .where = prepared.database,
                    .why = "It never times out, survives restarts, and holds its locks until somebody ends it.",
                    .remedy = "COMMIT PREPARED or ROLLBACK PREPARED, as its transaction manager says."};
    if (!prepared.locks.empty()) finding.evidence.push_back("holds " + listed(prepared.locks));
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace prodclone::checks
