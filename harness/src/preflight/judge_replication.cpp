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

Finding of(const Question& question, const ReplicationSlot& slot) {
  return {.check = "preflight/slot", .severity = Severity::warning, .object = slot.name, .where = question.facts.server.database,
          .evidence = {fmt::format("{}, {}, keeps {} of WAL{}", slot.type, slot.active ? "active" : "inactive" + (slot.inactive_since.empty() ? "" : " since " + slot.inactive_since),
                                   to_string(slot.retained), slot.wal_status.empty() ? "" : ", wal_status " + slot.wal_status)}};
}

std::string drop(const ReplicationSlot& slot) {
  return fmt::format("Start its consumer again; if nobody needs it any more: SELECT pg_drop_replication_slot('{}');", replaced(slot.name, "'", "''"));
}

void judge_slot(const Question& question, const ReplicationSlot& slot, Bytes wal, Findings& findings) {
  auto finding = of(question, slot);
  if (slot.wal_status == "lost" || !slot.invalidation.empty()) {
    finding.what = fmt::format("The slot is lost{}.", slot.invalidation.empty() ? "" : ": " + slot.invalidation);
    finding.why = "Its consumer has missed what was removed, and must be set up anew.";
    finding.remedy = fmt::format("SELECT pg_drop_replication_slot('{}');", replaced(slot.name, "'", "''"));
  } else if (slot.safe && wal.count > 0 && wal > *slot.safe) {
    finding.severity = Severity::failure;
    finding.what = fmt::format("The deploy writes {} of WAL as rehearsed, and this slot is lost after {} more.", to_string(wal), to_string(Bytes{std::max<std::int64_t>(slot.safe->count, 0)}));
    finding.why = "Its consumer would have to be set up anew.";
    finding.remedy = "Let the consumer catch up, or raise max_slot_wal_keep_size.";
  } else if (slot.retained > question.limits.slot_retained) {
    finding.severity = Severity::failure;
    finding.what = fmt::format("The slot keeps {} of WAL (limit {}).", to_string(slot.retained), to_string(question.limits.slot_retained));
    finding.why = "All WAL of the deploy is kept on top of it, until the disk is full.";
    finding.remedy = slot.active ? "Find out why its consumer lags." : drop(slot);
  } else if (!slot.active) {
    finding.what = "Nobody reads from this slot.";
    finding.why = "All WAL of the deploy is kept for it, and its catalog rows from vacuum.";
    finding.remedy = drop(slot);
  } else {
    return;
  }
  findings.push_back(std::move(finding));
}

void judge_standby(const Question& question, const Standby& standby, Findings& findings) {
  const bool late = standby.lag && *standby.lag > question.limits.standby_lag, behind = standby.behind > question.limits.standby_lag_bytes;
  const bool building = standby.state != "streaming";
  if (!late && !behind && !building) return;
  findings.push_back({.check = "preflight/standby",
                      .severity = late || behind ? Severity::failure : Severity::warning,
                      .object = who(standby.pid, standby.user, standby.application),
                      .what = fmt::format("It is {} behind{} ({}, {}).", to_string(standby.behind), standby.lag ? ", " + to_string(*standby.lag) : "", standby.state, standby.sync_state),
                      .where = question.facts.server.database,
                      .why = standby.sync_state == "sync" || standby.sync_state == "quorum"
                                 ? "Commits wait for it; exclusive locks of the deploy are replayed there and hold its readers for as long."
                                 : "It falls further behind by all that the deploy writes; exclusive locks are replayed there and hold its readers for as long.",
                      .remedy = "Wait until it has caught up, or find out what holds it: a long query there (hot_standby_feedback), its disk, the network.",
                      .evidence = {"connected since " + standby.since}});
}

}  // namespace

Findings judge_replication(const Question& question) {
  Findings findings;
  const auto wal = need_of(question).wal;
  for (const auto& slot : question.facts.slots) judge_slot(question, slot, wal, findings);
  for (const auto& standby : question.facts.standbys) judge_standby(question, standby, findings);
  for (const auto& table : question.facts.tables)
    if (question.targets.recorded && !table.publications.empty())
      findings.push_back({.check = "preflight/publication",
                          .severity = Severity::warning,
                          .object = table.name,
                          .what = fmt::format("It is in {}: {}.", table.publications.size() == 1 ? "a publication" : "publications", joined(table.publications, ", ")),
                          .where = question.facts.server.database,
                          .why = "DDL is not replicated: a subscriber stops at the first row that its table does not fit.",
                          .remedy = "Change the subscribers first where columns are added, last where they go."});
  return findings;
}

}  // namespace prodclone::preflight
