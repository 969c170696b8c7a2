// Runs the pending migrations once more for each large table that they lock, with somebody in their way.
#pragma once

#include <string>

#include <prodclone/checks/standoffs.hpp>
#include <prodclone/rehearsal/standoff.hpp>
#include <prodclone/workflow/provisioning.hpp>

namespace prodclone::workflow {

// Made once and shared by all processes of a run; the largest tables first, as long as budgets.adversary_seconds last.
// Throws Error(could_not_check).
rehearsal::Standoffs standoffs(Provisioning& provisioning);

checks::Findings standoff_findings(Provisioning& provisioning, const std::string& rule);  // "LK10"
checks::Findings standoff_findings(Provisioning& provisioning);

}  // namespace prodclone::workflow
