// Gathers what a load could not do, object by object: names it, says why without a value of any row, and finds what of
// it is only the consequence of something else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <prodclone/dump/unloaded.hpp>
#include <prodclone/pg/sql_error.hpp>

namespace prodclone::dump {

class Shortfalls {
 public:
  // Adds to `into`, which outlives this.
  explicit Shortfalls(std::vector<Unloaded>& into) : all_(into) {}

  // False: the server or the disk failed, not the object, and going on would lose everything silently.
  static bool concerns_one_object(const pg::SqlError& error);

  void add(const pg::SqlError& error, std::string_view statement);
  // A foreign key that rows violate and that was made without trying them.
  void made_without_trying(std::string_view statement, bool marked_as_valid);
  bool lacks(std::string_view kind, const std::string& name) const;

 private:
  void add(Unloaded one);
  std::string cause_of(const pg::SqlError& error) const;

  std::vector<Unloaded>& all_;
};

}  // namespace prodclone::dump
