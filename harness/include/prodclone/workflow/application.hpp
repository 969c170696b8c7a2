// The checks that run the application under test. Each starts it on a private copy, so that none meets what another
// wrote; what is not configured is a note and never a pass by silence.
#pragma once

#include <prodclone/checks/finding.hpp>
#include <prodclone/workflow/provisioning.hpp>

namespace prodclone::workflow {

checks::Findings baseline_boot_findings(Provisioning& provisioning);  // today's release on production before the migration
checks::Findings rolling_boot_findings(Provisioning& provisioning);   // today's release on the migrated clone
checks::Findings boot_findings(Provisioning& provisioning);           // the new release on the migrated clone

// Documents are given to the new release on the migrated clone, and each must reach a terminal state.
checks::Findings ingestion_findings(Provisioning& provisioning);
// The screens of `smoke` on the new release, and the checklist of what stays for a person.
checks::Findings screen_findings(Provisioning& provisioning);
// The team's own tests (application.tests), on a private copy of the migrated clone.
checks::Findings application_test_findings(Provisioning& provisioning);

}  // namespace prodclone::workflow
