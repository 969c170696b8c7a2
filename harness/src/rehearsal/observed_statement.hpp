// One statement while it is being observed: notices and locks come in, a StatementTrace goes out.
// Pure: what a server said goes in as values, so the reading of it can be tested without one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <prodclone/pg/result.hpp>
#include <prodclone/rehearsal/lock_trace.hpp>

#include "relations.hpp"
#include "server_notice.hpp"

namespace prodclone::rehearsal {

struct Counters {
  std::int64_t scans = 0, read = 0, inserted = 0, updated = 0, deleted = 0;
};
using CountersByRelation = std::map<Oid, Counters>;
CountersByRelation read_counters(const pg::Result& result);

using LockSet = std::map<std::pair<Oid, LockMode>, Duration>;  // with the time since the statement began, where sampled

struct ForeignKeySides {
  Oid child = 0, parent = 0;
};

// The strongest mode held on each relation.
using StrongestLocks = std::map<Oid, LockMode>;

// Applies the rows of locked_relations.sql or changed_relations.sql to the map; storage that changed is a rewrite.
// `roll_back` rows only bring the map up to date.
std::vector<Rewrite> apply_relations(Relations& relations, const pg::Result& rows, const std::string& command);

// What changed between two readings of the counters, for the relations of the second.
std::vector<RowChanges> row_changes(const Relations& relations, const CountersByRelation& before, const CountersByRelation& after);

// The scans that the notices announce, each with the lock that was held on its relation.
std::vector<Scan> announced_scans(const Relations& relations, const std::vector<ServerNotice>& notices, const StrongestLocks& held,
                                  const std::multimap<std::string, ForeignKeySides>& foreign_keys);

// Whole-table reads under a conflicting lock that no notice announced: an UPDATE after an ALTER, a domain's new CHECK.
std::vector<Scan> silent_scans(const Relations& relations, const std::vector<RowChanges>& rows, const StrongestLocks& held,
                               const StatementTrace& statement);

}  // namespace prodclone::rehearsal
