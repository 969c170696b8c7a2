// The table of state tables: for each layout the columns, the DDL, how its rows read, and the rows that the tool
// writes around a migration.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <prodclone/migrations/project.hpp>
#include <prodclone/migrations/state.hpp>
#include <prodclone/pg/session.hpp>

namespace prodclone::migrations {

enum class Direction { up, down };

// What the tool writes before and after the statements of one migration.
struct Bookkeeping {
  std::vector<std::string> before = {};
  std::vector<std::string> after = {};
  std::vector<std::string> after_failure = {};
  // True: `before` and `after` are transactions of their own, committed whatever becomes of the script.
  // False: they share the script's transaction, or commit one by one when it has none.
  bool own_transaction = false;
  // Outside a transaction the tool answers a failed up script by running the down script.
  bool backs_out = false;
};

struct StateTableRow {
  Layout layout;
  std::vector<std::string> columns;           // an existing table must have these …
  std::vector<std::string> optional_columns;  // … may lack or have these, and nothing else
  // Resolved once, by the schema that is current when the tool connects; else by each statement's own search_path.
  bool bound_to_schema;
  std::vector<std::string> (*ensure)(const std::string& table, const std::vector<std::string>& existing_columns);
  std::string (*query)(const std::string& table, const std::vector<std::string>& columns);
  void (*read)(const pg::Result& rows, const Project& project, State& state);
  Bookkeeping (*bookkeeping)(const Project& project, const std::string& table, const Migration& migration,
                             Direction direction);
};

// None for `command`.
const StateTableRow* state_table_row(Layout layout);

struct FoundTable {
  std::string name = {};  // as it is to be written in SQL
  std::optional<std::vector<std::string>> columns = {};
};
FoundTable find_state_table(pg::Session& session, const Project& project);

}  // namespace prodclone::migrations
