// The three truths about the migrated schema, and a second opinion from pg_dump.
#include <prodclone/testing.hpp>

namespace prodclone::testing {
namespace {

class Schema : public CloneCase {};

TEST_F(Schema, OfTheCloneIsThatOfAFreshInstall) { report(drift_findings(provisioning())); }
TEST_F(Schema, OfTheCloneIsTheDeclaredOne) { report(declared_schema_findings(provisioning())); }
TEST_F(Schema, BearsNoNameThatTheMigrationReplaced) { report(lineage_findings(provisioning())); }
TEST_F(Schema, LooksTheSameToPgDump) { report(second_opinion_findings(provisioning())); }

}  // namespace
}  // namespace prodclone::testing
