// What the probes measure on a real server, by what a migration makes certain: a sleep in its transaction.
#include <prodclone/rehearsal/traffic_probe.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include <prodclone/pg/session.hpp>

#include <support/selftest_server.hpp>

#include "observed_run.hpp"

namespace prodclone::rehearsal::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::Ge;
using testing::Gt;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Lt;

using Script = std::vector<std::string>;
const std::string pause = "SELECT pg_catalog.pg_sleep(0.7)";

class Traffic : public testing::Test {
 protected:
  void SetUp() override {
    session_.execute("CREATE TABLE customers (id int PRIMARY KEY, name text); INSERT INTO customers SELECT n, 'c' || n FROM generate_series(1, 100) n;"
                     "CREATE TABLE orders (id serial PRIMARY KEY, customer_id int, amount int);"
                     "INSERT INTO orders (customer_id, amount) SELECT n % 100 + 1, n FROM generate_series(1, 2000) n; CREATE INDEX by_customer ON orders (customer_id); ANALYZE");
  }
  // First as the lock observer sees it, on a copy, then under probes.
  TrafficTrace rehearse(const Script& script, Transactions transactions = Transactions::one) {
    const auto traced = observed(script, transactions);
    TrafficProbe probe(scratch_.conninfo(), plan_traffic(traced));
    pg::Driver driver(scratch_.conninfo());
    probe.start(&driver);
    run_hooked(probe.hooks(), driver, "0001_test", script, transactions);
    return probe.finish(traced);
  }
  LockTrace observed(const Script& script, Transactions transactions) const {
    const selftest::ScratchDatabase other;
    pg::Session(other.conninfo())
        .execute("CREATE TABLE customers (id int PRIMARY KEY, name text); CREATE TABLE orders (id serial PRIMARY KEY, customer_id int, amount int);"
                 "INSERT INTO orders (customer_id, amount) SELECT n % 100 + 1, n FROM generate_series(1, 2000) n; CREATE INDEX by_customer ON orders (customer_id); ANALYZE");
    return observe(other.conninfo(), script, transactions);
  }
  static TableTraffic of(const TrafficTrace& trace, const std::string& table) {
    const auto found = std::find_if(trace.tables.begin(), trace.tables.end(), [&](const auto& one) { return one.table == table; });
    return found == trace.tables.end() ? TableTraffic{} : *found;
  }

  selftest::ScratchDatabase scratch_;
  pg::Session session_{scratch_.conninfo()};
};

TEST_F(Traffic, ReadersAndWritersWaitBehindAnExclusiveLockUntilTheTransactionEnds) {
  const auto trace = rehearse({"ALTER TABLE orders ADD COLUMN extra int", pause});
  EXPECT_THAT(trace.not_measured, IsEmpty());
  const auto orders = of(trace, "public.orders");
  for (const auto* blocking : {&orders.reads, &orders.writes}) {
    EXPECT_THAT(blocking->longest, AllOf(Ge(700ms), Lt(trace.took)));
    ASSERT_EQ(blocking->windows.size(), 1U);
    EXPECT_EQ(blocking->windows[0].file, "0001_test.sql");
    EXPECT_EQ(blocking->windows[0].line, 1U);
    EXPECT_THAT(blocking->windows[0].through, ElementsAre("public.orders"));
    ASSERT_TRUE(blocking->probe);
    EXPECT_THAT(blocking->probe->longest, AllOf(Ge(500ms), Lt(trace.took))) << "asked every 50 ms, so it began to wait soon";
    ASSERT_TRUE(blocking->computed);
    EXPECT_THAT(*blocking->computed, Ge(700ms));
  }
  EXPECT_EQ(of(trace, "public.customers"), TableTraffic{});
}

TEST_F(Traffic, NobodyWaitsForAPauseAfterTheTransaction) {
  const auto orders = of(rehearse({"ALTER TABLE orders ADD COLUMN extra int", pause}, Transactions::each), "public.orders");
  EXPECT_THAT(orders.reads.longest, Lt(350ms));
  EXPECT_THAT(orders.writes.longest, Lt(350ms));
}

TEST_F(Traffic, AnIndexThatIsBuiltStopsWritersAndNotReaders) {
  const auto orders = of(rehearse({"CREATE INDEX i ON orders (amount)", pause}), "public.orders");
  EXPECT_THAT(orders.writes.longest, Ge(700ms));
  EXPECT_THAT(orders.writes.probe->longest, Ge(500ms));
  EXPECT_THAT(orders.reads.windows, IsEmpty());
  EXPECT_EQ(orders.reads.probe->longest, 0ms);
}

TEST_F(Traffic, AnIndexThatIsRebuiltStopsReadersToo) {
  const auto orders = of(rehearse({"REINDEX INDEX by_customer", pause}), "public.orders");
  EXPECT_THAT(orders.reads.longest, Ge(700ms));
  EXPECT_THAT(orders.reads.probe->longest, Ge(500ms)) << "planning needs every index";
  EXPECT_THAT(orders.reads.windows.at(0).through, ElementsAre("public.by_customer"));
}

// A reader that waits for the index holds its lock on the table, which the migration asks for next: whoever waited on would
// close a circle.
TEST_F(Traffic, ProbesGiveWayBeforeTheyCanDeadlock) {
  const auto trace = rehearse({"REINDEX INDEX by_customer", pause, "ALTER TABLE orders ADD COLUMN extra int", pause});
  EXPECT_THAT(trace.not_measured, IsEmpty());
  EXPECT_THAT(of(trace, "public.orders").reads.longest, Ge(1400ms));
  EXPECT_EQ(session_.query("SELECT count(*) AS n FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'extra'").integer(0, "n"), 1) << "the migration went through";
}

TEST_F(Traffic, ATableThatNobodyNamedIsSeen) {
  const auto trace = rehearse({"CREATE TABLE returns (order_id int REFERENCES orders)", pause});
  EXPECT_THAT(of(trace, "public.orders").writes.longest, Ge(700ms));
  EXPECT_THAT(of(trace, "public.orders").reads.windows, IsEmpty());
}

TEST_F(Traffic, RowsStayLockedUntilTheTransactionEnds) {
  const auto trace = rehearse({"UPDATE orders SET amount = 0 WHERE id <= 1000", pause});
  const auto orders = of(trace, "public.orders");
  EXPECT_THAT(orders.writes.windows, IsEmpty()) << "no table lock says so";
  ASSERT_TRUE(orders.row_locks);
  EXPECT_EQ(orders.row_locks->sampled, 64);
  EXPECT_THAT(orders.row_locks->largest_share, AllOf(Gt(0.2), Lt(0.8)));
  EXPECT_THAT(orders.row_locks->longest, Ge(500ms));
  EXPECT_THAT(orders.row_locks->wal.count, Gt(0));
}

TEST_F(Traffic, RowsThatAreUpdatedInTheirOwnTransactionAreFreeAgain) {
  const auto orders = of(rehearse({"UPDATE orders SET amount = 0 WHERE id <= 1000", pause}, Transactions::each), "public.orders");
  ASSERT_TRUE(orders.row_locks);
  EXPECT_THAT(orders.row_locks->longest, Lt(350ms));
}

TEST_F(Traffic, PreparedStatementsGoStale) {
  const auto added = rehearse({"ALTER TABLE orders ADD COLUMN extra int"});
  EXPECT_EQ(added.prepared, 2);
  EXPECT_THAT(added.stale_plans, ElementsAre(AllOf(Field(&StalePlan::statement, "SELECT * FROM public.orders"), Field(&StalePlan::sqlstate, "0A000"),
                                                   Field(&StalePlan::table, "public.orders"), Field(&StalePlan::migration, "0001_test"))));
}

TEST_F(Traffic, PreparedStatementsOfAnUnchangedFormGoOn) {
  const auto trace = rehearse({"ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount >= 0)"});
  EXPECT_EQ(trace.prepared, 2);
  EXPECT_THAT(trace.stale_plans, IsEmpty());
}

TEST_F(Traffic, ATableIsKnownThroughItsRenames) {
  const auto trace = rehearse({"ALTER TABLE orders RENAME TO purchases", "COMMIT", "BEGIN", "ALTER TABLE purchases RENAME COLUMN id TO number", pause});
  EXPECT_THAT(trace.not_measured, IsEmpty());
  EXPECT_THAT(of(trace, "public.orders").reads.probe->longest, Ge(500ms));
  EXPECT_THAT(trace.stale_plans, Contains(Field(&StalePlan::sqlstate, "42P01")));
}

TEST_F(Traffic, ProbesLeaveNothingBehind) {
  const auto state = [&] {
    return session_.query("SELECT (SELECT last_value FROM orders_id_seq) AS sequence, (SELECT count(*) FROM orders) AS rows,"
                          " (SELECT max(ctid)::text FROM orders) AS furthest, pg_relation_size('orders') AS size,"
                          " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'prodclone%') AS sessions,"
                          " (SELECT sum(n_tup_ins + n_tup_upd + n_tup_del + n_dead_tup) FROM pg_stat_user_tables) AS changes");
  };
  const auto before = state();
  {
    TrafficProbe probe(scratch_.conninfo(), {.probed = {"public.orders"}, .updated = {"public.orders"}, .prepared = {"public.orders"}});
    pg::Driver driver(scratch_.conninfo());
    probe.start(&driver);
    run_hooked(probe.hooks(), driver, "0001_test", {"SELECT pg_catalog.pg_sleep(0.3)"}, Transactions::one);
    const auto trace = probe.finish({});
    EXPECT_THAT(trace.not_measured, IsEmpty());
    EXPECT_THAT(of(trace, "public.orders").writes.probe->asked, Gt(3));
    EXPECT_EQ(of(trace, "public.orders").row_locks->largest_share, 0);
  }
  const auto after = state();
  for (const char* one : {"sequence", "rows", "furthest", "size", "changes"}) EXPECT_EQ(after.text(0, one), before.text(0, one)) << one;
}

TEST_F(Traffic, AnExternalToolIsSeenByItsLocks) {
  TrafficProbe probe(scratch_.conninfo(), {});
  probe.start(nullptr);
  session_.execute("BEGIN; ALTER TABLE orders ADD COLUMN extra int; SELECT pg_sleep(0.7); COMMIT");
  const auto trace = probe.finish({});
  EXPECT_FALSE(trace.statements_known);
  const auto orders = of(trace, "public.orders");
  EXPECT_THAT(orders.reads.longest, AllOf(Ge(650ms), Lt(trace.took + 50ms)));
  EXPECT_EQ(orders.reads.windows.at(0).file, "");
  EXPECT_FALSE(orders.reads.computed);
}

TEST_F(Traffic, AProbeThatLosesItsConnectionIsNotAPass) {
  TrafficProbe probe(scratch_.conninfo(), {.probed = {"public.orders"}});
  pg::Driver driver(scratch_.conninfo());
  probe.start(&driver);
  run_hooked(probe.hooks(), driver, "0001_test",
             {"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'prodclone traffic probe'"}, Transactions::one);
  EXPECT_THAT(probe.finish({}).not_measured, Contains(Field(&Unmeasured::what, "blocking")));
}

}  // namespace
}  // namespace prodclone::rehearsal::test
