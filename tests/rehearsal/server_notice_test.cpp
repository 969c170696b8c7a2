#include "server_notice.hpp"

#include <gtest/gtest.h>

namespace prodclone::rehearsal {
namespace {

using Kind = ServerNotice::Kind;

pg::Notice notice(std::string function, std::string message) { return {"DEBUG", "00000", std::move(message), std::move(function), ""}; }

TEST(ServerNotice, ReadsRewritesAndVerifications) {
  const auto rewrite = read_notice(notice("ATRewriteTable", "rewriting table \"t\""));
  ASSERT_TRUE(rewrite);
  EXPECT_EQ(rewrite->kind, Kind::rewrites);
  EXPECT_EQ(rewrite->table, "t");
  EXPECT_EQ(read_notice(notice("ATRewriteTable", "verifying table \"t\""))->kind, Kind::verifies);
}

TEST(ServerNotice, ReadsIndexBuildsWithOddNames) {
  const auto build = read_notice(notice("index_build", R"(building index "a "b" on table "c d" with request for 2 parallel workers)"));
  ASSERT_TRUE(build);
  EXPECT_EQ(build->object, "a \"b");
  EXPECT_EQ(build->table, "c d");
}

TEST(ServerNotice, ReadsTheSizeOfATemporaryFileInAnyLanguage) {
  const auto file = read_notice(notice("ReportTemporaryFileUsage", "temporäre Datei: Pfad »base/pgsql_tmp/pgsql_tmp42.0«, Größe 1234567"));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->bytes, 1234567);
}

TEST(ServerNotice, ReadsScansThatWereNotNeeded) {
  EXPECT_EQ(read_notice(notice("NotNullImpliedByRelConstraints", "existing constraints on column \"t.a\" are sufficient to prove that it does not contain nulls"))->kind,
            Kind::skips_scan);
}

TEST(ServerNotice, PassesOverTheRest) { EXPECT_FALSE(read_notice(notice("DefineIndex", "CREATE TABLE / PRIMARY KEY will create implicit index"))); }

}  // namespace
}  // namespace prodclone::rehearsal
