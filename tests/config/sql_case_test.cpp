#include <prodclone/config/sql_case.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include <support/temporary_folder.hpp>

namespace prodclone::config {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SqlCases : public ::testing::Test {
 protected:
  void write(const fs::path& relative, const std::string& text = "SELECT 1 WHERE false") const {
    fs::create_directories((folder_ / relative).parent_path());
    std::ofstream(folder_ / relative) << text;
  }
  std::vector<SqlCase> found() const { return find_sql_cases(folder_.path()); }
  SqlCase only() const {
    const auto cases = found();
    EXPECT_EQ(cases.size(), 1U);
    return cases.empty() ? SqlCase{} : cases.front();
  }
  selftest::TemporaryFolder folder_;
};

TEST_F(SqlCases, TakeTheirMomentFromNameFolderOrCaseJson) {
  write("a/case.json", R"({"migration": "7", "files": {"odd.sql": "both"}, "timeout_s": 5})");
  for (const char* file : {"before_x.sql", "after-y.sql", "both.sql", "before/z.sql", "odd.sql"}) write(fs::path("a") / file);
  const auto one = only();
  EXPECT_EQ(one.problem, "");
  EXPECT_EQ(one.migration, "7");
  EXPECT_EQ(one.timeout, std::chrono::seconds(5));
  std::vector<std::string> seen;
  for (const auto& file : one.files) seen.push_back(file.name + ":" + to_string(file.moment) + file.problem);
  EXPECT_THAT(seen, ElementsAre("after_y:after", "before_z:before", "before_x:before", "both:both", "odd:both"));
}

TEST_F(SqlCases, AreNamedSoThatNoFilterMisreadsThem) {
  write("a-b: c*/case.json", R"({"migration": "7"})");
  write("a-b: c*/after x-y?.sql");
  const auto one = only();
  EXPECT_EQ(one.name, "a_b__c_");
  EXPECT_EQ(one.files.at(0).name, "after_x_y_");
}

TEST_F(SqlCases, KeepApartWhatWouldGetOneName) {
  for (const char* folder : {"a-b", "a_b"}) {
    write(fs::path(folder) / "case.json", R"({"migration": "7"})");
    write(fs::path(folder) / "after_x-y.sql");
    write(fs::path(folder) / "after_x_y.sql");
  }
  const auto cases = found();
  ASSERT_EQ(cases.size(), 2U);
  EXPECT_NE(cases[0].name, cases[1].name);
  EXPECT_NE(cases[0].files.at(0).name, cases[0].files.at(1).name);
}

TEST_F(SqlCases, TellPgTapFilesFromQueries) {
  write("a/case.json", R"({"migration": "7"})");
  for (const char* file : {"after_x.sql", "names.pg", "pgtap/types.sql", "pgtap/before_types.sql"}) write(fs::path("a") / file);
  std::vector<std::string> seen;
  for (const auto& file : only().files) seen.push_back(file.name + ":" + to_string(file.moment) + (file.pgtap ? ":tap" : "") + file.problem);
  EXPECT_THAT(seen, ElementsAre("after_x:after", "names:after:tap", "pgtap_before_types:before:tap", "pgtap_types:after:tap"));
}

TEST_F(SqlCases, AreNotSilentlyLeftOut) {
  write("a_broken/case.json", "{");
  write("b_without_files/case.json", R"({"migration": "7"})");
  write("c_unknown_key/case.json", R"({"migraton": "7"})");
  write("c_unknown_key/after_x.sql");
  write("d_without_migration/case.json", "{}");
  write("d_without_migration/after_x.sql");
  write("e_without_case/after_x.sql");
  write("f_bad_label/case.json", R"({"migration": "7", "labels": ["a b;"]})");
  write("f_bad_label/after_x.sql");
  write("g_wrong_file/case.json", R"({"migration": "7", "files": {"after_y.sql": "after"}})");
  write("g_wrong_file/after_x.sql");
  write("lost.sql");
  std::vector<std::string> problems;
  for (const auto& one : found()) {
    EXPECT_THAT(one.files, IsEmpty()) << one.name;
    problems.push_back(one.name + ": " + one.problem);
  }
  EXPECT_THAT(problems, ElementsAre(AllOf(HasSubstr("a_broken: "), HasSubstr("case.json is not valid JSON")),
                                    AllOf(HasSubstr("b_without_files: "), HasSubstr("holds no .sql file")),
                                    AllOf(HasSubstr("c_unknown_key: "), HasSubstr("Did you mean \"migration\"?")),
                                    AllOf(HasSubstr("d_without_migration: "), HasSubstr(".migration must be")),
                                    AllOf(HasSubstr("e_without_case: "), HasSubstr("has no case.json")),
                                    AllOf(HasSubstr("f_bad_label: "), HasSubstr(".labels must be")),
                                    AllOf(HasSubstr("g_wrong_file: "), HasSubstr("Did you mean after_x.sql?")),
                                    AllOf(HasSubstr("lost: "), HasSubstr("belongs to no case"))));
}

TEST_F(SqlCases, AFileThatSaysNoMomentHasAProblemOfItsOwn) {
  write("a/case.json", R"({"migration": "7", "files": {"y.sql": "later"}})");
  for (const char* file : {"after_x.sql", "x.sql", "y.sql"}) write(fs::path("a") / file);
  const auto files = only().files;
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(files[0].problem, "");
  EXPECT_THAT(files[1].problem, HasSubstr("Name it before_x.sql, after_x.sql or both_x.sql"));
  EXPECT_THAT(files[2].problem, HasSubstr("\"later\""));
}

TEST_F(SqlCases, LeaveFoldersOfCppAndMissingFoldersAlone) {
  write("cpp/CMakeLists.txt");
  write("cpp/case.cpp");
  write("cpp/rows.sql");
  write(".hidden/x.sql");
  write("README.md");
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_THAT(find_sql_cases(folder_ / "none"), IsEmpty());
}

}  // namespace
}  // namespace prodclone::config
