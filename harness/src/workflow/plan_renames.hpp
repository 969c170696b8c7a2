// The renames that a plan begins with, tried on a scratch database.
#pragma once

#include <vector>

#include <prodclone/pg/conninfo.hpp>
#include <prodclone/schema/rename_proposals.hpp>
#include <prodclone/schema/script.hpp>
#include <prodclone/schema/snapshot.hpp>

namespace prodclone::workflow {

struct PlannedRenames {
  std::vector<schema::ProposedRename> renames = {};
  std::vector<schema::ScriptStatement> statements = {};
};

// Renames in `database` what `wanted` calls otherwise, as long as exactly one fits: the server itself tells what
// everything that mentions it is called afterwards. A rename that it refuses is none.
PlannedRenames rename_towards(const schema::Snapshot& wanted, const pg::ConnInfo& database, const schema::SnapshotOptions& read);

}  // namespace prodclone::workflow
