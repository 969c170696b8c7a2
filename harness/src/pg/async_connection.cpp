#include <prodclone/pg/async_connection.hpp>

#include <poll.h>

#include <stdexcept>
#include <string>
#include <utility>

#include "connect_parameters.hpp"
#include "libpq_result.hpp"

namespace prodclone::pg {

struct AsyncConnection::Connection {
  std::unique_ptr<PGconn, decltype(&PQfinish)> handle{nullptr, &PQfinish};
  std::string statement;
  bool under_way = false;
  Answer answer;

  Answer end() {
    under_way = false;
    return std::exchange(answer, {});
  }

  Answer lost() {
    if (!answer.error)
      answer.error = SqlFacts{.message = std::string("The connection was lost: ") + PQerrorMessage(handle.get()), .statement = statement};
    answer.error->sqlstate.clear();
    return end();
  }

  void take(const PGresult* result) {
    switch (PQresultStatus(result)) {
      case PGRES_TUPLES_OK:
        answer.result = to_result(result);
        break;
      case PGRES_COMMAND_OK:
      case PGRES_EMPTY_QUERY:
        break;
      default:
        if (!answer.error) answer.error = facts_of(result, statement);
    }
  }
};

AsyncConnection::AsyncConnection(const ConnInfo& info) : connection_(std::make_unique<Connection>()) {
  connection_->handle.reset(PQconnectdb(keyword_string(info).c_str()));
  if (PQstatus(connection_->handle.get()) != CONNECTION_OK)
    throw connection_error(info, PQerrorMessage(connection_->handle.get()));
  PQsetNoticeReceiver(connection_->handle.get(), [](void*, const PGresult*) {}, nullptr);
}

AsyncConnection::~AsyncConnection() = default;
AsyncConnection::AsyncConnection(AsyncConnection&&) noexcept = default;
AsyncConnection& AsyncConnection::operator=(AsyncConnection&&) noexcept = default;

void AsyncConnection::send(std::string_view sql) {
  if (connection_->under_way) throw std::logic_error("an answer is still under way");
  connection_->statement = sql;
  connection_->answer = {};
  connection_->under_way = true;
  // What could not be sent is told as the answer.
  if (PQsendQuery(connection_->handle.get(), connection_->statement.c_str()) != 1) connection_->answer = {.error = SqlFacts{.message = PQerrorMessage(connection_->handle.get()), .statement = connection_->statement}};
}

bool AsyncConnection::under_way() const { return connection_->under_way; }

std::optional<AsyncConnection::Answer> AsyncConnection::receive() {
  auto& connection = *connection_;
  if (!connection.under_way) return std::nullopt;
  auto* handle = connection.handle.get();
  if (connection.answer.error && connection.answer.error->sqlstate.empty()) return connection.end();
  if (PQconsumeInput(handle) != 1) return connection.lost();
  while (PQisBusy(handle) == 0) {
    const ResultHandle result(PQgetResult(handle), &PQclear);
    if (!result) return connection.end();
    connection.take(result.get());
    if (PQstatus(handle) == CONNECTION_BAD) return connection.lost();
  }
  return std::nullopt;
}

AsyncConnection::Answer AsyncConnection::ask(std::string_view sql) {
  send(sql);
  while (true) {
    if (auto answer = receive()) return *std::move(answer);
    pollfd ready{.fd = socket(), .events = POLLIN, .revents = 0};
    ::poll(&ready, 1, -1);
  }
}

int AsyncConnection::socket() const { return PQsocket(connection_->handle.get()); }
int AsyncConnection::backend_pid() const { return PQbackendPID(connection_->handle.get()); }

}  // namespace prodclone::pg
