#include <prodclone/rehearsal/lock_observer.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include <prodclone/pg/session.hpp>
#include <prodclone/rehearsal/lock_trace_json.hpp>

#include <support/selftest_server.hpp>

#include "observed_run.hpp"

namespace prodclone::rehearsal::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Lt;
using namespace std::chrono_literals;

class Observer : public testing::Test {
 protected:
  selftest::ScratchDatabase scratch_;
  pg::Session session_{scratch_.conninfo()};
  const pg::ConnInfo& database() const { return scratch_.conninfo(); }

  void SetUp() override { session_.execute("CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t SELECT n, n FROM generate_series(1, 1000) n; ANALYZE"); }
  static const StatementTrace& statement(const LockTrace& trace, std::size_t index) { return trace.migrations.at(0).statements.at(index); }
  static const HeldLock& lock(const StatementTrace& statement, const std::string& relation) {
    const auto found = std::find_if(statement.locks.begin(), statement.locks.end(), [&](const auto& lock) { return lock.relation == relation; });
    if (found == statement.locks.end()) throw std::runtime_error("no lock on " + relation);
    return *found;
  }
};

TEST_F(Observer, TellsHowLongALockWasNeededAndHowLongHeld) {
  const auto trace = observe(database(), {"ALTER TABLE t ADD COLUMN extra int", "SELECT pg_sleep(0.2)"});
  const auto held = lock(statement(trace, 0), "public.t");
  EXPECT_EQ(held.mode, LockMode::access_exclusive);
  EXPECT_EQ(held.needed, statement(trace, 0).took);
  EXPECT_THAT(held.held, AllOf(Ge(held.needed + 200ms), Lt(held.needed + 2s)));
  EXPECT_EQ(held.exactness, Exactness::exact);
  EXPECT_THAT(statement(trace, 1).locks, IsEmpty());
  ASSERT_EQ(trace.migrations[0].transactions.size(), 1U);
  EXPECT_EQ(trace.migrations[0].transactions[0].last_statement, 1U);
  EXPECT_TRUE(trace.migrations[0].transactions[0].committed);
}

TEST_F(Observer, RollingBackToASavepointGivesLocksBack) {
  const auto trace = observe(database(), {"SAVEPOINT s", "ALTER TABLE t ALTER COLUMN n TYPE bigint", "ROLLBACK TO SAVEPOINT s", "SELECT pg_sleep(0.3)"});
  const auto held = lock(statement(trace, 1), "public.t");
  EXPECT_THAT(held.held, Lt(statement(trace, 1).took + statement(trace, 2).took + 250ms));
  EXPECT_THAT(rewrites_of(trace), ElementsAre("public.t rewritten"));
}

TEST_F(Observer, KnowsARelationThroughItsRenames) {
  const auto trace = observe(database(), {"ALTER TABLE t RENAME TO u", "COMMIT", "BEGIN", "ALTER TABLE u ADD COLUMN extra int"});
  const auto later = lock(statement(trace, 3), "public.t");
  EXPECT_EQ(later.name_then, "u");
  EXPECT_TRUE(later.named);
  EXPECT_TRUE(later.pre_existing);
}

TEST_F(Observer, ForgetsRenamesThatWereRolledBack) {
  const auto trace = observe(database(), {"ALTER TABLE t RENAME TO u", "ROLLBACK", "BEGIN", "ALTER TABLE t ADD COLUMN extra int"});
  EXPECT_EQ(lock(statement(trace, 3), "public.t").name_then, "t");
  EXPECT_FALSE(trace.migrations[0].transactions.at(0).committed);
}

TEST_F(Observer, RelationsMadeByTheRunAreNotPreExisting) {
  pg::Driver driver(database());
  LockObserver observer(database());
  run(observer, driver, "1", {"CREATE TABLE fresh (id int)"});
  run(observer, driver, "2", {"ALTER TABLE fresh ADD COLUMN n int", "DROP TABLE t"});
  const auto trace = observer.take();
  ASSERT_EQ(trace.migrations.size(), 2U);
  EXPECT_THAT(locks_of(trace), ElementsAre("public.t ACCESS EXCLUSIVE", "public.t_pkey ACCESS EXCLUSIVE"));
  EXPECT_FALSE(lock(trace.migrations[1].statements[0], "public.fresh").pre_existing);
  EXPECT_THAT(observer.take().migrations, IsEmpty());
}

TEST_F(Observer, AScriptCannotSilenceIt) {
  const auto trace = observe(database(), {"SET client_min_messages = error", "ALTER TABLE t ALTER COLUMN n SET NOT NULL"});
  EXPECT_THAT(scans_of(trace), ElementsAre("public.t verify under ACCESS EXCLUSIVE"));
}

TEST_F(Observer, SaysWhenAStatementSilencesTheServerItself) {
  const auto trace = observe(database(), {"DO $$ BEGIN PERFORM set_config('client_min_messages', 'error', false); ALTER TABLE t ALTER COLUMN n SET NOT NULL; END $$"});
  EXPECT_THAT(statement(trace, 0).not_measured, Contains(HasSubstr("silenced")));
}

TEST_F(Observer, LeavesTheFirstPlaceInATransactionToTheScript) {
  const auto trace = observe(database(), {"SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "UPDATE t SET n = 0 WHERE id <= 10"});
  ASSERT_TRUE(trace.migrations[0].succeeded) << trace.migrations[0].statements.back().error;
  EXPECT_THAT(statement(trace, 1).rows, ElementsAre(AllOf(Field(&RowChanges::relation, "public.t"), Field(&RowChanges::updated, 10))));
}

TEST_F(Observer, CountsOnlyTheRowsOfTheStatement) {
  const auto trace = observe(database(), {"UPDATE t SET n = 0", "COMMIT", "BEGIN", "INSERT INTO t VALUES (5001), (5002)", "DELETE FROM t WHERE id = 5001"});
  const auto changed = [&](std::size_t index) { return statement(trace, index).rows.at(0); };
  EXPECT_EQ(changed(0).updated, 1000);
  EXPECT_EQ(changed(3).inserted, 2);
  EXPECT_EQ(changed(3).updated, 0);
  EXPECT_EQ(changed(4).deleted, 1);
}

TEST_F(Observer, RecordsTheTimeoutsInForce) {
  const auto trace = observe(database(), {"SET LOCAL lock_timeout = '750ms'", "ALTER TABLE t ADD COLUMN a int", "SET LOCAL lock_timeout = 0; ", "ALTER TABLE t ADD COLUMN b int"});
  EXPECT_EQ(statement(trace, 0).lock_timeout, Duration(0));
  EXPECT_EQ(statement(trace, 1).lock_timeout, Duration(750ms));
  EXPECT_EQ(statement(trace, 3).lock_timeout, Duration(0));
}

TEST_F(Observer, ReadsLocksOfStatementsThatCommitByThemselves) {
  const auto trace = observe(database(), {"ALTER TABLE t ADD COLUMN a int", "DROP INDEX IF EXISTS nothing", "TRUNCATE t"}, Transactions::each);
  EXPECT_THAT(locks_of(trace), ElementsAre("public.t ACCESS EXCLUSIVE", "public.t ACCESS EXCLUSIVE", "public.t_pkey ACCESS EXCLUSIVE"));
  EXPECT_EQ(lock(statement(trace, 0), "public.t").exactness, Exactness::exact);
  EXPECT_TRUE(statement(trace, 0).autocommit);
  EXPECT_EQ(trace.migrations[0].transactions.size(), 3U);
  EXPECT_EQ(session_.query("SELECT count(*) AS n FROM pg_attribute WHERE attname = 'a' AND attrelid = 't'::regclass").integer(0, "n"), 1);
}

TEST_F(Observer, SamplesWhatMustStandAlone) {
  session_.execute("INSERT INTO t SELECT n, n FROM generate_series(1001, 200000) n");
  const auto trace = observe(database(), {"CREATE INDEX CONCURRENTLY by_n ON t (n)", "REINDEX TABLE CONCURRENTLY t"}, Transactions::each);
  EXPECT_EQ(lock(statement(trace, 0), "public.t").exactness, Exactness::sampled);
  EXPECT_EQ(lock(statement(trace, 0), "public.t").mode, LockMode::share_update_exclusive);
  EXPECT_THAT(statement(trace, 1).rewrites, Contains(AllOf(Field(&Rewrite::relation, "public.t_pkey"), Field(&Rewrite::reason, "index_rebuilt"))));
}

TEST_F(Observer, AFailingStatementIsToldAsItIs) {
  const auto trace = observe(database(), {"ALTER TABLE t ADD COLUMN a int", "ALTER TABLE t ADD CHECK (n < 0)"});
  EXPECT_FALSE(trace.migrations[0].succeeded);
  EXPECT_EQ(statement(trace, 1).error_sqlstate, "23514");
  EXPECT_THAT(statement(trace, 1).not_measured, Contains(HasSubstr("releases them when it fails")));
  EXPECT_FALSE(trace.migrations[0].transactions.at(0).committed);
}

TEST_F(Observer, ADeferredFailureAtCommitIsNotSwallowed) {
  session_.execute("CREATE TABLE c (t_id int REFERENCES t DEFERRABLE INITIALLY DEFERRED)");
  pg::Driver driver(database());
  LockObserver observer(database());
  EXPECT_THROW(run(observer, driver, "1", {"INSERT INTO c VALUES (99999)"}, Transactions::each), pg::SqlError);
  EXPECT_EQ(session_.query("SELECT count(*) AS n FROM c").integer(0, "n"), 0);
}

TEST_F(Observer, MeasuresWalAndTemporaryFiles) {
  session_.execute("INSERT INTO t SELECT n, n FROM generate_series(1001, 300000) n");
  const auto trace = observe(database(), {"SET LOCAL maintenance_work_mem = '1MB'", "SET LOCAL max_parallel_maintenance_workers = 0", "CREATE INDEX by_n ON t (n)"});
  EXPECT_THAT(statement(trace, 2).temp.value().count, Ge(1'000'000));
  EXPECT_THAT(statement(trace, 2).wal.value().count, Ge(1'000'000));
  EXPECT_EQ(trace.migrations[0].temp, statement(trace, 2).temp);
  EXPECT_THAT(trace.migrations[0].wal.value(), Ge(statement(trace, 2).wal.value()));
}

TEST_F(Observer, AnOrdinaryRoleSeesTheSameAndHearsWhatItCannot) {
  auto role = selftest::ordinary_role();
  session_.execute("GRANT ALL ON SCHEMA public TO PUBLIC");
  const auto own = role.with_database(database().database);
  pg::Session(own).execute("CREATE TABLE mine (id int); INSERT INTO mine SELECT n FROM generate_series(1, 500000) n");
  const auto trace = observe(own, {"SET LOCAL maintenance_work_mem = '1MB'", "SET LOCAL max_parallel_maintenance_workers = 0", "CREATE INDEX by_id ON mine (id)"});
  EXPECT_THAT(locks_of(trace), ElementsAre("public.mine SHARE"));
  EXPECT_THAT(scans_of(trace), ElementsAre("public.mine index_build under SHARE"));
  EXPECT_TRUE(trace.migrations[0].wal.has_value());
  if (selftest::server_major() >= 15) {
    EXPECT_THAT(trace.migrations[0].temp.value().count, Ge(1'000'000));
    EXPECT_THAT(trace.not_measured, IsEmpty());
  } else {
    EXPECT_THAT(trace.not_measured, ElementsAre(HasSubstr("temporary files")));
  }
}

TEST_F(Observer, ItsTraceSurvivesTheRecord) {
  const auto trace = observe(database(), {"SET LOCAL lock_timeout = '1s'", "ALTER TABLE t ALTER COLUMN n TYPE bigint", "CREATE INDEX by_n ON t (n)"});
  EXPECT_EQ(lock_trace_from_json(to_json(trace)), trace);
}

TEST_F(Observer, LeavesNoSessionBehind) {
  { observe(database(), {"ALTER TABLE t ADD COLUMN a int"}); }
  const auto rest = [&] {
    return session_.query("SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").integer(0, "n");
  };
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (rest() > 0 && std::chrono::steady_clock::now() < deadline) session_.execute("SELECT pg_sleep(0.01)");
  EXPECT_EQ(rest(), 0);
}

}  // namespace
}  // namespace prodclone::rehearsal::test
