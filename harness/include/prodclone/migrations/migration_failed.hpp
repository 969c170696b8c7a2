// A migration that failed: which statement, where in which file, why, and what it left behind.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <prodclone/base/error.hpp>
#include <prodclone/migrations/migration.hpp>
#include <prodclone/pg/sql_error.hpp>

namespace prodclone::migrations {

struct FailureFacts {
  std::string migration = {};  // id
  std::string name = {};
  bool down = false;
  bool bookkeeping = false;    // the state table's own write failed, or the COMMIT
  std::size_t index = 0;       // of the statement in its script
  std::size_t statements = 0;  // how many the script has
  Statement statement = {};
  std::filesystem::path file = {};
  std::size_t line = 0;  // of the error where the server points at one, else of the statement
  pg::SqlFacts sql = {};
  std::vector<std::size_t> committed = {};  // statements whose effect stays
  std::string state_left = {};              // in words
};

class MigrationFailed : public Error {
 public:
  // Failure::could_not_check where it was ended from outside: the connection was lost, the server's disk was full.
  MigrationFailed(FailureFacts facts, std::string remedy);
  const FailureFacts& facts() const { return facts_; }

 private:
  FailureFacts facts_;
};

}  // namespace prodclone::migrations
