#include "written_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include <prodclone/base/text.hpp>

namespace prodclone::checks {

namespace {

using rehearsal::StatementTrace;

template <typename Each>
void each_statement(const rehearsal::LockTrace& trace, Each each) {
  std::size_t at = 0;
  for (const auto& migration : trace.migrations)
    for (const auto& statement : migration.statements) each(at++, statement);
}

std::string said(const StatementTrace& statement, const std::string& table, const std::string& what) {
  return fmt::format("{}: {}, at {}:{}", table, what, statement.file, statement.line);
}

bool writes_rows(const std::string& command) {
  static constexpr std::string_view words[] = {"INSERT", "UPDATE", "DELETE", "MERGE", "COPY"};
  return std::any_of(std::begin(words), std::end(words), [&](std::string_view word) { return command.starts_with(word); });
}

}  // namespace

std::map<std::string, Written> written_tables(const rehearsal::LockTrace& trace) {
  std::map<std::string, Written> tables;
  each_statement(trace, [&](std::size_t at, const StatementTrace& statement) {
    for (const auto& rows : statement.rows)
      if (rows.inserted + rows.updated + rows.deleted > 0)
        tables[rows.relation] = {at, said(statement, rows.relation, fmt::format("{} inserted, {} updated, {} deleted", rows.inserted, rows.updated, rows.deleted))};
    for (const auto& rewrite : statement.rewrites)
      if (rewrite.reason == "emptied") tables[rewrite.relation] = {at, said(statement, rewrite.relation, "emptied")};
    // Its own transaction: the server's counters of it are not known, but the author's statement is.
    if (statement.autocommit && statement.affected_rows > 0 && writes_rows(statement.command))
      for (const auto& lock : statement.locks)
        if (lock.named && lock.mode == rehearsal::LockMode::row_exclusive)
          tables[lock.table] = {at, said(statement, lock.table, counted(statement.affected_rows, "row"))};
  });
  return tables;
}

std::optional<std::size_t> last_refresh(const rehearsal::LockTrace& trace, const std::string& view) {
  std::optional<std::size_t> last;
  each_statement(trace, [&](std::size_t at, const StatementTrace& statement) {
    const auto of_view = [&](const auto& fact) { return fact.relation == view; };
    const bool rewritten = std::any_of(statement.rewrites.begin(), statement.rewrites.end(), of_view);
    const bool rows = std::any_of(statement.rows.begin(), statement.rows.end(), [&](const auto& fact) { return of_view(fact) && fact.inserted + fact.deleted > 0; });
    const auto command = upper(statement.command);
    const bool by_command = (command.starts_with("REFRESH") || command.starts_with("CREATE MATERIALIZED")) &&
                            statement.text.find(view.substr(view.rfind('.') + 1)) != std::string::npos;
    if (rewritten || rows || by_command) last = at;
  });
  return last;
}

}  // namespace prodclone::checks
