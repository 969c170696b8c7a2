// The application under test on the migrated clone: it starts, and its documents arrive.
#include <prodclone/testing.hpp>

namespace prodclone::testing {
namespace {

class PreviousRelease : public Case {};
class NewRelease : public Case {};

TEST_F(PreviousRelease, BootsBeforeTheMigration) { report(baseline_boot_findings(provisioning())); }
TEST_F(PreviousRelease, BootsAfterTheMigration) { report(rolling_boot_findings(provisioning())); }
TEST_F(NewRelease, BootsAfterTheMigration) { report(boot_findings(provisioning())); }
TEST_F(NewRelease, TakesItsDocumentsInAfterTheMigration) { report(ingestion_findings(provisioning())); }

}  // namespace
}  // namespace prodclone::testing
