// A database and a folder of migrations for one test, and what both hold.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <prodclone/migrations/comparison.hpp>
#include <prodclone/migrations/runner.hpp>
#include <prodclone/migrations/state.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/session.hpp>

#include "migration_folder.hpp"
#include "support/selftest_server.hpp"

namespace prodclone::migrations {

class MigrationDatabase {
 public:
  explicit MigrationDatabase(Layout layout) : layout_(layout) {}

  MigrationFolder folder;

  pg::Driver& driver() { return driver_; }
  pg::Session& session() { return session_; }
  const pg::ConnInfo& conninfo() const { return database_.conninfo(); }
  Project project() const { return folder.read(layout_); }

  std::vector<std::string> up(RunOptions options = {}) { return run_up(driver_, project(), options).migrations; }
  std::vector<std::string> down(RunOptions options = {}) { return run_down(driver_, project(), options).migrations; }

  // The failure of a run that must fail.
  FailureFacts up_failure(RunOptions options = {}) {
    try {
      up(std::move(options));
    } catch (const MigrationFailed& error) {
      message = error.what();
      return error.facts();
    }
    throw std::logic_error("the migration did not fail");
  }
  Error refusal(RunOptions options = {}) {
    try {
      up(std::move(options));
    } catch (const MigrationFailed&) {
      throw;
    } catch (const Error& error) {
      return error;
    }
    throw std::logic_error("the run was not refused");
  }
  std::string message = {};

  // One column, each row as text; NULL reads as "".
  std::vector<std::string> column(const std::string& query) {
    const auto rows = session_.query(query);
    std::vector<std::string> values;
    for (std::size_t row = 0; row < rows.rows(); ++row) values.push_back(rows.cell(row, 0).value_or(""));
    return values;
  }
  std::vector<std::string> tables() {
    return column(
        "SELECT relname FROM pg_catalog.pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER "
        "BY 1");
  }

 private:
  Layout layout_;
  selftest::ScratchDatabase database_;
  pg::Driver driver_{database_.conninfo()};
  pg::Session session_{database_.conninfo()};
};

}  // namespace prodclone::migrations
