#include <prodclone/checks/rule_book.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include <prodclone/base/files.hpp>
#include <prodclone/checks/lock_budgets.hpp>
#include <prodclone/checks/locks.hpp>
#include <prodclone/checks/standoffs.hpp>

#include "hazard_page.hpp"

namespace prodclone::checks {
namespace {

TEST(HazardBook, HasAPageForEveryRuleOfTheLockSuite) {
  std::set<std::string> known;
  for (const auto& hazard : rule_book()) known.insert(hazard.check);
  auto rules = lock_rules();
  rules.insert(rules.end(), standoff_rules().begin(), standoff_rules().end());
  for (const auto& rule : rules) {
    if (rule.id == "unmeasured") continue;  // that nothing is known of what it costs is no hazard of its own
    EXPECT_TRUE(known.contains("locks/" + rule.id)) << rule.id;
  }
}

TEST(HazardBook, SaysEverythingOfEachRule) {
  const auto names = lock_budget_names();
  std::set<std::string> ids;
  for (const auto& hazard : rule_book()) {
    SCOPED_TRACE(hazard.id);
    EXPECT_TRUE(ids.insert(hazard.id).second) << "twice";
    for (const auto* text : {&hazard.title, &hazard.condition, &hazard.effect, &hazard.measured, &hazard.safer, &hazard.check}) EXPECT_FALSE(text->empty());
    EXPECT_FALSE(hazard.examples.empty());
    for (const auto& budget : hazard.budgets) EXPECT_THAT(names, testing::Contains(budget));
  }
}

TEST(HazardBook, IsListedInTheDocs) {
  const auto file = std::filesystem::path(HAZARD_PAGES) / "README.md";
  if (std::getenv("PRODCLONE_RENEW_DOCS") != nullptr) write_file_atomically(file, hazard_index(rule_book()));
  EXPECT_EQ(read_file_if_present(file).value_or(""), hazard_index(rule_book())) << "Renew it: PRODCLONE_RENEW_DOCS=1 ctest -R Hazard";
}

TEST(HazardPage, TwoMeasurementsDifferOnlyInTheirFigures) {
  EXPECT_EQ(without_figures("took 1.2 ms, 30,000 rows (1.5 MB)"), without_figures("took 12 s, 29,998 rows (900 kB)"));
  EXPECT_EQ(without_figures("a\n| public.t | 1 ms |\nb"), without_figures("a\nb")) << "the sampler may miss a short lock";
  EXPECT_NE(without_figures("ACCESS EXCLUSIVE held 1 ms"), without_figures("SHARE held 1 ms"));
}

}  // namespace
}  // namespace prodclone::checks
