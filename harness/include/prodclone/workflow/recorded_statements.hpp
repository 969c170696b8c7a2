// What the last rehearsal's migrations said, for whoever explains a difference.
#pragma once

#include <string>
#include <vector>

#include <prodclone/checks/schema_drift.hpp>
#include <prodclone/config/project.hpp>
#include <prodclone/rehearsal/lock_trace.hpp>

namespace prodclone::workflow {

// Without those by which a tool keeps its books.
std::vector<checks::PendingStatement> statements_of(const rehearsal::LockTrace& trace);

// Of the record, where it is about this database: the clone, or the fresh one that the same migrations made. Empty where
// there is no record or it is about others.
std::vector<checks::PendingStatement> recorded_statements(const config::Project& project, const std::string& database);

}  // namespace prodclone::workflow
