#include <gmock/gmock.h>

#include <stdexcept>

#include "cluster_fixture.hpp"

namespace prodclone::databases {
namespace {

using testing::IsEmpty;
using testing::StartsWith;

class ClusterMakeTest : public ClusterFixture {};

TEST_F(ClusterMakeTest, FillsUnderATemporaryNameAndMarksFirst) {
  cluster_.make(named("a"), as(Use::pristine), {}, [&](const pg::ConnInfo& database) {
    EXPECT_THAT(database.database, StartsWith("prodclone_tmp_"));
    EXPECT_FALSE(cluster_.exists(named("a"))) << "what bears its final name is complete";
    const auto owned = cluster_.owned();
    ASSERT_EQ(owned.size(), 1U);
    EXPECT_EQ(owned[0].name, database.database);
    EXPECT_TRUE(owned[0].unfinished);
    EXPECT_EQ(owned[0].mark.use, Use::pristine) << "so that the next run can remove it when this one is killed now";
    EXPECT_EQ(owned[0].mark.run, "run");
    pg::Session(database).execute("CREATE TABLE t ()");
  });
  const auto found = cluster_.find(named("a"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, named("a"));
  EXPECT_FALSE(found->unfinished);
  EXPECT_FALSE(found->sealed);
  EXPECT_EQ(found->sessions, 0);
  EXPECT_EQ(found->mark.workspace, "workspace " + id_);
  EXPECT_EQ(found->mark.project, "shop");
  EXPECT_EQ(found->mark.key, "key");
  EXPECT_EQ(found->mark.note, "note");
  EXPECT_NE(found->mark.made_at, "");
  EXPECT_EQ(pg::Session(cluster_.conninfo(named("a"))).query("SELECT FROM t").rows(), 0U);
}

TEST_F(ClusterMakeTest, LeavesNothingWhenFillThrows) {
  EXPECT_THROW(cluster_.make(named("a"), as(Use::clone), {}, [](const pg::ConnInfo& database) {
    pg::Session(database).execute("CREATE TABLE t ()");
    throw std::runtime_error("the disk broke");
  }), std::runtime_error);
  EXPECT_THAT(cluster_.owned(), IsEmpty());
  EXPECT_FALSE(cluster_.exists(named("a")));
}

TEST_F(ClusterMakeTest, LeavesNothingWhenFillFailsWithItsSessionOpen) {
  std::optional<pg::Session> open;
  const auto error = error_of([&] {
    cluster_.make(named("a"), as(Use::clone), {}, [&](const pg::ConnInfo& database) {
      open.emplace(database);
      open->execute("SELECT 1/0");
    });
  });
  EXPECT_THAT(error.what_failed(), StartsWith("division by zero (SQLSTATE 22012).")) << "the first error is told";
  EXPECT_THAT(cluster_.owned(), IsEmpty());
}

TEST_F(ClusterMakeTest, TakesThePlaceOfWhatItMadeBefore) {
  made("a");
  cluster_.make(named("a"), as(Use::fresh), {}, nothing);
  EXPECT_EQ(cluster_.find(named("a"))->mark.use, Use::fresh);
  EXPECT_TRUE(pg::Session(cluster_.conninfo(named("a"))).query("SELECT pg_catalog.to_regclass('t') IS NULL AS gone").boolean(0, "gone"));
}

TEST_F(ClusterMakeTest, TakesThePlaceOfNothingElse) {
  cluster_.session().execute("CREATE DATABASE " + pg::quote_identifier(named("a")) + " TEMPLATE template0");
  const auto error = error_of([&] { cluster_.make(named("a"), as(Use::clone), {}, nothing); });
  EXPECT_EQ(error.failure(), Failure::refused);
  EXPECT_TRUE(cluster_.exists(named("a")));
  EXPECT_THAT(cluster_.owned(), IsEmpty());
  cluster_.session().execute("DROP DATABASE " + pg::quote_identifier(named("a")));
}

TEST_F(ClusterMakeTest, GivesTheLocaleThatWasAskedFor) {
  cluster_.make(named("a"), as(Use::scratch), {.encoding = "SQL_ASCII", .collate = "C", .ctype = "C"}, nothing);
  const auto facts = cluster_.session().query(
      "SELECT pg_encoding_to_char(encoding) AS encoding, datcollate, datctype FROM pg_database WHERE datname = $1", {named("a")});
  EXPECT_EQ(facts.text(0, "encoding"), "SQL_ASCII");
  EXPECT_EQ(facts.text(0, "datcollate"), "C");
  EXPECT_EQ(facts.text(0, "datctype"), "C");
}

TEST_F(ClusterMakeTest, OwnsOnlyWhatItsWorkspaceMarked) {
  made("a");
  other_workspace_.make(named("b"), as(Use::clone), {}, nothing);
  ASSERT_EQ(cluster_.owned().size(), 1U);
  EXPECT_EQ(cluster_.owned()[0].name, named("a"));
  ASSERT_EQ(other_workspace_.owned().size(), 1U);
  EXPECT_EQ(other_workspace_.owned()[0].name, named("b"));
}

TEST_F(ClusterMakeTest, ACommentThatLooksLikeAMarkHindersNobody) {
  const auto name = pg::quote_identifier(named("a"));
  cluster_.session().execute("CREATE DATABASE " + name + " TEMPLATE template0");
  cluster_.session().execute("COMMENT ON DATABASE " + name + R"( IS 'prodclone: {"schema":"prodclone/mark/1","use":7}')");
  EXPECT_THAT(cluster_.owned(), IsEmpty());
  cluster_.session().execute("DROP DATABASE " + name);
}

TEST_F(ClusterMakeTest, CountsTheSessions) {
  made("a");
  pg::Session one(cluster_.conninfo(named("a"))), two(cluster_.conninfo(named("a")));
  EXPECT_EQ(cluster_.find(named("a"))->sessions, 2);
}

TEST(ClusterRoom, IsCheckedAgainstWhatTheDiskHas) {
  const auto cluster_with = [](std::optional<Bytes> free) {
    return Cluster({}, "w", "p", [free] { return free; });  // connects to nothing
  };
  EXPECT_NO_THROW(cluster_with(Bytes{1001}).ensure_room_for({1000}, "Loading"));
  EXPECT_NO_THROW(cluster_with(std::nullopt).ensure_room_for({1000}, "Loading")) << "not ours to see";
  EXPECT_NO_THROW(Cluster({}, "w", "p").ensure_room_for({1000}, "Loading"));
  try {
    cluster_with(Bytes{512 << 20}).ensure_room_for({3LL << 30}, "Loading prod.dump");
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::could_not_check);
    EXPECT_EQ(error.what_failed(), fmt::format("Loading prod.dump needs about {} and the server's disk has {} left.",
                                               to_string(Bytes{3LL << 30}), to_string(Bytes{512 << 20})));
    EXPECT_EQ(error.remedy(), "Free some room (`prodclone drop-clone` removes what earlier commands kept), or move the project's "
                              ".prodclone folder to a larger disk.");
  }
}

}  // namespace
}  // namespace prodclone::databases
