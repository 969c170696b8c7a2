#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/process/child.hpp>

#include "support/eventually.hpp"
#include "support/temporary_folder.hpp"

namespace prodclone::process {
namespace {

using namespace std::chrono_literals;
using selftest::eventually;
using selftest::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Command shell(std::string script) {
  return {.arguments = {"sh", "-c", std::move(script)}};
}

bool gone(pid_t pid) {
  return !identity_of(pid).has_value();
}

TEST(Run, TellsHowTheProgramEnded) {
  EXPECT_TRUE(run({.arguments = {"true"}}).succeeded());
  const auto failed = run(shell("exit 3"));
  EXPECT_EQ(failed.exit_code, 3);
  EXPECT_FALSE(failed.succeeded());
  EXPECT_EQ(describe(failed), "exit code 3");
  const auto killed = run(shell("kill -9 $$"));
  EXPECT_EQ(killed.signal, 9);
  EXPECT_FALSE(killed.succeeded());
  EXPECT_EQ(describe(killed), "killed by signal 9 (Killed)");
}

TEST(Run, PassesArgumentsWithoutAShell) {
  EXPECT_EQ(run({.arguments = {"printf", "%s|%s", "$HOME; *", ""}}).out, "$HOME; *|");
}

TEST(Run, CollectsBothStreamsAndTheirLines) {
  std::vector<std::string> out, err;
  const auto outcome = run(shell("printf 'a\\nb'; echo c >&2"),
                           {.on_error_line = [&](std::string_view line) { err.emplace_back(line); },
                            .on_output_line = [&](std::string_view line) { out.emplace_back(line); }});
  EXPECT_EQ(outcome.out, "a\nb");
  EXPECT_EQ(outcome.err, "c\n");
  EXPECT_THAT(out, ElementsAre("a", "b"));
  EXPECT_THAT(err, ElementsAre("c"));
}

TEST(Run, KeepsTheEndOfMoreOutputThanItsLimit) {
  const auto outcome = run({.arguments = {"seq", "200000"}}, {.limit = 100});
  EXPECT_EQ(outcome.out.size(), 100U);
  EXPECT_TRUE(outcome.out.ends_with("\n200000\n"));
}

TEST(Run, ReadsFromAFileOrFromNothing) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "in", "hello");
  EXPECT_EQ(run({.arguments = {"cat"}, .input = folder / "in"}).out, "hello");
  EXPECT_EQ(run({.arguments = {"cat"}}).out, "");
}

TEST(Run, WritesToAFileOrToNowhere) {
  const TemporaryFolder folder;
  auto command = shell("echo out; echo err >&2");
  command.output = folder / "out";
  const auto outcome = run(command);
  EXPECT_EQ(read_file(folder / "out"), "out\n");
  EXPECT_EQ(outcome.err, "err\n");
  command.output.reset();
  command.output_to_null = true;
  EXPECT_EQ(run(command).out, "");
}

TEST(Run, TheDeadlineEndsTheWholeGroup) {
  // The child goes when it is asked to; the grandchild does not listen.
  const auto outcome = run(shell("(trap '' TERM; exec sleep 100) & echo $!; exec sleep 100"), {.deadline = 300ms});
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_LT(outcome.took, 5s);
  const auto grandchild = static_cast<pid_t>(std::stol(outcome.out));
  EXPECT_TRUE(eventually([&] { return gone(grandchild); }));
  EXPECT_THAT(describe(outcome), HasSubstr("still running"));
}

TEST(Run, AChildThatIgnoresTheRequestIsKilled) {
  const auto outcome = run(shell("trap '' TERM; while :; do sleep 1; done"), {.deadline = 100ms});
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_EQ(outcome.signal, SIGKILL);
}

TEST(Run, DoesNotWaitForAGrandchildThatKeepsTheOutput) {
  const auto outcome = run(shell("sleep 100 & echo $!"), {.deadline = 60s});
  EXPECT_TRUE(outcome.succeeded());
  EXPECT_LT(outcome.took, 30s);
  end(identity_of(static_cast<pid_t>(std::stol(outcome.out))).value(), 5s);
}

TEST(Run, AnExceptionOfALineSinkEndsTheChild) {
  pid_t child = 0;
  const auto sink = [&](std::string_view line) {
    child = static_cast<pid_t>(std::stol(std::string(line)));
    throw std::runtime_error("enough");
  };
  EXPECT_THROW(run(shell("echo $$; exec sleep 100"), {.on_output_line = sink}), std::runtime_error);
  ASSERT_GT(child, 0);
  EXPECT_TRUE(gone(child));
}

TEST(Run, TheChildDiesWithAKilledParent) {
  const TemporaryFolder folder;
  const auto parent =
      start_detached({.arguments = {PROCESS_PROBE, "run-until-killed", (folder / "pid").string()}}, folder / "log");
  ASSERT_TRUE(eventually([&] { return !read_file_if_present(folder / "pid").value_or("").empty(); }));
  const auto child = static_cast<pid_t>(std::stol(read_file(folder / "pid")));
  ASSERT_FALSE(gone(child));
  EXPECT_TRUE(send_signal(parent, SIGKILL));
  EXPECT_TRUE(eventually([&] { return gone(child); }));
}

TEST(Run, ScrubsPgVariablesAndSetsWhatIsAskedFor) {
  ::setenv("PGHOST", "production", 1);
  ::setenv("PROBE_KEPT", "kept", 1);
  ::setenv("PROBE_UNSET", "unset", 1);
  const auto out = run({.arguments = {"env"}, .environment = {{"PGDATABASE", "clone"}}, .unset = {"PROBE_UNSET"}}).out;
  ::unsetenv("PGHOST");
  EXPECT_THAT(lines_of(out), testing::IsSupersetOf({"PGDATABASE=clone", "PROBE_KEPT=kept"}));
  EXPECT_THAT(out, Not(HasSubstr("PGHOST")));
  EXPECT_THAT(out, Not(HasSubstr("PROBE_UNSET")));
}

TEST(Run, StartsInTheDirectoryAskedFor) {
  const TemporaryFolder folder;
  const auto real = std::filesystem::canonical(folder.path()).string();
  EXPECT_EQ(run({.arguments = {"pwd"}, .directory = folder.path()}).out, real + "\n");
}

TEST(Run, HandsOnNoDescriptor) {
  const int inherited = ::open("/dev/null", O_RDONLY);
  ASSERT_GE(inherited, 0);
  const auto outcome = run({.arguments = {PROCESS_PROBE, "descriptors"}});
  ::close(inherited);
  EXPECT_TRUE(outcome.succeeded());
  EXPECT_EQ(outcome.out, "");
}

TEST(Run, WorksWhenOurOwnStreamsAreClosed) {
  const TemporaryFolder folder;
  EXPECT_TRUE(run({.arguments = {PROCESS_PROBE, "without-standard-streams", (folder / "seen").string()}}).succeeded());
  EXPECT_EQ(read_file(folder / "seen"), "out\nerr\n");
}

TEST(Run, AnotherUserIsForRootOnly) {
  const Command command{.arguments = {"id", "-un"}, .run_as = "nobody"};
  if (::geteuid() == 0)
    EXPECT_EQ(run(command).out, "nobody\n");
  else
    EXPECT_THROW(run(command), Error);
  EXPECT_THROW(run({.arguments = {"id"}, .run_as = "no-such-user"}), Error);
}

TEST(Run, AProgramThatCannotStartIsNamed) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "no-program", "\x7f not executable");
  ::chmod((folder / "no-program").c_str(), 0700);
  for (const auto& name : {std::string("no-such-program"), (folder / "no-program").string()}) {
    try {
      run({.arguments = {name}});
      ADD_FAILURE() << name << " ran";
    } catch (const Error& error) {
      EXPECT_EQ(error.failure(), Failure::could_not_check);
      EXPECT_THAT(error.what(), HasSubstr(name));
    }
  }
}

TEST(FindProgram, LooksInTheGivenFoldersFirst) {
  const TemporaryFolder folder;
  std::filesystem::create_symlink(find_program("true").value(), folder / "sh");
  EXPECT_EQ(find_program("sh", {folder.path()}), folder / "sh");
  EXPECT_NE(find_program("sh"), folder / "sh");
  EXPECT_EQ(find_program("no-such-program", {folder.path()}), std::nullopt);
  EXPECT_EQ(find_program(folder.path().string()), std::nullopt) << "a folder is no program";
}

TEST(FindProgram, PassesOverFoldersThatItMayNotEnter) {
  // As root everything may be entered: a file in the place of a folder is refused to everybody.
  const TemporaryFolder folder;
  write_file_atomically(folder / "file", "");
  std::filesystem::create_directory(folder / "closed");
  std::filesystem::permissions(folder / "closed", std::filesystem::perms::none);
  std::filesystem::create_symlink(folder / "loop", folder / "loop");
  const std::string path = std::getenv("PATH");
  ::setenv(
      "PATH",
      ((folder / "closed").string() + ':' + (folder / "file").string() + ':' + (folder / "loop").string() + ':' + path)
          .c_str(),
      1);
  const auto found = find_program("sh");
  ::setenv("PATH", path.c_str(), 1);
  std::filesystem::permissions(folder / "closed", std::filesystem::perms::owner_all);
  EXPECT_TRUE(found.has_value());
}

TEST(StartDetached, OutlivesItsStarterAndDoesNotHoldItsOutput) {
  const TemporaryFolder folder;
  std::FILE* pipe = ::popen((std::string(PROCESS_PROBE) + " detach " + (folder / "log").string()).c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string out;
  std::array<char, 256> block{};
  bool ended = false;
  pollfd waiter{::fileno(pipe), POLLIN, 0};
  while (!ended && ::poll(&waiter, 1, 10'000) > 0) {
    const auto count = ::read(waiter.fd, block.data(), block.size());
    ended = count <= 0;
    if (!ended) out.append(block.data(), static_cast<std::size_t>(count));
  }
  EXPECT_TRUE(ended) << "somebody still holds the output";
  ::pclose(pipe);
  const auto sleeper = parse_identity(std::string(trimmed(out)));
  ASSERT_TRUE(sleeper);
  EXPECT_TRUE(alive(*sleeper));
  EXPECT_EQ(::getsid(sleeper->pid), sleeper->pid) << "a signal of the terminal would reach it";
  end(*sleeper, 5s);
  EXPECT_FALSE(alive(*sleeper));
}

TEST(StartDetached, WritesBothStreamsToTheLog) {
  const TemporaryFolder folder;
  const auto process = start_detached(shell("echo out; echo err >&2"), folder / "log");
  wait_until_gone(process, 10s);
  EXPECT_TRUE(eventually([&] { return read_file(folder / "log") == "out\nerr\n"; }));
}

TEST(StartDetached, SaysWhyItCannot) {
  const TemporaryFolder folder;
  try {
    start_detached({.arguments = {"true"}, .directory = folder / "absent"}, folder / "log");
    FAIL() << "it started";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("No such file or directory"));
  }
}

TEST(End, KillsWhoeverDoesNotGoByItself) {
  const TemporaryFolder folder;
  const auto stubborn = start_detached(shell("trap '' TERM; echo ready; while :; do sleep 0.1; done"), folder / "log");
  ASSERT_TRUE(eventually([&] { return read_file(folder / "log") == "ready\n"; }));
  end_group(stubborn, 50ms);
  EXPECT_FALSE(alive(stubborn));
}

}  // namespace
}  // namespace prodclone::process
