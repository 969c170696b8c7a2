// The ways to run the suites: alone, together, twice, at the same time, by hand; and what stays afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/pg/session.hpp>

#include <support/eventually.hpp>

#include "background_run.hpp"
#include "sample_project.hpp"

namespace prodclone::e2e {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

void expect_green(const CtestResult& result) {
  EXPECT_EQ(result.outcome.exit_code, 0) << tail(result.outcome);
  EXPECT_FALSE(result.cases.empty());
  EXPECT_EQ(result.passed().size(), result.cases.size()) << tail(result.outcome);
}

TEST(Ctest, RunsInParallelAndAgain) {
  SampleProject project;
  Ctest ctest(project);
  expect_green(ctest.run({"-L", "prodclone", "-j4"}));
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
  expect_green(ctest.run({"-L", "prodclone", "-j4"}));
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

TEST(Ctest, RunsTwiceAtTheSameTime) {
  SampleProject project;
  Ctest one(project), other(project);
  BackgroundRun first(one.command({"-L", "prodclone"}), "ctest", one.folder().string());
  BackgroundRun second(other.command({"-L", "prodclone", "-j2"}), "ctest", other.folder().string());
  expect_green(one.result(first.wait()));
  expect_green(other.result(second.wait()));
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

// The first waits in its migration while the second rehearses another one: what each has seen stays its own.
TEST(Ctest, RunsBesideOneOfSomethingElse) {
  SampleProject project;
  const auto gate = std::filesystem::temp_directory_path() / ("prodclone-selftest-gate-" + random_hex(8));
  const auto sound = read_file(project.pending_migration());
  std::ofstream(project.pending_migration(), std::ios::app)
      << "\n--;;\nDO $$ BEGIN WHILE (pg_catalog.pg_stat_file('" << gate.string() << "', true)).size IS NULL LOOP PERFORM pg_catalog.pg_sleep(0.02); END LOOP; END $$;\n";
  Ctest one(project), other(project);
  BackgroundRun first(one.command({"-L", "^data$"}), "ctest", one.folder().string());
  EXPECT_TRUE(selftest::eventually([&] {
    return !project.ask_server("SELECT 'yes' AS answer FROM pg_catalog.pg_stat_activity WHERE state = 'active' AND query LIKE 'DO $$%" + gate.filename().string() + "%'").empty();
  }, std::chrono::seconds(90))) << project.what_is_left();
  std::ofstream(project.pending_migration(), std::ios::trunc) << sound;
  expect_green(other.run({"-L", "^(locks|data|schema)$"}));
  std::ofstream(gate).close();
  expect_green(one.result(first.wait()));
  std::filesystem::remove(gate);
  std::vector<std::filesystem::path> records;
  for (const auto& entry : std::filesystem::directory_iterator(project.root() / ".prodclone"))
    if (entry.path().filename().string().starts_with("record-")) records.push_back(entry.path());
  ASSERT_THAT(records, ::testing::SizeIs(1));
  const auto name = gate.filename().string();
  EXPECT_THAT(read_file(project.root() / ".prodclone/record/trace.json"), HasSubstr(name));
  EXPECT_THAT(read_file(records.front() / "trace.json"), Not(HasSubstr(name)));
  EXPECT_FALSE(std::filesystem::is_empty(records.front() / "findings"));
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
  // The next run of anything removes it.
  expect_green(Ctest(project).run({"-L", "^dirty$"}));
  EXPECT_FALSE(std::filesystem::exists(records.front()));
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

class Label : public ::testing::TestWithParam<std::string> {};

TEST_P(Label, RunsAlone) {
  SampleProject project;
  const auto result = Ctest(project).run({"-L", GetParam()});
  expect_green(result);
  std::size_t of_the_label = 0;
  for (const auto& one : result.cases) {
    const bool has_it = result.labels.at(one.name).contains(GetParam());
    of_the_label += has_it ? 1 : 0;
    EXPECT_TRUE(has_it || one.name.starts_with("prodclone.provision.") || one.name == "prodclone.cleanup") << one.name;
  }
  EXPECT_GT(of_the_label, 0U);
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

INSTANTIATE_TEST_SUITE_P(Standard, Label, ::testing::Values("schema", "fk", "locks", "dirty", "refactor"),
                         [](const auto& label) { return label.param; });

TEST(SuiteByHand, ProvisionsAndCleansUpByItself) {
  SampleProject project;
  const auto outcome = process::run(project.suite("suite_fk", {"--gtest_filter=ForeignKeys.HaveNoOrphans"}));
  EXPECT_EQ(outcome.exit_code, 0) << tail(outcome);
  EXPECT_THAT(outcome.out, HasSubstr("[  PASSED  ] 1 test."));
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

TEST(SuiteByHand, KeepsWhatItIsAskedToKeep) {
  SampleProject project;
  auto command = project.suite("suite_fk");
  command.environment["PRODCLONE_KEEP"] = "1";
  const auto outcome = process::run(command);
  ASSERT_EQ(outcome.exit_code, 0) << tail(outcome);
  const auto begin = outcome.out.find("psql \"");
  ASSERT_NE(begin, std::string::npos) << tail(outcome);
  const auto url = outcome.out.substr(begin + 6, outcome.out.find('"', begin + 6) - begin - 6);
  {
    pg::Session session(pg::parse_conninfo(url));
    EXPECT_EQ(session.query("SELECT count(*) > 0 AS there FROM tenant").text(0, "there"), "t");
    EXPECT_EQ(session.conninfo().database, "orcha_prod_clone");
  }
  const auto dropped = project.run_cli({"drop-clone"});
  EXPECT_EQ(dropped.exit_code, 0) << tail(dropped);
  EXPECT_THAT(dropped.out, HasSubstr("removed orcha_prod_clone"));
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

// Where production's data fits on the disk once.
TEST(SingleCopy, RunsWhatNeedsNoCopyAndRefusesTheRest) {
  SampleProject project;
  project.edit_config([](nlohmann::ordered_json& config) { config["databases"]["single_copy"] = true; });
  expect_green(Ctest(project).run({"-L", "^(schema|fk|dirty)$", "-j2"}));
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
  const auto refactor = Ctest(project).run({"-L", "^(refactor|locks)$"});
  EXPECT_NE(refactor.outcome.exit_code, 0);
  EXPECT_THAT(refactor.failure_text("refactor"), HasSubstr("Could not check: single-copy mode"));
  EXPECT_THAT(refactor.failure_text("locks"), AllOf(HasSubstr("LK01"), HasSubstr("Could not check: single-copy mode"), Not(HasSubstr("LK03"))))
      << "the migrations cannot run a second time; what the first run tells is judged";
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

TEST(SingleCopy, HoldsTheDataOnceAndResetsByLoading) {
  SampleProject project;
  const auto with_variable = [&](std::vector<std::string> arguments) {
    auto command = project.cli(std::move(arguments));
    command.environment["PRODCLONE_SINGLE_COPY"] = "1";
    return process::run(command);
  };
  const auto loaded = with_variable({"load"});
  ASSERT_EQ(loaded.exit_code, 0) << tail(loaded);
  const std::string names = "SELECT datname::text AS answer FROM pg_catalog.pg_database WHERE datname LIKE '%orcha%' ORDER BY 1";
  EXPECT_THAT(project.ask_server(names), ElementsAre("orcha_prod_clone"));
  project.ask_server("DROP TABLE document CASCADE", "orcha_prod_clone");
  const auto reset = with_variable({"reset"});
  EXPECT_EQ(reset.exit_code, 0) << tail(reset);
  EXPECT_THAT(reset.out, HasSubstr("loaded orcha-prod.dump"));
  EXPECT_THAT(project.ask_server("SELECT (count(*) > 0)::text AS answer FROM document", "orcha_prod_clone"), ElementsAre("true"));
  EXPECT_THAT(project.ask_server(names), ElementsAre("orcha_prod_clone"));
  EXPECT_EQ(project.run_cli({"drop-clone"}).exit_code, 0);
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

TEST(LoadedClone, IsLeftAsItWasFound) {
  SampleProject project;
  const auto loaded = project.run_cli({"load"});
  ASSERT_EQ(loaded.exit_code, 0) << tail(loaded);
  ASSERT_THAT(project.ask_server("CREATE TABLE marker AS SELECT 'mine'::text AS answer; SELECT answer FROM marker", "orcha_prod_clone"), ElementsAre("mine"));
  const auto count = project.ask_server("SELECT count(*)::text AS answer FROM document", "orcha_prod_clone");
  expect_green(Ctest(project).run({"-L", "^(fk|schema)$", "-j4"}));
  EXPECT_THAT(project.ask_server("SELECT answer FROM marker", "orcha_prod_clone"), ElementsAre("mine"));
  EXPECT_EQ(project.ask_server("SELECT count(*)::text AS answer FROM document", "orcha_prod_clone"), count);
  EXPECT_THAT(project.ask_server("SELECT relname::text AS answer FROM pg_catalog.pg_class WHERE relname IN ('legal_entity', 'tenant')", "orcha_prod_clone"),
              ElementsAre("legal_entity"));
  EXPECT_THAT(project.ask_server("SELECT datname::text AS answer FROM pg_catalog.pg_database WHERE datname LIKE 'orcha%'"), ElementsAre("orcha_prod_clone"));
  EXPECT_EQ(project.run_cli({"drop-clone"}).exit_code, 0);
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

TEST(ForeignClone, IsNeverTouched) {
  SampleProject project;
  ASSERT_EQ(project.run_cli({"server", "start"}).exit_code, 0);
  project.ask_server("CREATE DATABASE orcha_prod_clone");
  ASSERT_THAT(project.ask_server("CREATE TABLE precious AS SELECT 'mine'::text AS answer; SELECT answer FROM precious", "orcha_prod_clone"), ElementsAre("mine"));
  const auto result = Ctest(project).run({"-L", "fk"});
  EXPECT_NE(result.outcome.exit_code, 0);
  const auto* clone = result.find("prodclone.provision.clone");
  ASSERT_NE(clone, nullptr) << tail(result.outcome);
  EXPECT_TRUE(clone->failed());
  EXPECT_THAT(clone->text, AllOf(HasSubstr("\"orcha_prod_clone\" exists and was not made by prodclone"), HasSubstr("left alone")));
  const auto* orphans = result.find("ForeignKeys.HaveNoOrphans");
  EXPECT_TRUE(orphans == nullptr || !orphans->passed());
  for (const char* command : {"load", "rehearse"}) {
    const auto outcome = project.run_cli({command});
    EXPECT_EQ(outcome.exit_code, 8) << command << ": " << tail(outcome);
    EXPECT_THAT(outcome.err, HasSubstr("was not made by prodclone")) << command;
  }
  EXPECT_THAT(project.ask_server("SELECT answer FROM precious", "orcha_prod_clone"), ElementsAre("mine"));
  // Removing all that is ours leaves it too, and so the server's data.
  EXPECT_EQ(project.run_cli({"drop-clone"}).exit_code, 0);
  ASSERT_EQ(project.run_cli({"server", "start"}).exit_code, 0);
  EXPECT_THAT(project.ask_server("SELECT answer FROM precious", "orcha_prod_clone"), ElementsAre("mine"));
  project.ask_server("DROP DATABASE orcha_prod_clone");
  EXPECT_EQ(project.run_cli({"drop-clone"}).exit_code, 0);
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

// ---- a migration that fails ----

// The line where the statement that fails begins.
int break_migration(const SampleProject& project) {
  const auto sql = read_file(project.pending_migration());
  std::ofstream(project.pending_migration(), std::ios::app) << "--;;\nSELECT no_such_column FROM tenant;\n";
  return static_cast<int>(std::count(sql.begin(), sql.end(), '\n')) + 2;
}

TEST(BrokenMigration, LetsNothingPassThatNeedsIt) {
  SampleProject project;
  const auto line = break_migration(project);
  const auto result = Ctest(project).run({"-L", "prodclone", "-j4"});
  EXPECT_NE(result.outcome.exit_code, 0);
  const auto* migrated = result.find("prodclone.provision.migrated");
  ASSERT_NE(migrated, nullptr);
  EXPECT_TRUE(migrated->failed());
  EXPECT_THAT(migrated->text, AllOf(HasSubstr(project.pending_migration().filename().string() + ":" + std::to_string(line)), HasSubstr("no_such_column"), HasSubstr("42703")));
  for (const auto& one : result.cases)
    for (const char* label : {"schema", "fk", "refactor"})
      // A file that asks about production as it is needs no migration.
      if (result.labels.at(one.name).contains(label) && one.name.find(".before_") == std::string::npos) {
        EXPECT_FALSE(one.passed()) << one.name;
      }
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

TEST(BrokenMigration, IsExitCodeTwoWithFileAndLine) {
  SampleProject project;
  const auto line = break_migration(project);
  ASSERT_EQ(project.run_cli({"load"}).exit_code, 0);
  const auto outcome = project.run_cli({"migrate"});
  EXPECT_EQ(outcome.exit_code, 2) << tail(outcome);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr(project.pending_migration().filename().string() + ":" + std::to_string(line)), HasSubstr("no_such_column")));
  // One transaction: the clone is as before.
  EXPECT_THAT(project.ask_server("SELECT relname::text AS answer FROM pg_catalog.pg_class WHERE relname IN ('legal_entity', 'tenant')", "orcha_prod_clone"),
              ElementsAre("legal_entity"));
  EXPECT_EQ(project.run_cli({"rehearse"}).exit_code, 2);
  EXPECT_EQ(project.run_cli({"drop-clone"}).exit_code, 0);
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

}  // namespace
}  // namespace prodclone::e2e
