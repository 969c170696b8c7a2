// What people see of the application after the migration, and what its own tests say.
#include <prodclone/testing.hpp>

namespace prodclone::testing {
namespace {

class Screens : public Case {};
class ApplicationTests : public Case {};

TEST_F(Screens, AnswerAsDeclaredAfterTheMigration) { report(screen_findings(provisioning())); }
TEST_F(ApplicationTests, PassOnTheMigratedClone) { report(application_test_findings(provisioning())); }

}  // namespace
}  // namespace prodclone::testing
