#include <prodclone/preflight/judge.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prodclone::preflight {
namespace {

using namespace std::chrono_literals;
using checks::Finding;
using checks::Severity;
using rehearsal::LiveSession;
using rehearsal::LockMode;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t MB = 1 << 20;

Targets altering(const std::string& table, LockMode lock = LockMode::access_exclusive) { return {.recorded = true, .tables = {{.table = table, .lock = lock}}}; }

// "failure preflight/slot left", the whole answer in short.
std::vector<std::string> verdicts(const LiveFacts& facts, const Targets& targets = altering("public.orders"), const config::Preflight& limits = {}) {
  std::vector<std::string> texts;
  for (const auto& one : judge(facts, targets, limits)) texts.push_back(std::string(checks::to_string(one.severity)) + ' ' + one.check + ' ' + one.object);
  return texts;
}

LiveFacts with(LiveSession session) {
  LiveFacts facts;
  facts.sessions.long_transactions = {std::move(session)};
  return facts;
}

LiveSession holder(LockMode mode, rehearsal::Duration age = 60s) {
  return {.pid = 42, .user = "orcha", .application = "report", .state = "idle in transaction", .since = "2026-04-24T10:00:00Z", .transaction_age = age, .in_state = 50s, .query = "SELECT ?",
          .locks = {{"public.orders", mode}}};
}

TEST(Preflight, ALongTransactionBlocksOnlyWhereItsLockConflictsWithTheMigrations) {
  EXPECT_THAT(verdicts(with(holder(LockMode::access_share))), ElementsAre("failure preflight/transaction session 42 (orcha, report)"));
  EXPECT_THAT(verdicts(with(holder(LockMode::access_share)), altering("public.orders", LockMode::share)), ElementsAre("warning preflight/transaction session 42 (orcha, report)"));
  EXPECT_THAT(verdicts(with(holder(LockMode::row_exclusive)), altering("public.orders", LockMode::share)), ElementsAre("failure preflight/transaction session 42 (orcha, report)"));
  EXPECT_THAT(verdicts(with(holder(LockMode::access_share)), altering("public.other")), ElementsAre("warning preflight/transaction session 42 (orcha, report)"));
  EXPECT_THAT(verdicts(with(holder(LockMode::access_share, 20s))), IsEmpty());
}

TEST(Preflight, WithoutARecordEveryTableCountsAsLockedExclusively) {
  EXPECT_THAT(verdicts(with(holder(LockMode::access_share)), {}), Contains("failure preflight/transaction session 42 (orcha, report)"));
}

TEST(Preflight, AConcurrentBuildWaitsForEverySnapshot) {
  auto targets = altering("public.other", LockMode::share_update_exclusive);
  targets.concurrently = true;
  EXPECT_THAT(verdicts(with(holder(LockMode::access_share)), targets), ElementsAre("failure preflight/transaction session 42 (orcha, report)"));
}

TEST(Preflight, ATransactionIsNamedWithSinceStatementAndRemedy) {
  const auto finding = judge(with(holder(LockMode::access_share)), altering("public.orders"), {}).at(0);
  EXPECT_EQ(finding.what, "Its transaction has been open for 1 min 0 s (idle in transaction for 50.0 s).");
  EXPECT_EQ(finding.remedy, "Have its owner COMMIT or ROLLBACK; else SELECT pg_terminate_backend(42);");
  EXPECT_THAT(finding.evidence, ElementsAre("holds ACCESS SHARE on public.orders, where the migration takes ACCESS EXCLUSIVE", "since 2026-04-24T10:00:00Z", "statement: SELECT ?"));
}

TEST(Preflight, ADumpBlocksHoweverYoungItIs) {
  auto dump = holder(LockMode::access_share, 1s);
  dump.application = "pg_dump";
  EXPECT_THAT(verdicts(with(dump)), ElementsAre("failure preflight/dump session 42 (orcha, pg_dump)"));
  EXPECT_THAT(verdicts(with(dump), altering("public.other")), ElementsAre("warning preflight/dump session 42 (orcha, pg_dump)"));
}

TEST(Preflight, AHiddenSessionInTheWayCouldNotBeSeen) {
  auto hidden = holder(LockMode::access_share, 0s);
  hidden.hidden = true;
  const auto findings = judge(with(hidden), altering("public.orders"), {});
  EXPECT_TRUE(could_not_see(findings));
  EXPECT_THAT(findings.at(0).remedy, HasSubstr("GRANT pg_monitor"));
  EXPECT_THAT(verdicts(with(hidden), altering("public.other")), IsEmpty());
}

TEST(Preflight, AQueueBlocksOnATargetAndWarnsElsewhere) {
  LiveFacts facts{.server = {.database = "shop"}};
  facts.sessions.waiting = {{.pid = 1, .user = "a", .database = "shop"},
                            {.pid = 2, .depth = 1, .path = {1, 2}, .user = "b", .database = "shop", .waiting = 3s, .waits_for = "ShareLock on transactionid", .locks = {{"public.orders", LockMode::row_exclusive}}}};
  EXPECT_THAT(verdicts(facts), ElementsAre("failure preflight/queue session 1 (a)"));
  EXPECT_THAT(verdicts(facts, altering("public.other")), ElementsAre("warning preflight/queue session 1 (a)"));
  EXPECT_THAT(judge(facts, altering("public.orders"), {}).at(0).evidence, Contains("  session 2 (b) has waited 3.0 s for ShareLock on transactionid"));
  facts.server.database = "another";
  EXPECT_THAT(verdicts(facts), IsEmpty());
}

TEST(Preflight, APreparedTransactionBlocksByItsLocksOrItsAge) {
  LiveFacts facts;
  facts.sessions.prepared = {{.gid = "g", .owner = "o", .age = 1s, .locks = {{"public.orders", LockMode::row_exclusive}}}};
  EXPECT_THAT(verdicts(facts), ElementsAre("failure preflight/prepared_transaction g"));
  EXPECT_THAT(verdicts(facts, altering("public.other")), ElementsAre("warning preflight/prepared_transaction g"));
  facts.sessions.prepared[0].age = 10min;
  EXPECT_THAT(verdicts(facts, altering("public.other")), ElementsAre("failure preflight/prepared_transaction g"));
}

TEST(Preflight, VacuumsAndBuildsOnATarget) {
  const auto at_work = [](Maintenance work) { return LiveFacts{.maintenance = {std::move(work)}}; };
  EXPECT_THAT(verdicts(at_work({.kind = "vacuum", .table = "public.orders", .autovacuum = true, .wraparound = true})), ElementsAre("failure preflight/wraparound public.orders"));
  EXPECT_THAT(verdicts(at_work({.kind = "vacuum", .table = "public.orders", .autovacuum = true})), ElementsAre("warning preflight/maintenance public.orders"));
  EXPECT_THAT(verdicts(at_work({.kind = "create_index", .table = "public.orders"})), ElementsAre("failure preflight/maintenance public.orders"));
  EXPECT_THAT(verdicts(at_work({.kind = "vacuum", .table = "public.other", .autovacuum = true, .wraparound = true})), IsEmpty());
  EXPECT_THAT(verdicts(at_work({.kind = "vacuum", .table = "public.orders"}), altering("public.orders", LockMode::row_exclusive)), IsEmpty());
  EXPECT_THAT(verdicts(at_work({.kind = "base_backup", .pid = 7, .user = "backup", .application = "pg_basebackup"})), ElementsAre("warning preflight/base_backup session 7 (backup, pg_basebackup)"));
}

TEST(Preflight, SlotsByWhatTheyKeepAndWhoReads) {
  const auto slot = [](ReplicationSlot one) { return LiveFacts{.slots = {std::move(one)}}; };
  EXPECT_THAT(verdicts(slot({.name = "s", .active = true, .retained = {100 * MB}})), IsEmpty());
  EXPECT_THAT(verdicts(slot({.name = "s", .active = false})), ElementsAre("warning preflight/slot s"));
  EXPECT_THAT(verdicts(slot({.name = "s", .active = true, .retained = {2048 * MB}})), ElementsAre("failure preflight/slot s"));
  EXPECT_THAT(verdicts(slot({.name = "s", .wal_status = "lost"})), ElementsAre("warning preflight/slot s"));
  auto targets = altering("public.orders");
  targets.wal = {200 * MB};
  EXPECT_THAT(verdicts(slot({.name = "s", .active = true, .safe = Bytes{100 * MB}}), targets), ElementsAre("failure preflight/slot s"));
  EXPECT_THAT(verdicts(slot({.name = "s", .active = true, .safe = Bytes{300 * MB}}), targets), IsEmpty());
}

TEST(Preflight, AStandbyThatLagsBlocks) {
  const auto standby = [](Standby one) { return LiveFacts{.standbys = {std::move(one)}}; };
  EXPECT_THAT(verdicts(standby({.pid = 5, .user = "r", .state = "streaming", .lag = 1s})), IsEmpty());
  EXPECT_THAT(verdicts(standby({.pid = 5, .user = "r", .state = "streaming", .lag = 60s})), ElementsAre("failure preflight/standby session 5 (r)"));
  EXPECT_THAT(verdicts(standby({.pid = 5, .user = "r", .state = "streaming", .behind = {100 * MB}})), ElementsAre("failure preflight/standby session 5 (r)"));
  EXPECT_THAT(verdicts(standby({.pid = 5, .user = "r", .state = "catchup"})), ElementsAre("warning preflight/standby session 5 (r)"));
}

TEST(Preflight, TablesByAgeDeadRowsAndPublications) {
  LiveFacts facts{.server = {.freeze_max_age = 1000}, .tables = {{.name = "public.orders", .rows = 10000, .xid_age = 899}}};
  EXPECT_THAT(verdicts(facts), IsEmpty());
  facts.tables[0].xid_age = 901;
  EXPECT_THAT(verdicts(facts), ElementsAre("warning preflight/wraparound public.orders"));
  facts.tables[0] = {.name = "public.orders", .rows = 6000, .dead_rows = 4000};
  EXPECT_THAT(verdicts(facts), ElementsAre("warning preflight/dead_rows public.orders"));
  facts.tables[0] = {.name = "public.orders", .publications = {"p"}};
  EXPECT_THAT(verdicts(facts), ElementsAre("warning preflight/publication public.orders"));
  EXPECT_THAT(verdicts({.missing_tables = {"public.orders"}}), ElementsAre("failure preflight/missing_table public.orders"));
}

TEST(Preflight, WhatIsInvalidOrUncheckedWeighsMoreOnATarget) {
  EXPECT_THAT(verdicts({.invalid_indexes = {{.name = "public.i", .table = "public.orders"}}}), ElementsAre("failure preflight/invalid_index public.i"));
  EXPECT_THAT(verdicts({.invalid_indexes = {{.name = "public.i", .table = "public.other"}}}), ElementsAre("warning preflight/invalid_index public.i"));
  const LiveFacts facts{.server = {.database = "shop"},
                        .unchecked = {{.kind = "unvalidated", .name = "fk", .table = "public.orders", .what = "foreign key"}, {.kind = "disabled_trigger", .name = "t", .table = "public.other", .what = "trigger"}}};
  EXPECT_THAT(verdicts(facts), ElementsAre("warning preflight/unvalidated public.orders.fk", "note preflight/unvalidated shop"));
}

TEST(Preflight, SequencesNearTheirEnd) {
  const auto sequence = [](double used) { return LiveFacts{.sequences = {{.name = "public.s", .column = "public.orders.id", .type = "integer", .last = 1, .end = 2, .used_percent = used}}}; };
  EXPECT_THAT(verdicts(sequence(74)), IsEmpty());
  EXPECT_THAT(verdicts(sequence(80)), ElementsAre("warning preflight/sequence public.s"));
  EXPECT_THAT(verdicts(sequence(95)), ElementsAre("failure preflight/sequence public.s"));
}

TEST(Preflight, ACollationThatMovedBlocksWhatBuildsIndexes) {
  const LiveFacts facts{.collations = {{.name = "c", .recorded = "1", .actual = "2", .indexes = 3}}};
  EXPECT_THAT(verdicts(facts), ElementsAre("warning preflight/collation c"));
  auto targets = altering("public.orders");
  targets.tables[0].indexed = true;
  EXPECT_THAT(verdicts(facts, targets), ElementsAre("failure preflight/collation c"));
}

TEST(Preflight, RoomForTheRewriteOnTheLiveTablesScale) {
  Targets targets{.recorded = true, .tables = {{.table = "public.orders", .rewritten = true, .size = {100 * MB}}}, .wal = {200 * MB}, .temp = {50 * MB}};
  // Twice the clone's: 200 + 50 (indexes) rewritten, 400 of WAL, 100 of temporary files.
  LiveFacts facts{.server = {.database = "shop", .free_disk = Bytes{700 * MB}}, .tables = {{.name = "public.orders", .heap = {190 * MB}, .indexes = {50 * MB}, .toast = {10 * MB}}}};
  EXPECT_THAT(verdicts(facts, targets), ElementsAre("failure preflight/disk shop"));
  EXPECT_EQ(judge(facts, targets, {}).at(0).what, "The deploy needs about 750 MB, and 700 MB are free.");
  facts.server.free_disk = Bytes{1000 * MB};
  EXPECT_THAT(verdicts(facts, targets), ElementsAre("warning preflight/disk shop"));
  facts.server.free_disk = Bytes{1600 * MB};
  EXPECT_THAT(verdicts(facts, targets), IsEmpty());
  facts.server.free_disk = std::nullopt;
  EXPECT_THAT(verdicts(facts, targets), ElementsAre("failure preflight/unseen shop"));
  EXPECT_THAT(verdicts(facts, targets, {.free_disk = Bytes{1600 * MB}}), IsEmpty());
  EXPECT_THAT(verdicts(facts), IsEmpty()) << "nothing is rewritten";
  EXPECT_THAT(verdicts(facts, {}), ElementsAre("not_checked preflight/disk shop"));
}

TEST(Preflight, TheServerItself) {
  EXPECT_THAT(verdicts({.server = {.address = "a", .standby = true}}), ElementsAre("failure preflight/server a"));
  EXPECT_THAT(verdicts({.server = {.address = "a", .read_only = true}}), ElementsAre("failure preflight/server a"));
  EXPECT_THAT(verdicts({.server = {.database_xid_age = 1'600'000'000, .database_xid_oldest = "old"}}), ElementsAre("failure preflight/wraparound old"));
  auto targets = altering("public.orders");
  targets.relations_locked = 600;
  EXPECT_THAT(verdicts({.server = {.address = "a", .lock_slots = 1000, .locks_in_use = 100}}, targets), ElementsAre("warning preflight/lock_table a"));
  EXPECT_THAT(verdicts({.server = {.address = "a", .lock_slots = 1000, .locks_in_use = 500}}, targets), ElementsAre("failure preflight/lock_table a"));
  EXPECT_THAT(verdicts({.event_triggers = {{"guard", "ddl_command_end", "public.f"}}}), ElementsAre("warning preflight/event_trigger guard"));
}

TEST(Preflight, WhatCouldNotBeSeenIsAFailureOfItsPart) {
  const LiveFacts facts{.server = {.role = "ci"}, .unseen = {{.part = Part::replication, .what = "the standbys", .why = "no right", .remedy = "GRANT pg_monitor TO ci;"}}};
  EXPECT_THAT(judge(facts, altering("public.orders"), {}, Part::sessions), IsEmpty());
  const auto findings = judge(facts, altering("public.orders"), {}, Part::replication);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].what, "Could not be seen: the standbys.");
  EXPECT_EQ(findings[0].remedy, "GRANT pg_monitor TO ci;");
  EXPECT_TRUE(could_not_see(findings));
}

TEST(PreflightWaiver, MakesANoteOfWhatItCoversUntilItsLastDay) {
  const auto waiver = config::PreflightWaiver{.check = "slot", .object = "left*", .reason = "goes in May", .until = *parse_day("2026-05-31")};
  const checks::Findings findings = {{.check = "preflight/slot", .object = "left_1"}, {.check = "preflight/slot", .object = "other"}, {.check = "preflight/queue", .object = "left_1"}};
  const auto accepted = accept(findings, {waiver}, "waivers.json", *parse_day("2026-05-31"));
  ASSERT_EQ(accepted.size(), 3U);
  EXPECT_EQ(accepted[0].severity, Severity::note);
  EXPECT_THAT(accepted[0].evidence, ElementsAre("accepted until 2026-05-31: goes in May"));
  EXPECT_EQ(accepted[1], findings[1]);
  EXPECT_EQ(accepted[2], findings[2]);
  const auto late = accept(findings, {waiver}, "waivers.json", *parse_day("2026-06-01"));
  ASSERT_EQ(late.size(), 4U);
  EXPECT_EQ(late[0], findings[0]);
  EXPECT_EQ(late[3].check, "preflight/waivers");
}

}  // namespace
}  // namespace prodclone::preflight
