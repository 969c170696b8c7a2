#include "observer_session.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <thread>

#include <prodclone/pg/sql_scanner.hpp>

#include <sql/server_facts.hpp>

namespace prodclone::rehearsal {

std::optional<Duration> parse_setting(const std::string& text) {
  static constexpr std::array<std::pair<std::string_view, std::int64_t>, 6> units = {
      {{"us", 1}, {"ms", 1'000}, {"s", 1'000'000}, {"min", 60'000'000}, {"h", 3'600'000'000}, {"d", 86'400'000'000}}};
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || digits > 12) return std::nullopt;
  const auto number = std::stoll(text.substr(0, digits));
  const auto unit = std::string_view(text).substr(digits);
  if (unit.empty()) return Duration(number * 1000);
  for (const auto& [name, factor] : units)
    if (unit == name) return Duration(number * factor);
  return std::nullopt;
}

bool controls_transaction(const std::string& statement) { return pg::transaction_control(statement) != pg::TransactionControl::none; }

bool may_query_before(const StatementTrace& statement) {
  return !controls_transaction(statement.text) && !statement.command.starts_with("SET");
}

bool may_be_held_open(const StatementTrace& statement) {
  static constexpr std::array<std::string_view, 11> verbs = {"ALTER", "CREATE", "DROP", "TRUNCATE", "REFRESH", "COMMENT",
                                                             "INSERT", "UPDATE", "DELETE", "GRANT", "REVOKE"};
  const auto verb = statement.command.substr(0, statement.command.find(' '));
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end() && !pg::refuses_transaction_block(statement.text);
}

pg::Session open_side(const pg::ConnInfo& database) {
  pg::Session session(database);
  session.execute("SET default_transaction_read_only = on; SET lock_timeout = '2s'; SET statement_timeout = '60s'; SET jit = off; "
                  "SET search_path = pg_catalog; SET application_name = 'prodclone lock observer'");
  return session;
}

LockTrace describe_server_of(pg::Session& side) {
  LockTrace trace;
  const auto facts = side.query(sql::server_facts);
  trace.server = {.version = facts.text(0, "version"),
                  .wal_level = facts.text(0, "wal_level"),
                  .fsync = facts.boolean(0, "fsync"),
                  .shared_buffers = {facts.integer(0, "shared_buffers")},
                  .maintenance_work_mem = {facts.integer(0, "maintenance_work_mem")},
                  .max_parallel_maintenance_workers = static_cast<int>(facts.integer(0, "workers")),
                  .deadlock_timeout = facts.is_null(0, "deadlock_timeout_ms") ? Duration() : std::chrono::milliseconds(facts.integer(0, "deadlock_timeout_ms")),
                  .time_zone = facts.text(0, "time_zone"),
                  .cores = static_cast<int>(std::thread::hardware_concurrency())};
  trace.database = facts.text(0, "database");
  trace.database_size = {facts.integer(0, "database_size")};
  return trace;
}

}  // namespace prodclone::rehearsal
