#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include <prodclone/pg/session.hpp>

#include "support/eventually.hpp"
#include "support/selftest_server.hpp"

namespace prodclone::pg {
namespace {

using testing::HasSubstr;
using testing::Not;

class SessionTest : public testing::Test {
 protected:
  selftest::ScratchDatabase scratch_;
  Session session_{scratch_.conninfo()};
};

TEST_F(SessionTest, BindsParametersAndKeepsNullApartFromEmpty) {
  const auto result = session_.query("SELECT $1::text AS a, $2::text AS b, $3::text AS c", {"it's", std::nullopt, ""});
  EXPECT_EQ(result.text(0, "a"), "it's");
  EXPECT_TRUE(result.is_null(0, "b"));
  EXPECT_EQ(result.optional_text(0, "c"), "");
}

TEST_F(SessionTest, RunsSeveralStatementsAndCountsRows) {
  session_.execute("CREATE TABLE t (x int); INSERT INTO t SELECT generate_series(1, 5)");
  EXPECT_EQ(session_.query("UPDATE t SET x = x + 1 WHERE x > 2").affected_rows(), 3);
  EXPECT_EQ(session_.query("SELECT x FROM t").rows(), 5U);
  EXPECT_EQ(session_.query("SELECT x FROM t WHERE false").columns().at(0), "x");
}

TEST_F(SessionTest, AnErrorCarriesItsFacts) {
  session_.execute("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)");
  try {
    session_.query("INSERT INTO t VALUES (1)");
    FAIL() << "nothing was thrown";
  } catch (const SqlError& error) {
    EXPECT_TRUE(error.is("23505"));
    EXPECT_EQ(error.facts().message, "duplicate key value violates unique constraint \"t_pkey\"");
    EXPECT_EQ(error.facts().detail, "Key (id)=(1) already exists.");
    EXPECT_THAT(error.facts().statement, HasSubstr("INSERT INTO t"));
  }
  try {
    session_.query("SELECT y FROM t");
    FAIL() << "nothing was thrown";
  } catch (const SqlError& error) {
    EXPECT_TRUE(error.is("42703"));
    EXPECT_EQ(error.facts().message, "column \"y\" does not exist");
  }
  EXPECT_EQ(session_.query("SELECT 1 AS one").integer(0, "one"), 1) << "an error leaves the session usable";
}

TEST_F(SessionTest, ASnapshotSeesOneMomentAndMayNotWrite) {
  session_.execute("CREATE TABLE t (x int)");
  Session other(scratch_.conninfo());
  session_.in_snapshot([&] {
    EXPECT_EQ(session_.query("SELECT count(*) AS n FROM t").integer(0, "n"), 0);
    other.execute("INSERT INTO t VALUES (1)");
    EXPECT_EQ(session_.query("SELECT count(*) AS n FROM t").integer(0, "n"), 0);
  });
  EXPECT_EQ(session_.query("SELECT count(*) AS n FROM t").integer(0, "n"), 1);
  try {
    session_.in_snapshot([&] { session_.execute("DELETE FROM t"); });
    FAIL() << "it wrote";
  } catch (const SqlError& error) {
    EXPECT_TRUE(error.is("25006"));
  }
}

TEST_F(SessionTest, ATransactionIsCommittedOrRolledBack) {
  session_.execute("CREATE TABLE t (x int)");
  session_.in_transaction([&] { session_.execute("INSERT INTO t VALUES (1)"); });
  EXPECT_THROW(session_.in_transaction([&] {
    session_.execute("INSERT INTO t VALUES (2)");
    throw std::runtime_error("changed my mind");
  }),
               std::runtime_error);
  EXPECT_EQ(session_.query("SELECT sum(x) AS n FROM t").integer(0, "n"), 1);
}

TEST_F(SessionTest, ALostConnectionSaysSo) {
  Session killer(scratch_.conninfo());
  const auto pid = std::to_string(session_.backend_pid());
  killer.query("SELECT pg_catalog.pg_terminate_backend($1::int)", {pid});
  ASSERT_TRUE(selftest::eventually([&] {
    return killer.query("SELECT FROM pg_catalog.pg_stat_activity WHERE pid = $1::int", {pid}).affected_rows() == 0;
  }));
  try {
    session_.query("SELECT 1");
    FAIL() << "the session lives";
  } catch (const SqlError& error) {
    EXPECT_TRUE(error.connection_lost()) << error.what();
  }
}

TEST_F(SessionTest, NoticesDoNotReachTheTerminal) {
  testing::internal::CaptureStderr();
  session_.execute("DROP TABLE IF EXISTS absent");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(SessionTest, KnowsItsServerAndItself) {
  EXPECT_EQ(session_.server_major(), selftest::server_major());
  EXPECT_EQ(std::to_string(session_.backend_pid()),
            session_.query("SELECT pg_catalog.pg_backend_pid() AS pid").text(0, "pid"));
  EXPECT_EQ(session_.query("SELECT current_setting('client_encoding') AS e").text(0, "e"), "UTF8");
  EXPECT_EQ(session_.query("SELECT current_setting('application_name') AS a").text(0, "a"), "prodclone");
}

TEST(Session, SpeaksAsAnOrdinaryRoleOverTcp) {
  Session session(selftest::ordinary_role());
  const auto result = session.query(
      "SELECT rolsuper, rolcreatedb, inet_server_addr() IS NOT NULL AS tcp FROM pg_catalog.pg_roles WHERE rolname = "
      "current_user");
  EXPECT_FALSE(result.boolean(0, "rolsuper"));
  EXPECT_TRUE(result.boolean(0, "rolcreatedb"));
  EXPECT_TRUE(result.boolean(0, "tcp"));
}

TEST(Session, AWrongPasswordIsToldWithoutThePassword) {
  auto info = selftest::ordinary_role();
  info.password = Secret("hunter2");
  try {
    const Session session(info);
    FAIL() << "it connected";
  } catch (const SqlError& error) {
    EXPECT_THAT(error.what(), HasSubstr(masked(info)));
    EXPECT_THAT(error.what(), HasSubstr("where the password comes from"));
    EXPECT_THAT(error.what(), Not(HasSubstr("hunter2")));
  }
}

TEST(Session, AnAbsentServerIsToldWithWhatToLookAt) {
  try {
    const Session session(ConnInfo{.host = "/nonexistent", .user = "u", .database = "d"});
    FAIL() << "it connected";
  } catch (const SqlError& error) {
    EXPECT_EQ(error.failure(), Failure::could_not_check);
    EXPECT_TRUE(error.connection_lost());
    EXPECT_THAT(error.what(), HasSubstr("host=/nonexistent"));
    EXPECT_THAT(error.what(), HasSubstr("check that the server runs"));
  }
}

}  // namespace
}  // namespace prodclone::pg
