// prodclone in somebody else's build: installed and found, or taken as a folder of sources. The outside project is
// tests/e2e/outside, in a folder whose name has a blank.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <prodclone/base/files.hpp>

#include "sample_project.hpp"

namespace prodclone::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

process::Outcome run(std::vector<std::string> arguments, const fs::path& directory = "/") {
  return process::run({.arguments = std::move(arguments),
                       .unset = {"PRODCLONE_CONFIG", "PRODCLONE_UNDER_CTEST", "PRODCLONE_KEEP", "GTEST_FILTER", "CTEST_OUTPUT_ON_FAILURE"},
                       .directory = directory},
                      {.deadline = std::chrono::minutes(25), .limit = std::size_t{64} << 20});
}

// Installed once for all tests of the process.
const fs::path& prefix() {
  static const fs::path folder = [] {
    const fs::path made = fs::path(PRODCLONE_BUILD_DIR) / "package-test" / "prefix";
    fs::remove_all(made);
    const auto outcome = run({PRODCLONE_CMAKE, "--install", PRODCLONE_BUILD_DIR, "--prefix", made.string()});
    if (!outcome.succeeded()) throw std::runtime_error(tail(outcome));
    return made;
  }();
  return folder;
}

class OutsideProject {
 public:
  explicit OutsideProject(const std::string& name)
      : root_(fs::path(PRODCLONE_BUILD_DIR) / "package-test" / name / "a shop"), build_(root_.parent_path() / "build") {
    fs::remove_all(root_);
    fs::create_directories(root_);
    fs::copy(fs::path(PRODCLONE_SOURCE_DIR) / "tests/e2e/outside", root_, fs::copy_options::recursive);
  }

  process::Outcome configure(const std::vector<std::string>& settings) const {
    std::vector<std::string> line = {PRODCLONE_CMAKE, "-S", root_.string(), "-B", build_.string(), "-G", PRODCLONE_GENERATOR,
                                     std::string("-DCMAKE_CXX_COMPILER=") + PRODCLONE_CXX,
                                     std::string("-DCMAKE_CXX_COMPILER_LAUNCHER=") + PRODCLONE_CXX_LAUNCHER,
                                     std::string("-DCMAKE_CXX_FLAGS=") + PRODCLONE_CXX_FLAGS,
                                     std::string("-DCMAKE_CXX_FLAGS_DEBUG=") + PRODCLONE_CXX_FLAGS_DEBUG,
                                     std::string("-DCMAKE_BUILD_TYPE=") + PRODCLONE_BUILD_TYPE};
    line.insert(line.end(), settings.begin(), settings.end());
    return run(line);
  }
  process::Outcome build() const { return run({PRODCLONE_CMAKE, "--build", build_.string(), "-j", "2"}); }
  process::Outcome ctest(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {PRODCLONE_CTEST, "--test-dir", build_.string(), "--no-tests=error", "--output-on-failure"});
    return run(arguments);
  }
  void write(const std::string& file, const std::string& content) const { std::ofstream(root_ / file) << content; }
  const fs::path& build_folder() const { return build_; }

 private:
  fs::path root_, build_;
};

const std::string good = "ALTER TABLE customer ADD COLUMN email text;\n";
const std::string bad = "ALTER TABLE customer ADD COLUMN email text;\nALTER TABLE customer RENAME CONSTRAINT customer_pkey TO client_pkey;\n";

// Green on a good migration, red in the team's own case on one that does more than it says.
void expect_to_rehearse(const OutsideProject& project) {
  const auto green = project.ctest({"-L", "prodclone"});
  EXPECT_TRUE(green.succeeded()) << tail(green, 6000);
  EXPECT_THAT(green.out, AllOf(HasSubstr("AddEmail.AddsOneColumn"), HasSubstr("prodclone.census"), HasSubstr("Schema.OfTheCloneIsThatOfAFreshInstall")));
  project.write("migrations/000002_email.up.sql", bad);
  const auto red = project.ctest({"-L", "refactor"});
  EXPECT_FALSE(red.succeeded());
  EXPECT_THAT(red.out, AllOf(HasSubstr("client_pkey"), HasSubstr("AddEmail.AddsOneColumn"), Not(HasSubstr("Nothing was checked"))));
  project.write("migrations/000002_email.up.sql", good);
}

TEST(InstalledPackage, HoldsWhatATeamNeeds) {
  for (const char* file : {"bin/prodclone", "libexec/prodclone/prodclone_provision", "libexec/prodclone/suite_schema",
                           "include/prodclone/testing.hpp", "include/prodclone/pg/session.hpp", "share/doc/prodclone/README.md"})
    EXPECT_TRUE(fs::exists(prefix() / file)) << file;
  // Nothing in it may point back to where it was built.
  for (const auto& entry : fs::recursive_directory_iterator(prefix()))
    if (entry.path().extension() == ".cmake") {
      EXPECT_THAT(read_file(entry.path()), Not(HasSubstr(PRODCLONE_SOURCE_DIR))) << entry.path();
    }
  EXPECT_EQ(run({(prefix() / "bin/prodclone").string(), "--version"}).exit_code, 0);
}

TEST(InstalledPackage, IsFoundAndRehearsesAStrangersProject) {
  const OutsideProject project("find_package");
  fs::remove_all(project.build_folder());
  const auto configured = project.configure({"-DCMAKE_PREFIX_PATH=" + prefix().string()});
  ASSERT_TRUE(configured.succeeded()) << tail(configured);
  const auto built = project.build();
  ASSERT_TRUE(built.succeeded()) << tail(built, 6000);
  // The standard suites come with the package.
  EXPECT_THAT(built.out, Not(HasSubstr("suite_schema")));
  EXPECT_FALSE(fs::exists(project.build_folder() / "bin/suite_schema"));
  expect_to_rehearse(project);
}

TEST(InstalledPackage, OfAnotherVersionIsRefused) {
  const OutsideProject project("wrong_version");
  fs::remove_all(project.build_folder());
  auto text = read_file(fs::path(PRODCLONE_SOURCE_DIR) / "tests/e2e/outside/CMakeLists.txt");
  text.replace(text.find("find_package(prodclone"), 22, "find_package(prodclone 99.1");
  project.write("CMakeLists.txt", text);
  const auto configured = project.configure({"-DCMAKE_PREFIX_PATH=" + prefix().string()});
  EXPECT_FALSE(configured.succeeded());
  EXPECT_THAT(configured.err, HasSubstr("99.1"));
}

TEST(SourceFolder, IsTakenByAddSubdirectory) {
  const OutsideProject project("add_subdirectory");
  const auto configured = project.configure({std::string("-DSHOP_PRODCLONE_SOURCE=") + PRODCLONE_SOURCE_DIR});
  ASSERT_TRUE(configured.succeeded()) << tail(configured);
  const auto built = project.build();
  ASSERT_TRUE(built.succeeded()) << tail(built, 6000);
  expect_to_rehearse(project);
  // It brings neither its own tests nor its own installation into the team's.
  const auto all = project.ctest({"-N"});
  EXPECT_THAT(all.out, AllOf(Not(HasSubstr("selftest")), Not(HasSubstr("RenameLegalEntityToTenant"))));
  const auto installed = run({PRODCLONE_CMAKE, "--install", project.build_folder().string(), "--prefix", (project.build_folder() / "prefix").string()});
  EXPECT_TRUE(installed.succeeded()) << tail(installed);
  EXPECT_FALSE(fs::exists(project.build_folder() / "prefix/bin/prodclone"));
}

}  // namespace
}  // namespace prodclone::e2e
