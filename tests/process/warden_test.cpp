#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/process/warden.hpp>

#include "support/eventually.hpp"
#include "support/temporary_folder.hpp"

namespace prodclone::process {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using selftest::eventually;
using testing::HasSubstr;

// An owner (a process of its own) and the warden that it started.
class Warden : public testing::Test {
 protected:
  void start(const std::string& mark = "mark", std::vector<std::string> more = {},
             const fs::path& program = PROCESS_PROBE) {
    mark_ = folder_ / mark;
    Command command{
        .arguments = {program.string(), "own", order().string(), mark_.string(), (folder_ / "log").string()}};
    command.arguments.insert(command.arguments.end(), more.begin(), more.end());
    owner_ = start_detached(command, folder_ / "owner.log");
    ASSERT_TRUE(eventually([&] { return fs::exists(folder_ / "order.warden"); })) << read_file(folder_ / "owner.log");
    warden_ = parse_identity(read_file(folder_ / "order.warden")).value();
  }
  void TearDown() override {
    send_signal(owner_, SIGKILL);
    send_signal(warden_, SIGKILL);
  }
  fs::path order() const { return folder_ / "order"; }
  bool acted() const { return fs::exists(mark_); }

  selftest::TemporaryFolder folder_;
  fs::path mark_;
  Identity owner_, warden_;
};

TEST_F(Warden, RunsItsCommandWithinASecondOfTheOwnersDeath) {
  start();
  ASSERT_TRUE(alive(warden_));
  ASSERT_FALSE(acted());
  send_signal(owner_, SIGKILL);
  EXPECT_TRUE(eventually([&] { return acted(); }, 1s));
  EXPECT_TRUE(wait_until_gone(warden_, 10s));
  EXPECT_FALSE(fs::exists(order())) << "an order that was carried out no longer stands";
}

TEST_F(Warden, GoesWithoutActingWhenItsOrderIsWithdrawn) {
  start();
  fs::remove(order());
  EXPECT_TRUE(wait_until_gone(warden_, 5s));
  EXPECT_TRUE(alive(owner_));
  EXPECT_FALSE(acted());
}

TEST_F(Warden, SurvivesTheSignalsThatEndItsOwner) {
  start();
  for (const int signal : {SIGINT, SIGHUP, SIGTERM, SIGQUIT}) EXPECT_TRUE(send_signal(warden_, signal));
  EXPECT_EQ(::getsid(warden_.pid), warden_.pid);
  send_signal(owner_, SIGTERM);
  EXPECT_TRUE(eventually([&] { return acted(); }));
}

TEST_F(Warden, KeepsNoDescriptorOfItsOwner) {
  start();
  for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(warden_.pid) + "/fd")) {
    std::error_code error;
    EXPECT_NE(fs::read_symlink(entry.path(), error), folder_ / "log");
  }
}

TEST_F(Warden, ShowsItsNameAndPurposeInTheProcessList) {
  start();
  const auto line = command_line(warden_.pid);
  EXPECT_TRUE(line.starts_with("prodclone-warden"));
  EXPECT_THAT(line, HasSubstr("touches a mark"));
}

TEST_F(Warden, ActsAlthoughItsExecutableWasDeleted) {
  const auto copy = folder_ / "copy";
  fs::copy_file(PROCESS_PROBE, copy);
  start("mark", {}, copy);
  fs::remove(copy);
  send_signal(owner_, SIGKILL);
  EXPECT_TRUE(eventually([&] { return acted(); }));
}

TEST_F(Warden, ActsWhenTheLastOfSeveralIsGone) {
  const auto other = start_detached({.arguments = {"sleep", "100"}}, "/dev/null");
  start("mark", {to_string(other)});
  send_signal(owner_, SIGKILL);
  EXPECT_TRUE(wait_until_gone(owner_, 5s));
  EXPECT_TRUE(alive(warden_));
  EXPECT_FALSE(acted());
  send_signal(other, SIGKILL);
  EXPECT_TRUE(eventually([&] { return acted(); }));
}

TEST_F(Warden, LeavesTheOrderAndALogWhenTheCommandFails) {
  start("absent/mark");
  send_signal(owner_, SIGKILL);
  EXPECT_TRUE(wait_until_gone(warden_, 10s));
  EXPECT_TRUE(read_order(order()).has_value());
  EXPECT_THAT(read_file(folder_ / "log.warden"), HasSubstr("exit code 1"));
}

TEST_F(Warden, WritesAnOrderThatOnlyItsOwnerCanRead) {
  start();
  EXPECT_EQ(fs::status(order()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  const auto written = read_order(order()).value();
  EXPECT_THAT(written.watched, testing::ElementsAre(owner_));
  EXPECT_THAT(written.on_death.arguments, testing::ElementsAre("/proc/self/exe", "touch", mark_.string()));
  EXPECT_EQ(written.purpose, "touches a mark");
  EXPECT_EQ(written.deadline, 5min);
}

TEST(WardenOrder, IsNothingWhenItsFileIsAbsentOrSomethingElse) {
  const selftest::TemporaryFolder folder;
  EXPECT_FALSE(read_order(folder / "absent").has_value());
  write_file_atomically(folder / "other", R"({"schema": "prodclone/server/1"})");
  EXPECT_FALSE(read_order(folder / "other").has_value());
}

}  // namespace
}  // namespace prodclone::process
