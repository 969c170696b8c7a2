// Files against state table: the condition of each migration. Pure.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/migrations/project.hpp>
#include <prodclone/migrations/state.hpp>

namespace prodclone::migrations {

struct MigrationCondition {
  std::string id = {};
  std::string name = {};
  std::filesystem::path file = {};  // empty when missing_file
  std::optional<std::string> applied_at = {};
  bool applied = false;
  bool pending = false;
  bool dirty = false;
  bool edited = false;        // applied, and its content is not what prodclone.sum says was reviewed
  bool line_endings = false;  // differs from prodclone.sum in line endings only
  bool unreviewed = false;    // prodclone.sum exists and has no line for it
  bool missing_file = false;  // applied, and nobody has the file
  bool out_of_order = false;  // pending, though a later one is applied
  bool no_down = false;
  friend bool operator==(const MigrationCondition&, const MigrationCondition&) = default;
};

struct Comparison {
  Layout layout = Layout::automatic;
  std::string state_table = {};
  bool table_present = false;
  bool sums_present = false;
  std::filesystem::path dir = {};
  std::vector<MigrationCondition> migrations = {};  // in the tool's order, those without a file among them
  std::vector<DirtyMark> dirty = {};
  std::vector<Problem> problems = {};
};

Comparison compare(const Project& project, const State& state, const std::optional<Sums>& sums);

std::vector<std::string> pending_ids(const Comparison& comparison);
std::vector<std::string> applied_ids(const Comparison& comparison);

}  // namespace prodclone::migrations
