// Production's migration history against the project's files.
#include <prodclone/testing.hpp>

namespace prodclone::testing {
namespace {

class Migrations : public Case {};

TEST_F(Migrations, HaveACleanHistory) { report(history_findings(provisioning())); }

}  // namespace
}  // namespace prodclone::testing
