// From a declared schema to the migrations that reach it, up and down, proven before they are written.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <prodclone/migrations/new_migration.hpp>
#include <prodclone/schema/rename_proposals.hpp>
#include <prodclone/schema/script.hpp>
#include <prodclone/workflow/provisioning.hpp>

namespace prodclone::workflow {

struct PlanOptions {
  std::filesystem::path schema = {};  // SQL file, folder of SQL files, or dump
  std::string name = {};
  bool allow_destructive = {};
  bool renames = true;                   // what the schema calls otherwise is renamed where exactly one fits
  schema::DiffOptions compared = {};     // owners and privileges only where they are declared
};

struct Plan {
  schema::Script script = {};  // as a whole, from what init and all migrations make to what is declared
  std::vector<schema::ProposedRename> renames = {};  // those that the script assumes
  std::size_t access_not_planned = {};  // objects that differ in owner or privileges, which nobody asked to compare
  std::vector<migrations::NewFile> files = {};
};

// Runs the declared SQL in a scratch database and compares. The script is cut where a part may not share a
// transaction; each part is a migration of its own with its own way back. The files are tried on scratch databases, as
// their tool would run them: up must reach the declared schema, down must lead back.
// Throws Error: usage when there is nothing to write, refused when rows would be lost, could_not_check when something
// is not expressed, check_failed when the files do not do what they should.
Plan plan_migrations(Provisioning& provisioning, const PlanOptions& options);

}  // namespace prodclone::workflow
