// What a server said when it refused: facts, not a class per code.
#pragma once

#include <string>
#include <string_view>

#include <prodclone/base/error.hpp>

namespace prodclone::pg {

struct SqlFacts {
  std::string sqlstate = {};     // empty: the connection failed
  std::string message = {};
  std::string detail = {};
  std::string hint = {};
  std::string context = {};
  std::string statement = {};
  int position = 0;              // 1-based character in the statement; 0: not given
  std::string schema = {}, table = {}, column = {}, constraint = {};
};

class SqlError : public Error {
 public:
  explicit SqlError(SqlFacts facts, Failure failure = Failure::could_not_check);
  const SqlFacts& facts() const { return facts_; }
  bool is(std::string_view sqlstate_or_class) const;  // "23505", or "23" for the class
  bool connection_lost() const;                       // outcome unknown
  bool retryable() const;                             // lock timeout, deadlock, serialization, server starting

 private:
  SqlFacts facts_;
};

}  // namespace prodclone::pg
