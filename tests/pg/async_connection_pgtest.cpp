#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include <prodclone/pg/async_connection.hpp>
#include <prodclone/pg/session.hpp>

#include "support/eventually.hpp"
#include "support/selftest_server.hpp"

namespace prodclone::pg {
namespace {

class AsyncConnectionTest : public testing::Test {
 protected:
  selftest::ScratchDatabase scratch_;
  AsyncConnection connection_{scratch_.conninfo()};
};

TEST_F(AsyncConnectionTest, GivesTheRowsOfTheLastStatementThatHasAny) {
  const auto answer = connection_.ask("BEGIN; SELECT 1 AS n; SELECT 2 AS n; ROLLBACK");
  EXPECT_FALSE(answer.error);
  EXPECT_EQ(answer.result.integer(0, "n"), 2);
}

TEST_F(AsyncConnectionTest, DoesNotWaitForAnAnswer) {
  Session holder(scratch_.conninfo());
  holder.execute("CREATE TABLE t (x int)");
  holder.execute("BEGIN; LOCK TABLE t");
  connection_.send("SELECT count(*) AS n FROM t");
  EXPECT_TRUE(connection_.under_way());
  EXPECT_FALSE(connection_.receive());
  EXPECT_THROW(connection_.send("SELECT 1"), std::logic_error);
  holder.execute("COMMIT");
  std::optional<AsyncConnection::Answer> answer;
  EXPECT_TRUE(selftest::eventually([&] { return (answer = connection_.receive()).has_value(); }));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->result.integer(0, "n"), 0);
  EXPECT_FALSE(connection_.under_way());
}

TEST_F(AsyncConnectionTest, AnErrorIsAnAnswerAndTheConnectionGoesOn) {
  const auto answer = connection_.ask("SELECT 1/0");
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.error->sqlstate, "22012");
  EXPECT_EQ(answer.error->statement, "SELECT 1/0");
  EXPECT_EQ(connection_.ask("SELECT 1 AS n").result.integer(0, "n"), 1);
}

TEST_F(AsyncConnectionTest, ALostConnectionHasNoSqlstate) {
  Session(scratch_.conninfo()).query("SELECT pg_terminate_backend($1::int)", {std::to_string(connection_.backend_pid())});
  const auto answer = connection_.ask("SELECT 1");
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.error->sqlstate, "");
  EXPECT_TRUE(connection_.ask("SELECT 1").error) << "and stays lost";
}

}  // namespace
}  // namespace prodclone::pg
