// A connection that drives a migration (libpq underneath): it hands over every notice with its source function, runs
// scripts statement by statement in simple protocol, feeds COPY data, and can be watched while it waits.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <prodclone/pg/conninfo.hpp>
#include <prodclone/pg/result.hpp>
#include <prodclone/pg/sql_error.hpp>

namespace prodclone::pg {

struct Notice {
  std::string severity = {};         // never localised: NOTICE, WARNING, DEBUG, LOG
  std::string sqlstate = {};
  std::string message = {};
  std::string source_function = {};  // PG_DIAG_SOURCE_FUNCTION: ATRewriteTable, index_build, …
  std::string table = {};
};

enum class TransactionState { idle, active, in_transaction, failed_transaction, unknown };

class Driver {
 public:
  explicit Driver(const ConnInfo& info);
  ~Driver();
  Driver(Driver&&) noexcept;
  Driver& operator=(Driver&&) noexcept;

  // Called during `run`, on the thread that runs.
  void on_notice(std::function<void(const Notice&)> sink);

  // Simple protocol, waits for the end; the last result of several statements. Throws SqlError with every fact.
  Result run(std::string_view sql);
  // Several statements in one round trip, a result for each; the sink gets each as it comes. Throws SqlError with the
  // statement that failed. They must hold neither COPY nor a semicolon outside quotes at their end.
  void run_each(const std::vector<std::string>& statements, const std::function<void(std::size_t, const Result&)>& sink);
  // Several COPY … TO STDOUT (FORMAT binary) in one round trip; the sink gets each row as the server sends it: for each
  // field four bytes of length, most significant first (-1: NULL), and the value. The view is gone after the call.
  void copy_out(const std::vector<std::string>& statements, const std::function<void(std::size_t, std::string_view)>& sink);
  // COPY … FROM STDIN with its data.
  Result copy_in(std::string_view copy_statement, std::string_view data);

  TransactionState transaction_state() const;
  int backend_pid() const;
  int server_version() const;
  const ConnInfo& conninfo() const;

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace prodclone::pg
