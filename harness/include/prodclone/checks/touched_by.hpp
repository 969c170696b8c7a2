// Which statements of the pending migrations have to do with a difference.
#pragma once

#include <string>
#include <vector>

#include <prodclone/checks/schema_drift.hpp>

namespace prodclone::checks {

// "20260424-rename.up.sql:12: ALTER TABLE …", at most three: those that name the object, before or after, and where
// none does, those that name the table it stands on. A name counts as a whole word; a statement that makes its object
// from a variable (EXECUTE format) is not seen.
std::vector<std::string> touched_by(const schema::Difference& difference, const std::vector<PendingStatement>& statements);

}  // namespace prodclone::checks
