// The live server that the deploy goes to (preflight.source): is it ready for this migration, and still what was rehearsed?
#include <prodclone/testing.hpp>

namespace prodclone::testing {
namespace {

class Preflight : public Case {};

TEST_F(Preflight, TheServerTakesTheMigration) { report(preflight_findings(provisioning(), Part::server)); }
TEST_F(Preflight, NobodyIsInTheWay) { report(preflight_findings(provisioning(), Part::sessions)); }
TEST_F(Preflight, StandbysAndSlotsCanFollow) { report(preflight_findings(provisioning(), Part::replication)); }
TEST_F(Preflight, TheTablesAreSound) { report(preflight_findings(provisioning(), Part::tables)); }
TEST_F(Preflight, ThereIsRoomForTheRewrites) { report(preflight_findings(provisioning(), Part::room)); }
TEST_F(Preflight, TheSchemaIsTheOneThatWasRehearsed) { report(preflight_findings(provisioning(), Part::schema)); }

}  // namespace
}  // namespace prodclone::testing
