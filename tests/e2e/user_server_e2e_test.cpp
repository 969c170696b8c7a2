// A user's own server by URL, as an ordinary role with a password: the same verdicts, nothing left on it, and the
// password nowhere but in the environment.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <prodclone/pg/conninfo.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/pg/session.hpp>
#include <support/eventually.hpp>
#include <support/selftest_server.hpp>

#include "background_run.hpp"
#include "sample_project.hpp"

namespace prodclone::e2e {
namespace {

namespace fs = std::filesystem;
using selftest::eventually;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class UserServer : public ::testing::Test {
 protected:
  // The role's databases on the server.
  std::vector<std::string> databases() const {
    pg::Session session(selftest::server());
    const auto rows = session.query("SELECT datname FROM pg_catalog.pg_database WHERE datdba = $1::regrole ORDER BY datname", {pg::quote_identifier(role_.user)});
    std::vector<std::string> names;
    for (std::size_t row = 0; row < rows.rows(); ++row) names.push_back(rows.text(row, "datname"));
    return names;
  }

  // What a test that failed leaves must not reach the next.
  void TearDown() override {
    pg::Session session(selftest::server());
    for (const auto& name : databases()) session.execute("DROP DATABASE " + pg::quote_identifier(name) + " WITH (FORCE)");
  }

  std::string password() const { return role_.password.reveal(); }
  bool holds_password(const std::string& text) const { return text.find(password()) != std::string::npos; }

  // Files below `folder` that hold the password at this moment.
  std::set<std::string> files_with_password(const fs::path& folder) const {
    std::set<std::string> found;
    std::error_code error;
    for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
      std::error_code gone;
      if (!entry->is_regular_file(gone)) continue;
      std::ifstream file(entry->path(), std::ios::binary);
      std::ostringstream text;
      text << file.rdbuf();
      if (holds_password(text.str())) found.insert(entry->path().lexically_relative(folder).string());
    }
    return found;
  }

  // Also on no command line of the project's processes.
  std::set<std::string> arguments_with_password() const {
    std::set<std::string> found;
    for (const auto& one : project_.processes())
      if (holds_password(process::command_line(one.pid))) found.insert(process::executable_name(one.pid));
    return found;
  }

  void use_url_in_a_variable() {
    project_.edit_config([](nlohmann::ordered_json& config) { config["server"] = {{"kind", "url"}, {"url_env", "ORCHA_E2E_URL"}}; });
    environment_ = {{"ORCHA_E2E_URL", pg::url(role_)}};
  }

  void use_password_in_a_variable(const std::string& variable) {
    project_.edit_config([&](nlohmann::ordered_json& config) {
      config["server"] = {{"kind", "url"}, {"url", pg::url_without_password(role_)}, {"password_env", variable}};
    });
    environment_ = {{variable, password()}};
  }

  process::Outcome run_cli(std::vector<std::string> arguments, const Environment& environment) const {
    auto command = project_.cli(std::move(arguments));
    command.environment = environment;
    return process::run(command, {.deadline = std::chrono::minutes(2)});
  }

  pg::ConnInfo role_ = selftest::ordinary_role();
  SampleProject project_;
  Environment environment_;
};

TEST_F(UserServer, IsAsGoodAsTheEmbeddedOneAndNothingStays) {
  use_url_in_a_variable();
  Ctest ctest(project_, environment_);
  BackgroundRun run(ctest.command({"-L", "prodclone", "-j4", "-V"}), "ctest", ctest.folder().string());
  std::set<std::string> leaks;
  bool seen_databases = false;
  while (run.running()) {
    leaks.merge(files_with_password(project_.root()));
    leaks.merge(arguments_with_password());
    seen_databases = seen_databases || !databases().empty();
  }
  const auto result = ctest.result(run.wait());
  EXPECT_EQ(result.outcome.exit_code, 0) << tail(result.outcome, 8000);
  EXPECT_EQ(result.passed().size(), result.cases.size());
  EXPECT_TRUE(seen_databases) << "it ran on another server";
  EXPECT_THAT(databases(), IsEmpty());
  EXPECT_THAT(leaks, IsEmpty());
  EXPECT_THAT(files_with_password(ctest.folder()), IsEmpty());
  EXPECT_FALSE(holds_password(output(result.outcome)));
  EXPECT_TRUE(project_.becomes_clean()) << project_.what_is_left();
}

TEST_F(UserServer, IsCleanedUpWhenCtestIsKilled) {
  // PG* variables are scrubbed from children; the warden needs this one all the same.
  use_password_in_a_variable("PGPASSWORD");
  Ctest ctest(project_, environment_);
  BackgroundRun run(ctest.command({"-L", "refactor"}), "ctest", ctest.folder().string());
  ASSERT_TRUE(eventually([&] { return project_.has_lease("database:prodclone_orcha_case_"); }, std::chrono::seconds(60))) << project_.what_is_left();
  EXPECT_THAT(files_with_password(project_.root()), IsEmpty());
  ASSERT_TRUE(run.send(SIGKILL));
  EXPECT_TRUE(project_.becomes_clean(std::chrono::seconds(10))) << project_.what_is_left();
  EXPECT_TRUE(eventually([&] { return databases().empty(); })) << ::testing::PrintToString(databases());
}

TEST_F(UserServer, ServesTheCommandLine) {
  use_url_in_a_variable();
  const auto rehearsed = run_cli({"rehearse"}, environment_);
  EXPECT_EQ(rehearsed.exit_code, 0) << tail(rehearsed);
  EXPECT_FALSE(holds_password(output(rehearsed)));
  EXPECT_THAT(databases(), ::testing::Contains("orcha_prod_clone"));
  EXPECT_THAT(files_with_password(project_.root()), IsEmpty());
  const auto dropped = run_cli({"drop-clone"}, environment_);
  EXPECT_EQ(dropped.exit_code, 0) << tail(dropped);
  EXPECT_THAT(databases(), IsEmpty());
}

TEST_F(UserServer, KeepsADatabaseThatProdcloneDidNotMake) {
  use_url_in_a_variable();
  pg::Session(role_).execute("CREATE DATABASE orcha_prod_clone");
  pg::Session(role_.with_database("orcha_prod_clone")).execute("CREATE TABLE precious (id int)");
  const auto result = Ctest(project_, environment_).run({"-L", "fk"});
  EXPECT_NE(result.outcome.exit_code, 0);
  ASSERT_NE(result.find("prodclone.provision.clone"), nullptr);
  EXPECT_THAT(result.find("prodclone.provision.clone")->text, HasSubstr("was not made by prodclone"));
  const auto loaded = run_cli({"load"}, environment_);
  EXPECT_EQ(loaded.exit_code, 8) << tail(loaded);
  run_cli({"drop-clone"}, environment_);
  EXPECT_THAT(databases(), ElementsAre("orcha_prod_clone"));
  pg::Session(role_.with_database("orcha_prod_clone")).execute("SELECT * FROM precious");
  pg::Session(role_).execute("DROP DATABASE orcha_prod_clone");
}

TEST_F(UserServer, ThatRefusesThePasswordIsExitCodeSix) {
  use_password_in_a_variable("ORCHA_E2E_PASSWORD");
  const auto outcome = run_cli({"load"}, {{"ORCHA_E2E_PASSWORD", "wrong-" + password()}});
  EXPECT_EQ(outcome.exit_code, 6) << tail(outcome);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("password"), HasSubstr(role_.user)));
  EXPECT_FALSE(holds_password(output(outcome)));
  EXPECT_THAT(databases(), IsEmpty());
}

}  // namespace
}  // namespace prodclone::e2e
