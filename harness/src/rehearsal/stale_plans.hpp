// Statements that a session keeps prepared while migrations run, as a connection pool does: which of them fail afterwards?
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include <prodclone/pg/driver.hpp>
#include <prodclone/rehearsal/traffic_trace.hpp>

#include "probe_statements.hpp"

namespace prodclone::rehearsal {

class PreparedStatements {
 public:
  // Two for each table: all columns by * and by their names. They are executed once; none reads a row.
  PreparedStatements(const pg::ConnInfo& database, const std::vector<std::pair<std::string, ProbedTable>>& tables);

  // Those that fail now and did not before.
  std::vector<StalePlan> try_again(const std::string& after_migration);
  std::int64_t count() const { return static_cast<std::int64_t>(statements_.size()); }

 private:
  struct Statement {
    std::string table = {}, text = {};
    bool stale = false;
  };
  pg::Driver driver_;
  std::vector<Statement> statements_;
};

}  // namespace prodclone::rehearsal
