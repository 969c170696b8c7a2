// The pending migrations up, down and up again on private copies of production, one by one and as a chain.
#include <prodclone/testing.hpp>

namespace prodclone::testing {
namespace {

class RoundTrip : public Case {};

TEST_F(RoundTrip, EachPendingMigrationHasAWayBack) { report(round_trip_findings(provisioning(), TripRule::way_back)); }
TEST_F(RoundTrip, EachDownBringsTheSchemaBack) { report(round_trip_findings(provisioning(), TripRule::schema)); }
TEST_F(RoundTrip, EachDownBringsTheDataBack) { report(round_trip_findings(provisioning(), TripRule::data)); }
TEST_F(RoundTrip, EachPendingMigrationGoesDownAndUpAgain) { report(round_trip_findings(provisioning(), TripRule::again)); }
TEST_F(RoundTrip, TheWholeChainGoesDownAndUpAgain) { report(round_trip_findings(provisioning(), TripRule::chain)); }
TEST_F(RoundTrip, EachMigrationStaysWithinItsTimeBudget) { report(round_trip_findings(provisioning(), TripRule::time)); }

}  // namespace
}  // namespace prodclone::testing
