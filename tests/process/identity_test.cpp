#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <prodclone/process/child.hpp>
#include <prodclone/process/identity.hpp>

#include "support/eventually.hpp"

namespace prodclone::process {
namespace {

using namespace std::chrono_literals;

// A child of this test that does nothing until it is killed.
class Sleeper {
 public:
  Sleeper() : pid_(::fork()) {
    if (pid_ == 0) {
      ::pause();
      ::_exit(0);
    }
  }
  ~Sleeper() {
    kill();
    reap();
  }
  pid_t pid() const { return pid_; }
  void kill() const {
    if (!reaped_) ::kill(pid_, SIGKILL);
  }
  void reap() {
    if (!reaped_) ::waitpid(pid_, nullptr, 0);
    reaped_ = true;
  }

 private:
  pid_t pid_;
  bool reaped_ = false;
};

TEST(Identity, OfALivingProcessIsAlive) {
  EXPECT_TRUE(alive(self()));
  EXPECT_EQ(identity_of(::getpid()), self());
  EXPECT_EQ(parent_of(::getpid()), ::getppid());
  EXPECT_EQ(executable_name(::getpid()), "process_test");
}

TEST(Identity, AskingAboutAProcessThatGoesIsNoError) {
  // Read again and again while children come and go: some are gone between the opening of their file and the reading.
  for (int round = 0; round < 200; ++round) {
    Sleeper sleeper;
    sleeper.kill();
    EXPECT_NO_THROW(command_line(sleeper.pid()));
    EXPECT_NO_THROW(executable_name(sleeper.pid()));
    EXPECT_NO_THROW(identity_of(sleeper.pid()));
  }
  EXPECT_TRUE(command_line(::getpid()).find("process_test") != std::string::npos);
}

TEST(Identity, AReusedNumberIsAnotherProcess) {
  auto earlier = self();
  --earlier.start_ticks;
  EXPECT_FALSE(alive(earlier));
  auto before_reboot = self();
  before_reboot.boot = "00000000-0000-0000-0000-000000000000";
  EXPECT_FALSE(alive(before_reboot));
}

TEST(Identity, AZombieIsNotAlive) {
  Sleeper sleeper;
  const auto identity = identity_of(sleeper.pid()).value();
  sleeper.kill();
  EXPECT_TRUE(wait_until_gone(identity, 10s));
  EXPECT_FALSE(alive(identity));
  EXPECT_EQ(identity_of(sleeper.pid()), std::nullopt);
}

TEST(Identity, WaitingEndsAtTheDeadlineOrWithTheProcess) {
  Sleeper sleeper;
  const auto identity = identity_of(sleeper.pid()).value();
  EXPECT_FALSE(wait_until_gone(identity, 20ms));
  sleeper.kill();
  sleeper.reap();
  wait_until_gone(identity);
  EXPECT_TRUE(wait_until_gone(identity, 0ms));
}

TEST(Identity, ASignalReachesTheProcessThatIsMeantAndNoOther) {
  Sleeper sleeper;
  const auto identity = identity_of(sleeper.pid()).value();
  auto predecessor = identity;
  --predecessor.start_ticks;
  EXPECT_FALSE(send_signal(predecessor, SIGKILL));
  EXPECT_TRUE(alive(identity));
  EXPECT_TRUE(send_signal(identity, SIGKILL));
  EXPECT_TRUE(wait_until_gone(identity, 10s));
}

TEST(Identity, GoesToTextAndBack) {
  EXPECT_EQ(parse_identity(to_string(self())), self());
  for (const auto* text : {"", "1", "1:2", "x:2:b", "1x:2:b", "1:2x:b", "-1:2:b", "0:2:b", "1:2:b:c"})
    EXPECT_EQ(parse_identity(text), std::nullopt) << text;
}

TEST(Identity, AncestorsAreFoundByTheNameOfTheirExecutable) {
  const auto found = run({.arguments = {PROCESS_PROBE, "ancestor", "process_test"}});
  EXPECT_EQ(found.out, to_string(self()) + "\n");
  const auto absent = run({.arguments = {PROCESS_PROBE, "ancestor", "no-such-program"}});
  EXPECT_EQ(absent.out, "none\n");
}

}  // namespace
}  // namespace prodclone::process
