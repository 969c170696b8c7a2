#include "libpq_result.hpp"

#include <optional>
#include <vector>

namespace prodclone::pg {

std::string field(const PGresult* result, int code) {
  const char* value = PQresultErrorField(result, code);
  return value == nullptr ? std::string() : value;
}

SqlFacts facts_of(const PGresult* result, std::string_view statement) {
  SqlFacts facts;
  facts.sqlstate = field(result, PG_DIAG_SQLSTATE);
  facts.message = field(result, PG_DIAG_MESSAGE_PRIMARY);
  facts.detail = field(result, PG_DIAG_MESSAGE_DETAIL);
  facts.hint = field(result, PG_DIAG_MESSAGE_HINT);
  facts.context = field(result, PG_DIAG_CONTEXT);
  facts.schema = field(result, PG_DIAG_SCHEMA_NAME);
  facts.table = field(result, PG_DIAG_TABLE_NAME);
  facts.column = field(result, PG_DIAG_COLUMN_NAME);
  facts.constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
  facts.statement = statement;
  const auto position = field(result, PG_DIAG_STATEMENT_POSITION);
  if (!position.empty()) facts.position = std::stoi(position);
  if (facts.message.empty()) facts.message = PQresultErrorMessage(result);
  return facts;
}

Result to_result(const PGresult* result) {
  std::vector<std::string> columns;
  const int fields = PQnfields(result), tuples = PQntuples(result);
  for (int i = 0; i < fields; ++i) columns.emplace_back(PQfname(result, i));
  std::vector<std::optional<std::string>> cells;
  cells.reserve(static_cast<std::size_t>(fields) * static_cast<std::size_t>(tuples));
  for (int row = 0; row < tuples; ++row)
    for (int column = 0; column < fields; ++column) {
      if (PQgetisnull(result, row, column) != 0)
        cells.emplace_back();
      else
        cells.emplace_back(
            std::string(PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column))));
    }
  return Result(std::move(columns), std::move(cells), PQcmdStatus(const_cast<PGresult*>(result)));
}

}  // namespace prodclone::pg
