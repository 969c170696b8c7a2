// A dump of a real streaming standby: a primary and its standby, made for these tests.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <future>

#include <prodclone/base/error.hpp>
#include <prodclone/dump/load.hpp>
#include <prodclone/dump/source.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/embedded_server.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/process/child.hpp>
#include <support/eventually.hpp>
#include <support/selftest_server.hpp>
#include <support/temporary_folder.hpp>

#include "workshop.hpp"

namespace prodclone::dump {
namespace {

using namespace selftest;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class Standby : public testing::Test {
 protected:
  void SetUp() override {
    const auto installation = pg::choose(pg::find_installations(), {.exactly = server_major()});
    const auto record = pg::EmbeddedServer::start_or_attach({.home = folder_ / "primary", .installation = installation, .settings = {{"max_wal_senders", "4"}}});
    primary_ = record.conninfo().with_database("shop");
    account_ = record.account;
    bindir_ = record.bindir;
    execute(record.conninfo(), "CREATE DATABASE shop");
    execute(primary_, "CREATE TABLE first (id int PRIMARY KEY); INSERT INTO first SELECT generate_series(1, 100); CREATE TABLE second (id int PRIMARY KEY); "
                      "INSERT INTO second SELECT generate_series(1, 7); CREATE UNLOGGED TABLE cache (id int); INSERT INTO cache VALUES (1)");
    // The account that servers run as must reach its data.
    home_ = folder_ / "standby";
    fs::create_directory(home_);
    fs::permissions(folder_.path(), fs::perms::others_exec, fs::perm_options::add);
    if (!account_.empty()) tool("chown", {account_, home_.string()}, false);
    tool((bindir_ / "pg_basebackup").string(), {"-D", (home_ / "data").string(), "-R", "-c", "fast", "-X", "stream", "-h", primary_.host, "-p", std::to_string(primary_.port), "-U", primary_.user});
    tool((bindir_ / "pg_ctl").string(), {"-D", (home_ / "data").string(), "-l", (home_ / "log").string(), "-w", "-o",
          "-h '' -k '" + home_.string() + "' -p " + std::to_string(primary_.port) + " -c hot_standby_feedback=off -c max_standby_streaming_delay=0", "start"});
    standby_ = primary_;
    standby_.host = home_.string();
    ASSERT_TRUE(eventually([&] { return value(primary_, "SELECT state FROM pg_stat_replication") == "streaming"; }, std::chrono::seconds(30)));
  }
  void TearDown() override {
    if (!home_.empty()) tool((bindir_ / "pg_ctl").string(), {"-D", (home_ / "data").string(), "-m", "immediate", "-w", "stop"});
    pg::EmbeddedServer::destroy(folder_ / "primary");
  }
  void tool(const std::string& program, std::vector<std::string> arguments, bool as_account = true) const {
    arguments.insert(arguments.begin(), program);
    const auto outcome = process::run({.arguments = arguments, .directory = "/", .run_as = as_account && !account_.empty() ? std::optional(account_) : std::nullopt, .output_to_null = true},
                                      {.end_with_parent = false});
    ASSERT_TRUE(outcome.succeeded()) << program << ": " << outcome.err;
  }
  // Until the standby has replayed all that the primary has written.
  void let_it_catch_up() const {
    const auto written = value(primary_, "SELECT pg_current_wal_flush_lsn()");
    ASSERT_TRUE(eventually([&] { return value(standby_, "SELECT pg_last_wal_replay_lsn() >= '" + written + "'") == "t"; }, std::chrono::seconds(30)));
  }

  TemporaryFolder folder_;
  fs::path home_, bindir_;
  std::string account_;
  pg::ConnInfo primary_, standby_;
  ScratchFolder store_;
};

TEST_F(Standby, IsPreferredToItsPrimaryAndDumped) {
  let_it_catch_up();
  const auto live = live_source({.hosts = {standby_}});
  const auto look = live->look();
  EXPECT_TRUE(look.standby);
  EXPECT_THAT(look.warnings, AllOf(Not(Contains(HasSubstr("is no standby"))), Contains(AllOf(HasSubstr("hot_standby_feedback"), HasSubstr("cut off"))),
                                   Contains(AllOf(HasSubstr("unlogged"), HasSubstr("public.cache")))));
  const DumpStore store(store_ / "dump");
  const auto dump = live->take(store, {});
  EXPECT_THAT(dump.manifest.excluded_data, ElementsAre("public.cache")) << "what a standby does not have is told as left out";
  const ScratchDatabase target;
  load_dump(dump.file, target.conninfo());
  EXPECT_EQ(value(target.conninfo(), "SELECT count(*) FROM first"), "100");
  EXPECT_THAT(live_source({.hosts = {primary_}})->look().warnings, Contains(AllOf(HasSubstr("is no standby"), HasSubstr("It has a standby"), HasSubstr("walreceiver"), HasSubstr("replica_url_env"))));
  const auto both = "host=" + primary_.host + ',' + standby_.host + " port=" + std::to_string(primary_.port) + " user=" + primary_.user + " dbname=shop";
  EXPECT_TRUE(live_source({.hosts = pg::parse_hosts(both)})->look().standby) << "of several hosts a standby is preferred";
  EXPECT_FALSE(live_source({.hosts = pg::parse_hosts(both + " target_session_attrs=primary")})->look().standby);
  EXPECT_TRUE(live_source({.hosts = {primary_}, .replicas = {standby_}})->look().standby);
  const auto warnings = [&](const pg::ConnInfo& host) { return live_source({.hosts = {host}, .long_transaction = std::chrono::seconds(0)})->look().warnings; };
  for (const auto& host : {primary_, standby_}) {
    pg::Driver report(host);
    report.run("BEGIN");
    report.run("SELECT count(*) FROM first");
    EXPECT_THAT(warnings(host), Contains(AllOf(HasSubstr("A transaction has been open on the source"), HasSubstr("pid " + std::to_string(report.backend_pid())))));
    EXPECT_THAT(live_source({.hosts = {host}})->look().warnings, Not(Contains(HasSubstr("has been open")))) << "five minutes, unless told otherwise";
    report.run("ROLLBACK");
  }
}

// The dump waits for the lock that the standby has replayed, holding one that the next record of the log needs gone.
TEST_F(Standby, SaysWhatToDoWhenReplayEndsTheDump) {
  pg::Driver migration(primary_);
  migration.run("BEGIN");
  migration.run("LOCK TABLE second IN ACCESS EXCLUSIVE MODE");
  execute(primary_, "CREATE TABLE flush_the_log (i int)");
  let_it_catch_up();
  const DumpStore store(store_ / "dump");
  auto dump = std::async(std::launch::async, [&] { return take_dump(standby_, store); });
  ASSERT_TRUE(eventually([&] { return value(standby_, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pg_dump' AND wait_event_type = 'Lock'") == "1"; }, std::chrono::seconds(30)));
  execute(primary_, "TRUNCATE first");
  try {
    dump.get();
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::could_not_check);
    EXPECT_THAT(error.what_failed(), HasSubstr("conflict with recovery"));
    EXPECT_THAT(error.remedy(), AllOf(HasSubstr("schema change or a TRUNCATE"), HasSubstr("max_standby_streaming_delay"), HasSubstr("hot_standby_feedback does not help")));
  }
  EXPECT_TRUE(fs::is_empty(store.folder()));
  migration.run("ROLLBACK");
}

}  // namespace
}  // namespace prodclone::dump
