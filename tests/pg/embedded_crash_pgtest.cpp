#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <future>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>

#include "embedded_fixture.hpp"
#include "support/eventually.hpp"

namespace prodclone::pg {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using selftest::eventually;
using testing::HasSubstr;

using EmbeddedServerCrashTest = EmbeddedServerTest;

TEST_F(EmbeddedServerCrashTest, TwoStartersAtOnceGetOneServerThatOutlivesBoth) {
  auto other = std::async(std::launch::async, [&] { return process::run(probe("start")); });
  const auto one = process::run(probe("start"));
  const auto two = other.get();
  ASSERT_TRUE(one.succeeded()) << one.err;
  ASSERT_TRUE(two.succeeded()) << two.err;
  EXPECT_EQ(one.out, two.out);
  record_ = EmbeddedServer::status(home_);
  ASSERT_TRUE(record_);
  EXPECT_TRUE(one.out.starts_with(process::to_string(record_->postmaster)));
}

TEST_F(EmbeddedServerCrashTest, KeepsItsDataWhenItsPostmasterIsKilled) {
  const auto first = start();
  remember();
  const Session open(record_->conninfo());
  process::send_signal(first.postmaster, SIGKILL);
  process::wait_until_gone(first.postmaster, 10s);
  EXPECT_EQ(EmbeddedServer::status(home_), std::nullopt);
  start();
  EXPECT_NE(record_->postmaster, first.postmaster);
  EXPECT_TRUE(remembers());
}

TEST_F(EmbeddedServerCrashTest, IsMadeAnewWhenTheMachineWentDownUnderIt) {
  start();
  remember();
  process::send_signal(record_->postmaster, SIGKILL);
  process::wait_until_gone(record_->postmaster, 10s);
  write_file_atomically(home_ / (record_->data.filename().string() + ".boot"), "an earlier boot");
  start();
  EXPECT_FALSE(remembers());
}

TEST_F(EmbeddedServerCrashTest, StartsAfterAStarterThatWasKilledInInitdb) {
  const auto starter = process::start_detached(probe("start"), folder_ / "log");
  const auto unfinished = [&] {
    for (const auto& base : {home_, fs::path("/var/lib/prodclone")}) {
      std::error_code error;
      for (fs::recursive_directory_iterator entry(base, error), end; !error && entry != end; entry.increment(error)) {
        const auto path = entry->path().string();
        if (path.find(".init-") != std::string::npos && path.ends_with("/pg_wal")) return true;
      }
    }
    return !process::alive(starter);
  };
  ASSERT_TRUE(eventually(unfinished));
  ASSERT_TRUE(process::send_signal(starter, SIGKILL)) << read_file(folder_ / "log");
  start();
  for (const auto& entry : fs::directory_iterator(record_->data.parent_path()))
    EXPECT_THAT(entry.path().string(), testing::Not(HasSubstr(".init-")));
}

TEST_F(EmbeddedServerCrashTest, StartsAfterAStarterThatWasKilledBeforeItWasReady) {
  auto command = probe("start");
  command.arguments.insert(command.arguments.end(), {std::to_string(installation().major), "loopback"});
  const auto starter = process::start_detached(command, folder_ / "log");
  ASSERT_TRUE(eventually([&] { return fs::exists(home_ / "server.json") || !process::alive(starter); }));
  process::send_signal(starter, SIGKILL);
  process::wait_until_gone(starter, 10s);
  start({.listen = Listen::loopback});
  EXPECT_EQ(Session(record_->tcp().value()).query("SELECT 1 AS one").integer(0, "one"), 1);
}

TEST_F(EmbeddedServerCrashTest, ReplacesAServerWhoseRecordWasLost) {
  const auto lost = start();
  fs::remove(home_ / "server.json");
  start();
  EXPECT_FALSE(process::alive(lost.postmaster));
}

TEST_F(EmbeddedServerCrashTest, IsStoppedAlthoughItsHomeWasRemoved) {
  start();
  fs::remove_all(home_);
  EXPECT_TRUE(EmbeddedServer::stop(home_));
  EXPECT_FALSE(process::alive(record_->postmaster));
}

TEST_F(EmbeddedServerCrashTest, IsStoppedAlthoughItDoesNotListen) {
  start();
  process::send_signal(record_->postmaster, SIGSTOP);
  EXPECT_TRUE(EmbeddedServer::stop(home_, 1s));
  EXPECT_FALSE(process::alive(record_->postmaster));
}

TEST_F(EmbeddedServerCrashTest, SaysWhyItDoesNotStartAndLeavesNothingRunning) {
  try {
    start({.settings = {{"shared_buffers", "nonsense"}}});
    FAIL() << "it started";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("invalid value for parameter \"shared_buffers\""));
    EXPECT_THAT(error.what(), HasSubstr(home_.string()));
  }
  EXPECT_FALSE(fs::exists(home_ / "server.json"));
  EXPECT_EQ(start().major, installation().major) << "the next start is not harmed";
}

}  // namespace
}  // namespace prodclone::pg
