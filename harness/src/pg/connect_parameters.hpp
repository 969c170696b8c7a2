// A ConnInfo as libpq's keyword string. Holds the password: never print it.
#pragma once

#include <string>

#include <prodclone/pg/conninfo.hpp>
#include <prodclone/pg/sql_error.hpp>

namespace prodclone::pg {

std::string keyword_string(const ConnInfo& info);

// What went wrong when a connection failed, with what to look at.
SqlError connection_error(const ConnInfo& info, std::string message);

}  // namespace prodclone::pg
