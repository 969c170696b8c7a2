// The pending migrations once more under probes, as the lock suite and `prodclone rehearse` ask for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include <prodclone/base/files.hpp>
#include <prodclone/rehearsal/traffic_trace_json.hpp>
#include <prodclone/workflow/rehearse.hpp>

#include "team_project.hpp"

namespace prodclone::workflow {
namespace {

using checks::Severity;
using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class TrafficStage : public TeamRun {
 protected:
  std::vector<std::string> failures(const std::string& rule) {
    std::vector<std::string> texts;
    for (const auto& finding : lock_findings(run(), rule))
      if (finding.severity == Severity::failure) texts.push_back(finding.where + ": " + finding.what);
    return texts;
  }
  rehearsal::TrafficTrace recorded() { return rehearsal::traffic_trace_from_json(read_file(run().project().record_directory() / "traffic.json")); }
};

const std::string budget = R"(, "budgets": {"blocked_reads_ms": 500, "blocked_writes_ms": 500, "row_lock_ms": 500})";

TEST_F(TrafficStage, ALockThatIsHeldOverBudgetIsFlaggedWithTheStatementThatTookIt) {
  team_.configure(budget);
  team_.migration("002-born", "ALTER TABLE person ADD COLUMN born date;\n--;;\nSELECT pg_sleep(0.7);\n", "ALTER TABLE person DROP COLUMN born;\n");
  EXPECT_THAT(failures("LK01"), ElementsAre(AllOf(HasSubstr("002-born.up.sql:1: "), HasSubstr("Reads of public.person"))));
  EXPECT_THAT(failures("LK02"), ElementsAre(HasSubstr("Writes of public.person")));
  EXPECT_THAT(failures("LK14"), IsEmpty());
  const auto stale = lock_findings(run(), "LK15");
  ASSERT_THAT(stale, SizeIs(1));
  EXPECT_EQ(stale[0].severity, Severity::note);
}

TEST_F(TrafficStage, TheSamePauseBeforeTheLockIsNot) {
  team_.configure(budget);
  team_.migration("002-born", "SELECT pg_sleep(0.7);\n--;;\nALTER TABLE person ADD COLUMN born date;\n", "ALTER TABLE person DROP COLUMN born;\n");
  for (const char* rule : {"LK01", "LK02", "LK13", "LK14"}) EXPECT_THAT(failures(rule), IsEmpty()) << rule;
}

TEST_F(TrafficStage, RowsThatStayLockedAreFlagged) {
  team_.configure(budget);
  team_.migration("002-upper", "UPDATE person SET city = upper(city);\n--;;\nSELECT pg_sleep(0.7);\n", "SELECT 1;\n");
  EXPECT_THAT(failures("LK13"), ElementsAre(AllOf(HasSubstr("002-upper.up.sql:1: 3 rows of public.person"), HasSubstr("stayed locked"))));
  EXPECT_THAT(failures("LK02"), IsEmpty());
}

TEST_F(TrafficStage, OnlyWhoAsksPaysAndOnlyOnce) {
  team_.migration("002-born", "ALTER TABLE person ADD COLUMN born date;\n", "ALTER TABLE person DROP COLUMN born;\n");
  run().require(Stage::clone);
  EXPECT_FALSE(run().made(Stage::traffic));
  EXPECT_FALSE(std::filesystem::exists(run().project().record_directory() / "traffic.json"));
  EXPECT_FALSE(run().require(Stage::traffic).reused);
  const auto measured = recorded();
  EXPECT_EQ(measured.database, run().project().databases.clone);
  EXPECT_THAT(measured.not_measured, IsEmpty());
  const auto databases = run().cluster().owned().size();
  const auto second = process();
  EXPECT_TRUE(second->made(Stage::traffic));
  second->require(Stage::traffic);
  EXPECT_EQ(recorded(), measured);
  EXPECT_EQ(second->cluster().owned().size(), databases);
  EXPECT_EQ(databases, 3U) << "pristine, migrated and the clone; the copy is gone";
}

TEST_F(TrafficStage, AnExternalToolsLocksAreSampled) {
  team_.write("tool.sh", "psql -X -q -v ON_ERROR_STOP=1 -c \"$1\"\n");
  team_.configure(budget, R"("layout": "command", "up": ["sh", "tool.sh", "BEGIN; ALTER TABLE person ADD COLUMN born date; SELECT pg_sleep(0.8); COMMIT"])");
  EXPECT_THAT(failures("LK01"), ElementsAre(AllOf(HasSubstr("Reads of public.person"), HasSubstr("(sampled)"))));
  EXPECT_THAT(lock_findings(run(), "LK13"), ElementsAre(Field(&checks::Finding::severity, Severity::not_checked)));
  EXPECT_THAT(failures("unmeasured"), SizeIs(1));
}

TEST_F(TrafficStage, AMigrationThatFailsTheSecondTimeIsNotAPass) {
  team_.migration("002-alone",
                  "DO $$ BEGIN IF EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'prodclone traffic probe') THEN "
                  "RAISE EXCEPTION 'I want to be alone'; END IF; END $$;\n",
                  "SELECT 1;\n");
  for (const char* rule : {"LK01", "LK02", "LK14", "LK15"})
    EXPECT_THAT(failures(rule), ElementsAre(AllOf(HasSubstr("Could not check: "), HasSubstr("under probes"), HasSubstr("I want to be alone")))) << rule;
  EXPECT_THAT(failures("LK03"), IsEmpty()) << "what the first run tells is judged all the same";
}

}  // namespace
}  // namespace prodclone::workflow
