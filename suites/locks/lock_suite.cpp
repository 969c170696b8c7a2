// What the pending migrations did to the tables that were there before, against the budgets. One test per rule.
#include <prodclone/testing.hpp>

#include <cctype>
#include <string>

namespace prodclone::testing {
namespace {

class Locks : public Case, public ::testing::WithParamInterface<LockRule> {};

TEST_P(Locks, StayWithinBudget) { report(lock_findings(provisioning(), GetParam().id)); }

// "LK04", "no table is rewritten" becomes LK04NoTableIsRewritten.
std::string test_name(const ::testing::TestParamInfo<LockRule>& rule) {
  std::string name = rule.param.id;
  bool begins_word = true;
  for (const char c : rule.param.claim) {
    const auto letter = static_cast<unsigned char>(c);
    if (std::isalnum(letter)) name += begins_word ? static_cast<char>(std::toupper(letter)) : static_cast<char>(std::tolower(letter));
    begins_word = !std::isalnum(letter);
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Rules, Locks, ::testing::ValuesIn(lock_rules()), test_name);

class SomebodyInTheWay : public Case, public ::testing::WithParamInterface<LockRule> {};

TEST_P(SomebodyInTheWay, IsMet) { report(standoff_findings(provisioning(), GetParam().id)); }

INSTANTIATE_TEST_SUITE_P(Rules, SomebodyInTheWay, ::testing::ValuesIn(standoff_rules()), test_name);

class LiveServer : public Case {};

TEST_F(LiveServer, HasNoLongTransactionsOrBlockedSessions) { report(live_lock_findings(provisioning())); }

}  // namespace
}  // namespace prodclone::testing
