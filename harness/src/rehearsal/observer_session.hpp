// The observer's own connection, and what it must know before it puts questions between a script's statements.
#pragma once

#include <optional>
#include <string>

#include <prodclone/pg/session.hpp>
#include <prodclone/rehearsal/lock_trace.hpp>

namespace prodclone::rehearsal {

// Read-only, and never waiting long for a lock.
pg::Session open_side(const pg::ConnInfo& database);

// A trace without migrations: the server and the database.
LockTrace describe_server_of(pg::Session& side);

// As SHOW prints a time: "500ms", "5s", "2min", "0".
std::optional<Duration> parse_setting(const std::string& text);

bool controls_transaction(const std::string& statement);

// A query of ours before SET TRANSACTION would make that statement an error.
bool may_query_before(const StatementTrace& statement);

// Whether a statement that would commit by itself means the same in a block that is committed right after it: then its
// locks can be read before they are gone. A procedure or DO block may commit inside; REINDEX refuses a block when the
// table is partitioned, which the text does not show.
bool may_be_held_open(const StatementTrace& statement);

}  // namespace prodclone::rehearsal
