#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include <prodclone/schema/text_diff.hpp>

namespace prodclone::schema {
namespace {

TEST(TextDiff, EqualTextsGiveNothing) {
  EXPECT_EQ(unified_diff("a\nb\n", "a\nb\n", "x", "y"), "");
}

TEST(TextDiff, IsWrittenAsDiffUWritesIt) {
  EXPECT_EQ(unified_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n", "old", "new"),
            "--- old\n+++ new\n@@ -2,8 +2,9 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n 9\n+10\n");
}

TEST(TextDiff, FarChangesAreHunksOfTheirOwn) {
  EXPECT_EQ(unified_diff("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n", "x", "y", 1),
            "--- x\n+++ y\n@@ -1,2 +1,2 @@\n-a\n+A\n 1\n@@ -8,2 +8,2 @@\n 7\n-b\n+B\n");
}

TEST(TextDiff, AnEmptySideCountsFromZero) {
  EXPECT_EQ(unified_diff("", "a\n", "x", "y"), "--- x\n+++ y\n@@ -0,0 +1,1 @@\n+a\n");
  EXPECT_EQ(unified_diff("a\n", "", "x", "y"), "--- x\n+++ y\n@@ -1,1 +0,0 @@\n-a\n");
}

std::string applied(const std::vector<Edit>& edits, bool new_side) {
  std::string text;
  for (const auto& e : edits)
    if (e.kind == EditKind::keep || (e.kind == EditKind::insert) == new_side) text += e.line + '\n';
  return text;
}

std::size_t changes(const std::vector<Edit>& edits) {
  return static_cast<std::size_t>(
      std::count_if(edits.begin(), edits.end(), [](const Edit& e) { return e.kind != EditKind::keep; }));
}

TEST(TextDiff, BothSidesComeBackFromTheEdits) {
  constexpr unsigned seed = 20240424;
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    const auto text = [&] {
      std::string lines;
      const auto count = random() % 40;
      for (unsigned i = 0; i < count; ++i) lines += std::string(1, static_cast<char>('a' + random() % 6)) + '\n';
      return lines;
    };
    const auto a = text(), b = text();
    const auto edits = diff_lines(a, b);
    ASSERT_EQ(applied(edits, false), a) << "seed " << seed << ", round " << round;
    ASSERT_EQ(applied(edits, true), b) << "seed " << seed << ", round " << round;
  }
}

TEST(TextDiff, TheScriptIsShort) {
  EXPECT_EQ(changes(diff_lines("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n")), 5u);  // Myers' own example
  EXPECT_EQ(changes(diff_lines("x\nx\ny\nx\n", "x\ny\nx\nx\n")), 2u);
}

TEST(TextDiff, LargeTextsThatShareNothingAreReplacedWhole) {
  std::string a, b;
  for (int i = 0; i < 3000; ++i) {
    a += "a\nb\n";
    b += "c\nd\n";
  }
  const auto edits = diff_lines(a, b);
  EXPECT_EQ(applied(edits, false), a);
  EXPECT_EQ(applied(edits, true), b);
}

}  // namespace
}  // namespace prodclone::schema
