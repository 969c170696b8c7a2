#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/text.hpp>

#include "judge_parts.hpp"

namespace prodclone::preflight {

namespace {

using checks::Finding;
using checks::Findings;
using checks::Severity;
using prodclone::to_string;
using rehearsal::LiveLock;

// Those of its locks that the migration would wait for.
std::vector<LiveLock> in_the_way(const Question& question, const std::vector<LiveLock>& locks) {
  std::vector<LiveLock> found;
  for (const auto& lock : locks)
    if (conflict(lock.mode, question.targets.lock_on(lock.relation))) found.push_back(lock);
  return found;
}

std::string listed(const Question& question, const std::vector<LiveLock>& locks) {
  std::vector<std::string> texts;
  for (const auto& lock : locks)
    texts.push_back(question.targets.recorded ? fmt::format("{} on {}, where the migration takes {}", sql_name(lock.mode), lock.relation, sql_name(question.targets.lock_on(lock.relation)))
                                              : fmt::format("{} on {}", sql_name(lock.mode), lock.relation));
  return some_of(texts, 5);
}

// What it did last, so that its owner recognises it.
void describe(Finding& finding, const std::string& since, const std::string& query) {
  if (!since.empty()) finding.evidence.push_back("since " + since);
  if (!query.empty()) finding.evidence.push_back("statement: " + query.substr(0, 300));
}

constexpr const char* queue = "The migration waits for it, and every query behind the migration waits too.";

Finding dump_in_progress(const Question& question, const rehearsal::LiveSession& session, const std::vector<LiveLock>& locks) {
  const bool blocks = !locks.empty();
  Finding finding{.check = "preflight/dump",
                  .severity = blocks ? Severity::failure : Severity::warning,
                  .object = who(session.pid, session.user, session.application),
                  .what = fmt::format("A pg_dump has been running for {}.", to_string(session.transaction_age)),
                  .where = question.facts.server.database,
                  .why = blocks ? std::string("It locks every table that it dumps until its end. ") + queue : "It holds one snapshot until its end: CREATE INDEX CONCURRENTLY waits for that, and vacuum.",
                  .remedy = fmt::format("Deploy after it has ended, or end it: SELECT pg_terminate_backend({});", session.pid)};
  if (blocks) finding.evidence.push_back("holds " + listed(question, locks));
  describe(finding, session.since, session.query);
  return finding;
}

Finding transaction(const Question& question, const rehearsal::LiveSession& session, const std::vector<LiveLock>& locks) {
  const bool blocks = !locks.empty() || question.targets.concurrently;
  const bool idle = session.state.starts_with("idle in transaction");
  Finding finding{.check = "preflight/transaction",
                  .severity = blocks ? Severity::failure : Severity::warning,
                  .object = who(session.pid, session.user, session.application),
                  .what = fmt::format("Its transaction has been open for {} ({}{}).", to_string(session.transaction_age), session.state.empty() ? session.backend_type : session.state,
                                      idle ? " for " + to_string(session.in_state) : ""),
                  .where = question.facts.server.database,
                  .why = !locks.empty()                     ? queue
                         : question.targets.concurrently ? "The migration's CONCURRENTLY waits for every older snapshot of the database; a time-out there leaves an invalid index."
                                                         : "It holds no lock that the migration needs; vacuum keeps the dead rows of the deploy for it.",
                  .remedy = idle ? fmt::format("Have its owner COMMIT or ROLLBACK; else SELECT pg_terminate_backend({});", session.pid)
                                 : fmt::format("Wait for it, or SELECT pg_cancel_backend({});", session.pid)};
  if (!locks.empty()) finding.evidence.push_back("holds " + listed(question, locks));
  describe(finding, session.since, session.query);
  return finding;
}

Finding hidden_session(const Question& question, const rehearsal::LiveSession& session, const std::vector<LiveLock>& locks) {
  return {.check = "preflight/unseen",
          .object = who(session.pid, session.user, session.application),
          .what = "It holds locks that the migration would wait for; since when, and what it does, could not be seen.",
          .where = question.facts.server.database,
          .why = queue,
          .remedy = fmt::format("GRANT pg_monitor TO {};", question.facts.server.role),
          .evidence = {"holds " + listed(question, locks)}};
}

struct Chain {
  const rehearsal::WaitingSession* root;
  std::vector<const rehearsal::WaitingSession*> behind = {};
};

std::vector<Chain> chains(const Question& question) {
  std::vector<Chain> found;
  for (const auto& session : question.facts.sessions.waiting) {
    if (session.depth == 0) found.push_back({&session});
    else if (!found.empty()) found.back().behind.push_back(&session);
  }
  // Queues of other databases are in nobody's way here. A prepared transaction has no database of its own.
  std::erase_if(found, [&](const Chain& chain) {
    return std::none_of(chain.behind.begin(), chain.behind.end(), [&](const auto* one) { return one->database == question.facts.server.database; });
  });
  return found;
}

Finding queue_behind(const Question& question, const Chain& chain) {
  const auto& root = *chain.root;
  const auto on_target = [&](const rehearsal::WaitingSession& session) {
    return std::any_of(session.locks.begin(), session.locks.end(), [&](const LiveLock& lock) { return question.targets.concerns(lock.relation); });
  };
  const bool blocks = on_target(root) || std::any_of(chain.behind.begin(), chain.behind.end(), [&](const auto* one) { return on_target(*one); });
  Finding finding{.check = "preflight/queue",
                  .severity = blocks ? Severity::failure : Severity::warning,
                  .object = who(root.pid, root.user, root.application),
                  .what = fmt::format("It keeps {} waiting{}.", counted(std::ssize(chain.behind), "session"), blocks ? ", on a table that is about to be altered" : ""),
                  .where = question.facts.server.database,
                  .why = "Queues do not dissolve by themselves; a migration would stand at their end and make them longer.",
                  .remedy = root.pid == 0 ? "See pg_prepared_xacts; COMMIT PREPARED or ROLLBACK PREPARED."
                                          : fmt::format("End the transaction at the root: SELECT pg_terminate_backend({});", root.pid)};
  if (!root.state.empty()) finding.evidence.push_back(root.state + (root.since.empty() ? "" : ", its transaction since " + root.since));
  if (!root.query.empty()) finding.evidence.push_back("statement: " + root.query.substr(0, 300));
  for (const auto* one : chain.behind)
    finding.evidence.push_back(fmt::format("{}{} has waited {} for {}{}", std::string(static_cast<std::size_t>(one->depth) * 2, ' '), who(one->pid, one->user, one->application),
                                           to_string(one->waiting), one->waits_for, one->query.empty() ? "" : ": " + one->query.substr(0, 120)));
  return finding;
}

Finding prepared(const Question& question, const rehearsal::PreparedTransaction& transaction, const std::vector<LiveLock>& locks) {
  const bool blocks = !locks.empty() || transaction.age >= question.limits.prepared;
  Finding finding{.check = "preflight/prepared_transaction",
                  .severity = blocks ? Severity::failure : Severity::warning,
                  .object = transaction.gid,
                  .what = fmt::format("A prepared transaction of {} has been there for {}.", transaction.owner, to_string(transaction.age)),
                  .where = transaction.database,
                  .why = "It never times out, survives restarts, and holds its locks and its snapshot until somebody ends it.",
                  .remedy = fmt::format("Ask its transaction manager; then COMMIT PREPARED '{0}'; or ROLLBACK PREPARED '{0}';", replaced(transaction.gid, "'", "''"))};
  if (!locks.empty()) finding.evidence.push_back("holds " + listed(question, locks));
  describe(finding, transaction.since, "");
  return finding;
}

}  // namespace

Findings judge_sessions(const Question& question) {
  Findings findings;
  const auto queues = chains(question);
  for (const auto& chain : queues) findings.push_back(queue_behind(question, chain));
  for (const auto& session : question.facts.sessions.long_transactions) {
    const auto locks = in_the_way(question, session.locks);
    if (session.hidden) {
      if (!locks.empty()) findings.push_back(hidden_session(question, session, locks));
    } else if (session.application.starts_with("pg_dump")) {
      findings.push_back(dump_in_progress(question, session, locks));
    } else if (session.transaction_age >= question.limits.transaction && session.backend_type != "autovacuum worker") {
      findings.push_back(transaction(question, session, locks));   // autovacuum: see maintenance
    }
  }
  for (const auto& one : question.facts.sessions.prepared) findings.push_back(prepared(question, one, in_the_way(question, one.locks)));
  return findings;
}

}  // namespace prodclone::preflight
