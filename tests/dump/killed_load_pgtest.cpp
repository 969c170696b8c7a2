// Whoever loads may be killed at any time: nothing that it started may go on writing.
#include <prodclone/dump/load.hpp>

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

#include <prodclone/base/hash.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/process/identity.hpp>
#include <support/eventually.hpp>
#include <support/selftest_server.hpp>

#include "workshop.hpp"

namespace prodclone::dump {
namespace {

using namespace selftest;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

// Processes whose command line holds the text: a folder's random name.
int processes_naming(const std::string& text) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::string line;
    if (FILE* file = std::fopen((entry.path() / "cmdline").c_str(), "r"); file != nullptr) {
      char block[4096];
      line.assign(block, std::fread(block, 1, sizeof block, file));
      std::fclose(file);
    }
    count += line.find(text) != std::string::npos && std::stoi(name) != ::getpid() ? 1 : 0;
  }
  return count;
}

class KilledLoad : public testing::Test {
 protected:
  // A table whose check constraint takes minutes for its rows, twice, so that two workers are busy with it.
  DumpFile slow_dump() {
    execute(source.conninfo(), "CREATE FUNCTION slow(i int) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN true; END $$");
    for (const auto* name : {"one", "two"})
      execute(source.conninfo(), std::string("CREATE TABLE ") + name + " (i int); INSERT INTO " + name + " VALUES (1); ALTER TABLE " + name + " ADD CHECK (slow(i)) NOT VALID");
    // As if it had been checked: else pg_dump would write it after the rows, and unchecked.
    execute(source.conninfo(), "UPDATE pg_constraint SET convalidated = true WHERE contype = 'c'");
    return recognise(pg_dump(source.conninfo(), folder / "slow.dump", {"-Fc"}));
  }
  // Forked: so that it can be killed. Only what a fresh connection needs is used in it.
  pid_t start_loading(const DumpFile& dump) {
    const auto into = target.conninfo();
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    try {
      load_dump(dump, into, {.jobs = 2, .work = folder.path() / "work"});
    } catch (const std::exception&) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  std::string sleepers() {
    return value(server(), "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + target.conninfo().database + "' AND wait_event = 'PgSleep'");
  }
  ScratchFolder folder;
  ScratchDatabase source, target;
};

TEST_F(KilledLoad, LeavesNoWorkerBehind) {
  const auto dump = slow_dump();
  const auto loader = start_loading(dump);
  // The leader and its two workers.
  EXPECT_TRUE(eventually([&] { return sleepers() == "2"; }, 20s));
  EXPECT_EQ(processes_naming(dump.path.string()), 3);
  EXPECT_FALSE(fs::is_empty(folder.path() / "work")) << "what a killed load leaves lies where its run is cleaned up";
  ASSERT_EQ(::kill(loader, SIGKILL), 0);
  ASSERT_EQ(::waitpid(loader, nullptr, 0), loader);
  EXPECT_TRUE(eventually([&] { return processes_naming(dump.path.string()) == 0; }, 5s));
  if (server_major() >= 14) {
    EXPECT_TRUE(eventually([&] { return sleepers() == "0"; }, 15s)) << "the server works on for nobody";
  }
}

TEST_F(KilledLoad, EndsItsWorkersWhenTheirLeaderIsKilled) {
  const auto dump = slow_dump();
  const auto loader = start_loading(dump);
  EXPECT_TRUE(eventually([&] { return sleepers() == "2"; }, 20s));
  pid_t leader = 0;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (process::parent_of(std::stoi(name)) == loader && process::executable_name(std::stoi(name)) == "pg_restore") leader = std::stoi(name);
  }
  ASSERT_NE(leader, 0);
  ASSERT_EQ(::kill(leader, SIGKILL), 0);
  int status = 0;
  EXPECT_TRUE(eventually([&] { return ::waitpid(loader, &status, WNOHANG) == loader; }, 10s));
  EXPECT_EQ(WEXITSTATUS(status), 1);
  EXPECT_EQ(processes_naming(dump.path.string()), 0);
}

}  // namespace
}  // namespace prodclone::dump
