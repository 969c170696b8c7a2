#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/checks/foreign_key_indexes.hpp>

namespace prodclone::checks {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

data::ForeignKeyReports one_key(bool indexed, std::int64_t rows) {
  data::ForeignKey key{.name = "line_by_fkey", .child = "public.line", .parent = "public.person", .child_columns = {"by"}, .parent_columns = {"id"},
                       .lookup_indexed = indexed, .child_rows = rows, .sql_name = "line_by_fkey", .sql_child = "public.line"};
  return {.database = "clone", .keys = {{.key = key, .orphans = 0}}};
}

TEST(ForeignKeyIndexes, AnAddedKeyOfALargeTableNeedsOne) {
  const auto findings = foreign_key_index_findings(one_key(false, 200'000), {"public.line.line_by_fkey"}, {});
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].check, "fk/missing_index");
  EXPECT_EQ(findings[0].severity, Severity::failure);
  EXPECT_THAT(findings[0].remedy, HasSubstr("CREATE INDEX CONCURRENTLY ON public.line (by)"));
}

TEST(ForeignKeyIndexes, AnAddedKeyOfASmallTableIsAWarning) {
  const auto findings = foreign_key_index_findings(one_key(false, 10), {"public.line.line_by_fkey"}, {});
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].severity, Severity::warning);
}

TEST(ForeignKeyIndexes, WhatIsIndexedOrWasThereBeforeIsNoMatter) {
  EXPECT_THAT(foreign_key_index_findings(one_key(true, 200'000), {"public.line.line_by_fkey"}, {}), IsEmpty());
  EXPECT_THAT(foreign_key_index_findings(one_key(false, 200'000), {}, {}), IsEmpty());
}

}  // namespace
}  // namespace prodclone::checks
