#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <prodclone/application/placeholders.hpp>
#include <prodclone/application/program.hpp>
#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/process/free_port.hpp>

#include "support/eventually.hpp"
#include "support/temporary_folder.hpp"

namespace prodclone::application {
namespace {

using namespace std::chrono_literals;
using selftest::eventually;
using testing::HasSubstr;

class ProgramTest : public testing::Test {
 protected:
  Launch launch(std::vector<std::string> more = {}) const {
    Launch wanted{.command = {WEB_PROBE, std::to_string(port_)}, .health = "http://127.0.0.1:" + std::to_string(port_) + "/health",
                  .ready_within = 20s, .stops_within = 5s, .log = folder_ / "log", .papers = folder_ / "papers"};
    wanted.command.insert(wanted.command.end(), more.begin(), more.end());
    return wanted;
  }
  // The process whose number stands in the file, once it stands there.
  process::Identity spawned() const {
    process::Identity identity;
    EXPECT_TRUE(eventually([&] {
      const auto text = read_file_if_present(folder_ / "spawned").value_or("");
      const auto found = text.empty() ? std::nullopt : process::identity_of(std::stoi(text));
      if (found) identity = *found;
      return found.has_value();
    }));
    return identity;
  }
  bool has_papers() const {
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "papers"))
      if (entry.path().extension() == ".json") return true;
    return false;
  }

  selftest::TemporaryFolder folder_;
  int port_ = process::free_port();
};

TEST_F(ProgramTest, IsReadyWhenItsHealthAnswers) {
  Program program(launch());
  const auto readiness = program.wait_until_ready();
  EXPECT_TRUE(readiness.ready) << readiness.last_answer;
  EXPECT_EQ(program.ended(), std::nullopt);
  program.stop();
  EXPECT_TRUE(program.ended().has_value());
  EXPECT_THAT(program.log(), HasSubstr("the port is"));
  EXPECT_FALSE(has_papers()) << "its warden has nothing to do any more";
}

TEST_F(ProgramTest, OneThatDiesAtItsStartIsNotWaitedFor) {
  Program program(launch({"--die", "3"}));
  const auto readiness = program.wait_until_ready();
  EXPECT_FALSE(readiness.ready);
  EXPECT_EQ(readiness.ended, "exit code 3");
  EXPECT_LT(readiness.took, 10s);
  EXPECT_EQ(program.log(), "cannot start\n");
}

TEST_F(ProgramTest, OneThatNeverAnswersIsGivenUp) {
  auto wanted = launch({"--silent"});
  wanted.ready_within = 500ms;
  Program program(wanted);
  const auto readiness = program.wait_until_ready();
  EXPECT_FALSE(readiness.ready);
  EXPECT_EQ(readiness.ended, std::nullopt);
  EXPECT_THAT(readiness.last_answer, HasSubstr("got no answer"));
}

TEST_F(ProgramTest, AHealthThatAnswersAnErrorIsNotReady) {
  auto wanted = launch({"--health", "503"});
  wanted.ready_within = 1s;
  Program program(wanted);
  const auto readiness = program.wait_until_ready();
  EXPECT_FALSE(readiness.ready);
  EXPECT_THAT(readiness.last_answer, HasSubstr("/health answers 503: health"));
}

TEST_F(ProgramTest, ALineOfTheLogIsASignOfReadinessToo) {
  auto wanted = launch({"--silent"});
  wanted.health.clear();
  wanted.ready_log = "the port is \\d+";
  Program program(wanted);
  EXPECT_TRUE(program.wait_until_ready().ready);
}

TEST_F(ProgramTest, SomebodyElsesAnswerIsNeverTakenForOurs) {
  Program program(launch());
  ASSERT_TRUE(program.wait_until_ready().ready);
  try {
    Program second(launch());
    FAIL() << "it was started beside the first";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::could_not_check);
    EXPECT_THAT(error.what(), HasSubstr("Something else answers at"));
  }
}

TEST_F(ProgramTest, AProgramThatIsNotThereIsAUsageError) {
  auto wanted = launch();
  wanted.command[0] = "no-such-program";
  try {
    Program program(wanted);
    FAIL() << "it was started";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::usage);
    EXPECT_THAT(error.what(), HasSubstr("no-such-program"));
  }
}

TEST_F(ProgramTest, IsFoundBesideOurOwnBinary) {
  EXPECT_EQ(program_path("web_probe", folder_.path()), std::filesystem::path(WEB_PROBE));
}

TEST_F(ProgramTest, StoppingEndsADeafOneAndWhatLeftItsGroup) {
  auto wanted = launch({"--deaf", "--spawn", (folder_ / "spawned").string()});
  wanted.stops_within = 300ms;
  Program program(wanted);
  ASSERT_TRUE(program.wait_until_ready().ready);
  const auto daemon = spawned();
  ASSERT_TRUE(process::alive(daemon));
  program.stop();
  EXPECT_FALSE(process::alive(daemon));
  EXPECT_FALSE(has_papers());
}

class KilledOwner : public ProgramTest {
 protected:
  void SetUp() override {
    process::Command command{.arguments = {"/proc/self/exe", "--own", folder_.path().string(), "http://127.0.0.1:" + std::to_string(port_) + "/health",
                                           WEB_PROBE, std::to_string(port_), "--deaf", "--spawn", (folder_ / "spawned").string()}};
    owner_ = process::start_detached(command, folder_ / "owner.log");
    daemon_ = spawned();
    ASSERT_TRUE(eventually([&] { return process::parent_of(daemon_.pid).has_value(); }));
    ASSERT_TRUE(eventually([&] { return program().has_value(); }));
    program_ = *program();
  }
  void TearDown() override {
    for (const auto& one : {owner_, program_, daemon_}) process::send_signal(one, SIGKILL);
  }
  std::vector<process::Identity> with_words(const std::string& words) const {
    std::vector<process::Identity> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const int pid = std::atoi(entry.path().filename().c_str());
      if (pid > 0 && process::command_line(pid).find(words) != std::string::npos)
        if (auto identity = process::identity_of(pid)) found.push_back(*identity);
    }
    return found;
  }
  std::optional<process::Identity> program() const {
    for (const auto& one : with_words((folder_ / "spawned").string()))
      if (one != owner_) return one;
    return std::nullopt;
  }
  bool nothing_runs() const { return !process::alive(program_) && !process::alive(daemon_); }

  process::Identity owner_, program_, daemon_;
};

TEST_F(KilledOwner, LeavesNothingBehind) {
  process::send_signal(owner_, SIGKILL);
  EXPECT_TRUE(eventually([&] { return nothing_runs(); }, 5s));
  EXPECT_TRUE(eventually([&] { return !has_papers(); }, 5s)) << "the warden has done its work";
}

TEST_F(KilledOwner, LeavesItsRemainsToTheNextRunWhenTheWardenIsKilledToo) {
  for (const auto& warden : with_words("--prodclone-warden=" + (folder_ / "papers").string())) process::send_signal(warden, SIGKILL);
  EXPECT_EQ(end_programs(folder_ / "papers", Whose::of_dead_owners), EndedPrograms{}) << "its owner lives";
  EXPECT_TRUE(process::alive(daemon_));
  process::send_signal(owner_, SIGKILL);
  ASSERT_TRUE(eventually([&] { return !process::alive(owner_); }));
  EXPECT_TRUE(process::alive(daemon_)) << "nobody has ended it yet";
  EXPECT_EQ(end_programs(folder_ / "papers", Whose::of_dead_owners), (EndedPrograms{.ended = 1}));
  EXPECT_TRUE(nothing_runs());
  EXPECT_FALSE(has_papers());
}

}  // namespace
}  // namespace prodclone::application
