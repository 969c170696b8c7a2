#include "lock_holds.hpp"

namespace prodclone::checks {

std::map<std::string, Hold> longest_by_table(const MigrationTrace& migration, bool (*wanted)(const HeldLock&)) {
  std::map<std::string, Hold> longest;
  for (const auto& statement : migration.statements)
    for (const auto& lock : statement.locks) {
      if (!matters(lock) || !wanted(lock)) continue;
      auto& hold = longest[lock.table];
      if (hold.lock == nullptr || lock.held > hold.lock->held) hold = {&statement, &lock};
    }
  return longest;
}

bool stops_reads(const HeldLock& lock) { return blocks_reads(lock.mode) && lock.kind != "sequence"; }

std::pair<Bytes, std::int64_t> size_of(const MigrationTrace& migration, const HeldLock& lock) {
  for (const auto& statement : migration.statements)
    for (const auto& other : statement.locks)
      if (other.relation == lock.table) return {other.size, other.rows};
  return {lock.size, lock.rows};
}

std::string how_known(const HeldLock& lock) {
  return lock.exactness == rehearsal::Exactness::exact ? "" : " (sampled: at least)";
}

}  // namespace prodclone::checks
