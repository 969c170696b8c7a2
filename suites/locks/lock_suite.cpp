// What the pending migrations did to the tables that were there before, against the budgets. One test per rule.
#include <prodclone/testing.hpp>

namespace prodclone::testing {
namespace {

class Locks : public Case, public ::testing::WithParamInterface<LockRule> {};

TEST_P(Locks, StayWithinBudget) { report(lock_findings(provisioning(), GetParam().id)); }

INSTANTIATE_TEST_SUITE_P(Rules, Locks, ::testing::ValuesIn(lock_rules()),
                         [](const auto& rule) { return rule.param.id + rule.param.claim; });

class LiveServer : public Case {};

TEST_F(LiveServer, HasNoLongTransactionsOrBlockedSessions) { report(live_lock_findings(provisioning())); }

}  // namespace
}  // namespace prodclone::testing
