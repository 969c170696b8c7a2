#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/workflow/release.hpp>
#include <prodclone/workflow/workspace.hpp>

#include "support/temporary_folder.hpp"

namespace prodclone::workflow {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

class ReleaseTest : public testing::Test {
 protected:
  selftest::TemporaryFolder folder_;
  config::Project project_{.root = folder_.path(), .name = "shop"};
  databases::Leases leases_{project_.state_directory()};
};

TEST_F(ReleaseTest, WithoutAServerThereIsNothingToRemove) {
  leases_.begin({.id = "r1"});
  leases_.hold("database:shop_fresh", "r1");
  make_private_directory(run_file(project_, "r1").parent_path());
  write_file_atomically(run_file(project_, "r1"), "{}");
  const auto report = release(project_, "r1");
  EXPECT_THAT(report.removed, IsEmpty());
  EXPECT_THAT(report.failed, IsEmpty());
  EXPECT_THAT(leases_.all(), IsEmpty());
  EXPECT_THAT(leases_.runs(), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(run_file(project_, "r1")));
}

TEST_F(ReleaseTest, WhatIsKeptIsToldWithWhoKeepsIt) {
  leases_.keep("database:shop_prod_clone", "prodclone load");
  EXPECT_THAT(release(project_, "r1").kept, ElementsAre("database:shop_prod_clone (by prodclone load)"));
}

// A server whose binaries were uninstalled cannot be started, so nobody knows what it still holds.
TEST_F(ReleaseTest, WhatCannotBeLookedAtIsNeitherForgottenNorRemoved) {
  const auto data = project_.state_directory() / "server-91" / "data";
  std::filesystem::create_directories(data);
  leases_.begin({.id = "r1"});
  leases_.hold("server:91", "r1");
  leases_.hold("database:shop_fresh", "r1");
  const auto report = release(project_, "r1");
  EXPECT_THAT(report.removed, IsEmpty());
  EXPECT_THAT(report.failed, ElementsAre(StartsWith("half-made databases: "), StartsWith("database:shop_fresh: "), StartsWith("server:91: ")));
  EXPECT_THAT(leases_.unwanted(), ElementsAre("database:shop_fresh", "server:91"));
  EXPECT_TRUE(std::filesystem::exists(data));
}

TEST_F(ReleaseTest, ARunWhoseReleaseFailedStaysInTheBookUntilOneSucceeds) {
  const auto home = project_.state_directory() / "server-91";
  std::filesystem::create_directories(home / "data");
  leases_.begin({.id = "r1", .owner = process::self(), .what = "ctest"});
  leases_.hold("server:91", "r1");
  make_private_directory(warden_file(project_, "r1").parent_path());
  write_file_atomically(warden_file(project_, "r1"), "{}");
  EXPECT_FALSE(release(project_, "r1").failed.empty());
  ASSERT_THAT(leases_.runs(), testing::SizeIs(1));
  EXPECT_TRUE(leases_.runs().front().ended);
  EXPECT_TRUE(std::filesystem::exists(warden_file(project_, "r1"))) << "its warden tries again";
  EXPECT_FALSE(leases_.run_of(process::self())) << "what comes next is another run";
  EXPECT_THROW(leases_.hold("database:late", "r1"), Error);
  std::filesystem::remove_all(home);  // the obstacle
  EXPECT_THAT(release(project_, "r1").failed, IsEmpty());
  EXPECT_THAT(leases_.runs(), IsEmpty());
  EXPECT_THAT(leases_.all(), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(warden_file(project_, "r1")));
}

TEST_F(ReleaseTest, TakesTheRunsShortLivedFilesAndNobodyElses) {
  leases_.begin({.id = "r1"});
  for (const char* run : {"r1", "r2"}) {
    make_private_directory(work_directory(project_, run));
    write_file_atomically(work_directory(project_, run) / "prodclone-toc-1", "names of production");
  }
  EXPECT_THAT(release(project_, "r1").failed, IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(work_directory(project_, "r1")));
  EXPECT_TRUE(std::filesystem::exists(work_directory(project_, "r2")));
}

}  // namespace
}  // namespace prodclone::workflow
