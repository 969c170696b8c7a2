// What `prodclone init` writes, and what it leaves alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/config/project.hpp>
#include <prodclone/workflow/init.hpp>

#include "repository_folder.hpp"

namespace prodclone::workflow {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class InitTest : public testing::Test {
 protected:
  InitTest() { folder_.write_golang_migrate(); }
  InitPlan init(const InitOptions& options = {}) const {
    auto plan = plan_init(folder_.root(), options);
    carry_out(plan);
    return plan;
  }
  std::string text(const std::string& name) const { return read_file(folder_.root() / name); }
  FileAction action(const InitPlan& plan, const std::string& name) const {
    for (const auto& file : plan.files)
      if (file.path == name) return file.action;
    ADD_FAILURE() << name << " is not in the plan";
    return FileAction::keep;
  }
  RepositoryFolder folder_;
};

TEST_F(InitTest, WritesAConfigurationThatIsRight) {
  folder_.write(".env", "SHOP_DB_NAME=x");
  folder_.write("db/structure.sql", "CREATE TABLE customer (id bigint PRIMARY KEY);");
  init();
  const auto project = config::load_project(folder_.root() / "prodclone.json", "/");
  EXPECT_EQ(project.name, "the_shop");
  EXPECT_EQ(project.migrations.layout, "up_down_pairs");
  EXPECT_EQ(project.migrations.directory, folder_.root() / "db/migrations");
  EXPECT_EQ(project.schema.expected, folder_.root() / "db/structure.sql");
  EXPECT_EQ(project.application.database_env, "SHOP_DB_NAME");
  const auto json = nlohmann::json::parse(text("prodclone.json"));
  EXPECT_TRUE(fs::exists(folder_.root() / json.at("$schema").get<std::string>()));
  // Nothing of this machine is in what goes into version control.
  EXPECT_THAT(text("prodclone.json") + text("CTestTestfile.cmake"), Not(HasSubstr(folder_.root().string())));
}

TEST_F(InitTest, WritesAFirstCaseInSql) {
  init();
  EXPECT_EQ(nlohmann::json::parse(text("refactors/000002_email/case.json")).at("migration"), "000002_email");
  EXPECT_THAT(text("refactors/000002_email/after_no_index_is_invalid.sql"), HasSubstr("NOT indisvalid"));
  EXPECT_FALSE(fs::exists(folder_.root() / "CMakeLists.txt"));
  struct stat status = {};
  ASSERT_EQ(::stat((folder_.root() / "prodclone.json").c_str(), &status), 0);
  EXPECT_NE(status.st_mode & S_IRGRP, 0U) << "a team's file is no secret";
}

TEST_F(InitTest, WritesAFirstCaseInCpp) {
  init({.cpp = true});
  EXPECT_THAT(text("refactors/000002_email/case.cpp"), AllOf(HasSubstr("class Email : public MigrationCase"), HasSubstr("return \"000002_email\"")));
  EXPECT_THAT(text("CMakeLists.txt"), AllOf(HasSubstr("find_package(prodclone REQUIRED)"), HasSubstr("SOURCES refactors/000002_email/case.cpp")));
  EXPECT_FALSE(fs::exists(folder_.root() / "CTestTestfile.cmake"));
}

TEST_F(InitTest, OverwritesNothing) {
  for (const char* name : {"prodclone.json", "CTestTestfile.cmake", "refactors/mine/case.json"}) folder_.write(name, "{ \"mine\": 1 }");
  const auto plan = init();
  for (const char* name : {"prodclone.json", "CTestTestfile.cmake", "refactors/mine/case.json"}) EXPECT_EQ(text(name), "{ \"mine\": 1 }") << name;
  EXPECT_EQ(action(plan, "prodclone.json"), FileAction::keep);
  EXPECT_EQ(action(plan, "refactors"), FileAction::keep);
  EXPECT_FALSE(fs::exists(folder_.root() / "refactors/000002_email"));
}

TEST_F(InitTest, OverwritesNothingThatAppearsMeanwhile) {
  const auto plan = plan_init(folder_.root());
  folder_.write("prodclone.json", "mine");
  EXPECT_THROW(carry_out(plan), Error);
  EXPECT_EQ(text("prodclone.json"), "mine");
}

TEST_F(InitTest, FollowsNoDanglingLink) {
  fs::create_symlink("/nonexistent/elsewhere", folder_.root() / "prodclone.json");
  EXPECT_EQ(action(init(), "prodclone.json"), FileAction::keep);
}

TEST_F(InitTest, LeavesACMakeProjectItsOwnFile) {
  folder_.write("CMakeLists.txt", "project(shop)");
  const auto plan = init({.cpp = true});
  EXPECT_EQ(text("CMakeLists.txt"), "project(shop)");
  EXPECT_THAT(text("refactors/prodclone.cmake"), HasSubstr("prodclone_add_standard_suites()"));
  EXPECT_THAT(plan.next, Contains(HasSubstr("include(refactors/prodclone.cmake)")));
}

TEST_F(InitTest, AddsToGitignoreWhatItLacks) {
  folder_.write(".gitignore", "*.swp\ndump");
  init();
  EXPECT_EQ(text(".gitignore"), "*.swp\ndump\n# prodclone: production data, its workspace, CTest's\n/.prodclone/\n/Testing/\n");
  const auto again = init();
  EXPECT_EQ(action(again, ".gitignore"), FileAction::keep);
}

TEST_F(InitTest, SaysHowToGetADumpAndTheExactLine) {
  const auto plan = init();
  EXPECT_THAT(plan.next, AllOf(Contains(HasSubstr("pg_dump -Fc --file dump/prod.dump")), Contains("  ctest -L prodclone --no-tests=error --output-on-failure")));
}

TEST_F(InitTest, UsesTheServerThatIsNamed) {
  init({.server_url_env = "REHEARSAL_URL"});
  EXPECT_EQ(config::load_project(folder_.root() / "prodclone.json", "/").server.url_env, "REHEARSAL_URL");
}

TEST(InitWithoutMigrations, SaysWhatItLookedFor) {
  const RepositoryFolder folder;
  try {
    plan_init(folder.root());
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::usage);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("No migrations"), HasSubstr("golang-migrate"), HasSubstr("--migrations FOLDER")));
  }
  EXPECT_TRUE(fs::is_empty(folder.root()));
}

TEST(InitWithoutMigrations, SaysWhatToWriteForSqlFilesOfNoTool) {
  const RepositoryFolder folder;
  folder.write("sql/001_begin.sql", "CREATE TABLE a (i int);");
  folder.write("sql/002_more.sql", "CREATE TABLE b (i int);");
  folder.write("migrate.sh", "#!/bin/sh\n");
  try {
    plan_init(folder.root());
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("sql holds 2 numbered SQL files"), HasSubstr(R"("up": ["./migrate.sh", "up"])"), HasSubstr("run `prodclone init` again")));
  }
}

TEST(InitWithoutMigrations, TakesTheCommandsThatSomebodyWroteDown) {
  const RepositoryFolder folder;
  folder.write("sql/001_begin.sql", "CREATE TABLE a (i int);");
  folder.write("prodclone.json", R"({"migrations": {"layout": "command", "up": ["./migrate.sh", "up"]}})");
  const auto plan = plan_init(folder.root());
  ASSERT_TRUE(plan.repository.migrations);
  EXPECT_EQ(plan.repository.found.front(), (Found{"migrations", "./migrate.sh up (layout command)", "prodclone.json"}));
  EXPECT_THAT(plan.repository.notes, ::testing::IsEmpty());
  EXPECT_THAT(plan.files, Contains(::testing::Field(&InitFile::path, "CTestTestfile.cmake")));
}

}  // namespace
}  // namespace prodclone::workflow
