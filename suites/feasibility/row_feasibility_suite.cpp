// Checks, NOT NULLs, unique and exclusive keys that the pending migrations add, tried on the rows before them.
#include <prodclone/testing.hpp>

namespace prodclone::testing {
namespace {

class NewConstraints : public Case {};

TEST_F(NewConstraints, HoldForEveryRow) { report(row_feasibility(provisioning())); }

}  // namespace
}  // namespace prodclone::testing
