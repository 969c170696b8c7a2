#include <prodclone/rehearsal/lock_mode.hpp>

#include <array>

namespace prodclone::rehearsal {

namespace {

struct Names {
  LockMode mode;
  std::string_view sql, plain, server;
};

constexpr std::array<Names, 8> all_modes = {{
    {LockMode::access_share, "ACCESS SHARE", "access_share", "AccessShareLock"},
    {LockMode::row_share, "ROW SHARE", "row_share", "RowShareLock"},
    {LockMode::row_exclusive, "ROW EXCLUSIVE", "row_exclusive", "RowExclusiveLock"},
    {LockMode::share_update_exclusive, "SHARE UPDATE EXCLUSIVE", "share_update_exclusive", "ShareUpdateExclusiveLock"},
    {LockMode::share, "SHARE", "share", "ShareLock"},
    {LockMode::share_row_exclusive, "SHARE ROW EXCLUSIVE", "share_row_exclusive", "ShareRowExclusiveLock"},
    {LockMode::exclusive, "EXCLUSIVE", "exclusive", "ExclusiveLock"},
    {LockMode::access_exclusive, "ACCESS EXCLUSIVE", "access_exclusive", "AccessExclusiveLock"},
}};

}  // namespace

bool conflict(LockMode a, LockMode b) {
  using enum LockMode;
  const auto weaker = a < b ? a : b, stronger = a < b ? b : a;
  switch (weaker) {
    case access_share: return stronger == access_exclusive;
    case row_share: return stronger >= exclusive;
    case row_exclusive: return stronger >= share;
    case share: return stronger != share;   // two index builds do not hinder each other
    default: return true;
  }
}

std::string_view sql_name(LockMode mode) { return all_modes.at(static_cast<std::size_t>(mode)).sql; }
std::string_view to_string(LockMode mode) { return all_modes.at(static_cast<std::size_t>(mode)).plain; }

std::optional<LockMode> lock_mode_from(std::string_view name) {
  for (const auto& names : all_modes)
    if (name == names.plain || name == names.server) return names.mode;
  return std::nullopt;
}

}  // namespace prodclone::rehearsal
