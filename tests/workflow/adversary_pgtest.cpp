// The pending migrations with somebody in their way, as the lock suite and `prodclone rehearse` ask for it.
#include <prodclone/workflow/adversary.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

class SomebodyInTheWay : public TeamRun {};

constexpr const char* down = "ALTER TABLE person DROP COLUMN born;\n";

TEST_F(SomebodyInTheWay, AMigrationWithoutPatienceStopsEverybody) {
  team_.configure(R"(, "budgets": {"holder_ms": 1200, "queue_ms": 800, "large_rows": 1})");
  team_.migration("002-born", "ALTER TABLE person ADD COLUMN born date;\n", down);
  const auto findings = standoff_findings(run(), "LK10");
  EXPECT_THAT(findings, ElementsAre(AllOf(Field(&checks::Finding::severity, Severity::failure), Field(&checks::Finding::object, "public.person"),
                                          Field(&checks::Finding::where, "002-born"))));
  EXPECT_THAT(standoff_findings(run(), "LK19"), IsEmpty());
  EXPECT_THAT(standoffs(run()).fought, SizeIs(1)) << "read back, not fought again";
}

TEST_F(SomebodyInTheWay, OneThatYieldsAndComesAgainDoesNot) {
  team_.configure(R"(, "budgets": {"holder_ms": 1200, "queue_ms": 800, "large_rows": 1})", R"("layout": "migratus", "attempts": 60, "pause_ms": 200)");
  team_.migration("002-born", "SET LOCAL lock_timeout = '100ms';\n--;;\nALTER TABLE person ADD COLUMN born date;\n", down);
  EXPECT_THAT(standoff_findings(run()), IsEmpty());
  const auto fought = standoffs(run()).fought;
  ASSERT_THAT(fought, SizeIs(1));
  EXPECT_TRUE(fought[0].met);
  EXPECT_GT(fought[0].attempts.size(), 1U);
}

TEST_F(SomebodyInTheWay, WithoutTimeForItThatIsSaid) {
  team_.configure(R"(, "budgets": {"adversary_seconds": 0})");
  team_.migration("002-born", "ALTER TABLE person ADD COLUMN born date;\n", down);
  EXPECT_THAT(standoff_findings(run()), ElementsAre(Field(&checks::Finding::severity, Severity::not_checked)));
}

}  // namespace
}  // namespace prodclone::workflow
