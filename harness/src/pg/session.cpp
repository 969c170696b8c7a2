#include <prodclone/pg/session.hpp>

#include <pqxx/pqxx>

#include <type_traits>

#include <prodclone/base/text.hpp>

#include "connect_parameters.hpp"

namespace prodclone::pg {

// All that differs between libpqxx 6.4 and 7.10 is in this file.
struct Session::Connection {
  ConnInfo info;
  std::unique_ptr<pqxx::connection> handle;
};

namespace {

Result to_result(const pqxx::result& rows) {
  std::vector<std::string> columns;
  for (pqxx::row::size_type i = 0; i < rows.columns(); ++i) columns.emplace_back(rows.column_name(i));
  std::vector<std::optional<std::string>> cells;
  cells.reserve(static_cast<std::size_t>(rows.size()) * columns.size());
  for (const auto& row : rows)
    for (const auto& field : row) {
      if (field.is_null())
        cells.emplace_back();
      else
        cells.emplace_back(std::string(field.c_str(), static_cast<std::size_t>(field.size())));
    }
  // pqxx tells the number of rows only; a tag in the server's form serves both kinds of connection.
  return Result(std::move(columns), std::move(cells), "ROWS " + std::to_string(rows.affected_rows()));
}

pqxx::result run_query(pqxx::transaction_base& transaction, std::string_view sql, const Parameters& parameters) {
  const std::string text(sql);
  if (parameters.empty()) return transaction.exec(text);
#if PQXX_VERSION_MAJOR >= 7
  pqxx::params values;
  for (const auto& parameter : parameters) {
    if (parameter)
      values.append(*parameter);
    else
      values.append();
  }
#if PQXX_VERSION_MAJOR > 7 || PQXX_VERSION_MINOR >= 10
  return transaction.exec(text, values);
#else
  return transaction.exec_params(text, values);
#endif
#else
  std::vector<const char*> values;
  for (const auto& parameter : parameters) values.push_back(parameter ? parameter->c_str() : nullptr);
  return transaction.exec_params(text, pqxx::prepare::make_dynamic_params(values));
#endif
}

// pqxx hands over libpq's text only ("ERROR:  …", then lines that begin with DETAIL:, HINT: …): taken apart here.
// libpqxx 6.4 forgets the code of those errors that have a class of their own.
std::string sqlstate_of(const pqxx::sql_error& error) {
  if (!error.sqlstate().empty()) return error.sqlstate();
  const auto is = [&]<typename Kind>(std::type_identity<Kind>) { return dynamic_cast<const Kind*>(&error) != nullptr; };
  if (is(std::type_identity<pqxx::unique_violation>())) return "23505";
  if (is(std::type_identity<pqxx::foreign_key_violation>())) return "23503";
  if (is(std::type_identity<pqxx::not_null_violation>())) return "23502";
  if (is(std::type_identity<pqxx::check_violation>())) return "23514";
  if (is(std::type_identity<pqxx::integrity_constraint_violation>())) return "23000";
  if (is(std::type_identity<pqxx::insufficient_privilege>())) return "42501";
  if (is(std::type_identity<pqxx::undefined_table>())) return "42P01";
  if (is(std::type_identity<pqxx::undefined_column>())) return "42703";
  if (is(std::type_identity<pqxx::undefined_function>())) return "42883";
  if (is(std::type_identity<pqxx::syntax_error>())) return "42601";
  if (is(std::type_identity<pqxx::disk_full>())) return "53100";
  if (is(std::type_identity<pqxx::out_of_memory>())) return "53200";
  if (is(std::type_identity<pqxx::feature_not_supported>())) return "0A000";
  if (is(std::type_identity<pqxx::data_exception>())) return "22000";
  return {};
}

SqlFacts facts_of(const pqxx::sql_error& error) {
  SqlFacts facts;
  facts.sqlstate = sqlstate_of(error);
  facts.statement = error.query();
  std::string* part = &facts.message;
  bool skipping = false;
  for (const auto& line : lines_of(error.what())) {
    const auto begins = [&](std::string_view label) { return line.starts_with(label); };
    if (begins("LINE ")) {
      skipping = true;  // an excerpt of the statement and a caret below it
      continue;
    }
    std::string* next = begins("DETAIL:")    ? &facts.detail
                        : begins("HINT:")    ? &facts.hint
                        : begins("CONTEXT:") ? &facts.context
                                             : nullptr;
    if (next != nullptr || begins("ERROR:") || begins("FATAL:") || begins("PANIC:")) {
      part = next != nullptr ? next : &facts.message;
      skipping = false;
      *part = trimmed(std::string_view(line).substr(line.find(':') + 1));
    } else if (!skipping) {
      if (!part->empty()) *part += '\n';
      *part += line;
    }
  }
  return facts;
}

}  // namespace

Session::Session(const ConnInfo& info) : connection_(std::make_unique<Connection>()) {
  connection_->info = info;
  try {
    connection_->handle = std::make_unique<pqxx::connection>(keyword_string(info));
  } catch (const pqxx::failure& error) {
    throw connection_error(info, error.what());
  }
}

Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

Result Session::query(std::string_view sql) {
  return query(sql, {});
}

Result Session::query(std::string_view sql, const Parameters& parameters) {
  try {
    // A nontransaction adds nothing of its own: transactions are ours to begin and to end.
    pqxx::nontransaction transaction(*connection_->handle);
    return to_result(run_query(transaction, sql, parameters));
  } catch (const pqxx::broken_connection& error) {
    throw SqlError(
        SqlFacts{.message = std::string("The connection was lost: ") + error.what(), .statement = std::string(sql)});
  } catch (const pqxx::sql_error& error) {
    throw SqlError(facts_of(error));
  } catch (const pqxx::failure& error) {
    throw SqlError(SqlFacts{.message = error.what(), .statement = std::string(sql)});
  }
}

namespace {
void in_block(Session& session, std::string_view begin, std::string_view end, const std::function<void()>& work) {
  session.execute(begin);
  try {
    work();
  } catch (...) {
    try {
      session.execute("ROLLBACK");
    } catch (const Error&) {
      // The connection is gone and the transaction with it; the first error tells why.
    }
    throw;
  }
  session.execute(end);
}
}  // namespace

void Session::in_snapshot(const std::function<void()>& work) {
  in_block(*this, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "COMMIT", work);
}

void Session::in_transaction(const std::function<void()>& work) {
  in_block(*this, "BEGIN", "COMMIT", work);
}

int Session::server_version() {
  return connection_->handle->server_version();
}
int Session::backend_pid() {
  return connection_->handle->backendpid();
}
const ConnInfo& Session::conninfo() const {
  return connection_->info;
}

}  // namespace prodclone::pg
