// What the lock trace of a run makes expect of another run of the same migrations.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include <prodclone/rehearsal/lock_trace.hpp>

namespace prodclone::rehearsal {

struct ExpectedBlocking {
  Duration reads = {}, writes = {};  // the longest time without a break
  std::set<std::pair<std::string, std::size_t>> taken_by = {};  // file and line of the statements that take such locks
};
// Of tables that were there before; an index's lock counts for its table.
std::map<std::string, ExpectedBlocking> expected_blocking(const LockTrace& traced);

}  // namespace prodclone::rehearsal
