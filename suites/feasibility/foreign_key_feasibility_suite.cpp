// Foreign keys that the pending migrations add, tried on the rows before them.
#include <prodclone/testing.hpp>

namespace prodclone::testing {
namespace {

class NewForeignKeys : public Case {};

TEST_F(NewForeignKeys, FindAParentForEveryRow) { report(foreign_key_feasibility(provisioning())); }

}  // namespace
}  // namespace prodclone::testing
