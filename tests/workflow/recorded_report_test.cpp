#include <gtest/gtest.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/rehearsal/lock_trace_json.hpp>
#include <prodclone/workflow/findings_record.hpp>
#include <prodclone/workflow/recorded_report.hpp>

#include "support/temporary_folder.hpp"

namespace prodclone::workflow {
namespace {

using namespace std::chrono_literals;
using checks::Severity;
using rehearsal::LockMode;

rehearsal::HeldLock lock_of(const std::string& relation, LockMode mode, rehearsal::Duration held) {
  return {.relation = relation, .kind = "table", .table = relation, .mode = mode, .pre_existing = true, .size = {8192}, .held = held};
}

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

TEST_F(RecordedReportTest, TellsOfMigrationsLocksAndFindings) {
  rehearsal::LockTrace trace{.database_size = {3 << 20}};
  trace.server.version = "15.18";
  auto index = lock_of("public.i", LockMode::access_exclusive, 9s);
  index.table = "public.a";
  index.kind = "index";
  auto new_table = lock_of("public.new", LockMode::access_exclusive, 9s);
  new_table.pre_existing = false;
  rehearsal::MigrationTrace first{.id = "1", .name = "1-rename", .succeeded = true, .wal = Bytes{16384}};
  first.statements = {
      {.locks = {lock_of("public.a", LockMode::share, 20ms), lock_of("public.b", LockMode::row_exclusive, 9s), index, new_table},
       .rewrites = {{.relation = "public.a", .pre_existing = true}, {.relation = "public.new"}}},
      {.locks = {lock_of("public.a", LockMode::access_exclusive, 10ms), lock_of("public.c", LockMode::share, 30ms)}}};
  first.transactions = {{.last_statement = 1, .ended = 1500ms, .committed = true}};
  rehearsal::MigrationTrace second{.id = "2", .name = "2-more", .succeeded = false};
  second.statements = {{}};
  trace.migrations = {first, second};
  record(trace);
  record_findings(project_, "B", {{.check = "fk", .severity = Severity::warning, .object = "public.b", .what = "Slow."}});
  record_findings(project_, "C", {{.check = "fk", .severity = Severity::failure, .object = "public.c", .what = "Orphans."}});
  EXPECT_EQ(recorded_report(project_),
            "project shop\n"
            "rehearsed on PostgreSQL 15.18, 3072 kB of data\n"
            "1-rename: applied in 1.5 s, 2 statements, 1 rewritten, 16 kB of WAL\n"
            "2-more: FAILED in 0.0 ms, 1 statement, 0 rewritten\n"
            "2 tables were locked against writes; the longest:\n"
            "  public.c                         SHARE                      30 ms  (8192 bytes)\n"
            "  public.a                         ACCESS EXCLUSIVE           20 ms  (8192 bytes)\n"
            "FAIL fk  public.c\n"
            "  what:  Orphans.\n"
            "WARN fk  public.b\n"
            "  what:  Slow.\n"
            "1 failure, 1 warning or note.\n");
}

TEST_F(RecordedReportTest, SaysSoWhenNothingWasPendingAndNothingFound) {
  rehearsal::LockTrace trace;
  trace.server.version = "17.2";
  record(trace);
  EXPECT_EQ(recorded_report(project_), "project shop\nrehearsed on PostgreSQL 17.2, 0 bytes of data\nNo migration was pending.\nNo findings.\n");
}

TEST_F(RecordedReportTest, BeginsWithAMigrationThatFailed) {
  write_file_atomically(project_.record_directory() / "migration-failure.txt", "division by zero\n  at 1.up.sql:3");
  EXPECT_EQ(recorded_report(project_), "project shop\nA migration failed:\ndivision by zero\n  at 1.up.sql:3\nNo findings.\n");
}

TEST_F(RecordedReportTest, ADamagedTraceIsAnError) {
  write_file_atomically(project_.record_directory() / "trace.json", "{");
  EXPECT_THROW(recorded_report(project_), Error);
}

}  // namespace
}  // namespace prodclone::workflow
