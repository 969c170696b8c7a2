// What the pending migrations will demand of production's rows, tried before they run: of use above all where they fail.
#pragma once

#include <prodclone/checks/finding.hpp>
#include <prodclone/workflow/provisioning.hpp>

namespace prodclone::workflow {

checks::Findings foreign_key_feasibility(Provisioning& provisioning);  // foreign keys that they add
checks::Findings row_feasibility(Provisioning& provisioning);          // checks, NOT NULLs, unique and exclusive keys

}  // namespace prodclone::workflow
