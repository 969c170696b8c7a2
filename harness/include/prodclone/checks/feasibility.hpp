// Judges what the pending migrations demand of rows that were there before them.
#pragma once

#include <string>
#include <vector>

#include <prodclone/checks/finding.hpp>
#include <prodclone/data/requirements.hpp>

namespace prodclone::checks {

struct FeasibilityFacts {
  std::vector<data::TrialReport> trials = {};
  std::string database = {};
  bool migrated = false;            // the migrations ran to their end on production's rows
};

// Rows that break a new constraint are a failure where the migrations failed, or left it NOT VALID; where they ran and
// the constraint holds, they repaired the rows themselves: a warning with their number. What the migrations create with
// the constraint, and what could not be put into a query, is a note.
Findings feasibility_findings(const FeasibilityFacts& facts);

}  // namespace prodclone::checks
