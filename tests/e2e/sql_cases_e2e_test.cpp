// Cases in SQL alone, as a team has them: found when ctest starts, in a build that knows nothing of them, and with a
// hand-written CTestTestfile.cmake.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "sample_project.hpp"

namespace prodclone::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

constexpr const char* case_json = R"({"migration": "20260424-rename-legal-entity-to-tenant", "labels": ["tenancy"]})";

TEST(SqlCases, AreFoundByAnOldBuildAndJudgedFileByFile) {
  SampleProject project;
  const auto folder = project.root() / "refactors/rename";
  const Ctest ctest(project);
  write(folder / "case.json", case_json);
  write(folder / "before_old_name.sql", "SELECT id FROM legal_entity WHERE id < 0;\nSELECT 1 FROM legal_entity WHERE code IS NULL");
  write(folder / "after_new_name.sql", "SELECT id FROM tenant WHERE id < 0");
  write(folder / "before_too_early.sql", "-- the name comes later\nSELECT id FROM tenant");
  write(folder / "both_offending.sql", "SELECT id, state FROM document ORDER BY id LIMIT 3");
  write(project.root() / "refactors/broken/case.json", R"({"migration": "7", "lables": []})");
  const auto result = ctest.run({"-L", "^refactor$", "-R", "^(rename|broken)\\."});
  EXPECT_EQ(result.cases.size(), 5U + 3U) << tail(result.outcome);  // and three entries of provisioning
  for (const char* name : {"rename.before_old_name", "rename.after_new_name"}) {
    ASSERT_NE(result.find(name), nullptr) << tail(result.outcome);
    EXPECT_TRUE(result.find(name)->passed()) << result.find(name)->text;
    EXPECT_THAT(result.labels.at(name), ::testing::UnorderedElementsAre("prodclone", "refactor", "tenancy"));
  }
  EXPECT_THAT(result.failed(), ::testing::UnorderedElementsAre("rename.before_too_early", "rename.both_offending", "broken.is_a_case"));
  EXPECT_THAT(result.find("rename.before_too_early")->text, AllOf(HasSubstr("Could not check: "), HasSubstr("before_too_early.sql:2, before 2026"), HasSubstr("42P01")));
  EXPECT_THAT(result.find("rename.both_offending")->text,
              AllOf(HasSubstr("returned 3 rows"), HasSubstr("both_offending.sql:1, before"), HasSubstr("both_offending.sql:1, after"), HasSubstr("id=****, state=**** (in 3 rows)")));
  EXPECT_THAT(result.find("broken.is_a_case")->text, HasSubstr("Did you mean \"labels\"?"));
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

// pgTAP is among the packages of the self-test.
TEST(SqlCases, RunPgTapTestByTest) {
  SampleProject project;
  const auto folder = project.root() / "refactors/rename";
  write(folder / "case.json", case_json);
  write(folder / "pgtap/names.sql", "BEGIN;\nSELECT plan(2);\nSELECT has_table('tenant');\nSELECT hasnt_table('legal_entity');\nSELECT * FROM finish();\nROLLBACK;");
  write(folder / "pgtap/before_names.sql", "BEGIN;\nSELECT plan(3);\nSELECT has_table('tenant', 'tenants are there');\nSELECT is(count(*)::int, -1, 'no country') FROM legal_entity;\nSELECT * FROM finish();\nROLLBACK;");
  write(folder / "broken.pg", "BEGIN;\nSELECT plan(1);\nSELECT nothing();\n");
  const auto result = Ctest(project).run({"-L", "^refactor$", "-R", "^rename\\."});
  ASSERT_NE(result.find("rename.pgtap_names"), nullptr) << tail(result.outcome);
  EXPECT_TRUE(result.find("rename.pgtap_names")->passed()) << result.find("rename.pgtap_names")->text;
  EXPECT_THAT(result.failed(), ::testing::UnorderedElementsAre("rename.pgtap_before_names", "rename.broken"));
  EXPECT_THAT(result.find("rename.pgtap_before_names")->text,
              AllOf(HasSubstr("Test 1 is not ok: tenants are there."), HasSubstr("Test 2 is not ok: no country."), HasSubstr("have: ****"), HasSubstr("want: -1"),
                    HasSubstr("3 tests planned, 2 ran."), HasSubstr("test 3 did not run")));
  EXPECT_THAT(result.find("rename.broken")->text, AllOf(HasSubstr("psql ended with exit code 3"), HasSubstr("nothing()")));
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

TEST(SqlCases, AreCountedByTheCensusOfWhatCTestKnows) {
  const fs::path folder = PRODCLONE_E2E_CENSUS;
  SampleProject project;
  write(project.root() / "refactors/rename/case.json", case_json);
  write(project.root() / "refactors/rename/after_x.sql", "SELECT 1 WHERE false");
  const std::string suite = std::string(PRODCLONE_BIN_DIR) + "/suite_sql_cases";
  const auto census = [&](const std::string& tests) {
    write(folder / "suites.txt", "suite_sql_cases?" + suite + "?\n");
    write(folder / "CTestTestfile.cmake", tests);
    return process::run({.arguments = {std::string(PRODCLONE_BIN_DIR) + "/prodclone_provision", "--gtest_filter=Census.*"},
                         .environment = {{"PRODCLONE_CONFIG", project.config_file().string()},
                                         {"PRODCLONE_CTEST", PRODCLONE_CTEST},
                                         {"PRODCLONE_CTEST_DIR", folder.string()},
                                         {"PRODCLONE_SUITES_FILE", (folder / "suites.txt").string()}}});
  };
  const auto without = census("add_test(Something /bin/true)\nset_tests_properties(Something PROPERTIES LABELS prodclone)\n");
  EXPECT_NE(without.exit_code, 0);
  EXPECT_THAT(without.out, HasSubstr("rename.after_x is not among the tests labelled prodclone"));
  const auto with = census("include(\"" PRODCLONE_SOURCE_DIR "/ctest/ProdcloneDiscover.cmake\")\nprodclone_discover(suite_sql_cases \"" + suite + "\")\n");
  EXPECT_EQ(with.exit_code, 0) << tail(with);
}

TEST(SqlCases, RunWithoutCMake) {
  SampleProject project;
  std::filesystem::remove_all(project.root() / "refactors");   // the sample's own case needs the migrated stage
  write(project.root() / "refactors/rename/case.json", case_json);
  write(project.root() / "refactors/rename/before_x.sql", "SELECT 1 FROM legal_entity WHERE id < 0");
  const std::string bin = PRODCLONE_BIN_DIR;
  const auto config = " CONFIG \"" + project.config_file().string() + "\"";
  write(project.root() / "CTestTestfile.cmake",
        "include(\"" PRODCLONE_SOURCE_DIR "/ctest/ProdcloneDiscover.cmake\")\n"
        "prodclone_discover_provisioning(\"" + bin + "/prodclone_provision\"" + config + ")\n"
        "prodclone_discover(suite_dirty \"" + bin + "/suite_dirty\"" + config + ")\n"
        "prodclone_discover(suite_sql_cases \"" + bin + "/suite_sql_cases\"" + config + ")\n"
        "prodclone_discover(suite_gone \"" + bin + "/suite_gone\"" + config + ")\n");
  const auto outcome = process::run({.arguments = {PRODCLONE_CTEST, "--test-dir", project.root().string(), "-L", "^(dirty|refactor)$", "--no-tests=error", "-V"},
                                     .unset = {"PRODCLONE_UNDER_CTEST", "PRODCLONE_CONFIG", "PRODCLONE_KEEP", "GTEST_FILTER"}});
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, AllOf(::testing::ContainsRegex("rename.before_x \\.+ +Passed"), ::testing::ContainsRegex("Migrations.HaveACleanHistory \\.+ +Passed"),
                                 ::testing::ContainsRegex("prodclone.provision.pristine \\.+ +Passed"), ::testing::ContainsRegex("prodclone.cleanup \\.+ +Passed"),
                                 ::testing::ContainsRegex("suite_gone_NOT_BUILT \\.*\\*+Failed"), Not(HasSubstr("provision.migrated"))))
      << tail(outcome);
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

}  // namespace
}  // namespace prodclone::e2e
