#include <prodclone/rehearsal/live_locks.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include <prodclone/checks/live_locks.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/session.hpp>

#include <support/selftest_server.hpp>

namespace prodclone::rehearsal {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

class LiveLocksOnAServer : public testing::Test {
 protected:
  selftest::ScratchDatabase scratch_;
  pg::Session session_{scratch_.conninfo()};

  void SetUp() override { session_.execute("CREATE TABLE t (id int); CREATE TABLE u (id int)"); }
  LiveLocks look(std::vector<std::string> relations = {}) {
    return look_at_live_locks(scratch_.conninfo(), {.longer_than = 0s, .relations = std::move(relations)});
  }
  // Others share the server.
  std::vector<LiveSession> of(const LiveLocks& live, int pid) {
    std::vector<LiveSession> found;
    for (const auto& session : live.long_transactions)
      if (session.pid == pid) found.push_back(session);
    return found;
  }
};

TEST_F(LiveLocksOnAServer, ListsAnIdleTransactionWithItsLocksAndNoConstants) {
  pg::Driver holder(scratch_.conninfo());
  holder.run("BEGIN");
  holder.run("INSERT INTO t VALUES (4711)");
  const auto found = of(look(), holder.backend_pid());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].state, "idle in transaction");
  EXPECT_EQ(found[0].query, "INSERT INTO t VALUES (?)");
  EXPECT_THAT(found[0].locks, ElementsAre(LiveLock{"public.t", LockMode::row_exclusive}));
  EXPECT_THAT(of(look({"public.u"}), holder.backend_pid()).at(0).locks, IsEmpty());
  EXPECT_THAT(of(look_at_live_locks(scratch_.conninfo()), holder.backend_pid()), IsEmpty());
}

TEST_F(LiveLocksOnAServer, ShowsTheChainBehindABlocker) {
  pg::Driver holder(scratch_.conninfo());
  holder.run("BEGIN");
  holder.run("SELECT FROM t");
  pg::Driver migration(scratch_.conninfo()), reader(scratch_.conninfo());
  std::thread first([&] { migration.run("ALTER TABLE t ADD COLUMN n int"); });
  std::thread second;
  LiveLocks live;
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  const auto wait_for = [&](std::size_t sessions) {
    do {
      live = look();
      std::erase_if(live.waiting, [&](const auto& waiting) { return waiting.path.front() != holder.backend_pid(); });
    } while (live.waiting.size() < sessions && std::chrono::steady_clock::now() < deadline);
  };
  wait_for(2);
  second = std::thread([&] { reader.run("SELECT FROM t"); });
  wait_for(3);
  holder.run("COMMIT");
  first.join();
  second.join();
  ASSERT_EQ(live.waiting.size(), 3U);
  EXPECT_EQ(live.waiting[0].pid, holder.backend_pid());
  EXPECT_THAT(live.waiting[1].path, ElementsAre(holder.backend_pid(), migration.backend_pid()));
  EXPECT_EQ(live.waiting[1].waits_for, "AccessExclusiveLock on public.t");
  EXPECT_THAT(live.waiting[2].path, ElementsAre(holder.backend_pid(), migration.backend_pid(), reader.backend_pid()));
  live.long_transactions.clear();
  const auto findings = checks::live_lock_findings(live);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].what, "It keeps 2 sessions waiting.");
}

TEST_F(LiveLocksOnAServer, AQuietDatabaseHasNobodyInTheWay) {
  const auto live = look();
  EXPECT_THAT(of(live, session_.backend_pid()), IsEmpty());
  EXPECT_THAT(live.not_measured, IsEmpty());
}

TEST_F(LiveLocksOnAServer, FindsPreparedTransactionsWithTheirLocks) {
  if (session_.query("SHOW max_prepared_transactions").text(0, "max_prepared_transactions") == "0") {
    EXPECT_THAT(look().prepared, IsEmpty());
    return;
  }
  pg::Driver holder(scratch_.conninfo());
  const auto gid = scratch_.conninfo().database + "_left";
  holder.run("BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION '" + gid + "'");
  const auto live = look();
  holder.run("ROLLBACK PREPARED '" + gid + "'");
  ASSERT_EQ(live.prepared.size(), 1U);
  EXPECT_EQ(live.prepared[0].gid, gid);
  EXPECT_THAT(live.prepared[0].locks, ElementsAre(LiveLock{"public.t", LockMode::row_exclusive}));
}

TEST_F(LiveLocksOnAServer, SaysWhatAnOrdinaryRoleCannotSee) {
  const auto live = look_at_live_locks(selftest::ordinary_role().with_database(scratch_.conninfo().database));
  EXPECT_THAT(live.not_measured, Contains(HasSubstr("pg_read_all_stats")));
}

TEST(WithoutConstants, TakesOutWhatMayBePersonal) {
  EXPECT_EQ(without_constants("SELECT * FROM t1 WHERE a = 'O''Brien' AND b = 12.5 AND c = $1 -- Bob"), "SELECT * FROM t1 WHERE a = ? AND b = ? AND c = $1 ");
  EXPECT_EQ(without_constants("UPDATE t SET a = $tag$secret$tag$, b = E'it\\'s', \"C 1\" = 2"), "UPDATE t SET a = ?, b = E?, \"C 1\" = ?");
  EXPECT_EQ(without_constants("INSERT INTO t VALUES ('cut of"), "INSERT INTO t VALUES (?");
}

}  // namespace
}  // namespace prodclone::rehearsal
