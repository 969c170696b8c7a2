#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <prodclone/base/text.hpp>

#include "judge_parts.hpp"

namespace prodclone::preflight {

namespace {

using checks::Finding;
using checks::Findings;
using checks::Severity;
using prodclone::to_string;

Bytes size_of(const TableFacts& table) { return table.heap + table.indexes + table.toast; }

// How much bigger the live tables are than those of the clone; WAL and temporary files grow with them.
double scale_of(const Question& question) {
  std::int64_t live = 0, clone = 0;
  for (const auto& target : question.targets.tables) {
    if (target.size.count == 0) continue;
    for (const auto& table : question.facts.tables)
      if (table.name == target.table) {
        live += (table.heap + table.toast).count;
        clone += target.size.count;
      }
  }
  return clone == 0 ? 1.0 : std::max(1.0, static_cast<double>(live) / static_cast<double>(clone));
}

Bytes times(Bytes size, double factor) { return {std::llround(static_cast<double>(size.count) * factor)}; }

}  // namespace

Need need_of(const Question& question) {
  Need need;
  for (const auto& target : question.targets.tables) {
    if (!target.rewritten) continue;
    const auto found = std::find_if(question.facts.tables.begin(), question.facts.tables.end(), [&](const TableFacts& table) { return table.name == target.table; });
    if (found == question.facts.tables.end()) {
      need.unknown.push_back(target.table);
      continue;
    }
    // Never vacuumed or analysed, the planner knows no size: the clone's is known.
    const auto size = std::max(size_of(*found), target.size);
    need.rewritten = need.rewritten + size;
    need.tables.push_back(fmt::format("{}: {} with its indexes", target.table, to_string(size)));
  }
  const auto scale = scale_of(question);
  need.wal = times(question.targets.wal, scale);
  need.temp = times(question.targets.temp, scale);
  return need;
}

Findings judge_room(const Question& question) {
  const auto& server = question.facts.server;
  if (!question.targets.recorded)
    return {{.check = "preflight/disk", .severity = Severity::not_checked, .object = server.database, .what = "Not checked: how much disk the deploy needs is not known without a rehearsal's record.",
             .where = server.database, .why = "A rewrite keeps the old and the new table until it commits.", .remedy = "Run `prodclone rehearse` first."}};
  const auto need = need_of(question);
  Findings findings;
  for (const auto& table : need.unknown)
    findings.push_back({.check = "preflight/unseen", .object = table, .what = "Could not be seen: how big this table is, which the migration writes anew.", .where = server.database,
                        .why = "The room for its copy is not in the sum.", .remedy = "Look at the database that was dumped."});
  if (need.total().count == 0) return findings;
  const auto free = question.limits.free_disk ? question.limits.free_disk : server.free_disk;
  auto evidence = need.tables;
  evidence.push_back(fmt::format("rewritten {}, WAL {}, temporary files {}, on the live tables' scale", to_string(need.rewritten), to_string(need.wal), to_string(need.temp)));
  Finding finding{.check = "preflight/disk", .object = server.database, .where = server.database,
                  .why = "A rewrite keeps the old and the new table until it commits; a full disk stops the whole server.",
                  .remedy = "Make room, or migrate without the rewrite (docs/locks.md).", .evidence = std::move(evidence)};
  if (!free) {
    // A migration that rewrites nothing writes what any hour of traffic does.
    if (need.rewritten.count == 0) return findings;
    finding.check = "preflight/unseen";
    finding.what = fmt::format("Could not be seen: how much disk is free; the deploy needs about {}.", to_string(need.total()));
    finding.remedy = "Look it up where the server runs, and say so: --free-disk MB, or preflight.free_disk_mb.";
  } else if (need.total() > *free) {
    finding.what = fmt::format("The deploy needs about {}, and {} are free.", to_string(need.total()), to_string(*free));
  } else if (need.total().count * 2 > free->count) {
    finding.severity = Severity::warning;
    finding.what = fmt::format("The deploy needs about {}, more than half of the {} that are free.", to_string(need.total()), to_string(*free));
  } else {
    return findings;
  }
  findings.push_back(std::move(finding));
  return findings;
}

}  // namespace prodclone::preflight
