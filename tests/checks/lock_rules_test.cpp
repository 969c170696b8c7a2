#include <prodclone/checks/locks.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace prodclone::checks {
namespace {

using namespace std::chrono_literals;
using rehearsal::Duration;
using rehearsal::HeldLock;
using rehearsal::LockMode;
using rehearsal::LockTrace;
using rehearsal::Rewrite;
using rehearsal::Scan;
using rehearsal::StatementTrace;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Bytes big{494LL << 20}, small{64 << 10};
constexpr std::chrono::year_month_day today{std::chrono::year(2026), std::chrono::month(11), std::chrono::day(20)};

HeldLock lock(LockMode mode, Duration held, Bytes size = big) {
  return {.relation = "public.orders", .name_then = "orders", .kind = "table", .table = "public.orders", .mode = mode, .pre_existing = true,
          .named = true, .size = size, .rows = size == big ? 5'000'000 : 100, .held = held, .needed = held};
}

StatementTrace statement(std::string text, std::string command, std::vector<HeldLock> locks = {}) {
  StatementTrace made{.file = "migrations/0042_x.up.sql", .line = 3, .text = std::move(text), .command = std::move(command), .took = 1ms,
                      .lock_timeout = 500ms, .locks = std::move(locks), .wal = Bytes{}, .temp = Bytes{}};
  for (const auto& taken : made.locks) made.took = std::max(made.took, taken.needed);
  return made;
}

LockTrace trace(std::vector<StatementTrace> statements) {
  LockTrace made{.database = "clone"};
  made.migrations.push_back({.id = "0042", .name = "0042_x", .succeeded = true, .statements = std::move(statements), .wal = Bytes{}, .temp = Bytes{}});
  return made;
}

// The findings of one rule, and of no other: what one rule is about must not be told twice.
Findings judged(const LockTrace& given, const std::string& rule, const LockBudgets& budgets = {}) {
  return lock_findings(given, budgets, today, rule);
}
Findings others(const LockTrace& given, const std::string& rule) {
  Findings rest;
  for (auto& finding : lock_findings(given, {}, today))
    if (finding.check != "locks/" + rule && finding.severity == Severity::failure) rest.push_back(finding);
  return rest;
}

TEST(LockRules, LK03FlagsALongExclusiveLockOnALargeTable) {
  const auto given = trace({statement("ALTER TABLE orders …", "ALTER TABLE", {lock(LockMode::access_exclusive, 600ms)})});
  const auto findings = judged(given, "LK03");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].object, "public.orders");
  EXPECT_EQ(findings[0].where, "0042_x.up.sql:3");
  EXPECT_EQ(findings[0].severity, Severity::failure);
  EXPECT_EQ(findings[0].what, "ACCESS EXCLUSIVE on public.orders (494 MB, 5.0 M rows) was held for 600 ms; the budget is 500 ms.");
  EXPECT_THAT(findings[0].remedy, HasSubstr(R"("rule": "LK03")"));
  EXPECT_THAT(others(given, "LK03"), IsEmpty());
}

TEST(LockRules, LK03CountsAnIndexForItsTable) {
  auto index = lock(LockMode::access_exclusive, 600ms);
  index.relation = "public.orders_pkey";
  index.kind = "index";
  EXPECT_THAT(judged(trace({statement("REINDEX INDEX orders_pkey", "REINDEX", {index})}), "LK03"), Contains(testing::Field(&Finding::object, "public.orders")));
}

TEST(LockRules, LK03LetsShortWeakAndOwnLocksPass) {
  EXPECT_THAT(judged(trace({statement("…", "ALTER TABLE", {lock(LockMode::access_exclusive, 400ms)})}), "LK03"), IsEmpty());
  EXPECT_THAT(judged(trace({statement("…", "ALTER TABLE", {lock(LockMode::share_row_exclusive, 60s)})}), "LK03"), IsEmpty());
  EXPECT_THAT(judged(trace({statement("…", "ALTER TABLE", {lock(LockMode::access_exclusive, 900ms, small)})}), "LK03"), IsEmpty());
  auto own = lock(LockMode::access_exclusive, 60s);
  own.pre_existing = false;
  EXPECT_THAT(judged(trace({statement("…", "ALTER TABLE", {own})}), "LK03"), IsEmpty());
}

TEST(LockRules, LK03FlagsSmallTablesBeyondTheBudgetForReads) {
  EXPECT_EQ(judged(trace({statement("…", "ALTER TABLE", {lock(LockMode::access_exclusive, 1100ms, small)})}), "LK03").size(), 1U);
}

StatementTrace rewriting(Bytes size, std::int64_t rows) {
  auto made = statement("ALTER TABLE orders ALTER COLUMN amount TYPE bigint", "ALTER TABLE");
  made.rewrites = {Rewrite{"public.orders", "table", "rewritten", true, size, size, rows}};
  made.scans = {Scan{.relation = "public.orders", .purpose = "index_build", .object = "orders_pkey", .pre_existing = true, .under = LockMode::access_exclusive, .size = size, .rows = rows}};
  return made;
}

TEST(LockRules, LK04FlagsALargeRewriteByBytesOrByRows) {
  const auto findings = judged(trace({rewriting({30 << 20}, 50'000)}), "LK04");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].what, "The server wrote public.orders (30 MB, 50000 rows) anew; the budget ends at 8192 kB or 100000 rows.");
  EXPECT_THAT(findings[0].evidence, Contains("1 index was built again"));
  EXPECT_THAT(findings[0].remedy, HasSubstr("ADD COLUMN …_new"));
  EXPECT_EQ(judged(trace({rewriting({2 << 20}, 100'000)}), "LK04").size(), 1U);
  EXPECT_THAT(others(trace({rewriting(big, 5'000'000)}), "LK04"), IsEmpty());
}

TEST(LockRules, LK04LetsSmallNewAndEmptiedTablesPass) {
  EXPECT_THAT(judged(trace({rewriting({1 << 20}, 5'000)}), "LK04"), IsEmpty());
  auto fresh = rewriting(big, 1), emptied = rewriting(big, 1);
  fresh.rewrites[0].pre_existing = false;
  emptied.rewrites[0].reason = "emptied";
  EXPECT_THAT(judged(trace({fresh, emptied}), "LK04"), IsEmpty());
}

StatementTrace scanning(std::string text, std::string purpose, std::optional<LockMode> under, Bytes size = big) {
  auto made = statement(std::move(text), "ALTER TABLE");
  made.scans = {Scan{.relation = "public.orders", .purpose = std::move(purpose), .object = "c", .said = "verifying", .pre_existing = true, .under = under,
                     .size = size, .rows = size == big ? 5'000'000 : 10}};
  return made;
}

TEST(LockRules, LK05FlagsScansUnderConflictingLocks) {
  const auto not_null = judged(trace({scanning("ALTER TABLE orders ALTER a SET NOT NULL", "verify", LockMode::access_exclusive)}), "LK05");
  ASSERT_EQ(not_null.size(), 1U);
  EXPECT_THAT(not_null[0].what, HasSubstr("read whole to verify a constraint under ACCESS EXCLUSIVE"));
  EXPECT_THAT(not_null[0].remedy, HasSubstr("CHECK (column IS NOT NULL) NOT VALID"));
  const auto key = judged(trace({scanning("ALTER TABLE orders ADD FOREIGN KEY …", "foreign_key_child", LockMode::share_row_exclusive)}), "LK05");
  ASSERT_EQ(key.size(), 1U);
  EXPECT_THAT(key[0].remedy, HasSubstr("NOT VALID"));
  const auto same_transaction = judged(trace({scanning("ALTER TABLE orders\n  VALIDATE   CONSTRAINT fk", "foreign_key_child", LockMode::share_row_exclusive)}), "LK05");
  EXPECT_THAT(same_transaction.at(0).remedy, HasSubstr("COMMIT between"));
  EXPECT_EQ(judged(trace({scanning("…", "verify", std::nullopt)}), "LK05").size(), 1U);
}

TEST(LockRules, LK05LetsWeakLocksAndSmallTablesPass) {
  EXPECT_THAT(judged(trace({scanning("… VALIDATE CONSTRAINT fk", "foreign_key_child", LockMode::share_update_exclusive)}), "LK05"), IsEmpty());
  EXPECT_THAT(judged(trace({scanning("…", "verify", LockMode::access_exclusive, small)}), "LK05"), IsEmpty());
}

StatementTrace indexing(std::string text, std::string command, LockMode under, Bytes size = big) {
  auto made = scanning(std::move(text), "index_build", under, size);
  made.command = std::move(command);
  return made;
}

TEST(LockRules, LK06FlagsIndexWorkThatIsNotConcurrent) {
  const auto given = trace({indexing("CREATE INDEX c ON orders (a)", "CREATE INDEX", LockMode::share)});
  const auto findings = judged(given, "LK06");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].what, "The index c of public.orders (494 MB, 5.0 M rows) was built without CONCURRENTLY.");
  EXPECT_THAT(others(given, "LK06"), IsEmpty());
  EXPECT_EQ(judged(trace({indexing("REINDEX TABLE orders", "REINDEX", LockMode::share)}), "LK06").size(), 1U);
  const auto dropped = judged(trace({statement("DROP INDEX c", "DROP INDEX", {lock(LockMode::access_exclusive, 1ms)})}), "LK06");
  ASSERT_EQ(dropped.size(), 1U);
  EXPECT_EQ(dropped[0].severity, Severity::warning);
}

TEST(LockRules, LK06LetsConcurrentAndSmallOnesPass) {
  EXPECT_THAT(judged(trace({indexing("CREATE INDEX CONCURRENTLY c ON orders (a)", "CREATE INDEX CONCURRENTLY", LockMode::share_update_exclusive)}), "LK06"), IsEmpty());
  EXPECT_THAT(judged(trace({indexing("CREATE INDEX c ON orders (a)", "CREATE INDEX", LockMode::share, small)}), "LK06"), IsEmpty());
  EXPECT_THAT(judged(trace({statement("DROP TABLE orders", "DROP TABLE", {lock(LockMode::access_exclusive, 1ms)})}), "LK06"), IsEmpty());
}

LockTrace held_across(Duration later) {
  auto taken = lock(LockMode::access_exclusive, 1ms + later, small);
  taken.needed = 1ms;
  auto backfill = statement("UPDATE other SET a = 1", "UPDATE");
  backfill.line = 9;
  backfill.started = 1ms;
  backfill.took = later;
  return trace({statement("ALTER TABLE orders ADD COLUMN a int", "ALTER TABLE", {taken}), backfill});
}

TEST(LockRules, LK07TellsWhatALockWaitedFor) {
  const auto findings = judged(held_across(3s), "LK07");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::failure);
  EXPECT_EQ(findings[0].what, "ACCESS EXCLUSIVE on public.orders (64 kB, 100 rows) was needed for 1.0 ms and held for 3.0 s.");
  EXPECT_THAT(findings[0].evidence, Contains("meanwhile 0042_x.up.sql:9: UPDATE other SET a = 1 (3.0 s)"));
  EXPECT_EQ(judged(held_across(300ms), "LK07").at(0).severity, Severity::warning);
  EXPECT_THAT(judged(held_across(240ms), "LK07"), IsEmpty());
}

TEST(LockRules, LK07TellsOneTransactionOnce) {
  auto given = held_across(3s);
  auto& locks = given.migrations[0].statements[0].locks;
  locks.push_back(locks[0]);
  locks[1].relation = locks[1].table = "public.customers";
  locks[1].held += 1ms;
  const auto findings = judged(given, "LK07");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].object, "public.customers");
  EXPECT_THAT(findings[0].what, HasSubstr("so were locks on 1 other table"));
  EXPECT_THAT(findings[0].evidence, Contains(HasSubstr("ACCESS EXCLUSIVE on public.orders, needed for 1.0 ms, held for 3.0 s")));
}

StatementTrace without_timeout(Bytes size, LockMode mode = LockMode::access_exclusive) {
  auto made = statement("ALTER TABLE orders ADD COLUMN a int", "ALTER TABLE", {lock(mode, 1ms, size)});
  made.lock_timeout = Duration(0);
  return made;
}

TEST(LockRules, LK08FailsOnLargeTablesAndWarnsOnSmallOnes) {
  const auto large = judged(trace({without_timeout(big)}), "LK08");
  ASSERT_EQ(large.size(), 1U);
  EXPECT_EQ(large[0].severity, Severity::failure);
  EXPECT_THAT(large[0].evidence, Contains("0042_x.up.sql:3: ACCESS EXCLUSIVE on public.orders (494 MB, 5.0 M rows)"));
  EXPECT_EQ(judged(trace({without_timeout(small)}), "LK08").at(0).severity, Severity::warning);
}

TEST(LockRules, LK08TellsOneMigrationOnce) { EXPECT_EQ(judged(trace({without_timeout(big), without_timeout(big)}), "LK08").size(), 1U); }

TEST(LockRules, LK08LetsATimeoutOrAWeakLockPassAndWarnsOfALongOne) {
  EXPECT_THAT(judged(trace({statement("…", "ALTER TABLE", {lock(LockMode::access_exclusive, 1ms)})}), "LK08"), IsEmpty());
  EXPECT_THAT(judged(trace({without_timeout(big, LockMode::share_update_exclusive)}), "LK08"), IsEmpty());
  auto patient = without_timeout(big);
  patient.lock_timeout = 60s;
  EXPECT_EQ(judged(trace({patient}), "LK08").at(0).severity, Severity::warning);
}

TEST(LockRules, LK11NotesTablesThatTheScriptDoesNotName) {
  auto parent = lock(LockMode::share_row_exclusive, 2ms);
  parent.relation = parent.table = "public.customers";
  parent.named = false;
  const auto findings = judged(trace({statement("ALTER TABLE orders ADD FOREIGN KEY …", "ALTER TABLE", {lock(LockMode::share_row_exclusive, 2ms), parent})}), "LK11");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::note);
  EXPECT_EQ(findings[0].what, "1 table was locked that the statement does not name: public.customers.");
  parent.named = true;
  EXPECT_THAT(judged(trace({statement("…", "ALTER TABLE", {parent})}), "LK11"), IsEmpty());
}

TEST(LockRules, LK17FlagsTooMuchWalAndTemp) {
  auto given = trace({statement("UPDATE …", "UPDATE")});
  given.migrations[0].statements[0].wal = given.migrations[0].wal = Bytes{2LL << 30};
  EXPECT_THAT(judged(given, "LK17").at(0).what, HasSubstr("of WAL"));
  given.migrations[0].wal = Bytes{1 << 20};
  EXPECT_THAT(judged(given, "LK17"), IsEmpty());
  given.migrations[0].temp = Bytes{2LL << 30};
  EXPECT_EQ(judged(given, "LK17").size(), 1U);
}

TEST(LockRules, LK20FlagsLongStatementsButGivesLongOperationsTheirTime) {
  auto slow = statement("UPDATE orders SET a = 1", "UPDATE");
  slow.took = 6s;
  EXPECT_EQ(judged(trace({slow}), "LK20").size(), 1U);
  slow.command = "CREATE INDEX CONCURRENTLY";
  slow.took = 60s;
  EXPECT_THAT(judged(trace({slow}), "LK20"), IsEmpty());
  auto part = statement("UPDATE …", "UPDATE");
  part.took = 4s;
  std::vector<StatementTrace> many(10, part);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].started = 4s * i;
  EXPECT_THAT(judged(trace(many), "LK20").at(0).what, HasSubstr("The migration took 40.0 s"));
}

TEST(LockRules, WhatWasNotMeasuredIsAFailure) {
  auto given = trace({statement("…", "ALTER TABLE", {lock(LockMode::access_exclusive, 1ms)})});
  EXPECT_THAT(judged(given, "unmeasured"), IsEmpty());
  given.not_measured = {"WAL: wal_level is minimal"};
  given.migrations[0].statements[0].lock_timeout.reset();
  given.migrations.push_back(given.migrations[0]);
  given.migrations[1].statements.clear();
  given.migrations[1].succeeded = false;
  const auto findings = judged(given, "unmeasured");
  ASSERT_EQ(findings.size(), 3U);
  EXPECT_EQ(findings[0].what, "Could not check: WAL: wal_level is minimal.");
  EXPECT_TRUE(any_failure(findings));
}

TEST(LockRules, AnExceptionTurnsAFailureIntoANoteUntilItExpires) {
  const auto given = trace({rewriting(big, 1)});
  LockBudgets budgets;
  budgets.exceptions = {{"0042*", "LK04", today, "maintenance window"}};
  const auto accepted = judged(given, "LK04", budgets);
  ASSERT_EQ(accepted.size(), 1U);
  EXPECT_EQ(accepted[0].severity, Severity::note);
  EXPECT_THAT(accepted[0].evidence, Contains("accepted until 2026-11-20: maintenance window"));
  budgets.exceptions[0].until = std::chrono::year_month_day(std::chrono::sys_days(today) - std::chrono::days(1));
  const auto expired = judged(given, "LK04", budgets);
  EXPECT_EQ(expired.at(0).severity, Severity::failure);
  EXPECT_THAT(expired[0].evidence, Contains(HasSubstr("expired on 2026-11-19")));
  budgets.exceptions = {{"0043*", "LK04", today, "another"}, {"0042*", "LK05", today, "another"}};
  EXPECT_TRUE(any_failure(judged(given, "LK04", budgets)));
}

TEST(LockRules, NothingPendingIsNothingFound) { EXPECT_THAT(lock_findings({}, {}, today), IsEmpty()); }

TEST(LockRules, EachRuleCanBeAskedForAlone) {
  const auto given = trace({statement("SELECT 1", "SELECT")});
  const rehearsal::TrafficTrace traffic{.statements_known = true, .looks = 1};
  for (const auto& rule : lock_rules()) EXPECT_THAT(lock_findings(LockFacts{given, &traffic}, {}, today, rule.id), IsEmpty()) << rule.id;
  EXPECT_THROW(lock_findings({}, {}, today, "LK99"), std::logic_error);
}

}  // namespace
}  // namespace prodclone::checks
