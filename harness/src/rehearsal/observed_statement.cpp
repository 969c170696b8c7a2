#include "observed_statement.hpp"

#include <algorithm>
#include <set>

#include <prodclone/base/text.hpp>

namespace prodclone::rehearsal {

namespace {

Oid oid_at(const pg::Result& result, std::size_t row) { return static_cast<Oid>(result.integer(row, "oid")); }

// PostgreSQL names unqualified relations in its notices: of several with that name, the most strongly locked is meant.
const Relation* meant(const Relations& relations, const StrongestLocks& held, const std::string& name) {
  const Relation* best = nullptr;
  LockMode strongest = LockMode::access_share;
  for (const auto& [locked, mode] : held) {
    const auto* relation = relations.find(locked);
    if (relation == nullptr || relation->name != name || (best != nullptr && mode <= strongest)) continue;
    best = relation;
    strongest = mode;
  }
  return best != nullptr ? best : relations.only_one_named(name);
}

Scan scan_of(const Relation* relation, const StrongestLocks& held, const ServerNotice& notice, std::string purpose) {
  Scan scan{.purpose = std::move(purpose), .object = notice.object, .function = notice.function, .said = notice.said};
  if (relation == nullptr) {
    scan.relation = notice.table;
    return scan;
  }
  scan.relation = relation->first_name;
  scan.pre_existing = relation->pre_existing;
  scan.size = relation->size;
  scan.rows = relation->rows;
  if (const auto lock = held.find(relation->oid); lock != held.end()) scan.under = lock->second;
  return scan;
}

}  // namespace

CountersByRelation read_counters(const pg::Result& result) {
  CountersByRelation counters;
  for (std::size_t row = 0; row < result.rows(); ++row)
    counters[oid_at(result, row)] = {result.integer(row, "scans"), result.integer(row, "read"), result.integer(row, "inserted"),
                                     result.integer(row, "updated"), result.integer(row, "deleted")};
  return counters;
}

std::vector<Rewrite> apply_relations(Relations& relations, const pg::Result& rows, const std::string& command) {
  std::vector<std::pair<Oid, Rewrite>> found;
  std::set<Oid> tables_done;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    if (rows.is_null(row, "relname")) continue;  // dropped: the lock outlives the relation
    const auto* before = relations.find(oid_at(rows, row));
    const Oid storage_before = before == nullptr ? 0 : before->storage;
    const auto& now = relations.update(rows, row);
    const Relation* replaced = before != nullptr ? &now : relations.first_named(now.qualified_now());
    const bool new_oid = before == nullptr && replaced != nullptr && replaced->kind == "index" && now.kind == "index";
    if (!new_oid && (storage_before == 0 || storage_before == now.storage)) continue;
    const Bytes after{rows.integer(row, "size")};
    const bool is_index = now.kind == "index";
    const bool emptied = !is_index && (command.starts_with("TRUNCATE") || (after.count == 0 && replaced->size.count > 0));
    if (!is_index && now.kind != "toast_table") tables_done.insert(now.oid);
    found.emplace_back(now.oid, Rewrite{.relation = replaced->first_name, .kind = now.kind,
                                        .reason = is_index ? "index_rebuilt" : emptied ? "emptied" : "rewritten",
                                        .pre_existing = replaced->pre_existing, .size = replaced->size, .size_after = after,
                                        .rows = replaced->rows});
  }
  std::vector<Rewrite> rewrites;
  if (command.starts_with("ROLLBACK")) return rewrites;
  // A table's rewrite takes its indexes and TOAST with it: one fact, not five.
  for (auto& [changed, rewrite] : found) {
    const auto* relation = relations.find(changed);
    const auto& table = relations.table_of(*relation);
    if (table.oid != changed && (tables_done.contains(table.oid) || rewrite.kind == "toast_table" || table.kind == "toast_table")) continue;
    rewrites.push_back(std::move(rewrite));
  }
  return rewrites;
}

std::vector<RowChanges> row_changes(const Relations& relations, const CountersByRelation& before, const CountersByRelation& after) {
  std::vector<RowChanges> changes;
  for (const auto& [counted, now] : after) {
    const auto earlier = before.find(counted);
    const auto was = earlier == before.end() ? Counters{} : earlier->second;
    const auto* relation = relations.find(counted);
    if (relation == nullptr || (relation->kind != "table" && relation->kind != "materialized_view")) continue;
    // A rewrite may take counters back.
    const RowChanges change{relation->first_name, std::max<std::int64_t>(0, now.scans - was.scans),
                            std::max<std::int64_t>(0, now.read - was.read), std::max<std::int64_t>(0, now.inserted - was.inserted),
                            std::max<std::int64_t>(0, now.updated - was.updated), std::max<std::int64_t>(0, now.deleted - was.deleted)};
    if (change.scans + change.read + change.inserted + change.updated + change.deleted > 0) changes.push_back(change);
  }
  return changes;
}

std::vector<Scan> announced_scans(const Relations& relations, const std::vector<ServerNotice>& notices, const StrongestLocks& held,
                                  const std::multimap<std::string, ForeignKeySides>& foreign_keys) {
  using Kind = ServerNotice::Kind;
  std::vector<Scan> scans;
  for (const auto& notice : notices) {
    if (notice.kind == Kind::verifies || notice.kind == Kind::builds_index) {
      if (notice.table.starts_with("pg_toast_")) continue;
      scans.push_back(scan_of(meant(relations, held, notice.table), held, notice,
                              notice.kind == Kind::verifies ? "verify" : "index_build"));
    } else if (notice.kind == Kind::validates_foreign_key) {
      const auto [begin, end] = foreign_keys.equal_range(notice.object);
      for (auto it = begin; it != end; ++it) {
        const auto locked = [&](Oid side) { return held.empty() || held.contains(side); };
        if (!locked(it->second.child)) continue;
        scans.push_back(scan_of(relations.find(it->second.child), held, notice, "foreign_key_child"));
        if (it->second.parent != it->second.child)
          scans.push_back(scan_of(relations.find(it->second.parent), held, notice, "foreign_key_parent"));
      }
      if (begin == end) scans.push_back(scan_of(nullptr, held, notice, "foreign_key_child"));
    }
  }
  return scans;
}

std::vector<Scan> silent_scans(const Relations& relations, const std::vector<RowChanges>& rows, const StrongestLocks& held,
                               const StatementTrace& statement) {
  std::vector<Scan> scans;
  const auto told = [&](const std::string& relation) {
    const auto same = [&](const auto& fact) { return fact.relation == relation; };
    return std::any_of(statement.scans.begin(), statement.scans.end(), same) ||
           std::any_of(statement.rewrites.begin(), statement.rewrites.end(), same);
  };
  for (const auto& change : rows) {
    for (const auto& [locked, mode] : held) {
      const auto* relation = relations.find(locked);
      if (relation == nullptr || relation->first_name != change.relation || !blocks_writes(mode)) continue;
      const bool whole = change.scans > 0 && relation->rows > 0 && change.read >= relation->rows / 2;
      if (!whole || told(change.relation)) continue;
      scans.push_back({.relation = change.relation, .purpose = "read", .function = "pg_stat_xact",
                       .said = counted(change.read, "row") + " read in " + counted(change.scans, "whole-table scan"),
                       .pre_existing = relation->pre_existing, .under = mode, .size = relation->size, .rows = relation->rows});
    }
  }
  return scans;
}

}  // namespace prodclone::rehearsal
