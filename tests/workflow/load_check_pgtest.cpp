#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/workflow/provisioning.hpp>
#include <prodclone/workflow/rehearse.hpp>
#include <prodclone/workflow/release.hpp>

#include "team_project.hpp"

namespace prodclone::workflow {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// A project whose dump holds a table that no server can make.
class LoadCheck : public testing::Test {
 protected:
  void SetUp() override {
    team_.write("prod.sql", "CREATE EXTENSION no_such_extension;\nCREATE TABLE public.place (at no_such_type);\nCREATE TABLE public.a (id integer PRIMARY KEY);\nINSERT INTO public.a VALUES (1);\n");
    team_.write("waivers.json", "{}");
    team_.configure(R"(, "schema": {"waivers": "waivers.json"})");
  }
  void TearDown() override { team_.clean_up(); }
  std::unique_ptr<Provisioning> provisioned() const {
    return std::make_unique<Provisioning>(team_.project(), Options{.owner = owner_of_this_process(false, "test"), .warden = false});
  }

  TeamProject team_;
};

TEST_F(LoadCheck, FailsForWhatIsMissingAlsoWhenPristineIsUsedAgain) {
  {
    const auto run = provisioned();
    const auto findings = load_findings(*run);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].object, "no_such_extension");
    EXPECT_THAT(findings[0].evidence, testing::ElementsAre(HasSubstr("table public.place")));
    EXPECT_TRUE(checks::any_failure(findings));
    run->keep(Stage::pristine, "test");
    release(team_.project(), run->run());
  }
  const auto again = provisioned();
  EXPECT_TRUE(again->require(Stage::pristine).reused);
  EXPECT_TRUE(checks::any_failure(load_findings(*again)));
}

TEST_F(LoadCheck, AcceptsWhatIsWaived) {
  team_.write("waivers.json", R"({"not_loaded": [{"kind": "extension", "reason": "r", "until": "2099-01-01"}, {"name": "public.pl*", "reason": "r", "until": "2099-01-01"}]})");
  const auto run = provisioned();
  const auto findings = load_findings(*run);
  EXPECT_FALSE(checks::any_failure(findings)) << checks::to_string(findings);
  EXPECT_EQ(findings.size(), 2U) << "it is noted";
}

TEST_F(LoadCheck, IsContentWithAWholeDump) {
  team_.write("prod.sql", "CREATE TABLE public.a (id integer PRIMARY KEY);\n");
  const auto run = provisioned();
  EXPECT_THAT(load_findings(*run), IsEmpty());
}

}  // namespace
}  // namespace prodclone::workflow
