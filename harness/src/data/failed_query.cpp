#include "failed_query.hpp"

#include <fmt/format.h>

namespace prodclone::data {

bool answers(pg::Session& session) {
  try {
    session.execute("SELECT 1");
    return true;
  } catch (const pg::SqlError&) {
    return false;
  }
}

std::string reason(const pg::SqlError& error) {
  const auto& facts = error.facts();
  return facts.sqlstate.empty() ? facts.message : fmt::format("{} (SQLSTATE {})", facts.message, facts.sqlstate);
}

}  // namespace prodclone::data
