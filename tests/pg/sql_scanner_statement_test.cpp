#include <gtest/gtest.h>

#include <prodclone/pg/sql_scanner.hpp>
#include <string_view>

namespace prodclone::pg {
namespace {

TEST(StatementWords, GivesBareWordsInUpperCase) {
  EXPECT_EQ(statement_words("create /* x */ Index -- y\n concurrently i on t", 3), "CREATE INDEX CONCURRENTLY");
  EXPECT_EQ(statement_words("VACUUM", 3), "VACUUM");
  EXPECT_EQ(statement_words("SELECT a", 0), "");
  EXPECT_EQ(statement_words("", 2), "");
}

TEST(StatementWords, StopsBeforeNamesInQuotesAndPunctuation) {
  EXPECT_EQ(statement_words("ALTER TABLE \"Secret\" ADD c int", 4), "ALTER TABLE");
  EXPECT_EQ(statement_words("REINDEX (CONCURRENTLY) TABLE t", 3), "REINDEX");
  EXPECT_EQ(statement_words("SELECT 'x' a", 3), "SELECT");
}

TEST(TransactionControl, KnowsEachForm) {
  using enum TransactionControl;
  for (const auto* text : {"BEGIN", "begin work", "/* c */ START -- c\n TRANSACTION READ ONLY"})
    EXPECT_EQ(transaction_control(text), begin) << text;
  for (const auto* text : {"COMMIT", "commit and chain", "END", "END TRANSACTION"})
    EXPECT_EQ(transaction_control(text), commit) << text;
  for (const auto* text : {"ROLLBACK", "rollback work", "ROLLBACK TRANSACTION AND NO CHAIN", "ABORT"})
    EXPECT_EQ(transaction_control(text), rollback) << text;
  for (const auto* text : {"SAVEPOINT a", "RELEASE a", "RELEASE SAVEPOINT a", "ROLLBACK TO a",
                           "rollback work to savepoint a", "ROLLBACK TRANSACTION TO a"})
    EXPECT_EQ(transaction_control(text), savepoint) << text;
  for (const auto* text : {"PREPARE TRANSACTION 'a'", "COMMIT PREPARED 'a'", "ROLLBACK PREPARED 'a'"})
    EXPECT_EQ(transaction_control(text), prepared) << text;
}

TEST(TransactionControl, SeesNoneInOtherStatements) {
  for (const auto* text : {"", "-- BEGIN", "SELECT 1", "\"begin\"", "PREPARE p AS SELECT 1",
                           "SET TRANSACTION READ ONLY", "DO $$ BEGIN COMMIT; END $$",
                           "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END", "START_REPLICATION"})
    EXPECT_EQ(transaction_control(text), TransactionControl::none) << text;
}

TEST(RefusesTransactionBlock, KnowsWhatTheServerRefuses) {
  for (const auto* text : {"CREATE INDEX CONCURRENTLY i ON t (a)",
                           "create unique /* c */ index concurrently if not exists i on t (a)",
                           "DROP INDEX CONCURRENTLY i",
                           "REINDEX TABLE CONCURRENTLY t",
                           "REINDEX INDEX CONCURRENTLY i",
                           "REINDEX (VERBOSE, CONCURRENTLY) TABLE t",
                           "REINDEX (CONCURRENTLY true) INDEX i",
                           "REINDEX SCHEMA public",
                           "REINDEX (VERBOSE) DATABASE d",
                           "REINDEX SYSTEM d",
                           "REINDEX DATABASE CONCURRENTLY d",
                           "VACUUM",
                           "VACUUM (FULL) t",
                           "vacuum analyze t",
                           "CREATE DATABASE d",
                           "DROP DATABASE IF EXISTS d",
                           "ALTER DATABASE d SET TABLESPACE s",
                           "CREATE TABLESPACE s LOCATION '/x'",
                           "DROP TABLESPACE s",
                           "ALTER SYSTEM SET a = 1",
                           "ALTER SYSTEM RESET ALL",
                           "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
                           "ALTER TABLE IF EXISTS a.detach DETACH PARTITION \"a;\".p CONCURRENTLY",
                           "CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p",
                           "CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p WITH (enabled = false)",
                           "DROP SUBSCRIPTION s",
                           "ALTER SUBSCRIPTION s REFRESH PUBLICATION",
                           "ALTER SUBSCRIPTION s SET PUBLICATION p",
                           "ALTER SUBSCRIPTION s ADD PUBLICATION p WITH (copy_data = false)",
                           "ALTER SUBSCRIPTION s SET (failover = true)",
                           "CLUSTER",
                           "CLUSTER VERBOSE",
                           "CLUSTER (VERBOSE)",
                           "DISCARD ALL",
                           "COMMIT PREPARED 'a'",
                           "ROLLBACK PREPARED 'a'"})
    EXPECT_TRUE(refuses_transaction_block(text)) << text;
}

TEST(RefusesTransactionBlock, LeavesTheRestInTransactions) {
  for (const auto* text :
       {"",
        "-- VACUUM",
        "CREATE INDEX i ON t (a)",
        "CREATE UNIQUE INDEX \"concurrently\" ON t (a)",
        "DROP INDEX i",
        "REINDEX TABLE t",
        "REINDEX (VERBOSE) INDEX i",
        "REINDEX (CONCURRENTLY false) TABLE t",
        "REINDEX (CONCURRENTLY off, VERBOSE) TABLE t",
        "REINDEX TABLE \"concurrently\"",
        "ANALYZE t",
        "SELECT 'VACUUM'",
        "ALTER DATABASE d SET work_mem = '1MB'",
        "ALTER DATABASE d RENAME TO e",
        "CREATE TABLE t (a int) TABLESPACE s",
        "ALTER TABLESPACE s RENAME TO u",
        "ALTER TABLE t DETACH PARTITION p",
        "ALTER TABLE t DETACH PARTITION p FINALIZE",
        "ALTER TABLE t DROP COLUMN detach",
        "CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p WITH (create_slot = false)",
        "CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p WITH (connect = 'off', slot_name = NONE)",
        "ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false)",
        "ALTER SUBSCRIPTION s DISABLE",
        "ALTER SUBSCRIPTION s SET (slot_name = NONE)",
        "ALTER SUBSCRIPTION s RENAME TO u",
        "CLUSTER t",
        "CLUSTER VERBOSE t USING i",
        "CLUSTER (VERBOSE) t",
        "DISCARD PLANS",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
        "ALTER TYPE e ADD VALUE 'x'",
        "COMMIT",
        "ROLLBACK"})
    EXPECT_FALSE(refuses_transaction_block(text)) << text;
}

}  // namespace
}  // namespace prodclone::pg
