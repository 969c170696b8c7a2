// The ways in which CTest and GoogleTest go green by mistake, each closed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>

#include "sample_project.hpp"

namespace prodclone::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(FailedProvisioning, FailsTheTestsAndSkipsNone) {
  SampleProject project;
  fs::remove(project.dump());
  const auto by_hand = process::run(project.suite("suite_schema"));
  EXPECT_EQ(by_hand.exit_code, 1) << tail(by_hand);
  EXPECT_THAT(by_hand.out, AllOf(HasSubstr("Nothing was checked"), Not(HasSubstr("SKIPPED")), HasSubstr("[  PASSED  ] 0 tests.")));
  // Without the provisioning entries each test of a suite provisions by itself, and fails by itself.
  const auto alone = Ctest(project).run({"-L", "^schema$", "-FA", ".*"});
  EXPECT_NE(alone.outcome.exit_code, 0);
  EXPECT_THAT(alone.passed(), IsEmpty());
  EXPECT_THAT(alone.failed(), ::testing::SizeIs(4));
  for (const auto& one : alone.cases) EXPECT_THAT(one.text, AllOf(HasSubstr("Nothing was checked"), Not(HasSubstr("SKIPPED")))) << one.name;
  // With them, what needs a stage that failed is not run.
  const auto result = Ctest(project).run({"-L", "^(schema|fk|dirty)$"});
  EXPECT_NE(result.outcome.exit_code, 0);
  // Clean-up succeeds: it says nothing of the migration.
  EXPECT_THAT(result.passed(), ::testing::ElementsAre("prodclone.cleanup"));
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

TEST(MisspeltLabel, IsAFailure) {
  SampleProject project;
  EXPECT_NE(process::run(Ctest(project).command({"-L", "typo"})).exit_code, 0);
}

// Every line of ours that calls ctest, and every preset.
TEST(OurCtestLines, CallNoTestsAnError) {
  const fs::path source = PRODCLONE_SOURCE_DIR;
  std::size_t lines = 0;
  for (const auto& entry : fs::directory_iterator(source / "ctest")) {
    if (entry.path().extension() != ".sh") continue;
    for (const auto& line : lines_of(read_file(entry.path())))
      if (line.find("ctest --test-dir") != std::string::npos) {
        ++lines;
        EXPECT_THAT(line, HasSubstr("--no-tests=error")) << entry.path();
      }
  }
  EXPECT_GE(lines, 2U);
  const auto presets = nlohmann::json::parse(read_file(source / "CMakePresets.json"));
  ASSERT_FALSE(presets.at("testPresets").empty());
  std::set<std::string> closed;
  for (const auto& preset : presets.at("testPresets")) {
    if (preset.contains("execution") && preset.at("execution").value("noTestsAction", "") == "error") closed.insert(preset.at("name").get<std::string>());
    const auto inherits = preset.value("inherits", nlohmann::json());
    const bool inherited = inherits.is_string() && closed.contains(inherits.get<std::string>());
    if (inherited) closed.insert(preset.at("name").get<std::string>());
    EXPECT_TRUE(closed.contains(preset.at("name").get<std::string>())) << preset.at("name");
  }
}

TEST(FilterThatSelectsNothing, IsAFailure) {
  SampleProject project;
  for (const char* suite : {"suite_fk", "prodclone_provision"}) {
    const auto outcome = process::run(project.suite(suite, {"--gtest_filter=Typo.*"}));
    EXPECT_NE(outcome.exit_code, 0) << suite;
    EXPECT_THAT(outcome.err, HasSubstr("Typo.*")) << suite;
  }
}

// What CTest registers runs exactly one test: a filter that selects none was green once.
TEST(RegisteredEntries, SelectOneTestEach) {
  SampleProject project;
  const auto listed = process::run(Ctest(project).command({"--show-only=json-v1"}), {.limit = std::size_t{64} << 20});
  const auto tests = nlohmann::json::parse(listed.out);
  std::size_t seen = 0;
  for (const auto& test : tests.at("tests")) {
    auto command = test.at("command").get<std::vector<std::string>>();
    command.emplace_back("--gtest_list_tests");
    std::map<std::string, std::string> environment;   // as CTest sets it: SQL cases are those of the project that it names
    for (const auto& property : test.value("properties", nlohmann::json::array()))
      if (property.at("name") == "ENVIRONMENT")
        for (const auto& variable : property.at("value")) {
          const auto text = variable.get<std::string>();
          environment[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
        }
    const auto outcome = process::run({.arguments = command, .environment = environment});
    std::size_t selected = 0;
    for (const auto& line : lines_of(outcome.out)) selected += line.starts_with("  ") ? 1 : 0;
    EXPECT_EQ(selected, 1U) << test.at("name") << ": " << joined(command, " ");
    ++seen;
  }
  EXPECT_GT(seen, 10U);
}

// ---- the census, on a build of its own: this folder, with suites that each test names ----

class Census : public ::testing::Test {
 protected:
  // `suites`: lines of name=binary. `registered`: the tests that CTest knows with the label prodclone.
  process::Outcome count(const std::string& suites, const std::vector<std::string>& registered) {
    const fs::path folder = PRODCLONE_E2E_CENSUS;
    fs::create_directories(folder);
    std::ofstream(folder / "suites.txt") << suites;
    std::ofstream tests(folder / "CTestTestfile.cmake");
    for (const auto& name : registered) tests << "add_test(" << name << " /bin/true)\nset_tests_properties(" << name << " PROPERTIES LABELS prodclone)\n";
    tests.close();
    return process::run({.arguments = {std::string(PRODCLONE_BIN_DIR) + "/prodclone_provision", "--gtest_filter=Census.*"},
                         .environment = {{"PRODCLONE_CTEST", PRODCLONE_CTEST},
                                         {"PRODCLONE_CTEST_DIR", folder.string()},
                                         {"PRODCLONE_SUITES_FILE", (folder / "suites.txt").string()}}});
  }
  const std::string suite_ = std::string("e2e_suite=") + PRODCLONE_BIN_DIR + "/e2e_suite\n";
};

TEST_F(Census, CountsWhatIsBuiltAndRegistered) {
  const auto outcome = count(suite_, {"Claims.HoldsWater"});
  // The disabled case is the only complaint.
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("Claims.DISABLED_IsNeverChecked is disabled: it never runs"), Not(HasSubstr("Claims.HoldsWater is not among"))));
  EXPECT_NE(outcome.exit_code, 0);
}

TEST_F(Census, MissesACaseThatIsNotRegistered) {
  const auto outcome = count(suite_, {"Something.Else"});
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("Claims.HoldsWater is not among the tests labelled prodclone"));
}

TEST_F(Census, MissesASuiteThatIsNotBuilt) {
  const auto outcome = count(suite_ + "suite_unbuilt=/nonexistent/suite_unbuilt\n", {"Claims.HoldsWater"});
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("suite suite_unbuilt is not built"));
}

TEST(CensusByHand, SaysThatItMustBeToldWhatToCount) {
  const auto outcome = process::run({.arguments = {std::string(PRODCLONE_BIN_DIR) + "/prodclone_provision", "--gtest_filter=Census.*"},
                                     .unset = {"PRODCLONE_CTEST", "PRODCLONE_CTEST_DIR", "PRODCLONE_SUITES_FILE"}});
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("run this through ctest -R prodclone.census"));
}

TEST_F(Census, MissesSuitesAltogether) {
  const auto outcome = count("", {"Something.Else"});
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("no suite is registered"));
}

}  // namespace
}  // namespace prodclone::e2e
