// Whoever owns a run may be killed at any moment: within seconds nothing of it is left, and the next run is right.
// The moment is chosen by watching the run's server and its book of leases.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>

#include <support/eventually.hpp>

#include "background_run.hpp"
#include "sample_project.hpp"

namespace prodclone::e2e {
namespace {

using selftest::eventually;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using std::chrono::seconds;

constexpr seconds soon(10);
constexpr seconds to_get_there(60);
// Long enough for the moment to be seen when the machine is busy.
const Sample bigger{.scale = 0.3};

bool loading(const SampleProject& project) {
  return !project.ask_server("SELECT query AS answer FROM pg_catalog.pg_stat_activity WHERE datname LIKE 'prodclone\\_tmp\\_%' AND query LIKE 'COPY %'").empty();
}

bool migrating(const SampleProject& project) {
  return !project.ask_server("SELECT query AS answer FROM pg_catalog.pg_stat_activity WHERE state = 'active' AND pid <> pg_catalog.pg_backend_pid() "
                             "AND query LIKE '%pg_sleep(100)%'").empty();
}

bool in_a_case(const SampleProject& project) { return project.has_lease("database:prodclone_orcha_case_"); }

// A pending migration that does not end by itself, as long as this object lives.
class StalledMigration {
 public:
  explicit StalledMigration(const SampleProject& project) : file_(project.root() / "resources/migrations/20260426-stall.up.sql") {
    std::ofstream(file_) << "SELECT pg_catalog.pg_sleep(100);\n";
    std::ofstream(down()) << "SELECT 1;\n";
  }
  ~StalledMigration() {
    std::error_code ignored;
    std::filesystem::remove(file_, ignored);
    std::filesystem::remove(down(), ignored);
  }

 private:
  std::filesystem::path down() const { return file_.parent_path() / "20260426-stall.down.sql"; }
  std::filesystem::path file_;
};

void expect_nothing_left(const SampleProject& project) {
  EXPECT_TRUE(project.becomes_clean(soon)) << project.what_is_left();
  const auto status = project.run_cli({"server", "status"});
  EXPECT_EQ(status.exit_code, 0);
  EXPECT_EQ(status.out, "There is no embedded server.\n") << tail(status);
}

void expect_next_run_is_right(const SampleProject& project) {
  const auto next = Ctest(project).run({"-L", "^(fk|locks|dirty)$", "-j4"});
  EXPECT_EQ(next.outcome.exit_code, 0) << tail(next.outcome);
  EXPECT_EQ(next.passed().size(), next.cases.size());
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

// ---- ctest ----

TEST(KilledCtest, InLoadLeavesNothing) {
  SampleProject project(bigger);
  Ctest ctest(project);
  BackgroundRun run(ctest.command({"-L", "fk"}), "ctest", ctest.folder().string());
  ASSERT_TRUE(eventually([&] { return loading(project); }, to_get_there)) << project.what_is_left();
  ASSERT_TRUE(run.send(SIGKILL));
  expect_nothing_left(project);
  expect_next_run_is_right(project);
}

TEST(KilledCtest, InMigrateLeavesNothing) {
  SampleProject project;
  {
    StalledMigration stalled(project);
    Ctest ctest(project);
    BackgroundRun run(ctest.command({"-L", "locks"}), "ctest", ctest.folder().string());
    ASSERT_TRUE(eventually([&] { return migrating(project); }, to_get_there)) << project.what_is_left();
    ASSERT_TRUE(run.send(SIGKILL));
    expect_nothing_left(project);
  }
  expect_next_run_is_right(project);
}

TEST(KilledCtest, InATestLeavesNothing) {
  SampleProject project;
  Ctest ctest(project);
  BackgroundRun run(ctest.command({"-L", "refactor", "-j4"}), "ctest", ctest.folder().string());
  ASSERT_TRUE(eventually([&] { return in_a_case(project); }, to_get_there)) << project.what_is_left();
  ASSERT_TRUE(run.send(SIGKILL));
  expect_nothing_left(project);
  expect_next_run_is_right(project);
}

TEST(InterruptedCtest, LeavesNothing) {
  SampleProject project;
  Ctest ctest(project);
  BackgroundRun run(ctest.command({"-L", "refactor"}), "ctest", ctest.folder().string());
  ASSERT_TRUE(eventually([&] { return in_a_case(project); }, to_get_there)) << project.what_is_left();
  ASSERT_TRUE(run.send(SIGINT));
  EXPECT_TRUE(eventually([&] { return !run.running(); }, soon));
  expect_nothing_left(project);
  expect_next_run_is_right(project);
}

// ---- a suite by hand ----

TEST(KilledSuite, InATestLeavesNothing) {
  SampleProject project;
  BackgroundRun run(project.suite("rename_legal_entity_to_tenant", {"--gtest_color=no"}), "rename_legal_entity_to_tenant", "--gtest_color=no");
  ASSERT_TRUE(eventually([&] { return in_a_case(project); }, to_get_there)) << project.what_is_left();
  ASSERT_TRUE(run.send(SIGKILL));
  expect_nothing_left(project);
  expect_next_run_is_right(project);
}

TEST(InterruptedSuite, LeavesNothing) {
  SampleProject project;
  BackgroundRun run(project.suite("rename_legal_entity_to_tenant", {"--gtest_color=no"}), "rename_legal_entity_to_tenant", "--gtest_color=no");
  ASSERT_TRUE(eventually([&] { return in_a_case(project); }, to_get_there)) << project.what_is_left();
  ASSERT_TRUE(run.send(SIGTERM));
  expect_nothing_left(project);
}

// ---- the command line ----

TEST(KilledCommand, InLoadLeavesNothing) {
  SampleProject project(bigger);
  BackgroundRun run(project.cli({"load"}), "prodclone", project.config_file().string());
  ASSERT_TRUE(eventually([&] { return loading(project); }, to_get_there)) << project.what_is_left();
  ASSERT_TRUE(run.send(SIGKILL));
  expect_nothing_left(project);
  const auto again = project.run_cli({"load"});
  EXPECT_EQ(again.exit_code, 0) << tail(again);
  EXPECT_THAT(again.out, ::testing::Not(HasSubstr("reused"))) << "a load that was killed counts as loaded";
  EXPECT_THAT(project.ask_server("SELECT count(*)::text AS answer FROM invoice_line HAVING count(*) > 1000", "orcha_prod_clone"), ::testing::SizeIs(1));
  const auto dropped = project.run_cli({"drop-clone"});
  EXPECT_EQ(dropped.exit_code, 0) << tail(dropped);
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

TEST(KilledCommand, InRehearseKeepsOnlyWhatACommandMadeToStay) {
  SampleProject project;
  {
    StalledMigration stalled(project);
    BackgroundRun run(project.cli({"rehearse"}), "prodclone", project.config_file().string());
    ASSERT_TRUE(eventually([&] { return migrating(project); }, to_get_there)) << project.what_is_left();
    ASSERT_TRUE(run.send(SIGKILL));
    EXPECT_TRUE(eventually([&] { return !project.has_processes(); }, soon)) << project.what_is_left();
    const auto status = project.run_cli({"server", "status"});
    EXPECT_THAT(status.out, HasSubstr("does not run")) << tail(status);
  }
  // The pristine template waits on the disk for the next rehearsal, as it would after a whole one.
  const auto again = project.run_cli({"rehearse"});
  EXPECT_EQ(again.exit_code, 0) << tail(again);
  const auto names = project.ask_server("SELECT datname AS answer FROM pg_catalog.pg_database WHERE datname LIKE '%tmp%' OR datname LIKE '%\\_case\\_%'");
  EXPECT_THAT(names, IsEmpty());
  EXPECT_EQ(project.run_cli({"drop-clone"}).exit_code, 0);
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

// ---- the server, the warden ----

TEST(KilledServer, FailsTheTestsAndSaysSo) {
  SampleProject project;
  {
    StalledMigration stalled(project);
    Ctest ctest(project);
    // Those need only pristine: they would wait for the stalled migration on a server that is started again.
    BackgroundRun run(ctest.command({"-L", "^(locks|fk)$", "-E", "^NewForeignKeys"}), "ctest", ctest.folder().string());
    ASSERT_TRUE(eventually([&] { return migrating(project); }, to_get_there)) << project.what_is_left();
    const auto postmaster = project.postmaster();
    ASSERT_TRUE(postmaster.has_value());
    ASSERT_TRUE(process::send_signal(*postmaster, SIGKILL));
    const auto result = ctest.result(run.wait());
    EXPECT_NE(result.outcome.exit_code, 0);
    const auto* migrated = result.find("prodclone.provision.migrated");
    ASSERT_NE(migrated, nullptr);
    EXPECT_TRUE(migrated->failed());
    EXPECT_THAT(migrated->text, ::testing::AnyOf(HasSubstr("server closed the connection"), HasSubstr("terminating connection")));
    for (const auto& name : result.passed())
      EXPECT_TRUE(name == "prodclone.provision.pristine" || name == "prodclone.cleanup" || name == "prodclone.census") << name << " passed";
    EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
  }
  expect_next_run_is_right(project);
}

TEST(KilledWarden, LeavesTheWorkToTheNextRunWhichNamesIt) {
  SampleProject project;
  {
    StalledMigration stalled(project);
    Ctest ctest(project);
    BackgroundRun run(ctest.command({"-L", "locks"}), "ctest", ctest.folder().string());
    ASSERT_TRUE(eventually([&] { return migrating(project); }, to_get_there)) << project.what_is_left();
    const auto wardens = project.processes_named("prodclone-warden");
    ASSERT_THAT(wardens, ::testing::SizeIs(1));
    ASSERT_TRUE(process::send_signal(wardens.front(), SIGKILL));
    ASSERT_TRUE(run.send(SIGKILL));
    run.wait();
  }
  const auto next = Ctest(project).run({"-L", "locks", "-V"});
  EXPECT_EQ(next.outcome.exit_code, 0) << tail(next.outcome);
  EXPECT_THAT(output(next.outcome), HasSubstr("left by a killed run (ctest"));
  EXPECT_THAT(output(next.outcome), HasSubstr("prodclone: removed prodclone_orcha_pristine_"));
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

}  // namespace
}  // namespace prodclone::e2e
