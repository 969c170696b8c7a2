#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include <prodclone/pg/driver.hpp>

#include "support/eventually.hpp"
#include "support/selftest_server.hpp"

namespace prodclone::pg {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

class DriverTest : public testing::Test {
 protected:
  selftest::ScratchDatabase scratch_;
  Driver driver_{scratch_.conninfo()};
};

TEST_F(DriverTest, GivesTheResultOfTheLastStatement) {
  const auto result = driver_.run("CREATE TABLE t (x int); INSERT INTO t VALUES (1), (2); SELECT x FROM t ORDER BY x");
  EXPECT_EQ(result.rows(), 2U);
  EXPECT_EQ(result.integer(1, "x"), 2);
  EXPECT_EQ(driver_.run("INSERT INTO t SELECT 3").affected_rows(), 1);
  EXPECT_EQ(driver_.run("").rows(), 0U);
}

TEST_F(DriverTest, HandsOverNoticesWithTheirSourceFunction) {
  std::vector<Notice> notices;
  driver_.run("CREATE TABLE t (x int); INSERT INTO t VALUES (1); SET client_min_messages = debug1");
  driver_.on_notice([&](const Notice& notice) { notices.push_back(notice); });
  driver_.run("ALTER TABLE t ALTER x TYPE bigint");
  EXPECT_THAT(notices,
              Contains(AllOf(Field(&Notice::severity, "DEBUG"), Field(&Notice::source_function, "ATRewriteTable"),
                             Field(&Notice::message, "rewriting table \"t\""))));
  notices.clear();
  driver_.run("DO $$ BEGIN RAISE WARNING 'careful' USING ERRCODE = '01234', TABLE = 't'; END $$");
  EXPECT_THAT(notices, ElementsAre(AllOf(Field(&Notice::severity, "WARNING"), Field(&Notice::sqlstate, "01234"),
                                         Field(&Notice::message, "careful"), Field(&Notice::table, "t"))));
}

TEST_F(DriverTest, AnExceptionOfTheSinkArrivesAfterTheStatement) {
  driver_.on_notice([](const Notice&) { throw std::runtime_error("the sink is full"); });
  EXPECT_THROW(driver_.run("CREATE TABLE t (); DO $$ BEGIN RAISE NOTICE 'a'; END $$"), std::runtime_error);
  driver_.on_notice({});
  EXPECT_EQ(driver_.run("SELECT FROM t").command_tag(), "SELECT 0")
      << "the statement had its effect, the driver goes on";
}

TEST_F(DriverTest, AnErrorCarriesEveryFact) {
  driver_.run("CREATE TABLE t (id int CONSTRAINT positive CHECK (id > 0))");
  try {
    driver_.run("INSERT INTO t VALUES (0)");
    FAIL() << "nothing was thrown";
  } catch (const SqlError& error) {
    EXPECT_TRUE(error.is("23514"));
    EXPECT_EQ(error.facts().schema, "public");
    EXPECT_EQ(error.facts().table, "t");
    EXPECT_EQ(error.facts().constraint, "positive");
    EXPECT_EQ(error.facts().detail, "Failing row contains (0).");
    EXPECT_EQ(error.facts().statement, "INSERT INTO t VALUES (0)");
  }
  try {
    driver_.run("SELECT nope FROM t");
    FAIL() << "nothing was thrown";
  } catch (const SqlError& error) {
    EXPECT_EQ(error.facts().position, 8);
  }
}

TEST_F(DriverTest, FeedsCopy) {
  driver_.run("CREATE TABLE t (a int, b text)");
  EXPECT_EQ(driver_.copy_in("COPY t FROM STDIN", "1\tx\n2\t\\N\n").affected_rows(), 2);
  std::string much;
  for (int i = 0; i < 300'000; ++i) much += std::to_string(i) + "\tvalue\n";
  EXPECT_EQ(driver_.copy_in("COPY t FROM STDIN", much).affected_rows(), 300'000);
}

TEST_F(DriverTest, ABadCopyIsAnErrorAndTheDriverGoesOn) {
  driver_.run("CREATE TABLE t (a int)");
  for (const auto& [statement, data, state] :
       {std::tuple{"COPY t FROM STDIN", "x\n", "22P02"}, std::tuple{"COPY absent FROM STDIN", "1\n", "42P01"},
        std::tuple{"SELECT 1", "1\n", ""}}) {
    try {
      driver_.copy_in(statement, data);
      ADD_FAILURE() << statement << " worked";
    } catch (const SqlError& error) {
      EXPECT_EQ(error.facts().sqlstate, state) << error.what();
    }
    EXPECT_EQ(driver_.transaction_state(), TransactionState::idle);
  }
  try {
    driver_.run("COPY t FROM STDIN");
    FAIL() << "COPY without data worked";
  } catch (const SqlError& error) {
    EXPECT_TRUE(error.is("57014")) << error.what();
  }
  EXPECT_EQ(driver_.run("COPY (SELECT 1) TO STDOUT").command_tag(), "COPY 1");
}

TEST_F(DriverTest, TellsTheStateOfItsTransaction) {
  EXPECT_EQ(driver_.transaction_state(), TransactionState::idle);
  driver_.run("BEGIN");
  EXPECT_EQ(driver_.transaction_state(), TransactionState::in_transaction);
  EXPECT_THROW(driver_.run("SELECT 1/0"), SqlError);
  EXPECT_EQ(driver_.transaction_state(), TransactionState::failed_transaction);
  driver_.run("ROLLBACK");
  EXPECT_EQ(driver_.transaction_state(), TransactionState::idle);
}

TEST_F(DriverTest, ALostConnectionSaysSo) {
  Driver killer(scratch_.conninfo());
  const auto pid = std::to_string(driver_.backend_pid());
  killer.run("SELECT pg_catalog.pg_terminate_backend(" + pid + ")");
  ASSERT_TRUE(selftest::eventually(
      [&] { return killer.run("SELECT FROM pg_catalog.pg_stat_activity WHERE pid = " + pid).affected_rows() == 0; }));
  try {
    driver_.run("SELECT 1");
    FAIL() << "the connection lives";
  } catch (const SqlError& error) {
    EXPECT_TRUE(error.connection_lost()) << error.what();
  }
  EXPECT_EQ(driver_.transaction_state(), TransactionState::unknown);
}

TEST_F(DriverTest, KnowsItsServer) {
  EXPECT_EQ(driver_.server_version() / 10000, selftest::server_major());
}

}  // namespace
}  // namespace prodclone::pg
