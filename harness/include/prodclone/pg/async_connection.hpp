// A connection that need not be waited for (libpq underneath): statements are sent, and their answer is taken when it has
// come, so that one thread serves many with poll() on their sockets. To wait for each statement use Session, to drive a
// migration Driver.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include <prodclone/pg/conninfo.hpp>
#include <prodclone/pg/result.hpp>
#include <prodclone/pg/sql_error.hpp>

namespace prodclone::pg {

class AsyncConnection {
 public:
  struct Answer {
    Result result = {};                  // of the last statement that gave rows
    std::optional<SqlFacts> error = {};  // the first; without an SQLSTATE: the connection is lost
  };

  explicit AsyncConnection(const ConnInfo& info);  // waits until it is connected; throws SqlError
  ~AsyncConnection();
  AsyncConnection(AsyncConnection&&) noexcept;
  AsyncConnection& operator=(AsyncConnection&&) noexcept;

  // Several statements at once are one transaction. Nothing else may be under way. Notices are dropped.
  void send(std::string_view sql);
  bool under_way() const;
  std::optional<Answer> receive();       // what has come, without waiting; nothing before the last statement has ended
  Answer ask(std::string_view sql);      // sends and waits

  int socket() const;                    // readable: receive() may have something
  int backend_pid() const;

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace prodclone::pg
