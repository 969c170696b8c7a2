// Cases written in SQL alone: refactors/<case>/case.json and *.sql files whose queries must return no rows. Nothing is
// left out in silence: what cannot be run is a case or a file with a problem, and so a failing test.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace prodclone::config {

// What a file runs against: production right before the migration, right after it, or each in turn.
enum class Moment { before, after, both };
std::string to_string(Moment moment);

struct SqlCaseFile {
  std::string name = {};                       // of the test: letters, digits and underscores
  std::filesystem::path path = {};             // absolute
  Moment moment = Moment::after;
  bool pgtap = false;                          // a pgTAP script instead of queries
  std::string problem = {};                    // why it cannot be run; empty: it can
  friend bool operator==(const SqlCaseFile&, const SqlCaseFile&) = default;
};

struct SqlCase {
  std::string name = {};                       // of the tests: letters, digits and underscores
  std::filesystem::path folder = {};
  std::string migration = {};                  // id or name
  std::vector<std::string> labels = {};        // beside prodclone and refactor
  std::chrono::seconds timeout{600};           // of one statement, or of one pgTAP file
  std::vector<SqlCaseFile> files = {};         // in the order of their names
  std::string problem = {};                    // why none of it can be run
  friend bool operator==(const SqlCase&, const SqlCase&) = default;
};

// The cases in a folder, in the order of their names; a folder that holds C++ and no case.json is not ours, and a
// folder that does not exist holds none.
std::vector<SqlCase> find_sql_cases(const std::filesystem::path& folder);

}  // namespace prodclone::config
