// Every foreign key of the migrated clone, tried against its rows.
#include <prodclone/testing.hpp>

namespace prodclone::testing {
namespace {

class ForeignKeys : public CloneCase {};

TEST_F(ForeignKeys, HaveNoOrphans) { report(foreign_key_findings(provisioning())); }

}  // namespace
}  // namespace prodclone::testing
