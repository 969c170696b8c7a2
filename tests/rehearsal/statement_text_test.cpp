#include "statement_text.hpp"

#include <gtest/gtest.h>

namespace prodclone::rehearsal {
namespace {

TEST(StatementText, CommandIsTheLeadingKeywords) {
  EXPECT_EQ(command_of("alter table only t add column a int"), "ALTER TABLE");
  EXPECT_EQ(command_of("-- why\n/* a /* nested */ note */ CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)"), "CREATE UNIQUE INDEX CONCURRENTLY");
  EXPECT_EQ(command_of("create index on t (a)"), "CREATE INDEX");
  EXPECT_EQ(command_of("REINDEX (CONCURRENTLY) TABLE t"), "REINDEX CONCURRENTLY");
  EXPECT_EQ(command_of("VACUUM (FULL, ANALYZE) t"), "VACUUM FULL");
  EXPECT_EQ(command_of("VACUUM t"), "VACUUM");
  EXPECT_EQ(command_of("update t set table = 1"), "UPDATE");
  EXPECT_EQ(command_of("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"), "SET TRANSACTION");
  EXPECT_EQ(command_of("ROLLBACK TO SAVEPOINT s"), "ROLLBACK TO");
  EXPECT_EQ(command_of("  -- nothing"), "");
}

TEST(StatementText, NamesCountAsWholeWordsOutsideComments) {
  EXPECT_TRUE(names_relation("ALTER TABLE public.Orders ADD COLUMN a int", "orders"));
  EXPECT_TRUE(names_relation(R"(DROP TABLE "odd name")", "odd name"));
  EXPECT_TRUE(names_relation("DO $$ BEGIN EXECUTE 'TRUNCATE orders'; END $$", "orders"));
  EXPECT_FALSE(names_relation("ALTER TABLE orders_old ADD COLUMN a int", "orders"));
  EXPECT_FALSE(names_relation("DROP TABLE x -- was orders", "orders"));
  EXPECT_TRUE(names_relation("COMMENT ON TABLE t IS 'a -- b'; ALTER TABLE orders", "orders"));
}

}  // namespace
}  // namespace prodclone::rehearsal
