// What the comment lines at the head and foot of pg_dump's SQL output tell.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <prodclone/base/quantities.hpp>

namespace prodclone::dump {

struct PlainHeader {
  std::string server_version = {};
  std::string pg_dump_version = {};
  std::string database = {};               // from the first \connect
  std::optional<WallTime> taken_at = {};   // from "-- Started on …", which pg_dump -v writes
  bool whole_cluster = false;
};

PlainHeader read_plain_header(std::string_view head);

// Text without control characters whose first word is one that SQL scripts begin with.
bool looks_like_sql(std::string_view head);

// False when the head is pg_dump's and the foot that it always writes is not there.
bool plain_is_complete(std::string_view head, std::string_view tail);

}  // namespace prodclone::dump
