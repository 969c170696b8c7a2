#include "script_round.hpp"

#include <prodclone/pg/sql_error.hpp>
#include <prodclone/schema/render.hpp>
#include <prodclone/schema/script.hpp>

namespace prodclone::schema {

std::string Round::go(const Snapshot& now, const Snapshot& target) {
  const auto script = write_script(now, target, {.compared = compared_, .allow_destructive = true, .one_transaction = true});
  if (!script.not_expressed.empty()) return "not expressed: " + script.not_expressed.front().difference + " (" + script.not_expressed.front().why + ')';
  try {
    session_.execute("SAVEPOINT here; SET LOCAL search_path = pg_catalog; SET LOCAL check_function_bodies = off; SET LOCAL client_min_messages = error");
    for (const auto& statement : script.statements) session_.execute(statement.sql);
  } catch (const pg::SqlError& error) {
    session_.execute("ROLLBACK TO here");
    return std::string("failed: ") + error.what() + '\n' + to_sql(script);
  }
  const auto left = diff(take_snapshot_within_transaction(session_, read_), target, compared_);
  return left.empty() ? "" : "left: " + to_plain(left) + to_sql(script);
}

}  // namespace prodclone::schema
