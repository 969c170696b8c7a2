// What one table's failed query means for the others.
#pragma once

#include <string>

#include <prodclone/pg/session.hpp>
#include <prodclone/pg/sql_error.hpp>

namespace prodclone::data {

// False: the connection is gone, and with it all that was still to be read. libpqxx 6.4 loses the SQLSTATE of some
// refusals, so an empty one does not prove that.
bool answers(pg::Session& session);

// The server's words and SQLSTATE.
std::string reason(const pg::SqlError& error);

}  // namespace prodclone::data
