// Judges the foreign keys of a database by their orphans.
#pragma once

#include <prodclone/checks/finding.hpp>
#include <prodclone/data/foreign_key.hpp>

namespace prodclone::checks {

// An orphan is a failure, also behind a validated key. A key never validated that has none is a warning with the one
// statement that mends it; one that is not enforced is a note. What could not be counted is a failure that says so.
Findings foreign_key_findings(const data::ForeignKeyReports& reports);

}  // namespace prodclone::checks
