#include "traffic_plan.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include <prodclone/rehearsal/traffic_probe.hpp>

namespace prodclone::rehearsal {

namespace {

struct Interval {
  Duration from = {}, until = {};
};

Duration longest_union(std::vector<Interval> intervals) {
  std::sort(intervals.begin(), intervals.end(), [](const Interval& a, const Interval& b) { return a.from < b.from; });
  Duration longest{}, from{}, until{};
  for (const auto& interval : intervals) {
    if (interval.from > until || longest == Duration{}) from = interval.from, until = interval.from;
    until = std::max(until, interval.until);
    longest = std::max(longest, until - from);
  }
  return longest;
}

bool can_be_read(const HeldLock& lock) {
  return lock.kind == "table" || lock.kind == "view" || lock.kind == "partitioned_table" || lock.kind == "materialized_view" || lock.kind == "index" ||
         lock.kind == "partitioned_index";
}

// A weak lock on an index keeps nobody from its table.
bool stops_writes(const HeldLock& lock) { return lock.relation == lock.table ? blocks_writes(lock.mode) : blocks_reads(lock.mode); }

constexpr std::size_t most_probed = 4, most_prepared = 50;

template <typename Rank> std::vector<std::string> first_by(const std::map<std::string, Rank>& ranks, std::size_t most) {
  std::vector<std::pair<std::string, Rank>> sorted(ranks.begin(), ranks.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> names;
  for (std::size_t i = 0; i < sorted.size() && i < most; ++i) names.push_back(sorted[i].first);
  return names;
}

std::set<std::string> pre_existing_tables(const LockTrace& traced) {
  std::set<std::string> names;
  for (const auto& migration : traced.migrations)
    for (const auto& statement : migration.statements)
      for (const auto& lock : statement.locks)
        if (lock.pre_existing && (lock.kind == "table" || lock.kind == "partitioned_table")) names.insert(lock.relation);
  return names;
}

}  // namespace

std::map<std::string, ExpectedBlocking> expected_blocking(const LockTrace& traced) {
  std::map<std::string, ExpectedBlocking> expected;
  for (const auto& migration : traced.migrations) {
    std::map<std::string, std::vector<Interval>> reads, writes;
    for (const auto& statement : migration.statements)
      for (const auto& lock : statement.locks) {
        if (!lock.pre_existing || !can_be_read(lock)) continue;
        const Interval held{statement.started, statement.started + lock.held};
        if (blocks_reads(lock.mode)) reads[lock.table].push_back(held);
        if (!stops_writes(lock)) continue;
        writes[lock.table].push_back(held);
        expected[lock.table].taken_by.emplace(statement.file, statement.line);
      }
    for (const auto& [table, intervals] : reads) expected[table].reads = std::max(expected[table].reads, longest_union(intervals));
    for (const auto& [table, intervals] : writes) expected[table].writes = std::max(expected[table].writes, longest_union(intervals));
  }
  return expected;
}

TrafficPlan plan_traffic(const LockTrace& traced) {
  const auto tables = pre_existing_tables(traced);
  std::map<std::string, std::pair<Duration, Duration>> hot;   // reads weigh more than writes
  std::map<std::string, Duration> changed;
  for (const auto& [table, blocking] : expected_blocking(traced)) {
    if (!tables.contains(table)) continue;
    hot[table] = {blocking.reads, blocking.writes};
    if (blocking.reads > Duration{}) changed[table] = blocking.reads;
  }
  std::map<std::string, std::int64_t> updated;
  for (const auto& migration : traced.migrations)
    for (const auto& statement : migration.statements)
      for (const auto& rows : statement.rows)
        if (tables.contains(rows.relation) && rows.updated + rows.deleted > 0) updated[rows.relation] += rows.updated + rows.deleted;
  return {.probed = first_by(hot, most_probed), .updated = first_by(updated, most_probed), .prepared = first_by(changed, most_prepared)};
}

}  // namespace prodclone::rehearsal
