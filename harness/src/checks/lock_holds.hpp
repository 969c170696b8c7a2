// The lock that kept each table longest, and what stands behind it.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "lock_judgement.hpp"

namespace prodclone::checks {

struct Hold {
  const StatementTrace* statement = nullptr;
  const HeldLock* lock = nullptr;
};

// An index's lock counts for its table: a query plans with every index, so it waits for that one too.
// Of several locks on one table, the one held longest.
std::map<std::string, Hold> longest_by_table(const MigrationTrace& migration, bool (*wanted)(const HeldLock&));

// ACCESS EXCLUSIVE on what is read; a sequence has a rule of its own.
bool stops_reads(const HeldLock& lock);

// The size of the table itself, also when only its index is locked.
std::pair<Bytes, std::int64_t> size_of(const MigrationTrace& migration, const HeldLock& lock);

std::string how_known(const HeldLock& lock);  // " (sampled: at least)", or nothing

}  // namespace prodclone::checks
