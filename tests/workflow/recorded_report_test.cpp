#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/rehearsal/lock_trace_json.hpp>
#include <prodclone/workflow/findings_record.hpp>
#include <prodclone/workflow/recorded_report.hpp>
#include <prodclone/workflow/recorded_statements.hpp>

#include "support/temporary_folder.hpp"

namespace prodclone::workflow {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class RecordedReportTest : public testing::Test {
 protected:
  void SetUp() override { make_private_directory(project_.record_directory()); }
  void record(const rehearsal::LockTrace& trace) const {
    write_file_atomically(project_.record_directory() / "trace.json", rehearsal::to_json(trace));
  }
  selftest::TemporaryFolder folder_;
  config::Project project_{.root = folder_.path(), .name = "shop"};
};

TEST_F(RecordedReportTest, WithoutARehearsalThereIsNone) {
  try {
    recorded_report(project_);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::could_not_check);
    EXPECT_EQ(error.what_failed(), "Nothing has been rehearsed in " + folder_.path().string() + " yet.");
    EXPECT_EQ(error.remedy(), "Run `prodclone rehearse`, or `ctest -L prodclone`.");
  }
}

TEST_F(RecordedReportTest, KnowsTheStatementsOfTheDatabasesThatItIsAbout) {
  EXPECT_TRUE(recorded_statements(project_, "shop_prod_clone").empty());
  project_.databases = {.clone = "shop_prod_clone", .fresh = "shop_fresh"};
  record({.database = "shop_prod_clone",
          .migrations = {{.name = "3-drop",
                          .statements = {{.file = "3-drop.up.sql", .line = 2, .text = "DROP INDEX i"},
                                         {.file = "3-drop.up.sql", .line = 0, .text = "INSERT INTO schema_migrations", .bookkeeping = true}}}}});
  for (const auto* database : {"shop_prod_clone", "shop_fresh"}) {
    const auto statements = recorded_statements(project_, database);
    ASSERT_EQ(statements.size(), 1u);
    EXPECT_EQ(statements[0].where, "3-drop.up.sql:2");
    EXPECT_EQ(statements[0].text, "DROP INDEX i");
  }
  EXPECT_TRUE(recorded_statements(project_, "somebody_elses").empty());
}

TEST_F(RecordedReportTest, GathersWhatTheRunLeft) {
  rehearsal::LockTrace trace{.database_size = {3 << 20}};
  trace.migrations = {{.id = "1", .name = "1-rename", .succeeded = true}};
  record(trace);
  const report::Test test{.name = "ForeignKeys.HaveNoOrphans", .labels = {"fk"}, .outcome = report::Outcome::failed,
                          .findings = {{.check = "fk", .object = "public.c", .what = "Orphans."}}};
  record_test(project_, test);
  write_file_atomically(project_.record_directory() / "stages.json",
                        R"({"clone": {"database": "shop_prod_clone", "took_ms": 7, "reused": true}, "pristine": {"database": "p", "took_ms": 1200, "note": "loaded"}})");
  const auto report = recorded_report(project_);
  EXPECT_EQ(report.project, "shop");
  ASSERT_TRUE(report.trace.has_value());
  EXPECT_EQ(report.trace->migrations, trace.migrations);
  EXPECT_THAT(report.tests, ElementsAre(test));
  const report::Phase pristine{.name = "pristine", .database = "p", .note = "loaded", .took = 1200ms};
  const report::Phase clone{.name = "clone", .database = "shop_prod_clone", .reused = true, .took = 7ms};
  EXPECT_THAT(report.phases, ElementsAre(pristine, clone));
}

TEST_F(RecordedReportTest, AMigrationThatFailedIsEnoughForAReport) {
  write_file_atomically(project_.record_directory() / "migration-failure.txt", "division by zero\n  at 1.up.sql:3");
  EXPECT_EQ(recorded_report(project_).migration_failure, "division by zero\n  at 1.up.sql:3");
}

TEST_F(RecordedReportTest, WritesAllFormsIntoTheRecord) {
  record_test(project_, {.name = "ForeignKeys.HaveNoOrphans", .labels = {"fk"}});
  const auto folder = write_reports(project_);
  EXPECT_THAT(read_file(folder / "report.json"), HasSubstr("ForeignKeys.HaveNoOrphans"));
  EXPECT_THAT(read_file(folder / "report.md"), HasSubstr("All 1 test passed."));
  EXPECT_THAT(read_file(folder / "report.html"), HasSubstr("ForeignKeys.HaveNoOrphans"));
}

TEST_F(RecordedReportTest, ADamagedTraceIsAnError) {
  write_file_atomically(project_.record_directory() / "trace.json", "{");
  EXPECT_THROW(recorded_report(project_), Error);
}

}  // namespace
}  // namespace prodclone::workflow
