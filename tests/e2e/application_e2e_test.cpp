// Whoever runs the application under test may be killed while it runs: within seconds nothing of it is left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <prodclone/base/files.hpp>
#include <support/eventually.hpp>

#include "background_run.hpp"
#include "sample_project.hpp"

namespace prodclone::e2e {
namespace {

using selftest::eventually;
using std::chrono::seconds;

// A program that never becomes ready, does not hear SIGTERM, and has started a daemon of its own.
class StubbornApplication : public ::testing::Test {
 protected:
  void SetUp() override {
    project_.edit_config([&](nlohmann::ordered_json& json) {
      json["application"] = {{"database_env", "DB"}, {"start", {WEB_PROBE, "{port}", "--silent", "--deaf", "--spawn", spawned().string()}},
                             {"health", "http://127.0.0.1:{port}/health"}, {"ready_within_s", 300}};
      json.erase("ingestion");
      json.erase("smoke");
    });
  }
  std::filesystem::path spawned() const { return project_.root() / "spawned"; }
  bool started() {
    return eventually([&] {
      const auto text = read_file_if_present(spawned()).value_or("");
      if (!text.empty()) daemon_ = process::identity_of(std::stoi(text));
      return daemon_.has_value() && !project_.processes_named("web_probe").empty();
    }, seconds(120));
  }
  void expect_nothing_left() const {
    EXPECT_TRUE(project_.becomes_clean(seconds(15))) << project_.what_is_left();
    EXPECT_FALSE(process::alive(*daemon_)) << "the daemon has its own session, and must end all the same";
  }

  SampleProject project_;
  std::optional<process::Identity> daemon_;
};

TEST_F(StubbornApplication, EndsWithASuiteThatIsKilled) {
  BackgroundRun run(project_.suite("suite_ingestion", {"--gtest_filter=NewRelease.BootsAfterTheMigration"}), "suite_ingestion", "--gtest_filter=NewRelease.Boots");
  ASSERT_TRUE(started()) << project_.what_is_left();
  ASSERT_TRUE(run.send(SIGKILL));
  expect_nothing_left();
}

TEST_F(StubbornApplication, EndsWithACtestThatIsKilled) {
  Ctest ctest(project_);
  BackgroundRun run(ctest.command({"-L", "ingestion", "-R", "NewRelease.BootsAfterTheMigration"}), "ctest", ctest.folder().string());
  ASSERT_TRUE(started()) << project_.what_is_left();
  ASSERT_TRUE(run.send(SIGKILL));
  expect_nothing_left();
}

}  // namespace
}  // namespace prodclone::e2e
