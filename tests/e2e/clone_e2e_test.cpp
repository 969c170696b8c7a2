// From a live server to a verdict: `prodclone clone`, then `rehearse`; and a clone that is killed half-way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <prodclone/base/files.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/pg/tools.hpp>
#include <support/eventually.hpp>
#include <support/selftest_server.hpp>

#include "background_run.hpp"
#include "sample_project.hpp"

namespace prodclone::e2e {
namespace {

namespace fs = std::filesystem;
using selftest::eventually;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Production is a database of the self-test server, read by an ordinary role with a password.
class LiveProduction : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto tools = pg::find_tools(selftest::server_major());
    const auto restored = process::run({.arguments = {tools.pg_restore.string(), "--no-owner", "--no-privileges", "--dbname=" + database_.conninfo().database, project_.dump().string()},
                                        .environment = pg::environment(database_.conninfo())});
    ASSERT_TRUE(restored.succeeded()) << restored.err;
    fs::remove_all(project_.root() / "dump");
    fs::create_directory(project_.root() / "dump");
    pg::Session(database_.conninfo()).execute("GRANT pg_read_all_data TO " + role_.user + "; ALTER ROLE " + role_.user + " BYPASSRLS");
    role_.database = database_.conninfo().database;
    project_.edit_config([&](nlohmann::ordered_json& config) {
      config["default_source"] = "live";
      config["sources"]["live"] = {{"kind", "url"}, {"url", pg::url_without_password(role_)}, {"password_env", "ORCHA_E2E_PASSWORD"}};
    });
  }
  void TearDown() override {
    pg::Session(database_.conninfo()).execute("REVOKE pg_read_all_data FROM " + role_.user + "; ALTER ROLE " + role_.user + " NOBYPASSRLS");
  }
  process::Command cli(std::vector<std::string> arguments) const {
    auto command = project_.cli(std::move(arguments));
    command.environment["ORCHA_E2E_PASSWORD"] = role_.password.reveal();
    return command;
  }
  process::Outcome run(std::vector<std::string> arguments) const { return process::run(cli(std::move(arguments)), {.deadline = std::chrono::minutes(3)}); }
  std::vector<std::string> dumps() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(project_.root() / "dump")) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
  bool a_file_holds_the_password() const {
    for (const auto& entry : fs::recursive_directory_iterator(project_.root())) {
      if (!entry.is_regular_file()) continue;
      std::ostringstream text;
      text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      if (text.str().find(role_.password.reveal()) != std::string::npos) return true;
    }
    return false;
  }

  pg::ConnInfo role_ = selftest::ordinary_role();
  selftest::ScratchDatabase database_;
  SampleProject project_;
};

TEST_F(LiveProduction, IsClonedAndRehearsed) {
  const auto cloned = run({"clone"});
  ASSERT_EQ(cloned.exit_code, 0) << tail(cloned);
  EXPECT_THAT(cloned.err, AllOf(HasSubstr("is no standby"), HasSubstr("pg_monitor"))) << "said before it begins";
  EXPECT_THAT(output(cloned), Not(HasSubstr(role_.password.reveal())));
  EXPECT_FALSE(a_file_holds_the_password());
  ASSERT_EQ(dumps().size(), 2U) << "a dump and its manifest";
  for (const auto& entry : fs::directory_iterator(project_.root() / "dump"))
    EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write) << entry.path();
  EXPECT_EQ(fs::status(project_.root() / "dump").permissions(), fs::perms::owner_all);
  EXPECT_TRUE(eventually([&] { return fs::is_empty(project_.root() / ".prodclone/runs"); })) << "its warden went";
  const auto rehearsed = run({"rehearse"});
  EXPECT_EQ(rehearsed.exit_code, 0) << tail(rehearsed, 6000);
  EXPECT_EQ(run({"drop-clone"}).exit_code, 0);
}

TEST_F(LiveProduction, ThatWasNeverClonedCannotBeRehearsed) {
  const auto rehearsed = run({"rehearse"});
  EXPECT_EQ(rehearsed.exit_code, 6);
  EXPECT_THAT(rehearsed.err, HasSubstr("prodclone clone --source live"));
}

TEST_F(LiveProduction, LeavesNoDumpWhenTheCloneIsKilled) {
  pg::Driver migration(database_.conninfo());
  // pg_dump has written nothing that could be taken for a dump while it waits for this.
  migration.run("BEGIN; LOCK TABLE document IN ACCESS EXCLUSIVE MODE");
  {
    BackgroundRun clone(cli({"clone"}), "prodclone", project_.root().string());
    ASSERT_TRUE(eventually([&] {
      return pg::Session(database_.conninfo()).query("SELECT 1 AS one FROM pg_stat_activity WHERE application_name = 'pg_dump' AND wait_event_type = 'Lock'").rows() > 0;
    }, std::chrono::seconds(30)));
    write_file_atomically(project_.root() / "dump/.unrelated", "");
    ASSERT_TRUE(clone.send(SIGKILL));
  }
  // The warden removes what was written; the server notices that pg_dump is gone as soon as it has something to say.
  EXPECT_TRUE(eventually([&] { return dumps() == std::vector<std::string>{".unrelated"}; }, std::chrono::seconds(20))) << ::testing::PrintToString(dumps());
  migration.run("ROLLBACK");
  EXPECT_TRUE(eventually([&] {
    return pg::Session(database_.conninfo()).query("SELECT 1 AS one FROM pg_stat_activity WHERE application_name = 'pg_dump'").empty();
  }, std::chrono::seconds(20)));
  // And should the warden be gone as well, the next run does.
  const auto partial = project_.root() / "dump" / ("orcha.dump.partial~" + fs::path("1~1").string());
  write_file_atomically(partial, "PGDMP");
  const auto cloned = run({"clone"});
  EXPECT_EQ(cloned.exit_code, 0) << tail(cloned);
  EXPECT_THAT(cloned.err, HasSubstr("removed the unfinished dump orcha.dump"));
  EXPECT_FALSE(fs::exists(partial));
}

// A local database of one's own server is copied, never changed.
TEST_F(LiveProduction, OfALocalDatabaseIsCopiedToo) {
  pg::Session(database_.conninfo()).execute("GRANT CREATE ON DATABASE " + role_.database + " TO " + role_.user);
  project_.edit_config([&](nlohmann::ordered_json& config) {
    config["server"] = {{"kind", "url"}, {"url", pg::url_without_password(role_.with_database("postgres"))}, {"password_env", "ORCHA_E2E_PASSWORD"}};
    config["sources"]["local"] = {{"kind", "existing"}, {"database", role_.database}};
    config["default_source"] = "local";
  });
  const auto before = pg::Session(database_.conninfo()).query("SELECT pg_catalog.sum(xmin::text::int8) AS n FROM pg_catalog.pg_class").text(0, "n");
  const auto cloned = run({"clone", "--format", "json"});
  ASSERT_EQ(cloned.exit_code, 0) << tail(cloned);
  const auto json = nlohmann::json::parse(cloned.out);
  EXPECT_EQ(json.at("schema"), "prodclone/clone/1");
  EXPECT_EQ(json.at("source"), "local");
  EXPECT_TRUE(json.at("taken").get<bool>());
  const auto loaded = run({"load"});
  EXPECT_EQ(loaded.exit_code, 0) << tail(loaded);
  EXPECT_EQ(run({"drop-clone"}).exit_code, 0);
  EXPECT_EQ(pg::Session(database_.conninfo()).query("SELECT pg_catalog.sum(xmin::text::int8) AS n FROM pg_catalog.pg_class").text(0, "n"), before) << "its catalog was not touched";
}

}  // namespace
}  // namespace prodclone::e2e
