#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <future>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/embedded_server.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/process/child.hpp>

#include "support/eventually.hpp"
#include "support/temporary_folder.hpp"

namespace prodclone::pg {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using selftest::eventually;
using testing::HasSubstr;

Installation installation() {
  const char* major = std::getenv("PRODCLONE_TEST_MAJOR");
  const auto wanted = major == nullptr ? WantedMajor{} : WantedMajor{.exactly = std::atoi(major)};
  return choose(find_installations(), wanted);
}

uid_t user_of(const process::Identity& process) {
  struct stat facts {};
  EXPECT_EQ(::stat(("/proc/" + std::to_string(process.pid)).c_str(), &facts), 0);
  return facts.st_uid;
}

// A home of its own for each test, private to whoever runs it; nothing of the server may stay.
class EmbeddedServerTest : public testing::Test {
 protected:
  void TearDown() override {
    const auto last = record_;
    EmbeddedServer::destroy(home_);
    if (!last) return;
    EXPECT_FALSE(process::alive(last->postmaster));
    EXPECT_FALSE(fs::exists(last->socket_folder));
    EXPECT_FALSE(fs::exists(last->data));
    EXPECT_FALSE(fs::exists(home_));
  }

  const ServerRecord& start(ServerSettings settings = {}) {
    settings.home = home_;
    settings.installation = installation();
    record_ = EmbeddedServer::start_or_attach(settings);
    return *record_;
  }

  process::Command probe(const std::string& verb) const { return {.arguments = {EMBEDDED_PROBE, verb, home_.string()}}; }

  // A table in a database of its own, which proves that data was kept or not.
  void remember() const {
    Session(record_->conninfo()).execute("CREATE DATABASE memory");
    Session(record_->conninfo().with_database("memory"))
        .execute("SET synchronous_commit = on; CREATE TABLE t AS SELECT generate_series(1, 1000) AS x");
  }
  bool remembers() const {
    Session session(record_->conninfo());
    if (session.query("SELECT FROM pg_catalog.pg_database WHERE datname = 'memory'").command_tag() == "ROWS 0") return false;
    return Session(record_->conninfo().with_database("memory")).query("SELECT count(*) AS n FROM t").integer(0, "n") == 1000;
  }

  selftest::TemporaryFolder folder_;
  fs::path home_ = folder_ / "home";
  std::optional<ServerRecord> record_;
};

TEST_F(EmbeddedServerTest, StartsAndTellsAboutItself) {
  EXPECT_EQ(EmbeddedServer::status(home_), std::nullopt);
  start({.started_by = "a test"});
  EXPECT_EQ(EmbeddedServer::status(home_), record_);
  EXPECT_EQ(record_->started_by, "a test");
  EXPECT_EQ(record_->major, installation().major);
  EXPECT_EQ(process::executable_name(record_->postmaster.pid), "postgres");
  Session session(record_->conninfo());
  EXPECT_EQ(session.server_major(), record_->major);
  EXPECT_TRUE(session.query("SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user AND current_user = 'prodclone'").boolean(0, "rolsuper"));
}

TEST_F(EmbeddedServerTest, IsFastToLoadAndHonestAboutWal) {
  start({.settings = {{"work_mem", "3MB"}, {"prodclone.note", "it's \\ here"}}});
  Session session(record_->conninfo());
  for (const auto& [name, value] : std::map<std::string, std::string>{{"fsync", "off"}, {"full_page_writes", "on"}, {"wal_level", "replica"},
                                                                      {"TimeZone", "UTC"}, {"jit", "off"}, {"autovacuum", "on"},
                                                                      {"max_locks_per_transaction", "256"}, {"listen_addresses", ""},
                                                                      {"server_encoding", "UTF8"}, {"work_mem", "3MB"},
                                                                      {"prodclone.note", "it's \\ here"}})
    EXPECT_EQ(session.query("SELECT current_setting($1) AS v", {name}).text(0, "v"), value) << name;
}

TEST_F(EmbeddedServerTest, IsFoundAgainInsteadOfStartedTwice) {
  const auto first = start();
  EXPECT_EQ(start(), first);
  EXPECT_TRUE(EmbeddedServer::stop(home_));
  EXPECT_EQ(EmbeddedServer::status(home_), std::nullopt);
  EXPECT_FALSE(EmbeddedServer::stop(home_)) << "nothing runs any more";
  EXPECT_NE(start().postmaster, first.postmaster);
}

TEST_F(EmbeddedServerTest, TwoStartersAtOnceGetOneServerThatOutlivesBoth) {
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

TEST_F(EmbeddedServerTest, KeepsItsDataWhenStopped) {
  start();
  remember();
  const Session open(record_->conninfo());  // a fast shutdown does not wait for it
  EXPECT_TRUE(EmbeddedServer::stop(home_));
  start();
  EXPECT_TRUE(remembers());
}

TEST_F(EmbeddedServerTest, KeepsItsDataWhenItsPostmasterIsKilled) {
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

TEST_F(EmbeddedServerTest, IsMadeAnewWhenTheMachineWentDownUnderIt) {
  start();
  remember();
  process::send_signal(record_->postmaster, SIGKILL);
  process::wait_until_gone(record_->postmaster, 10s);
  write_file_atomically(home_ / (record_->data.filename().string() + ".boot"), "an earlier boot");
  start();
  EXPECT_FALSE(remembers());
}

TEST_F(EmbeddedServerTest, StartsAfterAStarterThatWasKilledInInitdb) {
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

TEST_F(EmbeddedServerTest, StartsAfterAStarterThatWasKilledBeforeItWasReady) {
  auto command = probe("start");
  command.arguments.insert(command.arguments.end(), {std::to_string(installation().major), "loopback"});
  const auto starter = process::start_detached(command, folder_ / "log");
  ASSERT_TRUE(eventually([&] { return fs::exists(home_ / "server.json") || !process::alive(starter); }));
  process::send_signal(starter, SIGKILL);
  process::wait_until_gone(starter, 10s);
  start({.listen = Listen::loopback});
  EXPECT_EQ(Session(record_->tcp().value()).query("SELECT 1 AS one").integer(0, "one"), 1);
}

TEST_F(EmbeddedServerTest, ReplacesAServerWhoseRecordWasLost) {
  const auto lost = start();
  fs::remove(home_ / "server.json");
  start();
  EXPECT_FALSE(process::alive(lost.postmaster));
}

TEST_F(EmbeddedServerTest, IsStoppedAlthoughItsHomeWasRemoved) {
  start();
  fs::remove_all(home_);
  EXPECT_TRUE(EmbeddedServer::stop(home_));
  EXPECT_FALSE(process::alive(record_->postmaster));
}

TEST_F(EmbeddedServerTest, IsStoppedAlthoughItDoesNotListen) {
  start();
  process::send_signal(record_->postmaster, SIGSTOP);
  EXPECT_TRUE(EmbeddedServer::stop(home_, 1s));
  EXPECT_FALSE(process::alive(record_->postmaster));
}

TEST_F(EmbeddedServerTest, ListensOnLoopbackWithAPasswordWhenAsked) {
  start({.listen = Listen::loopback});
  auto info = record_->tcp().value();
  EXPECT_EQ(info.host, "127.0.0.1");
  EXPECT_EQ(Session(info).query("SELECT 1 AS one").integer(0, "one"), 1);
  info.password = Secret("wrong");
  EXPECT_THROW(Session{info}, SqlError);
  EXPECT_EQ(fs::status(home_ / "server.json").permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_THAT(read_file(record_->log), testing::Not(HasSubstr(record_->password.reveal())));
}

TEST_F(EmbeddedServerTest, DoesNotPassForAnotherServerThanTheOneAskedFor) {
  const auto running = start();
  EXPECT_EQ(running.tcp(), std::nullopt);
  for (const ServerSettings& wanted : {ServerSettings{.listen = Listen::loopback}, ServerSettings{.locale = "C"}}) {
    try {
      start(wanted);
      ADD_FAILURE() << "it attached";
    } catch (const Error& error) {
      EXPECT_EQ(error.failure(), Failure::could_not_check);
      EXPECT_THAT(error.what(), HasSubstr("prodclone server stop"));
    }
  }
  EXPECT_EQ(EmbeddedServer::status(home_), running);
}

TEST_F(EmbeddedServerTest, EachLocaleHasItsOwnCluster) {
  start({.locale = "C"});
  EXPECT_EQ(Session(record_->conninfo()).query("SELECT datcollate FROM pg_catalog.pg_database WHERE datname = 'postgres'").text(0, "datcollate"), "C");
  EmbeddedServer::stop(home_);
  start({.locale = "POSIX"});
  EXPECT_NE(record_->data.filename(), "pg" + std::to_string(record_->major) + "-C");
}

TEST_F(EmbeddedServerTest, SaysWhyItDoesNotStartAndLeavesNothingRunning) {
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

TEST_F(EmbeddedServerTest, AHomeWithALongPathIsNoProblem) {
  const auto short_home = home_;
  home_ = folder_ / std::string(120, 'x') / std::string(120, 'y');
  start();
  EXPECT_LT(record_->socket_folder.string().size(), 60U);
  EXPECT_EQ(Session(record_->conninfo()).server_major(), record_->major);
}

TEST_F(EmbeddedServerTest, DoesNotTrustASocketFolderThatOthersCanEnter) {
  const auto socket_folder = start().socket_folder;
  EXPECT_EQ(fs::status(socket_folder).permissions(), fs::perms::owner_all);
  EmbeddedServer::stop(home_);
  fs::create_directory(socket_folder);
  fs::permissions(socket_folder, fs::perms::all);
  try {
    start();
    ADD_FAILURE() << "it started";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::refused);
    EXPECT_THAT(error.what(), HasSubstr(socket_folder.string()));
  }
  fs::remove(socket_folder);
}

TEST_F(EmbeddedServerTest, RunsAsAnUnprivilegedUserWhoeverStartsIt) {
  start();
  EXPECT_NE(user_of(record_->postmaster), 0U);
  if (::geteuid() == 0) {
    // The home is private to root: its data is where the server's account can reach it.
    EXPECT_NE(record_->data.parent_path(), fs::canonical(home_));
  } else {
    EXPECT_EQ(record_->data.parent_path(), fs::canonical(home_));
  }
  EXPECT_EQ(fs::status(record_->data).permissions(), fs::perms::owner_all);
}

TEST_F(EmbeddedServerTest, AHomeThatItsAccountCanReachHoldsEverything) {
  fs::permissions(folder_.path(), fs::perms::others_exec | fs::perms::group_exec, fs::perm_options::add);
  start();
  EXPECT_EQ(record_->data.parent_path(), fs::canonical(home_));
}

TEST_F(EmbeddedServerTest, AnOrdinaryUserKeepsEverythingInTheHome) {
  // As root, somebody else is that user; the program is copied to where they can reach it.
  fs::permissions(folder_.path(), fs::perms::all);
  const auto program = folder_ / "probe";
  fs::copy_file(EMBEDDED_PROBE, program);
  fs::permissions(program, fs::perms::others_exec | fs::perms::others_read, fs::perm_options::add);
  auto command = probe("start");
  command.arguments.front() = program;
  if (::geteuid() == 0) command.run_as = "nobody";
  const auto started = process::run(command);
  ASSERT_TRUE(started.succeeded()) << started.err;
  EXPECT_THAT(started.out, HasSubstr((fs::canonical(folder_.path()) / "home/pg").string()));
  command.arguments.at(1) = "destroy";
  const auto destroyed = process::run(command);
  EXPECT_TRUE(destroyed.succeeded()) << destroyed.err;
  EXPECT_FALSE(fs::exists(home_));
}

TEST(ServerRecord, GoesToItsFileAndBack) {
  const ServerRecord record{.postmaster = process::self(),
                            .major = 15,
                            .version = "15.18",
                            .bindir = "/b",
                            .data = "/d",
                            .socket_folder = "/s",
                            .log = "/l",
                            .port = 1,
                            .listen = Listen::loopback,
                            .locale = "C",
                            .password = Secret("p"),
                            .account = "postgres",
                            .started_at = parse_iso8601("2026-04-24T10:00:00Z"),
                            .started_by = "me"};
  EXPECT_EQ(server_record_from_json(to_json(record)), record);
  for (const auto* text : {"", "{}", "[]", R"({"schema": "prodclone/server/1"})"}) EXPECT_THROW(server_record_from_json(text), Error) << text;
}

}  // namespace
}  // namespace prodclone::pg
