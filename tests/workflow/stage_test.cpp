#include <gtest/gtest.h>

#include <prodclone/workflow/provisioning.hpp>
#include <prodclone/workflow/workspace.hpp>

namespace prodclone::workflow {
namespace {

TEST(Stage, HasANameAndIsFoundByIt) {
  for (const auto stage : {Stage::pristine, Stage::migrated, Stage::traffic, Stage::clone, Stage::fresh, Stage::expected})
    EXPECT_EQ(parse_stage(to_string(stage)), stage);
  EXPECT_EQ(parse_stage("pristin"), std::nullopt);
  EXPECT_EQ(parse_stage(""), std::nullopt);
}

TEST(Owner, IsThisProcessWhenRunByHand) {
  const auto owner = owner_of_this_process(false, "prodclone load");
  EXPECT_EQ(owner.identity, process::self());
  EXPECT_EQ(owner.what, "prodclone load");
}

TEST(Workspace, TellsFoldersApart) {
  const auto id = workspace_id({.root = "/a"});
  EXPECT_EQ(id.size(), 16U);
  EXPECT_EQ(workspace_id({.root = "/a"}), id);
  EXPECT_NE(workspace_id({.root = "/b"}), id);
}

}  // namespace
}  // namespace prodclone::workflow
