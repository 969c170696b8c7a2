#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "project_folder.hpp"

namespace prodclone::config {
namespace {

using testing::Test;

class BudgetsTest : public Test {
 protected:
  Error error_of(const std::string& budgets) const { return folder_.error_of(R"({"budgets": )" + budgets + "}"); }
  ProjectFolder folder_;
};

TEST_F(BudgetsTest, ATableNeedsAPattern) {
  const auto error = error_of(R"({"tables": [{"match": "public.a", "rewrite_mb": 1}, {"rewrite_mb": 2}]})");
  EXPECT_EQ(error.failure(), Failure::usage);
  EXPECT_EQ(error.what_failed(), R"(prodclone.json.budgets.tables[1].match must be a pattern such as "public.order*".)");
}

TEST_F(BudgetsTest, ATablesFigureIsANumber) {
  const auto error = error_of(R"({"tables": [{"match": "a", "rewrite_mb": true}]})");
  EXPECT_EQ(error.what_failed(), "prodclone.json.budgets.tables[0].rewrite_mb must be a number.");
}

TEST_F(BudgetsTest, AnExceptionLackingAnyPartIsRefused) {
  const char* without[] = {
      R"({"rule": "LK01", "until": "2026-12-31", "reason": "r"})",
      R"({"migration": "m", "until": "2026-12-31", "reason": "r"})",
      R"({"migration": "m", "rule": "LK01", "reason": "r"})",
      R"({"migration": "m", "rule": "LK01", "until": "2026-12-31"})",
      R"({"migration": "m", "rule": "LK01", "until": "2026-12-31", "reason": ""})",
  };
  for (const std::string exception : without) {
    const auto error = error_of(R"({"exceptions": [)" + exception + "]}");
    EXPECT_EQ(error.failure(), Failure::usage) << exception;
    EXPECT_EQ(error.what_failed(), "prodclone.json.budgets.exceptions[0] needs migration, rule, until and reason.") << exception;
  }
}

TEST_F(BudgetsTest, AnExceptionHasNoOtherKeys) {
  const auto error = error_of(R"({"exceptions": [{"migration": "m", "rule": "LK01", "untill": "2026-12-31", "reason": "r"}]})");
  EXPECT_EQ(error.what_failed(), R"(prodclone.json.budgets.exceptions[0] has no key "untill".)");
  EXPECT_EQ(error.remedy(), R"(Did you mean "until"?)");
}

}  // namespace
}  // namespace prodclone::config
