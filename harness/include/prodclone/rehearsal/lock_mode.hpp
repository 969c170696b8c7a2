// PostgreSQL's table lock modes in order of strength, and whom each keeps waiting.
#pragma once

#include <optional>
#include <string_view>

namespace prodclone::rehearsal {

enum class LockMode {
  access_share,
  row_share,
  row_exclusive,
  share_update_exclusive,
  share,
  share_row_exclusive,
  exclusive,
  access_exclusive,
};

constexpr bool blocks_reads(LockMode mode) { return mode == LockMode::access_exclusive; }
constexpr bool blocks_writes(LockMode mode) { return mode >= LockMode::share; }
// Two transactions cannot hold both on one relation.
bool conflict(LockMode a, LockMode b);

std::string_view sql_name(LockMode mode);                            // "ACCESS EXCLUSIVE"
std::string_view to_string(LockMode mode);                           // "access_exclusive", as the JSON form has it
std::optional<LockMode> lock_mode_from(std::string_view name);       // that, or pg_locks' "AccessExclusiveLock"

}  // namespace prodclone::rehearsal
