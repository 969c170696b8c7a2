#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <future>

#include <prodclone/base/error.hpp>
#include <prodclone/databases/leases.hpp>

#include "support/temporary_folder.hpp"

namespace prodclone::databases {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class LeasesTest : public testing::Test {
 protected:
  selftest::TemporaryFolder folder_;
  Leases leases_{folder_ / ".prodclone"};
};

// A process that is there until it is told to go.
class Sleeper {
 public:
  Sleeper() : pid_(::fork()) {
    if (pid_ == 0)
      while (true) ::pause();
    identity_ = process::identity_of(pid_).value();
  }
  ~Sleeper() { end(); }
  const process::Identity& identity() const { return identity_; }
  void end() {
    if (pid_ == 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  pid_t pid_;
  process::Identity identity_;
};

TEST_F(LeasesTest, AnEmptyBookHoldsNothing) {
  EXPECT_THAT(leases_.runs(), IsEmpty());
  EXPECT_THAT(leases_.all(), IsEmpty());
  EXPECT_THAT(leases_.unwanted(), IsEmpty());
  EXPECT_FALSE(leases_.find("database:a"));
  EXPECT_FALSE(leases_.run_of(process::self()));
}

TEST_F(LeasesTest, ARunIsFoundByItsOwner) {
  leases_.begin({.id = "r1", .owner = process::self(), .what = "ctest", .started_at = "2026-04-24T10:00:00Z"});
  const auto run = leases_.run_of(process::self());
  ASSERT_TRUE(run);
  EXPECT_EQ(run->id, "r1");
  EXPECT_EQ(run->owner, process::self());
  EXPECT_EQ(run->what, "ctest");
  EXPECT_EQ(run->started_at, "2026-04-24T10:00:00Z");
  EXPECT_FALSE(leases_.run_of(process::Identity{.pid = 1, .start_ticks = 0, .boot = "another"}));
}

TEST_F(LeasesTest, AThingIsUnwantedWhenNobodyHoldsAndNobodyKeepsIt) {
  leases_.begin({.id = "r1"});
  leases_.begin({.id = "r2"});
  leases_.hold("database:a", "r1");
  leases_.hold("database:a", "r2");
  leases_.hold("database:a", "r1");
  EXPECT_THAT(leases_.find("database:a")->holders, ElementsAre("r1", "r2")) << "holding twice is holding once";
  leases_.end("r1");
  EXPECT_EQ(leases_.runs().size(), 1U);
  EXPECT_THAT(leases_.unwanted(), IsEmpty()) << "r2 still holds it";
  leases_.keep("database:a", "prodclone load");
  leases_.end("r2");
  EXPECT_THAT(leases_.unwanted(), IsEmpty()) << "a command keeps it";
  EXPECT_EQ(leases_.find("database:a")->kept_by, "prodclone load");
  leases_.unkeep("database:a");
  EXPECT_THAT(leases_.unwanted(), ElementsAre("database:a"));
  leases_.forget("database:a");
  EXPECT_THAT(leases_.unwanted(), IsEmpty());
  EXPECT_FALSE(leases_.find("database:a"));
}

TEST_F(LeasesTest, UnkeepingWhatIsHeldLeavesItHeld) {
  leases_.begin({.id = "r1"});
  leases_.hold("database:a", "r1");
  leases_.keep("database:a", "prodclone load");
  leases_.unkeep("database:a");
  EXPECT_THAT(leases_.unwanted(), IsEmpty());
}

// A child of a killed ctest outlives it, and what it took after the clean-up nobody would give back.
TEST_F(LeasesTest, AnEndedRunTakesNothingMore) {
  leases_.begin({.id = "r1"});
  leases_.end("r1");
  try {
    leases_.hold("database:a", "r1");
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::could_not_check);
    EXPECT_EQ(error.what_failed(), "The run r1 has ended: whoever it belonged to is gone.");
    EXPECT_EQ(error.remedy(), "Start a new one.");
  }
  EXPECT_FALSE(leases_.find("database:a"));
}

TEST_F(LeasesTest, WhatIsUnwantedGoesNewestFirstAndServersLast) {
  leases_.begin({.id = "r1"});
  for (const char* thing : {"server:15", "database:pristine", "server:17", "database:migrated", "database:clone"}) {
    leases_.hold(thing, "r1");
  }
  leases_.hold("database:pristine", "r1");  // again: its place in the order stays
  leases_.end("r1");
  EXPECT_THAT(leases_.unwanted(), ElementsAre("database:clone", "database:migrated", "database:pristine", "server:17", "server:15"));
}

TEST_F(LeasesTest, OnlyRunsWhoseOwnerIsGoneAreDead) {
  Sleeper living, dying;
  leases_.begin({.id = "living", .owner = living.identity()});
  leases_.begin({.id = "dying", .owner = dying.identity()});
  EXPECT_THAT(leases_.dead_runs(), IsEmpty());
  dying.end();
  const auto dead = leases_.dead_runs();
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead.front().id, "dying");
}

TEST_F(LeasesTest, ARunWhosePidWasGivenToAnotherIsDead) {
  auto earlier = process::self();
  earlier.start_ticks -= 1;
  leases_.begin({.id = "earlier", .owner = earlier});
  ASSERT_EQ(leases_.dead_runs().size(), 1U);
}

TEST_F(LeasesTest, ProcessesThatChangeTheBookAtOnceLoseNothing) {
  constexpr int children = 12, things = 8;
  std::vector<pid_t> pids;
  for (int child = 0; child < children; ++child) {
    const pid_t pid = ::fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) {
      try {
        Leases mine(folder_ / ".prodclone");
        const auto run = "r" + std::to_string(child);
        mine.begin({.id = run, .owner = process::self()});
        for (int thing = 0; thing < things; ++thing) mine.hold("database:" + std::to_string(thing), run);
        ::_exit(0);
      } catch (...) {
        ::_exit(1);
      }
    }
    pids.push_back(pid);
  }
  for (const auto pid : pids) {
    int status = -1;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(leases_.runs().size(), static_cast<std::size_t>(children));
  ASSERT_EQ(leases_.all().size(), static_cast<std::size_t>(things));
  for (const auto& lease : leases_.all()) EXPECT_EQ(lease.holders.size(), static_cast<std::size_t>(children)) << lease.thing;
}

TEST_F(LeasesTest, TheLockOfAThingAdmitsOneAtATime) {
  auto first = std::optional(leases_.lock("database:a"));
  std::promise<void> started;
  auto second = std::async(std::launch::async, [&] {
    started.set_value();
    const auto guard = Leases(folder_ / ".prodclone").lock("database:a");
    return !first.has_value();
  });
  started.get_future().wait();
  EXPECT_EQ(second.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  const auto other = leases_.lock("database:b");  // waits for nobody
  first.reset();
  EXPECT_TRUE(second.get());
}

TEST_F(LeasesTest, ThingsOfAnyNameCanBeLocked) {
  const auto guard = leases_.lock("database:../../\"bücher\"/x y");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
    if (entry.is_regular_file()) { EXPECT_EQ(entry.path().parent_path(), folder_ / ".prodclone/locks"); }
  }
}

}  // namespace
}  // namespace prodclone::databases
