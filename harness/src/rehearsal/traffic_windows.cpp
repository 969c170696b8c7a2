#include "traffic_windows.hpp"

#include <algorithm>
#include <set>

#include <prodclone/base/text.hpp>

namespace prodclone::rehearsal {

namespace {

struct Interval {
  Duration from = {}, until = {};
  std::set<std::string> through = {};
  const RanStatement* statement = nullptr;   // that took the lock
};

// Several statements may have run between the look that showed no lock and the one that did: the first run tells which
// of them takes one on this table.
const RanStatement* taker_of(const SeenLock& lock, const SeenTraffic& seen, const ExpectedBlocking* expected) {
  const RanStatement* earliest = nullptr;
  for (const auto& statement : seen.timeline.statements) {
    const bool over = statement.ended != Duration{} && statement.ended < lock.clear_before;
    if (over || statement.began > lock.first) continue;
    if (expected != nullptr && expected->taken_by.contains({statement.file, statement.line})) return &statement;
    if (earliest == nullptr) earliest = &statement;
  }
  return earliest;
}

// Locks are taken while a statement runs and given back when its transaction ends: where the runner told when that was,
// it is more exact than the looks.
Interval interval_of(const SeenLock& lock, const SeenTraffic& seen, const ExpectedBlocking* expected) {
  Interval interval{lock.clear_before, lock.clear_after};
  if (!seen.statements_known) return interval;
  interval.statement = taker_of(lock, seen, expected);
  if (interval.statement != nullptr) interval.from = std::max(interval.from, interval.statement->began);
  for (const auto end : seen.timeline.transaction_ends)
    if (end >= lock.last) interval.until = std::min(interval.until, end);
  return interval;
}

void join(std::vector<Interval>& intervals) {
  std::sort(intervals.begin(), intervals.end(), [](const Interval& a, const Interval& b) { return a.from < b.from; });
  std::vector<Interval> joined;
  for (auto& interval : intervals) {
    if (joined.empty() || interval.from > joined.back().until) {
      joined.push_back(std::move(interval));
      continue;
    }
    joined.back().until = std::max(joined.back().until, interval.until);
    joined.back().through.merge(interval.through);
  }
  intervals = std::move(joined);
}

// Two transactions that follow each other within one look are two windows: between them everybody gets a turn.
std::vector<Interval> cut_at_ends(const std::vector<Interval>& intervals, const std::vector<Duration>& ends) {
  std::vector<Interval> cut;
  for (auto interval : intervals) {
    for (const auto end : ends) {
      if (end <= interval.from || end >= interval.until) continue;
      cut.push_back({interval.from, end, interval.through, interval.statement});
      interval.from = end;
      interval.statement = nullptr;
    }
    cut.push_back(std::move(interval));
  }
  return cut;
}

bool overlaps(const Interval& a, Duration from, Duration until) { return a.from < until && from < a.until; }

BlockedWindow window_of(const Interval& interval, const SeenTraffic& seen) {
  BlockedWindow window{.from = interval.from, .until = interval.until, .through = {interval.through.begin(), interval.through.end()}};
  const auto* running = interval.statement;
  if (running == nullptr)
    for (const auto& statement : seen.timeline.statements)
      if (statement.began <= interval.from) running = &statement;
  if (running == nullptr) return window;
  window.migration = running->migration;
  window.file = running->file;
  window.line = running->line;
  window.text = running->text;
  return window;
}

// A wait that a look saw no lock for, and that no lock time-out cut short, is a stall of the machine.
ProbeWaits waits_of(const ProbeRecord& probe, std::vector<Interval>& intervals) {
  ProbeWaits waits{.asked = probe.asked, .usual = probe.usual};
  for (const auto& wait : probe.waits) {
    const auto length = wait.answered - wait.sent;
    const bool seen = std::any_of(intervals.begin(), intervals.end(), [&](const Interval& one) { return overlaps(one, wait.sent, wait.answered); });
    if (!seen && !wait.refused) {
      waits.stalled = std::max(waits.stalled, length);
      continue;
    }
    if (!seen) intervals.push_back({wait.sent, wait.answered});
    waits.longest = std::max(waits.longest, length);
    waits.total += length;
  }
  return waits;
}

std::optional<Duration> computed_of(Use use, const ExpectedBlocking* expected) {
  if (expected == nullptr) return std::nullopt;
  const auto longest = use == Use::reads ? expected->reads : expected->writes;
  return longest == Duration{} ? std::nullopt : std::optional(longest);
}

Blocking blocking_of(Oid table, Use use, const SeenTraffic& seen, const Relations& relations, const ExpectedBlocking* expected) {
  Blocking blocking{.computed = computed_of(use, expected)};
  std::vector<Interval> intervals;
  for (const auto& lock : seen.locks) {
    const auto* relation = relations.find(lock.relation);
    if (relation == nullptr || relations.table_of(*relation).oid != table) continue;
    const bool itself = relation->oid == table;
    // A weak lock on an index keeps nobody from its table.
    if (use == Use::reads || !itself ? !blocks_reads(lock.mode) : !blocks_writes(lock.mode)) continue;
    auto interval = interval_of(lock, seen, expected);
    interval.through.insert(relation->first_name);
    intervals.push_back(std::move(interval));
  }
  join(intervals);
  for (const auto& probe : seen.probes)
    if (probe.table == table && probe.use == use) blocking.probe = waits_of(probe, intervals);
  join(intervals);
  for (const auto& interval : cut_at_ends(intervals, seen.timeline.transaction_ends)) {
    blocking.windows.push_back(window_of(interval, seen));
    blocking.total += blocking.windows.back().length();
    blocking.longest = std::max(blocking.longest, blocking.windows.back().length());
  }
  if (blocking.computed) blocking.trustworthy = agree(blocking.longest, *blocking.computed);
  if (blocking.probe && blocking.probe->longest > Duration{}) blocking.trustworthy = blocking.trustworthy && agree(blocking.longest, blocking.probe->longest);
  return blocking;
}

RowLocks row_locks_of(const std::vector<RowLook>& looks, const std::vector<Duration>& ends, Bytes wal) {
  RowLocks locks{.wal = wal};
  bool locked = false;
  Duration since{}, last{};
  const auto settle = [&](Duration until) {
    if (locked) locks.longest = std::max(locks.longest, until - since);
    locked = false;
  };
  for (const auto& look : looks) {
    locks.sampled = std::max(locks.sampled, look.there);
    if (look.there > 0) locks.largest_share = std::max(locks.largest_share, static_cast<double>(look.locked) / static_cast<double>(look.there));
    // The end of a transaction gives all rows back, whatever the next one takes.
    for (const auto end : ends)
      if (end > since && end > last && end <= look.at) settle(end);
    if (look.locked > 0 && !locked) locked = true, since = look.at;
    if (look.locked == 0) settle(look.at);
    last = look.at;
  }
  settle(last);
  return locks;
}

bool matters(const TableTraffic& table) {
  return !table.reads.windows.empty() || !table.writes.windows.empty() || table.reads.probe || table.writes.probe || table.row_locks ||
         table.reads.computed || table.writes.computed;
}

}  // namespace

bool agree(Duration one, Duration other) {
  const auto difference = one > other ? one - other : other - one;
  return difference <= std::chrono::milliseconds(50) || difference * 5 <= std::max(one, other);
}

std::vector<TableTraffic> table_traffic(const SeenTraffic& seen, const Relations& relations, const std::map<std::string, ExpectedBlocking>& expected) {
  std::set<Oid> tables;
  for (const auto& lock : seen.locks)
    if (const auto* relation = relations.find(lock.relation)) tables.insert(relations.table_of(*relation).oid);
  for (const auto& probe : seen.probes) tables.insert(probe.table);
  for (const auto& [table, _] : seen.row_looks) tables.insert(table);
  for (const auto& [name, _] : expected)
    if (const auto* relation = relations.first_named(name)) tables.insert(relation->oid);
  std::vector<TableTraffic> all;
  for (const auto table : tables) {
    const auto* relation = relations.find(table);
    if (relation == nullptr || !relation->pre_existing || relation->kind == "sequence" || relation->kind == "toast_table" || relation->kind == "composite_type") continue;
    TableTraffic traffic{.table = relation->first_name, .size = relation->size, .rows = relation->rows};
    const auto found = expected.find(relation->first_name);
    const auto* known = found == expected.end() ? nullptr : &found->second;
    traffic.reads = blocking_of(table, Use::reads, seen, relations, known);
    traffic.writes = blocking_of(table, Use::writes, seen, relations, known);
    if (const auto looks = seen.row_looks.find(table); looks != seen.row_looks.end()) {
      const auto wal = seen.row_look_wal.find(table);
      traffic.row_locks = row_locks_of(looks->second, seen.timeline.transaction_ends, wal == seen.row_look_wal.end() ? Bytes{} : wal->second);
    }
    if (matters(traffic)) all.push_back(std::move(traffic));
  }
  std::stable_sort(all.begin(), all.end(), [](const TableTraffic& a, const TableTraffic& b) {
    return std::pair(a.reads.longest, a.writes.longest) > std::pair(b.reads.longest, b.writes.longest);
  });
  return all;
}

}  // namespace prodclone::rehearsal
