#include "stale_plans.hpp"

#include <prodclone/base/text.hpp>

namespace prodclone::rehearsal {

namespace {

std::string execute(std::size_t index) { return "EXECUTE probe_" + std::to_string(index); }

}  // namespace

PreparedStatements::PreparedStatements(const pg::ConnInfo& database, const std::vector<std::pair<std::string, ProbedTable>>& tables) : driver_(database) {
  become_probe([this](const std::string& text, bool required) {
    try {
      driver_.run(text);
    } catch (const pg::SqlError&) {
      if (required) throw;
    }
  });
  driver_.run("SET lock_timeout = '5s'");
  std::string all;
  for (const auto& [name, table] : tables)
    for (const auto& columns : {std::string("*"), joined(table.columns, ", ")}) {
      const auto index = statements_.size();
      statements_.push_back({name, "SELECT " + columns + " FROM " + name});
      all += "PREPARE probe_" + std::to_string(index) + " AS SELECT " + columns + " FROM " + table.name + " WHERE false; " + execute(index) + ";\n";
    }
  if (!all.empty()) driver_.run(all);
}

std::vector<StalePlan> PreparedStatements::try_again(const std::string& after_migration) {
  std::vector<StalePlan> stale;
  for (std::size_t index = 0; index < statements_.size(); ++index) {
    auto& statement = statements_[index];
    if (statement.stale) continue;
    try {
      driver_.run(execute(index));
    } catch (const pg::SqlError& error) {
      if (error.connection_lost() || error.is("55P03")) throw;
      statement.stale = true;
      stale.push_back({statement.table, statement.text, error.facts().sqlstate, error.facts().message, after_migration});
    }
  }
  return stale;
}

}  // namespace prodclone::rehearsal
