// A database's name for -d: as a connection string, since a name that looks like one would be read as one.
#pragma once

#include <string>

#include <prodclone/base/text.hpp>

namespace prodclone::dump {

inline std::string connection_string(const std::string& database) {
  return "dbname='" + replaced(replaced(database, "\\", "\\\\"), "'", "\\'") + "'";
}

}  // namespace prodclone::dump
