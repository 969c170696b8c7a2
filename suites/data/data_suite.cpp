// What production holds, before the pending migrations and after: every row and every value that no waiver gives up.
#include <prodclone/testing.hpp>

namespace prodclone::testing {
namespace {

class Data : public Case {};

TEST_F(Data, KeepsEveryRow) { report(data_findings(provisioning(), "data/rows")); }

TEST_F(Data, KeepsEveryColumn) { report(data_findings(provisioning(), "data/columns")); }

TEST_F(Data, KeepsEverySequenceWhereItStands) { report(data_findings(provisioning(), "data/sequences")); }

TEST_F(Data, DeclaresNoLossInVain) { report(data_findings(provisioning(), "data/waivers")); }

TEST_F(Data, ListsWhatWasNotCompared) { report(data_findings(provisioning(), "data/not_compared")); }

}  // namespace
}  // namespace prodclone::testing
