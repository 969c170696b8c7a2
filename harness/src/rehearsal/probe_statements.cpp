#include "probe_statements.hpp"

#include <prodclone/base/text.hpp>
#include <prodclone/pg/quote.hpp>

#include <sql/probed_tables.hpp>

namespace prodclone::rehearsal {

namespace {

std::string key_of(const ProbedTable& table) { return '(' + joined(table.key, ", ") + ')'; }

}  // namespace

std::map<Oid, ProbedTable> look_at_tables(pg::Session& session, const std::vector<Oid>& tables) {
  std::vector<std::string> wanted;
  for (const auto table : tables) wanted.push_back(std::to_string(table));
  const auto rows = session.query(sql::probed_tables, {pg::array_literal(wanted)});
  std::map<Oid, ProbedTable> found;
  for (std::size_t row = 0; row < rows.rows(); ++row)
    found[static_cast<Oid>(rows.integer(row, "oid"))] = {rows.text(row, "name"), rows.texts(row, "key"), rows.texts(row, "columns")};
  return found;
}

std::vector<std::string> sample_of_keys(pg::Session& session, const ProbedTable& table, std::size_t most) {
  if (table.key.empty()) return {};
  std::vector<std::string> columns;
  for (std::size_t i = 0; i < table.key.size(); ++i) columns.push_back(table.key[i] + "::pg_catalog.text AS k" + std::to_string(i));
  const auto spread = most == 1 ? "" : " ORDER BY pg_catalog.hashtext(ROW" + key_of(table) + "::pg_catalog.text)";
  const auto rows = session.query("SELECT " + joined(columns, ", ") + " FROM " + table.name + spread + " LIMIT " + std::to_string(most));
  std::vector<std::string> keys;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    std::vector<std::string> values;
    for (std::size_t i = 0; i < table.key.size(); ++i) values.push_back(pg::quote_literal(rows.text(row, "k" + std::to_string(i))));
    keys.push_back('(' + joined(values, ", ") + ')');
  }
  return keys;
}

std::string read_statement(const ProbedTable& table, const std::vector<std::string>& keys) {
  if (table.key.empty() || keys.empty()) return "SELECT 1 FROM " + table.name + " LIMIT 1";
  return "SELECT 1 FROM " + table.name + " WHERE " + key_of(table) + " = " + keys.front();
}

std::string write_statement(const ProbedTable& table) { return "DELETE FROM " + table.name + " WHERE false"; }

std::string row_statement(const ProbedTable& table, const std::vector<std::string>& keys) {
  const auto sampled = table.name + " WHERE " + key_of(table) + " IN (" + joined(keys, ", ") + ')';
  return "LOCK TABLE " + table.name + " IN ROW SHARE MODE NOWAIT; SELECT (SELECT pg_catalog.count(*) FROM " + sampled + ") AS there, " +
         "(SELECT pg_catalog.count(*) FROM (SELECT 1 FROM " + sampled + " FOR NO KEY UPDATE SKIP LOCKED) s) AS free; ROLLBACK";
}

void become_probe(const std::function<void(const std::string&, bool required)>& set) {
  set("SET application_name = 'prodclone traffic probe'; SET search_path = pg_catalog; SET lock_timeout = '100ms'; SET statement_timeout = 0; "
      "SET default_transaction_read_only = off; SET default_transaction_isolation = 'read committed'; SET jit = off; "
      "SET client_min_messages = error",
      true);
  // What this server or role does not allow is done without.
  for (const char* setting : {"session_replication_role = replica", "log_min_messages = panic", "log_min_error_statement = panic",
                              "log_statement = none", "log_min_duration_statement = -1", "idle_session_timeout = 0"})
    set(std::string("SET ") + setting, false);
}

}  // namespace prodclone::rehearsal
