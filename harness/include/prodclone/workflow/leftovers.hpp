// What the pending migrations left in the migrated database.
#pragma once

#include <string>

#include <prodclone/checks/leftovers.hpp>
#include <prodclone/workflow/provisioning.hpp>

namespace prodclone::workflow {

checks::Findings leftover_findings(Provisioning& provisioning);
checks::Findings leftover_findings(Provisioning& provisioning, const std::string& rule);  // one of checks::leftover_rules()

}  // namespace prodclone::workflow
