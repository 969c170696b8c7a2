// What a deploy is about to do, as its rehearsal recorded it: which tables, under which locks, how much is written anew.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <prodclone/base/quantities.hpp>
#include <prodclone/rehearsal/lock_trace.hpp>

namespace prodclone::preflight {

struct Target {
  std::string table = {};                        // qualified, as production has it
  rehearsal::LockMode lock = rehearsal::LockMode::access_exclusive;   // the strongest
  bool rewritten = {};
  bool indexed = {};                             // an index on it is built
  Bytes size = {};                               // on the clone, before
  friend bool operator==(const Target&, const Target&) = default;
};

struct Targets {
  bool recorded = {};                            // false: nothing is known, so all tables count
  std::string from = {};                         // "the rehearsal of 2026-04-24T10:00:00Z"
  std::vector<Target> tables = {};               // by name
  std::vector<std::string> migrations = {};
  bool concurrently = {};                        // a statement waits for every older snapshot of the database
  Bytes clone_size = {}, wal = {}, temp = {};
  std::int64_t relations_locked = 0;
  std::vector<std::string> not_measured = {};

  bool concerns(std::string_view table) const;   // true of every table where nothing was recorded
  rehearsal::LockMode lock_on(std::string_view table) const;
  friend bool operator==(const Targets&, const Targets&) = default;
};

Targets targets_of(const rehearsal::LockTrace& trace);

}  // namespace prodclone::preflight
