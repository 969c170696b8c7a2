// What prodclone cannot do it says, with a remedy and the exit code that belongs to it; and it leaves nothing behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <prodclone/base/text.hpp>

#include "sample_project.hpp"

namespace prodclone::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int usage = 5, could_not_check = 6;

// One sentence on what failed, and below it what to do.
void expect_remedy(const process::Outcome& outcome) {
  const auto begin = ("\n" + outcome.err).find("\nprodclone: ");
  ASSERT_NE(begin, std::string::npos) << tail(outcome);
  EXPECT_THAT(outcome.err.substr(begin), HasSubstr("\n  ")) << tail(outcome);
  EXPECT_THAT(outcome.err, Not(HasSubstr("fault of prodclone itself"))) << tail(outcome);
}

// Also by a suite: the test fails, with the same words.
void expect_nothing_is_checked(const SampleProject& project, const std::string& reason) {
  const auto loaded = project.run_cli({"load"});
  EXPECT_EQ(loaded.exit_code, could_not_check) << tail(loaded);
  EXPECT_THAT(loaded.err, HasSubstr(reason));
  expect_remedy(loaded);
  const auto tested = process::run(project.suite("suite_fk"));
  EXPECT_NE(tested.exit_code, 0) << tail(tested);
  EXPECT_THAT(tested.out, AllOf(HasSubstr("Nothing was checked"), HasSubstr(reason), HasSubstr("[  FAILED  ] ForeignKeys.HaveNoOrphans")));
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

TEST(Dump, ThatIsMissingIsNamed) {
  SampleProject project;
  std::filesystem::remove(project.dump());
  expect_nothing_is_checked(project, project.dump().string());
}

TEST(Dump, ThatIsEmptyIsRefused) {
  SampleProject project;
  std::ofstream(project.dump(), std::ios::trunc).close();
  expect_nothing_is_checked(project, project.dump().string());
}

TEST(Dump, ThatIsCutOffIsRefused) {
  SampleProject project;
  std::filesystem::resize_file(project.dump(), std::filesystem::file_size(project.dump()) * 2 / 3);
  expect_nothing_is_checked(project, project.dump().string());
}

TEST(Server, ThatDoesNotAnswerIsNamed) {
  SampleProject project;
  // Port 1 is privileged and unused.
  project.edit_config([](nlohmann::ordered_json& config) { config["server"] = {{"kind", "url"}, {"url", "postgresql://orcha@127.0.0.1:1/postgres"}}; });
  expect_nothing_is_checked(project, "127.0.0.1");
}

TEST(Server, WhoseVariableIsNotSetIsNamed) {
  SampleProject project;
  project.edit_config([](nlohmann::ordered_json& config) { config["server"] = {{"kind", "url"}, {"url_env", "ORCHA_E2E_NOT_SET"}}; });
  const auto outcome = project.run_cli({"load"});
  EXPECT_EQ(outcome.exit_code, usage) << tail(outcome);
  EXPECT_THAT(outcome.err, HasSubstr("ORCHA_E2E_NOT_SET"));
  expect_remedy(outcome);
}

TEST(Server, OfSomebodyElseIsRefused) {
  SampleProject project;
  project.edit_config([](nlohmann::ordered_json& config) { config["server"] = {{"kind", "url"}, {"url", "postgresql://orcha@db.example.com/postgres"}}; });
  const auto outcome = project.run_cli({"load"});
  EXPECT_EQ(outcome.exit_code, 8) << tail(outcome);
  EXPECT_THAT(outcome.err, HasSubstr("allow_hosts"));
}

TEST(Command, ThatDoesNotExistIsAUsageError) {
  SampleProject project;
  const auto outcome = project.run_cli({"nonsense"});
  EXPECT_EQ(outcome.exit_code, usage) << tail(outcome);
  EXPECT_NE(outcome.err, "");
  EXPECT_EQ(project.run_cli({}).exit_code, usage);
}

TEST(Command, ThatIsNotBuiltYetSaysSo) {
  SampleProject project;
  for (const char* command : {"deploy", "apply", "cleanup"}) {
    const auto outcome = project.run_cli({command});
    EXPECT_EQ(outcome.exit_code, usage) << command;
    EXPECT_THAT(outcome.err, HasSubstr("not built yet")) << command;
  }
}

}  // namespace
}  // namespace prodclone::e2e
