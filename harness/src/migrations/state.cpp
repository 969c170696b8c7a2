#include <prodclone/migrations/state.hpp>

#include <fmt/format.h>
#include <sql/state_table_columns.hpp>

#include <algorithm>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/quote.hpp>

#include "layouts.hpp"
#include "state_tables.hpp"

namespace prodclone::migrations {

namespace {

std::string in_sql(pg::Session& session, const std::string& name, bool bound_to_schema) {
  const auto qualified = [](const std::string& schema, const std::string& table) {
    return pg::quote_identifier_if_needed(schema) + '.' + pg::quote_identifier_if_needed(table);
  };
  if (const auto dot = name.find('.'); dot != std::string::npos)
    return qualified(name.substr(0, dot), name.substr(dot + 1));
  if (!bound_to_schema) return pg::quote_identifier_if_needed(name);
  const auto schema = session.query("SELECT pg_catalog.current_schema() AS schema").optional_text(0, "schema");
  if (!schema)
    throw Error(Failure::could_not_check,
                fmt::format("No schema of the search_path exists in {}.", pg::masked(session.conninfo())),
                "Create it, or set the state table as schema.table.");
  return qualified(*schema, name);
}

void refuse_foreign_table(const StateTableRow& row, const FoundTable& table, const pg::Session& session) {
  const auto contains = [](const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  };
  const bool complete = std::all_of(row.columns.begin(), row.columns.end(),
                                    [&](const std::string& column) { return contains(*table.columns, column); });
  const bool nothing_else = std::all_of(table.columns->begin(), table.columns->end(), [&](const std::string& column) {
    return contains(row.columns, column) || contains(row.optional_columns, column);
  });
  if (complete && nothing_else) return;
  auto what = fmt::format("The table {} in {} has the columns {}, which is not how {} keeps its state.", table.name,
                          pg::masked(session.conninfo()), joined(*table.columns, ", "), tool_facts(row.layout).tool);
  for (const auto& other : layout_rows()) {
    const auto* candidate = state_table_row(other.layout);
    if (candidate == nullptr || candidate == &row) continue;
    if (std::all_of(candidate->columns.begin(), candidate->columns.end(),
                    [&](const std::string& column) { return contains(*table.columns, column); }))
      what += fmt::format(" It looks like {}'s.", other.facts.tool);
  }
  throw Error(
      Failure::could_not_check, what,
      "Set \"migrations\": { \"layout\": … } to the tool that migrates this database, or name its state table.");
}

State read_command_state(pg::Session& session, const Project& project) {
  State state;
  const auto& command = project.settings.command;
  const auto name = state_table_name(project);
  if (name.empty()) return state;
  state.table = in_sql(session, name, false);
  const auto found = session.query(sql::state_table_columns, {state.table});
  state.table_present = !found.empty();
  if (found.empty()) return state;
  const auto column = command.state_column.empty() ? found.texts(0, "columns").front() : command.state_column;
  const auto rows =
      session.query(fmt::format("SELECT {}::text AS id FROM {} ORDER BY 1", pg::quote_identifier(column), state.table));
  for (std::size_t row = 0; row < rows.rows(); ++row) state.applied.push_back({.id = rows.text(row, "id")});
  return state;
}

}  // namespace

FoundTable find_state_table(pg::Session& session, const Project& project) {
  const auto* row = state_table_row(project.layout);
  FoundTable table{.name = in_sql(session, state_table_name(project), row->bound_to_schema)};
  const auto found = session.query(sql::state_table_columns, {table.name});
  if (found.empty()) return table;
  table.columns = found.texts(0, "columns");
  refuse_foreign_table(*row, table, session);
  return table;
}

State read_state(pg::Session& session, const Project& project) {
  if (project.layout == Layout::command) return read_command_state(session, project);
  const auto table = find_state_table(session, project);
  State state{.table = table.name, .table_present = table.columns.has_value()};
  if (!table.columns) return state;
  const auto* row = state_table_row(project.layout);
  row->read(session.query(row->query(table.name, *table.columns)), project, state);
  return state;
}

void ensure_state_table(pg::Session& session, const Project& project) {
  const auto* row = state_table_row(project.layout);
  if (row == nullptr) return;  // the tool makes its own
  const auto table = find_state_table(session, project);
  for (const auto& statement : row->ensure(table.name, table.columns.value_or(std::vector<std::string>{})))
    session.execute(statement);
}

}  // namespace prodclone::migrations
