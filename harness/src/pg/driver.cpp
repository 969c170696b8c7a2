#include <prodclone/pg/driver.hpp>

#include <libpq-fe.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "connect_parameters.hpp"
#include "libpq_result.hpp"

namespace prodclone::pg {

struct Driver::Connection {
  ConnInfo info;
  std::unique_ptr<PGconn, decltype(&PQfinish)> handle{nullptr, &PQfinish};
  std::function<void(const Notice&)> sink;
  std::exception_ptr sink_failure;  // must not travel through libpq, which is C: thrown when the statement has ended

  static void receive(void* self, const PGresult* result) noexcept {
    auto& connection = *static_cast<Connection*>(self);
    if (!connection.sink || connection.sink_failure) return;
    try {
      connection.tell(result);
    } catch (...) {
      connection.sink_failure = std::current_exception();
    }
  }

  void tell(const PGresult* result) const {
    sink({field(result, PG_DIAG_SEVERITY_NONLOCALIZED), field(result, PG_DIAG_SQLSTATE),
          field(result, PG_DIAG_MESSAGE_PRIMARY), field(result, PG_DIAG_SOURCE_FUNCTION),
          field(result, PG_DIAG_TABLE_NAME)});
  }

  // Reads every pending result; the first error is thrown after the connection is ready again.
  Result finish(std::string_view statement) {
    Result last;
    std::optional<SqlFacts> error;
    while (true) {
      const ResultHandle result(PQgetResult(handle.get()), &PQclear);
      if (!result) break;
      switch (PQresultStatus(result.get())) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
        case PGRES_EMPTY_QUERY:
          last = to_result(result.get());
          break;
        case PGRES_COPY_OUT: {
          char* buffer = nullptr;
          while (PQgetCopyData(handle.get(), &buffer, 0) > 0) PQfreemem(buffer);
          break;
        }
        case PGRES_COPY_IN:
          PQputCopyEnd(handle.get(), "no data was given for this COPY");
          break;
        default:
          if (!error) error = facts_of(result.get(), statement);
          if (PQstatus(handle.get()) == CONNECTION_BAD) throw lost(statement);
      }
    }
    const auto failure = std::exchange(sink_failure, nullptr);
    if (error) throw SqlError(*std::move(error));
    if (failure) std::rethrow_exception(failure);
    return last;
  }

  void send_all(const std::string& text) const {
    if (PQsendQuery(handle.get(), text.c_str()) != 1) throw lost(text);
  }

  // Hands over the results of several statements; the first error, the server's or the sink's, is thrown when the
  // connection is ready again.
  template <typename Sink>
  void receive_all(const std::vector<std::string>& statements, const Sink& each) {
    std::optional<SqlFacts> error;
    std::exception_ptr refused;
    std::size_t ended = 0;
    while (true) {
      const ResultHandle result(PQgetResult(handle.get()), &PQclear);
      if (!result) break;
      const auto status = PQresultStatus(result.get());
      const std::string_view statement = ended < statements.size() ? std::string_view(statements[ended]) : "";
      if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
        if (!error) error = facts_of(result.get(), statement);
        if (PQstatus(handle.get()) == CONNECTION_BAD) throw lost(statement);
        continue;
      }
      if (status != PGRES_COPY_OUT) ++ended;
      if (refused) {
        drain(status);
        continue;
      }
      try {
        each(result.get());
      } catch (...) {
        refused = std::current_exception();
        drain(status);
      }
    }
    if (error) throw SqlError(*std::move(error));
    if (refused) std::rethrow_exception(refused);
  }

  void drain(ExecStatusType status) const {
    if (status != PGRES_COPY_OUT) return;
    char* buffer = nullptr;
    while (PQgetCopyData(handle.get(), &buffer, 0) > 0) PQfreemem(buffer);
  }

  SqlError lost(std::string_view statement) const {
    return SqlError(SqlFacts{.message = std::string("The connection was lost: ") + PQerrorMessage(handle.get()),
                             .statement = std::string(statement)});
  }
};

Driver::Driver(const ConnInfo& info) : connection_(std::make_unique<Connection>()) {
  connection_->info = info;
  connection_->handle.reset(PQconnectdb(keyword_string(info).c_str()));
  if (PQstatus(connection_->handle.get()) != CONNECTION_OK)
    throw connection_error(info, PQerrorMessage(connection_->handle.get()));
  PQsetNoticeReceiver(connection_->handle.get(), &Connection::receive, connection_.get());
}

Driver::~Driver() = default;
Driver::Driver(Driver&&) noexcept = default;
Driver& Driver::operator=(Driver&&) noexcept = default;

void Driver::on_notice(std::function<void(const Notice&)> sink) {
  connection_->sink = std::move(sink);
}

Result Driver::run(std::string_view sql) {
  const std::string text(sql);
  if (PQsendQuery(connection_->handle.get(), text.c_str()) != 1) throw connection_->lost(sql);
  return connection_->finish(sql);
}

namespace {

std::string in_one(const std::vector<std::string>& statements) {
  std::string text;
  for (const auto& statement : statements) text += statement + ";\n";
  return text;
}

// Cuts what COPY in binary form sends into rows: a header of 19 bytes before the first, two bytes (-1) after the last.
// The server sends whole rows, but the header together with what follows it.
class BinaryRows {
 public:
  // The row in one message; nothing in the last one.
  std::optional<std::string_view> row(std::string_view message) {
    constexpr std::size_t header = 19, field_count = 2;
    if (std::exchange(first_, false)) message.remove_prefix(std::min(header, message.size()));
    if (message.size() <= field_count) return std::nullopt;
    return message.substr(field_count);
  }

 private:
  bool first_ = true;
};

}  // namespace

void Driver::run_each(const std::vector<std::string>& statements,
                      const std::function<void(std::size_t, const Result&)>& sink) {
  if (statements.empty()) return;
  connection_->send_all(in_one(statements));
  std::size_t at = 0;
  connection_->receive_all(statements, [&](const PGresult* result) { sink(at++, to_result(result)); });
}

void Driver::copy_out(const std::vector<std::string>& statements,
                      const std::function<void(std::size_t, std::string_view)>& sink) {
  if (statements.empty()) return;
  connection_->send_all(in_one(statements));
  std::size_t at = 0;
  auto* handle = connection_->handle.get();
  connection_->receive_all(statements, [&](const PGresult* result) {
    if (PQresultStatus(result) == PGRES_COMMAND_OK) ++at;
    if (PQresultStatus(result) != PGRES_COPY_OUT) return;
    BinaryRows rows;
    char* buffer = nullptr;
    int length = 0;
    while ((length = PQgetCopyData(handle, &buffer, 0)) > 0) {
      const std::unique_ptr<char, decltype(&PQfreemem)> owner(buffer, &PQfreemem);
      if (const auto row = rows.row({buffer, static_cast<std::size_t>(length)})) sink(at, *row);
    }
  });
}

Result Driver::copy_in(std::string_view copy_statement, std::string_view data) {
  auto* handle = connection_->handle.get();
  const std::string text(copy_statement);
  if (PQsendQuery(handle, text.c_str()) != 1) throw connection_->lost(copy_statement);
  {
    const ResultHandle result(PQgetResult(handle), &PQclear);
    if (!result || PQresultStatus(result.get()) != PGRES_COPY_IN) {
      const bool refused = result && PQresultStatus(result.get()) == PGRES_FATAL_ERROR;
      auto facts = refused ? facts_of(result.get(), copy_statement)
                           : SqlFacts{.message = "The statement is not a COPY … FROM STDIN", .statement = text};
      try {
        connection_->finish(copy_statement);
      } catch (const SqlError&) {
        // The first refusal is the one that tells why.
      }
      throw SqlError(std::move(facts));
    }
  }
  constexpr std::size_t block = 1 << 20;
  for (std::size_t at = 0; at < data.size(); at += block) {
    const auto part = data.substr(at, block);
    if (PQputCopyData(handle, part.data(), static_cast<int>(part.size())) != 1) throw connection_->lost(copy_statement);
  }
  if (PQputCopyEnd(handle, nullptr) != 1) throw connection_->lost(copy_statement);
  return connection_->finish(copy_statement);
}

TransactionState Driver::transaction_state() const {
  switch (PQtransactionStatus(connection_->handle.get())) {
    case PQTRANS_IDLE:
      return TransactionState::idle;
    case PQTRANS_ACTIVE:
      return TransactionState::active;
    case PQTRANS_INTRANS:
      return TransactionState::in_transaction;
    case PQTRANS_INERROR:
      return TransactionState::failed_transaction;
    default:
      return TransactionState::unknown;
  }
}

int Driver::backend_pid() const {
  return PQbackendPID(connection_->handle.get());
}
int Driver::server_version() const {
  return PQserverVersion(connection_->handle.get());
}
const ConnInfo& Driver::conninfo() const {
  return connection_->info;
}

}  // namespace prodclone::pg
