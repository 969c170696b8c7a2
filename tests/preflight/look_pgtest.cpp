// Every state is a real one, on a real server: there it must be seen, and on a quiet database it must not.
#include <prodclone/preflight/look.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/preflight/judge.hpp>

#include <support/eventually.hpp>
#include <support/selftest_server.hpp>

namespace prodclone::preflight {
namespace {

using namespace std::chrono_literals;
using rehearsal::LockMode;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class LiveServer : public testing::Test {
 protected:
  selftest::ScratchDatabase scratch_;
  pg::Session session_{scratch_.conninfo()};

  void SetUp() override {
    session_.execute("CREATE TABLE orders (id serial PRIMARY KEY, note text); CREATE TABLE customers (id bigserial PRIMARY KEY, email text); "
                     "INSERT INTO orders (note) SELECT 'x' FROM generate_series(1, 100)");
  }
  Targets altering(const std::string& table) const { return {.recorded = true, .tables = {{.table = "public." + table, .lock = LockMode::access_exclusive, .rewritten = true}}}; }
  LiveFacts look(const Targets& targets = {}) const { return look_at(scratch_.conninfo(), {.longer_than = 0s, .targets = targets}); }
  // "failure preflight/slot left"; not those about the room for the rewrite and about what others do on the shared server.
  std::vector<std::string> verdicts(const LiveFacts& facts, const Targets& targets = {}) const {
    std::vector<std::string> texts;
    for (const auto& one : judge(facts, targets, {.transaction = 0s}))
      if (one.severity != checks::Severity::not_checked && one.check != "preflight/slot" && one.check != "preflight/base_backup")
        texts.push_back(std::string(checks::to_string(one.severity)) + ' ' + one.check + ' ' + one.object);
    return texts;
  }
  std::vector<std::string> verdicts_of(const Targets& targets) const { return verdicts(look(targets), targets); }
  static std::string who(const pg::Driver& driver) { return "session " + std::to_string(driver.backend_pid()) + " (" + driver.conninfo().user + ", prodclone)"; }
};

TEST_F(LiveServer, OnAQuietDatabaseNothingIsInTheWay) {
  session_.execute("ANALYZE");
  EXPECT_THAT(verdicts_of(altering("orders")), IsEmpty());
  EXPECT_THAT(verdicts_of({}), IsEmpty());
  const auto facts = look();
  EXPECT_EQ(facts.server.database, scratch_.conninfo().database);
  EXPECT_THAT(facts.unseen, IsEmpty());
  ASSERT_EQ(facts.tables.size(), 2U);
  EXPECT_EQ(facts.tables[1].name, "public.orders");
  EXPECT_EQ(facts.tables[1].rows, 100);
  EXPECT_GT(facts.tables[1].heap.count, 0);
}

TEST_F(LiveServer, ASessionIdleInATransactionIsInTheWayOfTheTableThatItHasRead) {
  pg::Driver idle(scratch_.conninfo());
  idle.run("BEGIN");
  idle.run("SELECT FROM orders WHERE note = 'personal'");
  EXPECT_THAT(verdicts_of(altering("orders")), ElementsAre("failure preflight/transaction " + who(idle)));
  EXPECT_THAT(verdicts_of(altering("customers")), ElementsAre("warning preflight/transaction " + who(idle)));
  const auto facts = look(altering("orders"));
  EXPECT_EQ(facts.sessions.long_transactions.at(0).query, "SELECT FROM orders WHERE note = ?");
  EXPECT_THAT(facts.sessions.long_transactions.at(0).since, testing::MatchesRegex("20..-..-..T..:..:..Z"));
}

TEST_F(LiveServer, ABlockedWriterIsAQueueOnItsTable) {
  pg::Driver first(scratch_.conninfo()), second(scratch_.conninfo());
  first.run("BEGIN");
  first.run("UPDATE orders SET note = 'y' WHERE id = 1");
  std::thread blocked([&] { second.run("UPDATE orders SET note = 'z' WHERE id = 1"); });
  const bool seen = selftest::eventually([&] { return !look().sessions.waiting.empty(); });
  const auto on_it = verdicts_of(altering("orders")), elsewhere = verdicts_of(altering("customers"));
  first.run("COMMIT");
  blocked.join();
  ASSERT_TRUE(seen);
  EXPECT_THAT(on_it, Contains("failure preflight/queue " + who(first)));
  EXPECT_THAT(elsewhere, Contains("warning preflight/queue " + who(first)));
}

TEST_F(LiveServer, APreparedTransactionIsSeenWithItsLocks) {
  const auto gid = scratch_.conninfo().database + "'s";
  pg::Driver driver(scratch_.conninfo());
  driver.run("BEGIN; INSERT INTO orders (note) VALUES ('x'); PREPARE TRANSACTION " + pg::quote_literal(gid));
  const auto on_it = verdicts_of(altering("orders")), elsewhere = verdicts_of(altering("customers"));
  driver.run("ROLLBACK PREPARED " + pg::quote_literal(gid));
  EXPECT_THAT(on_it, ElementsAre("failure preflight/prepared_transaction " + gid));
  EXPECT_THAT(elsewhere, ElementsAre("warning preflight/prepared_transaction " + gid));
}

TEST_F(LiveServer, ADumpUnderWayIsSeenHoweverYoungItIs) {
  auto info = scratch_.conninfo();
  info.options["application_name"] = "pg_dump";
  pg::Driver dump(info);
  dump.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; LOCK TABLE orders IN ACCESS SHARE MODE");
  const auto targets = altering("orders");
  EXPECT_THAT(verdicts(look_at(scratch_.conninfo(), {.longer_than = 3600s, .targets = targets}), targets), ElementsAre(HasSubstr("failure preflight/dump session")));
}

TEST_F(LiveServer, AFailedConcurrentBuildLeavesAnInvalidIndex) {
  session_.execute("INSERT INTO customers (email) VALUES ('a'), ('a')");
  EXPECT_THROW(pg::Driver(scratch_.conninfo()).run("CREATE UNIQUE INDEX CONCURRENTLY twice ON customers (email)"), pg::SqlError);
  EXPECT_THAT(verdicts_of(altering("customers")), ElementsAre("failure preflight/invalid_index public.twice"));
  EXPECT_THAT(verdicts_of(altering("orders")), ElementsAre("warning preflight/invalid_index public.twice"));
}

TEST_F(LiveServer, WhatWasNeverValidatedOrIsSwitchedOff) {
  session_.execute("ALTER TABLE orders ADD CONSTRAINT short CHECK (length(note) < 9) NOT VALID; ALTER TABLE orders ADD customer bigint REFERENCES customers; "
                   "ALTER TABLE orders ADD CONSTRAINT fine CHECK (id > 0); ALTER TABLE orders DISABLE TRIGGER ALL");
  EXPECT_THAT(verdicts_of(altering("orders")), ElementsAre("warning preflight/disabled_trigger public.orders.orders_customer_fkey", "warning preflight/unvalidated public.orders.short"));
}

TEST_F(LiveServer, SequencesCountByTheColumnThatTheyFeed) {
  session_.execute("SELECT setval('orders_id_seq', 2000000000), setval('customers_id_seq', 2000000000); CREATE SEQUENCE down INCREMENT -1; SELECT setval('down', -9000000000000000000); "
                   "CREATE SEQUENCE by_default; ALTER TABLE customers ADD small smallint DEFAULT nextval('by_default'); SELECT setval('by_default', 26000); "
                   "CREATE SEQUENCE round MAXVALUE 10 CYCLE; SELECT setval('round', 10)");
  EXPECT_THAT(verdicts_of({}), ElementsAre("failure preflight/sequence public.down", "failure preflight/sequence public.orders_id_seq", "warning preflight/sequence public.by_default"));
}

TEST_F(LiveServer, AReplicationSlotThatNobodyReads) {
  const auto name = scratch_.conninfo().database;
  session_.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", {name});
  const auto facts = look();
  session_.query("SELECT pg_drop_replication_slot($1)", {name});
  const auto slot = std::find_if(facts.slots.begin(), facts.slots.end(), [&](const ReplicationSlot& one) { return one.name == name; });
  ASSERT_NE(slot, facts.slots.end());
  EXPECT_FALSE(slot->active);
  EXPECT_EQ(slot->type, "logical");
  EXPECT_THAT(judge({.slots = {*slot}}, {}, {}, Part::replication).at(0).what, "Nobody reads from this slot.");
  EXPECT_EQ(judge({.slots = {*slot}}, {}, {.slot_retained = {-1}}, Part::replication).at(0).severity, checks::Severity::failure);
}

TEST_F(LiveServer, APublicationAndAnEventTrigger) {
  session_.execute("CREATE PUBLICATION all_changes FOR TABLE orders; CREATE FUNCTION nothing() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; "
                   "CREATE EVENT TRIGGER guard ON ddl_command_end EXECUTE FUNCTION nothing()");
  EXPECT_THAT(verdicts_of(altering("orders")), ElementsAre("warning preflight/event_trigger guard", "warning preflight/publication public.orders"));
  EXPECT_THAT(verdicts_of(altering("customers")), ElementsAre("warning preflight/event_trigger guard"));
}

TEST_F(LiveServer, ACollationOfAnotherVersion) {
  session_.execute("CREATE COLLATION mine (provider = icu, locale = 'de'); CREATE INDEX ON customers (email COLLATE mine)");
  EXPECT_THAT(verdicts_of(altering("customers")), IsEmpty());
  session_.execute("UPDATE pg_catalog.pg_collation SET collversion = '1.1' WHERE collname = 'mine'");
  const auto targets = altering("customers");
  EXPECT_THAT(verdicts_of(targets), ElementsAre("failure preflight/collation public.mine"));
  EXPECT_EQ(look(targets).collations.at(0).indexes, 1);
}

TEST_F(LiveServer, AnOldTableOfWhichVacuumMayTakeHold) {
  Targets targets = altering("orders");
  session_.execute("SELECT txid_current()");
  const auto facts = look(targets);
  EXPECT_GT(facts.tables.at(0).xid_age, 0);
  EXPECT_THAT(verdicts(facts, targets), Not(Contains(HasSubstr("wraparound"))));
  auto limits = config::Preflight{.wraparound_percent = 0};
  EXPECT_THAT(judge(facts, targets, limits, Part::tables).at(0).check, "preflight/wraparound");
}

TEST_F(LiveServer, ABuildUnderWayIsSeenOnItsTable) {
  pg::Driver writer(scratch_.conninfo()), builder(scratch_.conninfo());
  writer.run("BEGIN");
  writer.run("INSERT INTO customers (email) VALUES ('b')");
  std::thread building([&] { builder.run("CREATE INDEX CONCURRENTLY slow ON customers (email)"); });
  const auto targets = altering("customers");
  const bool seen = selftest::eventually([&] { return !look(targets).maintenance.empty(); });
  const auto texts = verdicts_of(targets);
  const auto elsewhere = verdicts_of(altering("orders"));
  writer.run("COMMIT");
  building.join();
  ASSERT_TRUE(seen);
  EXPECT_THAT(texts, Contains("failure preflight/maintenance public.customers"));
  EXPECT_THAT(elsewhere, Not(Contains("failure preflight/maintenance public.customers")));
  EXPECT_THAT(verdicts_of(targets), IsEmpty());
}

TEST_F(LiveServer, AnOrdinaryRoleIsToldWhatItCannotSee) {
  const auto role = selftest::ordinary_role().with_database(scratch_.conninfo().database);
  pg::Driver idle(scratch_.conninfo());
  idle.run("BEGIN; SELECT FROM orders; SELECT nextval('orders_id_seq')");
  const auto targets = altering("orders");
  const auto findings = judge(look_at(role, {.longer_than = 0s, .targets = targets}), targets, {.free_disk = Bytes{1LL << 40}});
  std::vector<std::string> texts;
  for (const auto& one : findings) texts.push_back(one.object + ": " + one.what + " " + one.remedy);
  EXPECT_TRUE(could_not_see(findings));
  EXPECT_THAT(texts, Contains(HasSubstr(who(idle) + ": It holds locks that the migration would wait for")));
  EXPECT_THAT(texts, Contains(testing::AllOf(HasSubstr("the transactions of"), HasSubstr("GRANT pg_monitor TO " + role.user))));
  EXPECT_THAT(texts, Contains(testing::AllOf(HasSubstr("how far 2 sequences are used"), HasSubstr("GRANT SELECT ON SEQUENCE"))));
  session_.execute("GRANT pg_monitor TO " + pg::quote_identifier(role.user) + "; GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO " + pg::quote_identifier(role.user));
  const auto seen = look_at(role, {.longer_than = 0s, .targets = targets});
  EXPECT_THAT(seen.unseen, IsEmpty());
  EXPECT_THAT(verdicts(seen, targets), Contains("failure preflight/transaction " + who(idle)));
}

TEST_F(LiveServer, ALockInTheWayIsNotWaitedForAndHidesOnlyItsPart) {
  pg::Driver locker(scratch_.conninfo());
  locker.run("BEGIN; SELECT nextval('orders_id_seq'); ALTER SEQUENCE orders_id_seq INCREMENT 2");
  const auto targets = altering("orders");
  const auto before = std::chrono::steady_clock::now();
  const auto facts = look_at(scratch_.conninfo(), {.longer_than = 0s, .targets = targets, .lock_timeout = 50ms});
  EXPECT_LT(std::chrono::steady_clock::now() - before, 3s);
  ASSERT_EQ(facts.unseen.size(), 1U);
  EXPECT_EQ(facts.unseen[0].what, "the sequences");
  EXPECT_THAT(verdicts(facts, targets), Contains("warning preflight/transaction " + who(locker)));
}

TEST_F(LiveServer, NothingIsWrittenAndNothingStaysOfIt) {
  const auto writes = [&] { return session_.query("SELECT pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot()) AS xid, (SELECT count(*) FROM pg_catalog.pg_class) AS objects"); };
  const auto before = writes();
  look();
  EXPECT_EQ(writes().integer(0, "objects"), before.integer(0, "objects"));
  EXPECT_TRUE(selftest::eventually([&] { return session_.query("SELECT FROM pg_catalog.pg_stat_activity WHERE datname = pg_catalog.current_database() AND application_name LIKE 'prodclone%'").empty(); }));
}

TEST_F(LiveServer, AServerThatDoesNotAnswerIsAnErrorThatNamesIt) {
  auto nowhere = scratch_.conninfo();
  nowhere.port = 1;
  EXPECT_THROW(look_at(choose_host({nowhere})), pg::SqlError);
  EXPECT_THROW(choose_host({nowhere, nowhere}), pg::SqlError);
  EXPECT_EQ(choose_host({nowhere, scratch_.conninfo()}).port, scratch_.conninfo().port);
}

}  // namespace
}  // namespace prodclone::preflight
