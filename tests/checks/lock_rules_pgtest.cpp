// Each rule on a real server: a script that it must flag, and the safer one that it must not.
#include <prodclone/checks/locks.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/pg/session.hpp>

#include <support/selftest_server.hpp>

#include "../rehearsal/observed_run.hpp"

namespace prodclone::checks {
namespace {

using namespace std::chrono_literals;
using rehearsal::test::Transactions;
using Script = std::vector<std::string>;

struct Pair {
  std::string rule = {};
  std::string name = {};
  Script bad = {}, good = {};
  Transactions good_transactions = Transactions::one;
  Severity severity = Severity::failure;
  friend void PrintTo(const Pair& pair, std::ostream* out) { *out << pair.rule << pair.name; }
};

const std::string patience = "SET lock_timeout = '500ms'";

const std::vector<Pair> pairs = {
    {.rule = "LK03",
     .name = "ExclusiveLockHeld",
     .bad = {patience, "ALTER TABLE orders ADD COLUMN a int", "SELECT pg_sleep(0.7)"},
     .good = {patience, "SELECT pg_sleep(0.7)", "ALTER TABLE orders ADD COLUMN a int"}},
    {.rule = "LK04",
     .name = "TypeChange",
     .bad = {patience, "ALTER TABLE orders ALTER COLUMN amount TYPE bigint"},
     .good = {patience, "ALTER TABLE orders ALTER COLUMN code TYPE varchar(40)"}},
    {.rule = "LK04",
     .name = "VolatileDefault",
     .bad = {patience, "ALTER TABLE orders ADD COLUMN a uuid DEFAULT gen_random_uuid()"},
     .good = {patience, "ALTER TABLE orders ADD COLUMN a uuid", "ALTER TABLE orders ALTER COLUMN a SET DEFAULT gen_random_uuid()"}},
    {.rule = "LK05",
     .name = "NotNull",
     .bad = {patience, "ALTER TABLE orders ALTER COLUMN amount SET NOT NULL"},
     .good = {patience, "ALTER TABLE orders ADD CONSTRAINT c CHECK (amount IS NOT NULL) NOT VALID", "ALTER TABLE orders VALIDATE CONSTRAINT c",
              "ALTER TABLE orders ALTER COLUMN amount SET NOT NULL", "ALTER TABLE orders DROP CONSTRAINT c"},
     .good_transactions = Transactions::each},
    {.rule = "LK05",
     .name = "ForeignKey",
     .bad = {patience, "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers"},
     .good = {patience, "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers NOT VALID",
              "ALTER TABLE orders VALIDATE CONSTRAINT fk"},
     .good_transactions = Transactions::each},
    {.rule = "LK05",
     .name = "ValidateInTheSameTransaction",
     .bad = {patience, "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers NOT VALID",
             "ALTER TABLE orders VALIDATE CONSTRAINT fk"},
     .good = {patience, "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers NOT VALID"}},
    {.rule = "LK05",
     .name = "UniqueConstraint",
     .bad = {patience, "ALTER TABLE orders ADD CONSTRAINT u UNIQUE (code)"},
     .good = {patience, "CREATE UNIQUE INDEX CONCURRENTLY u ON orders (code)", "ALTER TABLE orders ADD CONSTRAINT u UNIQUE USING INDEX u"},
     .good_transactions = Transactions::each},
    {.rule = "LK05",
     .name = "BackfillUnderLock",
     .bad = {patience, "ALTER TABLE orders ADD COLUMN a int", "UPDATE orders SET a = amount"},
     .good = {patience, "ALTER TABLE orders ADD COLUMN a int", "UPDATE orders SET a = amount"},
     .good_transactions = Transactions::each},
    {.rule = "LK06",
     .name = "Index",
     .bad = {patience, "CREATE INDEX i ON orders (amount)"},
     .good = {patience, "CREATE INDEX CONCURRENTLY i ON orders (amount)"},
     .good_transactions = Transactions::each},
    {.rule = "LK06",
     .name = "Reindex",
     .bad = {patience, "REINDEX TABLE orders"},
     .good = {patience, "REINDEX TABLE CONCURRENTLY orders"},
     .good_transactions = Transactions::each},
    {.rule = "LK06",
     .name = "DropIndex",
     .bad = {patience, "DROP INDEX by_customer"},
     .good = {patience, "DROP INDEX CONCURRENTLY by_customer"},
     .good_transactions = Transactions::each,
     .severity = Severity::warning},
    {.rule = "LK07",
     .name = "LockHeldAcrossStatements",
     .bad = {patience, "ALTER TABLE customers ADD COLUMN a int", "SELECT pg_sleep(1.2)"},
     .good = {patience, "ALTER TABLE customers ADD COLUMN a int", "SELECT pg_sleep(1.2)"},
     .good_transactions = Transactions::each},
    {.rule = "LK08", .name = "NoTimeout", .bad = {"ALTER TABLE orders ADD COLUMN a int"}, .good = {patience, "ALTER TABLE orders ADD COLUMN a int"}},
    {.rule = "LK11",
     .name = "ParentOfADroppedTable",
     .bad = {patience, "DROP TABLE items"},
     .good = {patience, "ALTER TABLE items ADD COLUMN a int"},
     .severity = Severity::note},
    {.rule = "LK17",
     .name = "TooManyTemporaryFiles",
     .bad = {"SET work_mem = '64kB'", "SELECT count(DISTINCT code || n) FROM orders, generate_series(1, 5) n"},
     .good = {"SET work_mem = '64MB'", "SELECT count(DISTINCT code || n) FROM orders, generate_series(1, 5) n"}},
    {.rule = "LK20", .name = "SlowStatement", .bad = {"SELECT pg_sleep(1.6)"}, .good = {"SELECT pg_sleep(0.01)"}},
    {.rule = "unmeasured", .name = "FailedStatement", .bad = {patience, "ALTER TABLE orders ADD CHECK (amount < 0)"}, .good = {patience, "ALTER TABLE orders ADD CHECK (amount > 0)"}},
};

class LockRulesOnAServer : public testing::TestWithParam<Pair> {
 protected:
  Findings findings_of(const Script& script, Transactions transactions) {
    const selftest::ScratchDatabase scratch;
    pg::Session(scratch.conninfo())
        .execute("CREATE TABLE customers (id int PRIMARY KEY); INSERT INTO customers SELECT n FROM generate_series(1, 50) n;"
                 "CREATE TABLE orders (id int PRIMARY KEY, customer_id int, code varchar(20), amount int);"
                 "INSERT INTO orders SELECT n, n % 50 + 1, 'c' || n, n FROM generate_series(1, 30000) n; CREATE INDEX by_customer ON orders (customer_id);"
                 "CREATE TABLE items (id int PRIMARY KEY, order_id int REFERENCES orders); ANALYZE");
    const auto trace = rehearsal::test::observe(scratch.conninfo(), script, transactions);
    LockBudgets budgets;
    budgets.defaults.large = budgets.defaults.rewrite = budgets.defaults.scan = {{1 << 30}, 20'000};
    budgets.temp = {1 << 20};  // not WAL: others write on the shared server too
    budgets.statement = 1500ms;
    return lock_findings(trace, budgets, std::chrono::year(2026) / 11 / 20, GetParam().rule);
  }
};

TEST_P(LockRulesOnAServer, FlagsTheBadScriptAndNotTheGoodOne) {
  const auto& pair = GetParam();
  const auto bad = findings_of(pair.bad, Transactions::one);
  ASSERT_FALSE(bad.empty());
  EXPECT_EQ(bad[0].severity, pair.severity) << to_string(bad);
  EXPECT_EQ(bad[0].check, "locks/" + pair.rule);
  const auto good = findings_of(pair.good, pair.good_transactions);
  EXPECT_THAT(good, testing::IsEmpty()) << to_string(good);
}

INSTANTIATE_TEST_SUITE_P(Rules, LockRulesOnAServer, testing::ValuesIn(pairs), [](const auto& row) { return row.param.rule + row.param.name; });

}  // namespace
}  // namespace prodclone::checks
