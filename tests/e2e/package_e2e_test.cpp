// prodclone in somebody else's repository: installed and found, taken as a folder of sources, or without any CMake at
// all. The outside project is tests/e2e/outside, in a folder whose name has a blank.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include <prodclone/base/files.hpp>

#include "sample_project.hpp"

namespace prodclone::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

process::Outcome run(std::vector<std::string> arguments, const fs::path& directory = "/", const Environment& environment = {}) {
  return process::run({.arguments = std::move(arguments),
                       .environment = environment,
                       .unset = {"PRODCLONE_CONFIG", "PRODCLONE_UNDER_CTEST", "PRODCLONE_KEEP", "PRODCLONE_PROGRAM", "GTEST_FILTER", "CTEST_OUTPUT_ON_FAILURE"},
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
                                     std::string("-DCMAKE_BUILD_TYPE=") + PRODCLONE_BUILD_TYPE,
                                     std::string("-DPRODCLONE_WARNINGS_AS_ERRORS=") + PRODCLONE_STRICT};
    line.insert(line.end(), settings.begin(), settings.end());
    return run(line);
  }
  process::Outcome build(const std::string& target = "all") const { return run({PRODCLONE_CMAKE, "--build", build_.string(), "-j", "2", "--target", target}); }
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

// What ctest needs and no more. Compiler, flags and sources are those of this build, so that a compiler cache has it all.
TEST(SourceFolder, IsTakenByAddSubdirectory) {
  const OutsideProject project("add_subdirectory");
  const auto configured = project.configure({std::string("-DSHOP_PRODCLONE_SOURCE=") + PRODCLONE_SOURCE_DIR});
  ASSERT_TRUE(configured.succeeded()) << tail(configured);
  const auto built = project.build("prodclone_suites");
  ASSERT_TRUE(built.succeeded()) << tail(built, 6000);
  expect_to_rehearse(project);
  // It brings neither its own tests nor its own installation into the team's.
  const auto all = project.ctest({"-N"});
  EXPECT_THAT(all.out, AllOf(Not(HasSubstr("selftest")), Not(HasSubstr("RenameLegalEntityToTenant"))));
  const auto installed = run({PRODCLONE_CMAKE, "--install", project.build_folder().string(), "--prefix", (project.build_folder() / "prefix").string()});
  EXPECT_TRUE(installed.succeeded()) << tail(installed);
  EXPECT_FALSE(fs::exists(project.build_folder() / "prefix/bin/prodclone"));
}

// A repository that knows nothing of C++ or CMake: migrations and a dump.
class StrangersRepository {
 public:
  StrangersRepository() {
    const auto outside = fs::path(PRODCLONE_SOURCE_DIR) / "tests/e2e/outside";
    fs::create_directories(root() / "dump");
    fs::copy(outside / "migrations", root() / "migrations");
    fs::copy(outside / "production.sql", root() / "dump/production.sql");
  }
  fs::path root() const { return folder_ / "a shop"; }
  void write(const std::string& file, const std::string& content) const {
    fs::create_directories((root() / file).parent_path());
    std::ofstream(root() / file) << content;
  }
  // With the installed program in PATH, as after an installation.
  process::Outcome prodclone(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), (prefix() / "bin/prodclone").string());
    return run(std::move(arguments), root(), path());
  }
  process::Outcome ctest(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {PRODCLONE_CTEST, "--no-tests=error", "--output-on-failure"});
    return run(std::move(arguments), root(), path());
  }

 private:
  static Environment path() { return {{"PATH", (prefix() / "bin").string() + ":" + std::getenv("PATH")}}; }
  selftest::TemporaryFolder folder_;
};

nlohmann::json tests_of(const StrangersRepository& repository) {
  return nlohmann::json::parse(repository.ctest({"--show-only=json-v1"}).out).at("tests");
}

std::map<std::string, nlohmann::json> properties_of(const nlohmann::json& tests, const std::string& name) {
  std::map<std::string, nlohmann::json> properties;
  for (const auto& test : tests)
    if (test.at("name") == name)
      for (const auto& property : test.at("properties")) properties[property.at("name").get<std::string>()] = property.at("value");
  return properties;
}

TEST(RepositoryWithoutCMake, GoesFromInitToVerdict) {
  const StrangersRepository repository;
  const auto initialised = repository.prodclone({"init"});
  ASSERT_TRUE(initialised.succeeded()) << tail(initialised);
  EXPECT_THAT(initialised.out, AllOf(HasSubstr("golang-migrate"), HasSubstr("dump/production.sql"), HasSubstr("ctest -L prodclone --no-tests=error")));

  const auto green = repository.ctest({"-L", "prodclone"});
  EXPECT_TRUE(green.succeeded()) << tail(green, 6000);
  EXPECT_THAT(green.out, AllOf(HasSubstr("Schema.OfTheCloneIsThatOfAFreshInstall"), HasSubstr("000002_email.after_no_index_is_invalid"), HasSubstr("prodclone.census"),
                               HasSubstr("prodclone.cleanup")));

  // Nothing is built, so the next run sees the edited file and the new case at once.
  repository.write("migrations/000002_email.up.sql", "ALTER TABLE customer RENAME TO client;\n");
  repository.write("refactors/000002_email/after_the_table_is_still_customer.sql", "SELECT 'gone' WHERE to_regclass('customer') IS NULL;\n");
  const auto red = repository.ctest({"-L", "prodclone"});
  EXPECT_FALSE(red.succeeded());
  EXPECT_THAT(red.out, AllOf(HasSubstr("Schema.BearsNoNameThatTheMigrationReplaced (Failed)"), HasSubstr("customer_pkey"),
                             HasSubstr("000002_email.after_the_table_is_still_customer (Failed)"), Not(HasSubstr("Nothing was checked"))));
}

TEST(RepositoryWithoutCMake, HasTheEntriesThatAProjectInCMakeHas) {
  const StrangersRepository repository;
  ASSERT_TRUE(repository.prodclone({"init"}).succeeded());
  const auto tests = tests_of(repository);
  auto provision = properties_of(tests, "prodclone.provision.migrated");
  EXPECT_EQ(provision["RUN_SERIAL"], true);
  EXPECT_EQ(provision["TIMEOUT"], 86400.0);
  EXPECT_EQ(provision["FIXTURES_SETUP"], nlohmann::json({"prodclone_migrated"}));
  EXPECT_EQ(provision["FIXTURES_REQUIRED"], nlohmann::json({"prodclone_pristine"}));
  auto suite = properties_of(tests, "ForeignKeys.HaveNoOrphans");
  EXPECT_EQ(suite["LABELS"], nlohmann::json({"fk", "prodclone"}));
  EXPECT_EQ(suite["FIXTURES_REQUIRED"], nlohmann::json({"prodclone_clone"}));
  EXPECT_EQ(suite["TIMEOUT"], 3600.0);
  auto sql = properties_of(tests, "000002_email.after_no_index_is_invalid");
  EXPECT_EQ(sql["LABELS"], nlohmann::json({"prodclone", "refactor"}));
  const auto stages = std::count_if(tests.begin(), tests.end(), [](const auto& test) { return test.at("name").template get<std::string>().starts_with("prodclone.provision."); });
  EXPECT_EQ(std::ssize(properties_of(tests, "prodclone.cleanup")["FIXTURES_CLEANUP"]), stages) << "each is cleaned up";
  EXPECT_FALSE(properties_of(tests, "prodclone.census").empty());
  // Every suite that is installed is listed.
  std::size_t suites = 0;
  const auto list = read_file(repository.root() / ".prodclone/ctest-suites.txt");
  for (const auto& entry : fs::directory_iterator(prefix() / "libexec/prodclone")) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with("suite_")) continue;
    EXPECT_THAT(list, HasSubstr(name));
    ++suites;
  }
  EXPECT_GE(suites, 5U);
}

// ctest without a test is a success to ctest.
TEST(RepositoryWithoutCMake, IsRedUnderEveryLabelWhereProdcloneIsNotInstalled) {
  const StrangersRepository repository;
  ASSERT_TRUE(repository.prodclone({"init"}).succeeded());
  fs::remove(repository.root() / ".prodclone/program");
  for (const char* label : {"prodclone", "schema", "refactor"}) {
    const auto outcome = run({PRODCLONE_CTEST, "-L", label, "--output-on-failure"}, repository.root(), {{"PATH", "/usr/bin:/bin"}});
    EXPECT_FALSE(outcome.succeeded()) << label;
    EXPECT_THAT(outcome.out, HasSubstr("prodclone cannot be run")) << label;
  }
}

TEST(RepositoryWithoutCMake, IsNotTouchedByADryRun) {
  const StrangersRepository repository;
  const auto outcome = repository.prodclone({"init", "--dry-run", "--format", "json"});
  ASSERT_TRUE(outcome.succeeded()) << tail(outcome);
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json.at("schema"), "prodclone/init/1");
  EXPECT_EQ(json.at("dry_run"), true);
  EXPECT_EQ(json.at("files").at(0).at("path"), "prodclone.json");
  EXPECT_FALSE(fs::exists(repository.root() / "prodclone.json"));
  EXPECT_FALSE(fs::exists(repository.root() / ".prodclone"));
}

TEST(RepositoryWithACaseInCpp, IsBuiltAgainstTheInstalledPackage) {
  const StrangersRepository repository;
  ASSERT_TRUE(repository.prodclone({"init", "--cpp"}).succeeded());
  const auto build = (repository.root() / "build").string();
  const auto configured = run({PRODCLONE_CMAKE, "-S", repository.root().string(), "-B", build, "-G", PRODCLONE_GENERATOR, std::string("-DCMAKE_CXX_COMPILER=") + PRODCLONE_CXX,
                               std::string("-DCMAKE_CXX_FLAGS=") + PRODCLONE_CXX_FLAGS, "-DCMAKE_PREFIX_PATH=" + prefix().string()});
  ASSERT_TRUE(configured.succeeded()) << tail(configured);
  const auto built = run({PRODCLONE_CMAKE, "--build", build});
  ASSERT_TRUE(built.succeeded()) << tail(built, 6000);
  const auto green = repository.ctest({"--test-dir", build, "-L", "refactor"});
  EXPECT_TRUE(green.succeeded()) << tail(green, 6000);
  EXPECT_THAT(green.out, HasSubstr("Email.RewritesNothingAndLocksBriefly"));
}

// Alembic migrates the clone because its env.py reads DATABASE_URL.
class AlembicRepository : public StrangersRepository {
 public:
  AlembicRepository() {
    fs::remove_all(root() / "migrations");
    auto dump = read_file(root() / "dump/production.sql");
    const auto replace = [&](const std::string& from, const std::string& to) { dump.replace(dump.find(from), from.size(), to); };
    replace("CREATE TABLE public.schema_migrations (\n    version bigint NOT NULL,\n    dirty boolean NOT NULL\n);",
            "CREATE TABLE public.alembic_version (\n    version_num character varying(32) NOT NULL\n);");
    replace("COPY public.schema_migrations (version, dirty) FROM stdin;\n1\tf\n", "COPY public.alembic_version (version_num) FROM stdin;\n1\n");
    replace("ALTER TABLE ONLY public.schema_migrations\n    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);",
            "ALTER TABLE ONLY public.alembic_version\n    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);");
    write("dump/production.sql", dump);
    write("alembic.ini", "[alembic]\nscript_location = alembic\nsqlalchemy.url = postgresql://nobody@127.0.0.1:1/nowhere\n");
    write("alembic/env.py",
          "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine\n"
          "with create_engine(os.environ['DATABASE_URL']).connect() as connection:\n"
          "    context.configure(connection=connection)\n    with context.begin_transaction():\n        context.run_migrations()\n");
    revision("1", "None", "op.execute('CREATE TABLE customer (id bigint PRIMARY KEY, name text NOT NULL)')");
    revision("2", "'1'", "op.execute('ALTER TABLE customer ADD COLUMN email text')");
  }
  void revision(const std::string& id, const std::string& before, const std::string& up) const {
    write("alembic/versions/" + id + ".py", "from alembic import op\nrevision = '" + id + "'\ndown_revision = " + before + "\ndef upgrade():\n    " + up + "\ndef downgrade():\n    pass\n");
  }
};

TEST(AlembicProject, GoesFromInitToVerdict) {
  const AlembicRepository repository;
  const auto initialised = repository.prodclone({"init"});
  ASSERT_TRUE(initialised.succeeded()) << tail(initialised);
  EXPECT_THAT(initialised.out, AllOf(HasSubstr("Alembic (layout command)"), HasSubstr("not measured"), Not(HasSubstr("reads no variable"))));
  const auto green = repository.ctest({"-L", "^(schema|fk|dirty|refactor)$"});
  EXPECT_TRUE(green.succeeded()) << tail(green, 8000);
  // The clone has the pending revision: a rename that forgets the key's name is seen.
  repository.revision("2", "'1'", "op.execute('ALTER TABLE customer RENAME TO client')");
  const auto red = repository.ctest({"-L", "^schema$"});
  EXPECT_FALSE(red.succeeded());
  EXPECT_THAT(red.out, AllOf(HasSubstr("Schema.BearsNoNameThatTheMigrationReplaced (Failed)"), HasSubstr("customer_pkey")));
}

}  // namespace
}  // namespace prodclone::e2e
