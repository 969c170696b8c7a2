#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/data/requirements.hpp>
#include <support/selftest_server.hpp>

namespace prodclone::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Two databases of one schema: a migration runs on the empty one, what it adds is tried on the rows of the other.
class Trials : public testing::Test {
 protected:
  void both(const std::string& sql) {
    shape_.execute(sql);
    rows_.execute(sql);
  }
  std::vector<TrialReport> tried(const std::string& migration, bool reveal = false) {
    const auto before = read_requirements(shape_);
    shape_.execute(migration);
    return run_trials(database_.conninfo(), plan_trials(before, read_requirements(shape_)), reveal);
  }
  TrialReport only(const std::string& migration, bool reveal = false) {
    const auto reports = tried(migration, reveal);
    EXPECT_EQ(reports.size(), 1U);
    return reports.empty() ? TrialReport{} : reports.front();
  }
  selftest::ScratchDatabase empty_, database_;
  pg::Session shape_{empty_.conninfo()}, rows_{database_.conninfo()};
};

TEST_F(Trials, FindOrphansThroughRenames) {
  both("CREATE TABLE entity (id int PRIMARY KEY); CREATE TABLE doc (id int, entity_id bigint)");
  rows_.execute("INSERT INTO entity VALUES (1); INSERT INTO doc VALUES (1, 1), (2, 7), (3, NULL), (4, 8)");
  const auto report = only("ALTER TABLE entity RENAME TO tenant; ALTER TABLE doc RENAME entity_id TO tenant_id; ALTER TABLE doc ADD FOREIGN KEY (tenant_id) REFERENCES tenant NOT VALID");
  EXPECT_EQ(report.trial.requirement.kind, RequirementKind::foreign_key);
  EXPECT_FALSE(report.trial.requirement.validated);
  EXPECT_EQ(report.offenders, 2);
  EXPECT_THAT(report.samples, ElementsAre("public.doc at ctid (0,2)", "public.doc at ctid (0,4)"));
  EXPECT_THAT(report.trial.columns, ElementsAre("entity_id"));
  // What is printed runs on production as it is, and the choices do what they say.
  EXPECT_EQ(rows_.query(report.trial.listing).rows(), 2U);
  const auto begin = report.trial.repairs.find("DELETE FROM");
  rows_.execute(report.trial.repairs.substr(begin, report.trial.repairs.find('\n', begin) - begin));
  EXPECT_EQ(rows_.query("SELECT * FROM doc").rows(), 2U);
}

TEST_F(Trials, FollowMatchFull) {
  both("CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE c (x int, y int)");
  rows_.execute("INSERT INTO c VALUES (NULL, NULL), (1, NULL)");
  EXPECT_EQ(only("ALTER TABLE c ADD FOREIGN KEY (x, y) REFERENCES p MATCH FULL").offenders, 1);
}

TEST_F(Trials, CountRowsThatBreakACheck) {
  both("CREATE TABLE t (id int PRIMARY KEY, amount numeric)");
  rows_.execute("INSERT INTO t VALUES (1, 5), (2, -5), (3, NULL)");
  const auto report = only("ALTER TABLE t RENAME amount TO total; ALTER TABLE t ADD CONSTRAINT positive CHECK (total > 0)", true);
  EXPECT_EQ(report.offenders, 1);
  EXPECT_THAT(report.samples, ElementsAre("public.t at ctid (0,2): total=-5"));
}

TEST_F(Trials, CountRowsWithoutAValue) {
  both("CREATE TABLE t (id int, note text)");
  rows_.execute("INSERT INTO t VALUES (1, NULL), (2, 'x'), (3, NULL)");
  const auto report = only("ALTER TABLE t ALTER note SET NOT NULL");
  EXPECT_EQ(report.trial.requirement.kind, RequirementKind::not_null);
  EXPECT_EQ(report.offenders, 2);
  EXPECT_THAT(report.trial.repairs, HasSubstr("UPDATE public.t SET note = … WHERE note IS NULL;"));
}

TEST_F(Trials, CountRowsThatShareAKey) {
  both("CREATE TABLE t (id int, email text, gone bool DEFAULT false)");
  rows_.execute("INSERT INTO t VALUES (1, 'a@x'), (2, 'A@x'), (3, NULL), (4, NULL), (5, 'b@x'), (6, 'b@x')"); rows_.execute("UPDATE t SET gone = true WHERE id = 6");
  EXPECT_EQ(only("CREATE UNIQUE INDEX ON t (email)").offenders, 2);
  EXPECT_EQ(only("CREATE UNIQUE INDEX ON t (email) WHERE NOT gone").offenders, 0);
  const auto folded = only("CREATE UNIQUE INDEX ON t (lower(email))");
  EXPECT_EQ(folded.offenders, 4);
  EXPECT_THAT(folded.samples, ElementsAre("2 rows share one key", "2 rows share one key"));
  EXPECT_EQ(only("ALTER TABLE t ADD UNIQUE (id)").offenders, 0);
  EXPECT_THAT(only("CREATE UNIQUE INDEX ON t (email, gone)", true).samples, IsEmpty());
}

TEST_F(Trials, CountPairsThatClash) {
  both("CREATE TABLE t (room int4range, during tsrange)");
  rows_.execute("INSERT INTO t VALUES ('[1,1]', '[2026-01-01,2026-01-03)'), ('[1,1]', '[2026-01-02,2026-01-04)'), ('[2,2]', '[2026-01-02,2026-01-04)')");
  EXPECT_EQ(only("ALTER TABLE t ADD EXCLUDE USING gist (room WITH =, during WITH &&)").offenders, 1);
}

TEST_F(Trials, SeeRowsWithTheTypeThatTheyWillHave) {
  both("CREATE TABLE t (at timestamp, code text)");
  rows_.execute("INSERT INTO t VALUES ('2026-01-01 10:00', 'a1'), ('2026-01-01 11:00', 'b')");
  EXPECT_EQ(only("ALTER TABLE t ALTER at TYPE date; CREATE UNIQUE INDEX ON t (at)").offenders, 2);
}

TEST_F(Trials, SayWhatIsNotTried) {
  both("CREATE TABLE t (id int, code text); INSERT INTO t VALUES (1, 'x')");
  const auto reports = tried("CREATE TABLE u (id int PRIMARY KEY); ALTER TABLE t ADD u_id int REFERENCES u; CREATE FUNCTION fine(text) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true';"
                             "ALTER TABLE t ADD CONSTRAINT fine CHECK (fine(code))");
  ASSERT_EQ(reports.size(), 4U);
  for (const auto& report : reports) EXPECT_EQ(report.offenders, std::nullopt) << report.trial.requirement.name;
  EXPECT_THAT(reports[0].not_tried, HasSubstr("the migration itself creates"));
  std::vector<std::string> reasons;
  for (const auto& report : reports) reasons.push_back(report.not_tried);
  EXPECT_THAT(reasons, testing::Contains(HasSubstr("fine(text) does not exist")));
  EXPECT_THAT(reasons, testing::Contains("the migration itself creates public.t.u_id"));
}

TEST_F(Trials, LeaveOutWhatWasThereBefore) {
  both("CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL CHECK (n > 0)); CREATE TABLE c (t_id int CONSTRAINT old REFERENCES t); CREATE UNIQUE INDEX u ON t (n)");
  EXPECT_THAT(tried("ALTER TABLE t RENAME TO s; ALTER TABLE c RENAME CONSTRAINT old TO new; ALTER TABLE s ADD CONSTRAINT n_key UNIQUE USING INDEX u; ALTER TABLE s ADD note text"), IsEmpty());
}

TEST_F(Trials, CountOnceInPartitions) {
  both("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int, p_id int) PARTITION BY LIST (id); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t2 PARTITION OF t DEFAULT");
  rows_.execute("INSERT INTO t VALUES (1, 5), (2, NULL)");
  const auto reports = tried("ALTER TABLE t ADD FOREIGN KEY (p_id) REFERENCES p; ALTER TABLE t ALTER p_id SET NOT NULL; ALTER TABLE t ADD CHECK (id < 2)");
  ASSERT_EQ(reports.size(), 3U);
  for (const auto& report : reports) {
    EXPECT_EQ(report.trial.table, "public.t");
    EXPECT_EQ(report.offenders, 1) << report.trial.requirement.definition << report.not_tried;
  }
}

}  // namespace
}  // namespace prodclone::data
