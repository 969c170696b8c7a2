#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/base/error.hpp>
#include <prodclone/workflow/server.hpp>

#include "pg/fake_binaries.hpp"
#include "support/temporary_folder.hpp"

namespace prodclone::workflow {
namespace {

using testing::ElementsAre;
using testing::Pair;

// Majors that no machine has installed, so that only these count.
class ChooseMajorTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* version : {"91.2", "93.1", "95.4"})
      project_.server.binaries.push_back(selftest::fake_binaries(folder_ / version, version, {"initdb", "postgres", "pg_ctl"}));
  }
  selftest::TemporaryFolder folder_;
  config::Project project_{.root = folder_.path()};
};

TEST_F(ChooseMajorTest, TakesTheDumpsOwnOrTheNextAbove) {
  EXPECT_EQ(choose_major(project_, 93), 93);
  EXPECT_EQ(choose_major(project_, 92), 93);
  EXPECT_EQ(choose_major(project_, 91), 91);
}

TEST_F(ChooseMajorTest, TakesTheNewestWithoutADump) { EXPECT_EQ(choose_major(project_, std::nullopt), 95); }

TEST_F(ChooseMajorTest, TakesTheConfiguredOne) {
  project_.server.major = 93;
  EXPECT_EQ(choose_major(project_, std::nullopt), 93);
  EXPECT_EQ(choose_major(project_, 91), 93);
  EXPECT_EQ(choose_major(project_, 93), 93);
}

TEST_F(ChooseMajorTest, AnOlderServerThanTheDumpIsNone) {
  project_.server.major = 93;
  try {
    choose_major(project_, 95);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::could_not_check);
    EXPECT_EQ(error.what_failed(), "The dump comes from PostgreSQL 95 and server.major asks for 93.");
    EXPECT_EQ(error.remedy(), "A dump cannot be loaded into an older server: raise server.major or remove it.");
  }
}

TEST_F(ChooseMajorTest, NothingNewEnoughIsAnError) {
  try {
    choose_major(project_, 96);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::could_not_check);
  }
}

TEST_F(ChooseMajorTest, HomesAreFoundNewestFirst) {
  EXPECT_TRUE(server_homes(project_).empty());
  const auto state = project_.state_directory();
  for (const char* name : {"server-15", "server-9", "server-17", "server-", "server-15.old", "server-x", "record"})
    std::filesystem::create_directories(state / name);
  EXPECT_THAT(server_homes(project_), ElementsAre(Pair(17, state / "server-17"), Pair(15, state / "server-15"), Pair(9, state / "server-9")));
  EXPECT_EQ(server_home(project_, 17), state / "server-17");
}

}  // namespace
}  // namespace prodclone::workflow
