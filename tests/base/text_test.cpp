#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/base/text.hpp>

namespace prodclone {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Text, TrimsBlanksAtBothEndsOnly) {
  EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
  EXPECT_EQ(trimmed(" \n "), "");
}

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_THAT(split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(split("", ','), ElementsAre(""));
}

TEST(Text, LinesEndWithLfOrCrlfAndTheLastNeedsNone) {
  EXPECT_THAT(lines_of("a\r\n\nb"), ElementsAre("a", "", "b"));
  EXPECT_THAT(lines_of("a\n"), ElementsAre("a"));
  EXPECT_THAT(lines_of(""), IsEmpty());
}

TEST(Text, JoinIsTheInverseOfSplit) {
  EXPECT_EQ(joined({"a", "a", "b"}, ", "), "a, a, b");
  EXPECT_EQ(joined({}, ", "), "");
}

TEST(Text, ChangesTheCaseOfAsciiOnly) {
  EXPECT_EQ(lower("AbC-Ä"), "abc-Ä");
  EXPECT_EQ(upper("abc_ä"), "ABC_ä");
}

TEST(Text, ReplacesEveryOccurrenceOnce) {
  EXPECT_EQ(replaced("aXaX", "X", "XX"), "aXXaXX");
  EXPECT_EQ(replaced("abc", "", "x"), "abc");
}

TEST(Text, NearestFindsTheMisspeltWordAndNothingFarAway) {
  const std::vector<std::string> keys{"migrations", "databases", "schema"};
  EXPECT_EQ(nearest("migratoins", keys), "migrations");
  EXPECT_EQ(nearest("Schema", keys), "schema");
  EXPECT_EQ(nearest("ingestion", keys), std::nullopt);
  EXPECT_EQ(nearest("x", {}), std::nullopt);
}

TEST(Text, GlobMatchesWholeNames) {
  EXPECT_TRUE(matches_glob("audit_*", "audit_2026"));
  EXPECT_TRUE(matches_glob("*_?*_id", "legal_entity_id"));
  EXPECT_TRUE(matches_glob("", ""));
  EXPECT_TRUE(matches_glob("a*b*c", "a-b-b-c"));
  EXPECT_FALSE(matches_glob("audit", "audit_2026"));
  EXPECT_FALSE(matches_glob("?", ""));
  EXPECT_FALSE(matches_glob("a*b", "a-b-c"));
}

TEST(Text, PercentEncodesAllButWhatAUrlLetsStand) {
  EXPECT_EQ(percent_encoded("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encoded("a b/?&=%ü"), "a%20b%2F%3F%26%3D%25%C3%BC");
}

TEST(Text, CountsInTheRightNumber) {
  EXPECT_EQ(counted(1, "row"), "1 row");
  EXPECT_EQ(counted(0, "row"), "0 rows");
  EXPECT_EQ(counted(2, "index", "indexes"), "2 indexes");
  EXPECT_EQ(some_of({"a", "b", "c"}), "a, b, c");
  EXPECT_EQ(some_of({"a", "b", "c", "d", "e"}), "a, b, c and 2 more");
}

}  // namespace
}  // namespace prodclone
