// A connection for plain queries (libpqxx underneath). For notices, COPY, and seeing a transaction from outside use
// Driver; both return Result and throw SqlError.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <prodclone/pg/conninfo.hpp>
#include <prodclone/pg/result.hpp>
#include <prodclone/pg/sql_error.hpp>

namespace prodclone::pg {

using Parameters = std::vector<std::optional<std::string>>;

class Session {
 public:
  // Throws SqlError: the message says where it tried to connect (without the password) and what to look at.
  explicit Session(const ConnInfo& info);
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  // One statement with $1… parameters, or several statements without.
  Result query(std::string_view sql);
  Result query(std::string_view sql, const Parameters& parameters);
  void execute(std::string_view sql) { query(sql); }

  // Runs `work` inside one read-only REPEATABLE READ transaction: every query in it sees the same moment.
  void in_snapshot(const std::function<void()>& work);
  // Runs `work` inside a transaction: committed when it returns, rolled back when it throws.
  void in_transaction(const std::function<void()>& work);

  int server_version();        // 150018
  int server_major() { return server_version() / 10000; }
  int backend_pid();
  const ConnInfo& conninfo() const;

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace prodclone::pg
