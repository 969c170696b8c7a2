#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/text.hpp>

#include "judge_parts.hpp"

namespace prodclone::preflight {

namespace {

using checks::Finding;
using checks::Findings;
using checks::Severity;

void judge_table(const Question& question, const TableFacts& table, Findings& findings) {
  const auto& server = question.facts.server;
  const auto age_percent = server.freeze_max_age == 0 ? 0.0 : 100.0 * static_cast<double>(table.xid_age) / static_cast<double>(server.freeze_max_age);
  if (age_percent >= question.limits.wraparound_percent)
    findings.push_back({.check = "preflight/wraparound",
                        .severity = Severity::warning,
                        .object = table.name,
                        .what = fmt::format("Its oldest row is {} transactions old, {:.0f} % of autovacuum_freeze_max_age.", table.xid_age, age_percent),
                        .where = server.database,
                        .why = "An autovacuum to prevent wraparound may start at any moment; it gives way to nobody, and the migration waits for it.",
                        .remedy = fmt::format("Before the deploy: VACUUM (FREEZE) {};", table.name)});
  const auto all = table.rows + table.dead_rows;
  const auto dead_percent = all == 0 ? 0.0 : 100.0 * static_cast<double>(table.dead_rows) / static_cast<double>(all);
  if (question.targets.recorded && dead_percent >= question.limits.dead_rows_percent && table.dead_rows >= 1000)
    findings.push_back({.check = "preflight/dead_rows",
                        .severity = Severity::warning,
                        .object = table.name,
                        .what = fmt::format("{:.0f} % of its rows are dead ({} of {}).", dead_percent, table.dead_rows, all),
                        .where = server.database,
                        .why = "The clone was loaded without them: scans and rewrites take longer here than as rehearsed.",
                        .remedy = fmt::format("Before the deploy: VACUUM (ANALYZE) {};", table.name)});
}

void judge_index(const Question& question, const InvalidIndex& index, Findings& findings) {
  const bool concerned = question.targets.recorded && question.targets.concerns(index.table);
  Finding finding{.check = "preflight/invalid_index",
                  .severity = concerned ? Severity::failure : Severity::warning,
                  .object = index.name,
                  .what = fmt::format("The index on {} is invalid{}.", index.table, index.being_built ? ": it is being built" : ""),
                  .where = question.facts.server.database,
                  .why = index.ready ? "It costs every write and serves no query; CREATE INDEX … IF NOT EXISTS passes over it and says that it is there."
                                     : "It serves no query; CREATE INDEX … IF NOT EXISTS passes over it and says that it is there.",
                  .remedy = index.being_built ? "Wait for it (pg_stat_progress_create_index)." : fmt::format("DROP INDEX CONCURRENTLY {0}; and build it again, or REINDEX INDEX CONCURRENTLY {0};", index.name)};
  if (index.unique) finding.evidence.push_back("it is unique, and keeps no duplicates out");
  findings.push_back(std::move(finding));
}

Finding unchecked_finding(const Question& question, const Unchecked& one) {
  Finding finding{.check = "preflight/" + one.kind, .severity = Severity::warning, .object = one.table + '.' + one.name, .where = question.facts.server.database};
  if (one.kind == "disabled_trigger") {
    finding.what = fmt::format("The {} is switched off.", one.what);
    finding.why = "What it keeps true may be true no longer; a migration that checks a foreign key anew then fails here only.";
    finding.remedy = fmt::format("ALTER TABLE {} ENABLE TRIGGER …; and look at the rows that came meanwhile.", one.table);
  } else if (one.kind == "not_enforced") {
    finding.what = fmt::format("The {} is NOT ENFORCED.", one.what);
    finding.why = "Rows may break it.";
    finding.remedy = "Nothing, where that is meant.";
  } else {
    finding.what = fmt::format("The {} was never validated.", one.what);
    finding.why = "Rows that break it may be there: a migration that checks it anew (VALIDATE, a type change of its column) fails here only.";
    finding.remedy = fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {}; it blocks neither reads nor writes.", one.table, one.name);
  }
  return finding;
}

// Those of the tables about to be altered one by one, all others in one note.
void judge_unchecked(const Question& question, Findings& findings) {
  std::vector<std::string> elsewhere;
  for (const auto& one : question.facts.unchecked) {
    if (question.targets.concerns(one.table)) findings.push_back(unchecked_finding(question, one));
    else elsewhere.push_back(one.table + '.' + one.name);
  }
  if (elsewhere.empty()) return;
  Finding finding{.check = "preflight/unvalidated", .severity = Severity::note, .object = question.facts.server.database,
                  .what = fmt::format("On other tables: {} not validated, not enforced or switched off.", counted(std::ssize(elsewhere), "constraint or trigger is", "constraints and triggers are")),
                  .where = question.facts.server.database, .why = "The deploy does not touch them."};
  for (std::size_t i = 0; i < elsewhere.size() && i < 20; ++i) finding.evidence.push_back(elsewhere[i]);
  if (elsewhere.size() > 20) finding.evidence.push_back(fmt::format("and {} more", elsewhere.size() - 20));
  findings.push_back(std::move(finding));
}

void judge_sequence(const Question& question, const SequenceFacts& sequence, Findings& findings) {
  const bool near_end = sequence.used_percent >= question.limits.sequence_percent;
  if (!near_end && sequence.used_percent < question.limits.sequence_warning_percent) return;
  findings.push_back({.check = "preflight/sequence",
                      .severity = near_end ? Severity::failure : Severity::warning,
                      .object = sequence.name,
                      .what = fmt::format("It is used up to {:.1f} %: {} of {}{}.", sequence.used_percent, sequence.last, sequence.end,
                                          sequence.column.empty() ? "" : fmt::format(", for {} ({})", sequence.column, sequence.type)),
                      .where = question.facts.server.database,
                      .why = "At its end every insert fails; a backfill of the deploy takes it there sooner.",
                      .remedy = sequence.type == "smallint" || sequence.type == "integer"
                                    ? "Change the column, and those that refer to it, to bigint, as a migration of its own."
                                    : "Raise its MAXVALUE, where the column allows that."});
}

}  // namespace

Findings judge_tables(const Question& question) {
  Findings findings;
  for (const auto& table : question.facts.missing_tables)
    findings.push_back({.check = "preflight/missing_table", .object = table, .what = "The rehearsed migration alters this table, and the live database has none of that name (or the deploy has run already).",
                        .where = question.facts.server.database, .why = "What was rehearsed is not what would be deployed.",
                        .remedy = "Look at the right database; else take a new dump and rehearse again."});
  for (const auto& table : question.facts.tables)
    if (question.targets.concerns(table.name) || question.targets.recorded) judge_table(question, table, findings);
  for (const auto& index : question.facts.invalid_indexes) judge_index(question, index, findings);
  judge_unchecked(question, findings);
  for (const auto& sequence : question.facts.sequences) judge_sequence(question, sequence, findings);
  const bool sorts = std::any_of(question.targets.tables.begin(), question.targets.tables.end(), [](const Target& one) { return one.indexed || one.rewritten; });
  for (const auto& collation : question.facts.collations)
    findings.push_back({.check = "preflight/collation",
                        .severity = sorts && collation.indexes > 0 ? Severity::failure : Severity::warning,
                        .object = collation.name,
                        .what = fmt::format("Recorded version {}, the library's is {}; {} sorted by it.", collation.recorded, collation.actual.empty() ? "unknown" : collation.actual,
                                            counted(collation.indexes, "index is", "indexes are")),
                        .where = question.facts.server.database,
                        .why = sorts ? "Indexes may be in the wrong order: one that the deploy builds disagrees with the old ones, and a unique one may let duplicates in or refuse good rows."
                                     : "Indexes may be in the wrong order and miss rows.",
                        .remedy = "REINDEX what is sorted by it, then ALTER COLLATION … REFRESH VERSION (of the default: ALTER DATABASE … REFRESH COLLATION VERSION)."});
  return findings;
}

}  // namespace prodclone::preflight
