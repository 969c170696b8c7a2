// Counts the orphans of every foreign key of a database. A validated key may have them: replication, disabled triggers
// and some restores write past the check, and validating again is a no-op.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include <prodclone/base/progress.hpp>
#include <prodclone/data/foreign_key.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/pg/session.hpp>

namespace prodclone::data {

struct ForeignKeyOptions {
  std::size_t connections = 2;
  std::size_t samples = 5;                     // of each key with orphans
  bool reveal_keys = false;                    // else a sample is a place, without the values
  std::chrono::milliseconds deadline{0};       // of one count; zero: none
  ProgressSink progress = {};
};

// Every foreign key (of partitioned tables the declared one), nothing counted.
std::vector<ForeignKey> foreign_keys_of(pg::Session& session);

// Throws SqlError when the keys cannot be listed. A count that fails is a value (`could_not_count`): row security that
// would hide rows, a missing privilege, a deadline. Largest first over a few connections, all read-only.
ForeignKeyReports count_orphans(const pg::ConnInfo& database, const ForeignKeyOptions& options = {});

}  // namespace prodclone::data
