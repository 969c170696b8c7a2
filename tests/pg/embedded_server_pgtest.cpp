#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>

#include "embedded_fixture.hpp"

namespace prodclone::pg {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

TEST_F(EmbeddedServerTest, StartsAndTellsAboutItself) {
  EXPECT_EQ(EmbeddedServer::status(home_), std::nullopt);
  start({.started_by = "a test"});
  EXPECT_EQ(EmbeddedServer::status(home_), record_);
  EXPECT_EQ(record_->started_by, "a test");
  EXPECT_EQ(record_->major, installation().major);
  EXPECT_EQ(process::executable_name(record_->postmaster.pid), "postgres");
  Session session(record_->conninfo());
  EXPECT_EQ(session.server_major(), record_->major);
  EXPECT_TRUE(
      session
          .query("SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user AND current_user = 'prodclone'")
          .boolean(0, "rolsuper"));
}

TEST_F(EmbeddedServerTest, IsFastToLoadAndHonestAboutWal) {
  start({.settings = {{"work_mem", "3MB"}, {"prodclone.note", "it's \\ here"}}});
  Session session(record_->conninfo());
  for (const auto& [name, value] : std::map<std::string, std::string>{{"fsync", "off"},
                                                                      {"full_page_writes", "on"},
                                                                      {"wal_level", "replica"},
                                                                      {"TimeZone", "UTC"},
                                                                      {"jit", "off"},
                                                                      {"autovacuum", "on"},
                                                                      {"max_locks_per_transaction", "256"},
                                                                      {"listen_addresses", ""},
                                                                      {"server_encoding", "UTF8"},
                                                                      {"work_mem", "3MB"},
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

TEST_F(EmbeddedServerTest, KeepsItsDataWhenStopped) {
  start();
  remember();
  const Session open(record_->conninfo());  // a fast shutdown does not wait for it
  EXPECT_TRUE(EmbeddedServer::stop(home_));
  start();
  EXPECT_TRUE(remembers());
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
  EXPECT_EQ(Session(record_->conninfo())
                .query("SELECT datcollate FROM pg_catalog.pg_database WHERE datname = 'postgres'")
                .text(0, "datcollate"),
            "C");
  EmbeddedServer::stop(home_);
  start({.locale = "POSIX"});
  EXPECT_NE(record_->data.filename(), "pg" + std::to_string(record_->major) + "-C");
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

TEST_F(EmbeddedServerTest, TheNextServerRemovesDataWhoseHomeSomebodyDeleted) {
  // Only root keeps data away from its home; an ordinary user's is deleted with it.
  const auto deserted = start();
  fs::remove_all(home_);
  const auto other = folder_ / "other";
  EmbeddedServer::start_or_attach({.home = other, .installation = installation()});
  EXPECT_FALSE(fs::exists(deserted.data));
  EXPECT_EQ(process::alive(deserted.postmaster), ::geteuid() != 0);
  EmbeddedServer::destroy(other);
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
  for (const auto* text : {"", "{}", "[]", R"({"schema": "prodclone/server/1"})"})
    EXPECT_THROW(server_record_from_json(text), Error) << text;
}

}  // namespace
}  // namespace prodclone::pg
