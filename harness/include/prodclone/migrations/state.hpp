// What a database says about its own migrations: the rows of the tool's state table, as facts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <prodclone/migrations/project.hpp>
#include <prodclone/pg/session.hpp>

namespace prodclone::migrations {

struct AppliedMigration {
  std::string id = {};
  std::string description = {};
  std::optional<std::string> applied_at = {};  // as the server prints it; none where the tool does not record it
  bool assumed = false;                        // below a high-water mark: no row of its own says so
  friend bool operator==(const AppliedMigration&, const AppliedMigration&) = default;
};

enum class DirtyKind {
  flagged,   // the row says that a migration began and did not end
  reserved,  // a lock row that a killed run left behind
};

struct DirtyMark {
  DirtyKind kind = DirtyKind::flagged;
  std::string id = {};  // of the migration where the tool says so, else the row's own
  friend bool operator==(const DirtyMark&, const DirtyMark&) = default;
};

struct State {
  std::string table = {};  // quoted, with its schema where that is known
  bool table_present = false;
  std::vector<AppliedMigration> applied = {};  // oldest first, as the tool would undo them from the end
  std::vector<DirtyMark> dirty = {};
  friend bool operator==(const State&, const State&) = default;
};

// Throws Error(could_not_check) when the table is there but belongs to another tool.
State read_state(pg::Session& session, const Project& project);

// Makes the table as the tool would, or brings an old one up to date as the tool would.
void ensure_state_table(pg::Session& session, const Project& project);

}  // namespace prodclone::migrations
