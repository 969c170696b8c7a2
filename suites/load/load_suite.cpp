// What of production's dump is in the clone: a rehearsal on half of it proves half.
#include <prodclone/testing.hpp>

namespace prodclone::testing {
namespace {

class ProductionDump : public Case {};

TEST_F(ProductionDump, EverythingInTheDumpWasLoaded) { report(load_findings(provisioning())); }

}  // namespace
}  // namespace prodclone::testing
