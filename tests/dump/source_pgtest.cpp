#include <prodclone/dump/source.hpp>

#include <gmock/gmock.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/dump/load.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/session.hpp>
#include <support/eventually.hpp>
#include <support/selftest_server.hpp>

#include "workshop.hpp"

namespace prodclone::dump {
namespace {

using namespace selftest;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class LiveSourceTest : public testing::Test {
 protected:
  void SetUp() override {
    execute(source.conninfo(), R"sql(
CREATE TABLE account (id int PRIMARY KEY);
INSERT INTO account SELECT generate_series(1, 10);
CREATE TABLE audit_login (id int, account int REFERENCES account);
INSERT INTO audit_login SELECT i, i FROM generate_series(1, 10) i;
CREATE TABLE "Odd.*Name" (id int PRIMARY KEY);
INSERT INTO "Odd.*Name" VALUES (1);
CREATE TABLE event (id int, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO event VALUES (1, '2026-02-02');
)sql");
  }
  static std::string error_of(const LiveSource& live, Failure expected) {
    try {
      live_source(live)->look();
    } catch (const Error& error) {
      EXPECT_EQ(error.failure(), expected);
      return error.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return "";
  }
  static std::string rows(const pg::ConnInfo& database, const std::string& table) { return value(database, "SELECT count(*) FROM " + table); }

  ScratchDatabase source;
  ScratchFolder folder;
};

TEST_F(LiveSourceTest, LeavesOutTheRowsOfExcludedTablesAndNamesThem) {
  const DumpStore store(folder / "dump");
  const auto live = live_source({.hosts = {source.conninfo()}, .exclude_data = {"public.audit_*", "event", "Odd.?Name"}});
  // Of the three, "Odd.?Name" has a dot of its own: schema "Odd", which is not there.
  EXPECT_THROW(live->look(), Error);
  const auto dump = live_source({.hosts = {source.conninfo()}, .exclude_data = {"public.audit_*", "event", "public.Odd.?Name"}})->take(store, {.source_name = "prod"});
  EXPECT_THAT(dump.manifest.excluded_data, ElementsAre("public.Odd.*Name", "public.audit_login", "public.event", "public.event_1"));
  EXPECT_EQ(dump.manifest.source_name, "prod");
  EXPECT_EQ(store.latest_of("prod").manifest, dump.manifest) << "it is kept beside the dump";
  EXPECT_THROW(store.latest_of("staging"), Error);
  const ScratchDatabase target;
  load_dump(dump.file, target.conninfo());
  EXPECT_EQ(rows(target.conninfo(), "account"), "10");
  for (const auto& table : {"audit_login", "event", "\"Odd.*Name\""}) EXPECT_EQ(rows(target.conninfo(), table), "0") << table;
}

TEST_F(LiveSourceTest, AGlobThatMatchesNothingIsAMistake) {
  EXPECT_THAT(error_of({.hosts = {source.conninfo()}, .exclude_data = {"public.acount"}}, Failure::usage),
              AllOf(HasSubstr("\"public.acount\""), HasSubstr("public.account")));
}

TEST_F(LiveSourceTest, TellsOfKeysThatExcludingCuts) {
  EXPECT_THAT(live_source({.hosts = {source.conninfo()}, .exclude_data = {"account"}})->look().warnings,
              Contains(AllOf(HasSubstr("public.audit_login"), HasSubstr("orphan"))));
  EXPECT_THAT(live_source({.hosts = {source.conninfo()}, .exclude_data = {"account", "audit_*"}})->look().warnings, Not(Contains(HasSubstr("orphan"))));
}

TEST_F(LiveSourceTest, TellsOfExclusiveLocksBeforeItBegins) {
  EXPECT_THAT(live_source({.hosts = {source.conninfo()}})->look().warnings, Not(Contains(HasSubstr("locked"))));
  pg::Driver migration(source.conninfo());
  migration.run("BEGIN; LOCK TABLE account IN ACCESS EXCLUSIVE MODE");
  EXPECT_THAT(live_source({.hosts = {source.conninfo()}})->look().warnings,
              Contains(AllOf(HasSubstr("account is locked exclusively"), HasSubstr("pid " + std::to_string(migration.backend_pid())))));
  const DumpStore store(folder / "dump");
  try {
    take_dump(source.conninfo(), store, {.lock_wait = std::chrono::milliseconds(200)});
    FAIL() << "it does not wait for ever";
  } catch (const Error& error) {
    EXPECT_THAT(error.remedy(), HasSubstr("strong lock"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(store.folder()));
}

TEST_F(LiveSourceTest, TellsThatADumpOfAPrimaryIsALongTransaction) {
  const auto look = live_source({.hosts = {source.conninfo()}})->look();
  EXPECT_FALSE(look.standby);
  EXPECT_EQ(look.major, server_major());
  EXPECT_GT(look.size.count, 0);
  EXPECT_THAT(look.warnings, Contains(AllOf(HasSubstr("is no standby"), HasSubstr("vacuum"))));
}

TEST_F(LiveSourceTest, AnOrdinaryRoleIsToldWhatItCannotSee) {
  auto weak = ordinary_role();
  weak.database = source.conninfo().database;
  const auto look = live_source({.hosts = {weak}})->look();
  EXPECT_THAT(look.warnings, Contains(HasSubstr("pg_monitor")));
  EXPECT_THAT(testing::PrintToString(look.warnings), Not(HasSubstr(weak.password.reveal())));
}

TEST_F(LiveSourceTest, PassesOverAServerThatDoesNotAnswer) {
  auto dead = source.conninfo();
  dead.host = "127.0.0.1";
  dead.port = 1;
  const auto look = live_source({.hosts = {source.conninfo()}, .replicas = {dead}})->look();
  EXPECT_EQ(look.server, pg::masked(source.conninfo()));
  EXPECT_THAT(look.warnings, Contains(HasSubstr("port=1")));
  EXPECT_EQ(live_source({.hosts = {dead, source.conninfo()}})->look().server, pg::masked(source.conninfo()));
  EXPECT_THAT(error_of({.hosts = {dead}}, Failure::could_not_check), HasSubstr("port=1"));
}

TEST_F(LiveSourceTest, FollowsTargetSessionAttrs) {
  const auto with = [&](const std::string& attrs) {
    auto host = source.conninfo();
    host.options["target_session_attrs"] = attrs;
    return LiveSource{.hosts = {host}};
  };
  EXPECT_THAT(error_of(with("standby"), Failure::could_not_check), HasSubstr("target_session_attrs=standby"));
  for (const auto& attrs : {"any", "primary", "read-write", "prefer-standby"}) EXPECT_FALSE(live_source(with(attrs))->look().standby) << attrs;
}

TEST_F(LiveSourceTest, SaysWhenAReplicaIsNone) {
  EXPECT_THAT(live_source({.hosts = {source.conninfo()}, .replicas = {source.conninfo()}})->look().warnings, Contains(HasSubstr("is none")));
}

}  // namespace
}  // namespace prodclone::dump
