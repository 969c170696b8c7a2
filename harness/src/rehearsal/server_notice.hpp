// What a debug1 notice says about the work that a statement is about to cause, told by the server's source function:
// its messages for developers are never translated.
#pragma once

#include <optional>
#include <string>

#include <prodclone/pg/driver.hpp>

namespace prodclone::rehearsal {

struct ServerNotice {
  enum class Kind { rewrites, verifies, builds_index, validates_foreign_key, skips_scan, used_temporary_file };
  Kind kind = Kind::verifies;
  std::string table = {};      // unqualified
  std::string object = {};     // the index or the constraint
  std::int64_t bytes = 0;      // of the temporary file
  std::string function = {}, said = {};
};

// None: the notice is of no interest.
std::optional<ServerNotice> read_notice(const pg::Notice& notice);

}  // namespace prodclone::rehearsal
