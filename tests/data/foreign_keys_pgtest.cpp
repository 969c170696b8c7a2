#include <prodclone/data/foreign_keys.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <support/selftest_server.hpp>

namespace prodclone::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ForeignKeys : public testing::Test {
 protected:
  selftest::ScratchDatabase scratch_;
  pg::Session session_{scratch_.conninfo()};

  // Writes past the checks, as replication and restores with disabled triggers do.
  void plant(const std::string& sql) {
    session_.execute("SET session_replication_role = replica; " + sql + "; RESET session_replication_role");
  }
  ForeignKeyReport only_report(ForeignKeyOptions options = {}) {
    auto reports = count_orphans(scratch_.conninfo(), options);
    EXPECT_EQ(reports.keys.size(), 1U);
    return reports.keys.at(0);
  }
};

TEST_F(ForeignKeys, CountsOrphansBehindAValidatedKey) {
  session_.execute("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int, p_id int CONSTRAINT fk REFERENCES p);"
                   "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1), (2, NULL)");
  EXPECT_EQ(only_report().orphans, 0);
  plant("INSERT INTO c VALUES (3, 77), (4, 78)");
  // The trap: the server sees nothing to validate.
  session_.execute("ALTER TABLE c VALIDATE CONSTRAINT fk");
  const auto report = only_report();
  EXPECT_TRUE(report.key.validated);
  EXPECT_EQ(report.orphans, 2);
  EXPECT_EQ(report.key.name, "fk");
  EXPECT_EQ(report.key.child, "public.c");
  EXPECT_EQ(report.key.parent, "public.p");
}

TEST_F(ForeignKeys, SamplesArePlacesUnlessKeysAreAskedFor) {
  session_.execute("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p_id int REFERENCES p)");
  plant("INSERT INTO c SELECT 4711 + n FROM generate_series(0, 9) n");
  const auto masked = only_report();
  EXPECT_EQ(masked.samples.size(), 5U);
  EXPECT_EQ(masked.samples.at(0), (Orphan{.table = "public.c", .ctid = "(0,1)"}));
  const auto revealed = only_report({.samples = 1, .reveal_keys = true});
  EXPECT_THAT(revealed.samples.at(0).key, ElementsAre("4711"));
}

TEST_F(ForeignKeys, ComparesAllColumnsOfACompositeKey) {
  session_.execute("CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE c (x int, y int, FOREIGN KEY (x, y) REFERENCES p);"
                   "INSERT INTO p VALUES (1, 1), (2, 2); INSERT INTO c VALUES (1, 1), (NULL, 9)");
  plant("INSERT INTO c VALUES (1, 2)");
  EXPECT_EQ(only_report().orphans, 1);
}

TEST_F(ForeignKeys, HalfNullKeysAreOrphansOnlyUnderMatchFull) {
  session_.execute("CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)); INSERT INTO p VALUES (1, 1);"
                   "CREATE TABLE c (x int, y int, FOREIGN KEY (x, y) REFERENCES p MATCH FULL); INSERT INTO c VALUES (NULL, NULL), (1, 1)");
  plant("INSERT INTO c VALUES (1, NULL)");
  const auto report = only_report();
  EXPECT_TRUE(report.key.match_full);
  EXPECT_EQ(report.orphans, 1);
}

TEST_F(ForeignKeys, FollowsSelfReferencesDeferrableOnesToo) {
  session_.execute("CREATE TABLE t (id int PRIMARY KEY, up int REFERENCES t DEFERRABLE INITIALLY DEFERRED); INSERT INTO t VALUES (1, NULL), (2, 1)");
  plant("INSERT INTO t VALUES (3, 99)");
  const auto report = only_report();
  EXPECT_TRUE(report.key.deferrable && report.key.initially_deferred);
  EXPECT_EQ(report.orphans, 1);
}

TEST_F(ForeignKeys, ComparesAcrossTypes) {
  session_.execute("CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE c (p_id int REFERENCES p); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1)");
  plant("INSERT INTO c VALUES (2)");
  EXPECT_EQ(only_report().orphans, 1);
}

TEST_F(ForeignKeys, CountsOnceWhereBothSidesArePartitioned) {
  session_.execute("CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);"
                   "CREATE TABLE p2 PARTITION OF p DEFAULT; CREATE TABLE c (p_id int REFERENCES p) PARTITION BY LIST (p_id);"
                   "CREATE TABLE c1 PARTITION OF c FOR VALUES IN (1, 2); CREATE TABLE c2 PARTITION OF c DEFAULT;"
                   "INSERT INTO p VALUES (1), (11); INSERT INTO c VALUES (1), (11)");
  plant("INSERT INTO c VALUES (2), (12)");
  const auto report = only_report();
  EXPECT_EQ(report.orphans, 2);
  std::vector<std::string> places;
  for (const auto& sample : report.samples) places.push_back(sample.table);
  EXPECT_THAT(places, testing::UnorderedElementsAre("public.c1", "public.c2"));
}

TEST_F(ForeignKeys, LeavesInheritanceChildrenOut) {
  session_.execute("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p_id int REFERENCES p); CREATE TABLE heir () INHERITS (c); INSERT INTO heir VALUES (777)");
  EXPECT_EQ(only_report().orphans, 0);
}

TEST_F(ForeignKeys, LooksBehindKeysThatWereNeverValidated) {
  session_.execute("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p_id int); INSERT INTO c VALUES (5);"
                   "ALTER TABLE c ADD CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p NOT VALID");
  const auto report = only_report();
  EXPECT_FALSE(report.key.validated);
  EXPECT_EQ(report.orphans, 1);
}

TEST_F(ForeignKeys, QuotesNamesThatNeedIt) {
  session_.execute(R"(CREATE SCHEMA "a b"; CREATE TABLE "a b"."P""q" ("Id" int PRIMARY KEY); CREATE TABLE "a b"."C,d" ("P Id" int CONSTRAINT "f k" REFERENCES "a b"."P""q"))");
  plant(R"(INSERT INTO "a b"."C,d" VALUES (1))");
  const auto report = only_report({.reveal_keys = true});
  EXPECT_EQ(report.key.child, R"("a b"."C,d")");
  EXPECT_THAT(report.key.child_columns, ElementsAre(R"("P Id")"));
  EXPECT_EQ(report.orphans, 1);
  EXPECT_THAT(report.samples.at(0).key, ElementsAre("1"));
}

TEST_F(ForeignKeys, RowSecurityThatWouldHideRowsIsAFailureToCount) {
  const auto owner = selftest::ordinary_role();
  session_.execute("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p_id int REFERENCES p, who text);"
                   "ALTER TABLE c ENABLE ROW LEVEL SECURITY; ALTER TABLE c FORCE ROW LEVEL SECURITY; CREATE POLICY mine ON c USING (who = 'me');"
                   "GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC; GRANT ALL ON SCHEMA public TO PUBLIC");
  plant("INSERT INTO c VALUES (1, 'you')");
  auto database = scratch_.conninfo();
  database.host = owner.host;
  database.port = owner.port;
  database.user = owner.user;
  database.password = owner.password;
  const auto reports = count_orphans(database);
  ASSERT_EQ(reports.keys.size(), 1U);
  EXPECT_EQ(reports.keys[0].orphans, std::nullopt);
  EXPECT_THAT(reports.keys[0].could_not_count, HasSubstr("row-level security policy"));
}

TEST_F(ForeignKeys, RepairsDoWhatTheySayAndPastingThemChangesNothing) {
  session_.execute("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p_id int REFERENCES p); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1)");
  plant("INSERT INTO c VALUES (2), (3)");
  const auto sql = repair_sql(only_report().key);
  session_.execute(sql);
  EXPECT_EQ(only_report().orphans, 2);
  for (const char* choice : {"DELETE FROM", "UPDATE", "INSERT INTO"}) {
    SCOPED_TRACE(choice);
    const auto begin = sql.find(choice);
    ASSERT_NE(begin, std::string::npos);
    try {
      session_.in_transaction([&] {
        session_.execute(sql.substr(begin, sql.find('\n', begin) - begin));
        const auto rest = session_.query("SELECT count(*) AS n " + only_report().key.orphans_from).integer(0, "n");
        EXPECT_EQ(rest, 0);
        throw Error(Failure::check_failed, "roll back");
      });
    } catch (const Error&) {
      // The next choice starts from the same orphans.
    }
  }
}

TEST_F(ForeignKeys, ListsEveryKeyOverSeveralConnections) {
  for (int n = 0; n < 9; ++n) {
    const auto i = std::to_string(n);
    session_.execute("CREATE TABLE p" + i + " (id int PRIMARY KEY); CREATE TABLE c" + i + " (p_id int CONSTRAINT fk REFERENCES p" + i + ")");
    plant("INSERT INTO c" + i + " SELECT n FROM generate_series(1, " + i + ") n");
  }
  std::vector<ProgressReport> seen;
  const auto reports = count_orphans(scratch_.conninfo(), {.connections = 4, .progress = [&](const ProgressReport& report) { seen.push_back(report); }});
  ASSERT_EQ(seen.size(), 11U);
  EXPECT_EQ(seen.back().phase, "") << "it is over";
  seen.pop_back();
  for (std::size_t i = 1; i < seen.size(); ++i) EXPECT_GE(seen[i].done, seen[i - 1].done);
  EXPECT_EQ(seen.back().done, seen.back().total);
  EXPECT_EQ(seen.back().detail, "9 of 9 foreign keys");
  std::vector<std::int64_t> orphans;
  for (const auto& report : reports.keys) orphans.push_back(report.orphans.value_or(-1));
  EXPECT_THAT(orphans, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8));
}

TEST_F(ForeignKeys, MergesOnlyWhereAnIndexBeginsWithTheKey) {
  session_.execute("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p_id int REFERENCES p, q_id int REFERENCES p, n int);"
                   "CREATE INDEX ON c (p_id, n); CREATE INDEX ON c (n, q_id)");
  const auto reports = count_orphans(scratch_.conninfo());
  ASSERT_EQ(reports.keys.size(), 2U);
  EXPECT_TRUE(reports.keys[0].key.indexed);
  EXPECT_FALSE(reports.keys[1].key.indexed);
}

TEST_F(ForeignKeys, ADatabaseWithoutForeignKeysHasNoReports) {
  EXPECT_THAT(count_orphans(scratch_.conninfo()).keys, IsEmpty());
}

}  // namespace
}  // namespace prodclone::data
