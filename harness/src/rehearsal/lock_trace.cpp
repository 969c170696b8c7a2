#include <prodclone/rehearsal/lock_trace.hpp>

#include <algorithm>

namespace prodclone::rehearsal {

Duration duration_of(const MigrationTrace& migration) {
  Duration end{};
  for (const auto& statement : migration.statements) end = std::max(end, statement.started + statement.took);
  for (const auto& transaction : migration.transactions) end = std::max(end, transaction.ended);
  return end;
}

}  // namespace prodclone::rehearsal
