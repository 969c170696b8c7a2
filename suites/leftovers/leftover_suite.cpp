// What the pending migrations left behind. One test per rule; what was there before is a note.
#include <prodclone/testing.hpp>

namespace prodclone::testing {
namespace {

class Leftovers : public Case {};

TEST_F(Leftovers, NoIndexIsInvalid) { report(leftover_findings(provisioning(), "invalid_index")); }
TEST_F(Leftovers, EveryConstraintIsValidated) { report(leftover_findings(provisioning(), "unvalidated_constraint")); }
TEST_F(Leftovers, NoTriggerIsDisabled) { report(leftover_findings(provisioning(), "disabled_trigger")); }
TEST_F(Leftovers, NoSequenceIsBehindItsColumn) { report(leftover_findings(provisioning(), "sequence_behind")); }
TEST_F(Leftovers, NoMaterializedViewIsEmptyOrStale) { report(leftover_findings(provisioning(), "stale_view")); }
TEST_F(Leftovers, NoTableIsWithoutStatistics) { report(leftover_findings(provisioning(), "unanalysed")); }
TEST_F(Leftovers, NothingTemporaryIsLeft) { report(leftover_findings(provisioning(), "leftover_object")); }
TEST_F(Leftovers, NoSettingOrEventTriggerIsChanged) { report(leftover_findings(provisioning(), "changed_setting")); }

}  // namespace
}  // namespace prodclone::testing
